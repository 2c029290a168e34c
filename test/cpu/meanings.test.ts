// Behaviours that the recorded vectors cannot show: other modes, privilege, ports, segments, single iterations.

import { describe, expect, test } from 'vitest';
import { GP } from '../../src/cpu/events/fault.ts';
import { CF, IF, IOPL, OF, ZF } from '../../src/cpu/flags.ts';
import { BITS } from '../../src/cpu/semantics/bits.ts';
import { DATA } from '../../src/cpu/semantics/data.ts';
import { DECIMAL } from '../../src/cpu/semantics/decimal.ts';
import { FAR } from '../../src/cpu/semantics/far.ts';
import { FLAG } from '../../src/cpu/semantics/flag.ts';
import { FLOW } from '../../src/cpu/semantics/flow.ts';
import { SEMANTICS } from '../../src/cpu/semantics/index.ts';
import { INTEGER } from '../../src/cpu/semantics/integer.ts';
import { PORT } from '../../src/cpu/semantics/port.ts';
import { SHIFT } from '../../src/cpu/semantics/shift.ts';
import { STACK } from '../../src/cpu/semantics/stack.ts';
import { STRING } from '../../src/cpu/semantics/string.ts';
import { SYSTEM } from '../../src/cpu/semantics/system.ts';
import { TR } from '../../src/cpu/state.ts';
import { DS, ES, FS, type Mode, RAX, RBP, RBX, RCX, RDI, RDX, RSI, RSP, SS } from '../../src/isa/operand.ts';
import { SEMS } from '../../src/isa/sems.ts';
import { decoded, execute, flatCpu } from '../support/flat-cpu.ts';

/** A CPU of that mode with registers set, and what becomes of it when it executes `bytes` (their text is beside them). */
function on(mode: Mode, registers: Readonly<Record<number, bigint>> = {}) {
  const flat = flatCpu(mode);
  for (const [index, value] of Object.entries(registers)) flat.cpu.gpr[Number(index)] = value;
  const run = (...bytes: number[]) => execute(flat.cpu, decoded(bytes, mode));
  return { ...flat, run, byte: (at: number) => flat.cpu.ram.bytes[at] };
}

test('every meaning is defined, and in one file only', () => {
  const files = [DATA, INTEGER, DECIMAL, SHIFT, BITS, STACK, STRING, PORT, FLOW, FAR, FLAG, SYSTEM];
  expect(files.flatMap((file) => Object.keys(file)).sort()).toEqual([...SEMS].sort());
  expect(Object.keys(SEMANTICS).sort()).toEqual([...SEMS].sort());
});

describe('data movement', () => {
  test('cmpxchg needs write access even when the comparison fails', () => {
    const { cpu, run } = on(32, { [RAX]: 1n, [RBX]: 0x1000n });
    cpu.setSegment(DS, 8, 0n, 0xffff_ffff, 0xc091);
    expect(run(0x0f, 0xb1, 0x0b)).toMatchObject({ vector: GP, error: 0 }); // cmpxchg [ebx],ecx
    expect(cpu.gpr[RAX]).toBe(1n);
  });

  test('a memory operand of cmovcc is read even if the condition is false', () => {
    const { cpu, run } = on(32, { [RBX]: 0x2000n });
    cpu.setSegment(DS, 8, 0n, 0x1fff, 0x4093);
    expect(cpu.rflags & ZF).toBe(0);
    expect(run(0x0f, 0x44, 0x03)).toMatchObject({ vector: GP, error: 0 }); // cmove eax,[ebx]
  });

  test('a 16-bit effective address wraps at 64 KiB', () => {
    const { cpu, run } = on(16, { [RBX]: 0xfff0n, [RSI]: 0x30n });
    cpu.ram.bytes[0x20] = 0x5a;
    expect(run(0x8a, 0x00)).toBeUndefined(); // mov al,[bx+si]
    expect(cpu.gpr[RAX]).toBe(0x5an);
  });

  test('cmpxchg8b whose second word lies beyond the limit faults, it does not wrap', () => {
    const { cpu, run } = on(16, { [RBX]: 0xfffcn });
    expect(run(0x0f, 0xc7, 0x0f)).toMatchObject({ vector: GP, error: 0 }); // cmpxchg8b [bx]
    expect(cpu.rflags & ZF).toBe(0);
  });

  test('xlat reads from the segment of its prefix', () => {
    const { cpu, run } = on(32, { [RBX]: 0x10n, [RAX]: 2n });
    cpu.setSegment(FS, 8, 0x3000n, 0xffff, 0x4093);
    cpu.ram.bytes[0x3012] = 0x77;
    run(0x64, 0xd7); // fs xlatb
    expect(cpu.gpr[RAX]).toBe(0x77n);
  });
});

describe('stack', () => {
  test('a 16-bit stack pointer wraps and leaves the upper half of ESP alone', () => {
    const { cpu, run, byte } = on(16, { [RSP]: 0xabcd_0000n, [RAX]: 0x1234n });
    run(0x50); // push ax
    expect(cpu.gpr[RSP]).toBe(0xabcd_fffen);
    expect([byte(0xfffe), byte(0xffff)]).toEqual([0x34, 0x12]);
  });

  test('the stack is as wide as SS.B says, whatever the operand size', () => {
    const { cpu, run } = on(16, { [RSP]: 0x1_0008n });
    cpu.setSegment(SS, 8, 0n, 0xffff_ffff, 0xc093);
    run(0x6a, 0x05); // push 5
    expect(cpu.gpr[RSP]).toBe(0x1_0006n);
  });

  test('a doubleword push of a segment register leaves the upper half of the slot', () => {
    const { cpu, run } = on(32, { [RSP]: 0x1000n });
    cpu.ram.bytes.fill(0xee, 0xffc, 0x1000);
    run(0x1e); // push ds
    expect([...cpu.ram.bytes.subarray(0xffc, 0x1000)]).toEqual([8, 0, 0xee, 0xee]);
    expect(cpu.gpr[RSP]).toBe(0xffcn);
  });

  test('popa throws away the stack pointer that pusha has saved', () => {
    const { cpu, run } = on(32, { [RAX]: 1n, [RBP]: 2n, [RDI]: 3n, [RSP]: 0x1000n });
    run(0x60); // pusha
    cpu.ram.bytes.fill(0xff, 0xfec, 0xff0); // ESP's slot
    cpu.gpr[RAX] = 9n;
    run(0x61); // popa
    expect([RAX, RBP, RDI, RSP].map((register) => cpu.gpr[register])).toEqual([1n, 2n, 3n, 0x1000n]);
  });

  const popf = (cpl: number, iopl: number, image: number) => {
    const { cpu, run } = on(32, { [RSP]: 0x1000n });
    cpu.rflags = 2 | (iopl << 12);
    cpu.setCpl(cpl);
    cpu.ram.view.setUint32(0x1000, image, true);
    expect(run(0x9d)).toBeUndefined(); // popf
    return cpu.rflags;
  };
  test.each([
    [0, 0, IF | IOPL],
    [3, 3, IF | IOPL],
    [3, 0, 0],
    [1, 0, 0],
  ])('S8: POPF at CPL %i with IOPL %i changes IF and IOPL only where it may, without a fault', (cpl, iopl, kept) => {
    expect(popf(cpl, iopl, 0xffff_ffff) & (IF | IOPL)).toBe(kept);
  });
  test('POPF never sets VM, RF, VIF or VIP, nor reserved bits', () => expect(popf(0, 0, 0xffff_ffff)).toBe(0x0024_7fd7));
});

describe('near transfers', () => {
  test('a 16-bit branch wraps at 64 KiB', () => {
    const { cpu, run } = on(16);
    cpu.rip = 0xfffen;
    run(0xeb, 0x10); // jmp short +10h: from 10000h, which is 0
    expect(cpu.nextRip).toBe(0x10n);
  });

  test('a 16-bit operand size cuts the target in 32-bit code', () => {
    const { cpu, run } = on(32);
    cpu.rip = 0x1_2000n;
    run(0x66, 0xe9, 0x00, 0x01); // o16 jmp +100h
    expect(cpu.nextRip).toBe(0x2104n);
  });

  test.each([
    [0x1_0000n, 0x1_ffffn, true],
    [0x1_0001n, 0x1_0000n, false],
  ])('loop in 16-bit code counts CX only, from %i', (before, after, taken) => {
    const { cpu, run } = on(16, { [RCX]: before });
    run(0xe2, 0x10); // loop
    expect(cpu.gpr[RCX]).toBe(after);
    expect(cpu.nextRip).toBe(taken ? 0x12n : 2n);
  });

  test('a call whose target is not canonical pushes nothing', () => {
    const { cpu, run } = on(64, { [RAX]: 0x8000_0000_0000n, [RSP]: 0x1000n });
    expect(run(0xff, 0xd0)).toMatchObject({ vector: GP, error: 0 }); // call rax
    expect(cpu.gpr[RSP]).toBe(0x1000n);
  });

  test('PAUSE takes 40 ticks', () => {
    const { cpu, run } = on(64);
    run(0xf3, 0x90);
    expect(cpu.ticks).toBe(40);
  });
});

describe('strings', () => {
  test('one call is one iteration: RIP stays while the repetition goes on', () => {
    const { cpu } = on(64, { [RCX]: 2n, [RDI]: 0x1000n, [RAX]: 0x41n });
    const stosb = decoded([0xf3, 0xaa], 64); // rep stosb
    const step = () => {
      cpu.nextRip = cpu.rip + 2n;
      cpu.repeating = false;
      SEMANTICS.stos(cpu, stosb);
      return [cpu.gpr[RCX], cpu.gpr[RDI], cpu.repeating, cpu.nextRip];
    };
    cpu.rip = 0x500n;
    expect(step()).toEqual([1n, 0x1001n, true, 0x500n]);
    expect(step()).toEqual([0n, 0x1002n, false, 0x502n]);
  });

  test('a count of zero touches nothing, not even a bad address', () => {
    const { cpu, run } = on(64, { [RSI]: 0x8000_0000_0000n, [RDI]: 0x8000_0000_0000n });
    expect(run(0xf3, 0xa4)).toBeUndefined(); // rep movsb
    expect([cpu.gpr[RSI], cpu.gpr[RDI], cpu.nextRip]).toEqual([0x8000_0000_0000n, 0x8000_0000_0000n, 2n]);
  });

  test('a fault in mid-string keeps the progress so far', () => {
    const { cpu, run, byte } = on(32, { [RCX]: 8n, [RSI]: 0x1000n, [RDI]: 0x1ffdn });
    cpu.setSegment(ES, 8, 0n, 0x1fff, 0x4093);
    cpu.ram.bytes.fill(0x55, 0x1000, 0x1008);
    expect(run(0xf3, 0xa4)).toMatchObject({ vector: GP, error: 0 }); // rep movsb
    expect([RCX, RSI, RDI].map((register) => cpu.gpr[register])).toEqual([5n, 0x1003n, 0x2000n]);
    expect([byte(0x1fff), byte(0x2000)]).toEqual([0x55, 0]);
  });

  test('the source may have another segment, the destination is in ES', () => {
    const { cpu, run, byte } = on(32, { [RSI]: 1n, [RDI]: 2n });
    cpu.setSegment(FS, 8, 0x3000n, 0xffff, 0x4093);
    cpu.setSegment(ES, 8, 0x4000n, 0xffff, 0x4093);
    cpu.ram.bytes[0x3001] = 0x66;
    run(0x64, 0xa4); // fs movsb
    expect(byte(0x4002)).toBe(0x66);
  });

  test('16-bit addresses move SI and DI only, and wrap', () => {
    const { cpu, run } = on(32, { [RSI]: 0xaaaa_ffffn, [RDI]: 0xbbbb_0100n });
    run(0x67, 0xa4); // a16 movsb
    expect([cpu.gpr[RSI], cpu.gpr[RDI]]).toEqual([0xaaaa_0000n, 0xbbbb_0101n]);
  });
});

describe('ports', () => {
  test('in and out with an immediate port and with DX', () => {
    const { cpu, ports, run } = on(64, { [RAX]: 0xffff_ffff_ffff_fff0n, [RDX]: 0xf_03f8n });
    run(0xe6, 0x80); // out 80h,al
    run(0x66, 0xef); // out dx,ax
    run(0xec); // in al,dx
    expect(cpu.gpr[RAX]).toBe(0xffff_ffff_ffff_fff8n);
    run(0xe5, 0x60); // in eax,60h
    expect(cpu.gpr[RAX]).toBe(0x60n);
    expect(ports).toEqual([
      ['out', 0x80, 8, 0xf0],
      ['out', 0x3f8, 16, 0xfff0],
      ['in', 0x3f8, 8, 0x3f8],
      ['in', 0x60, 32, 0x60],
    ]);
  });

  test('strings of ports', () => {
    const { cpu, ports, run, byte } = on(32, { [RDX]: 0x70n, [RDI]: 0x1000n, [RSI]: 0x1000n, [RCX]: 2n });
    run(0xf3, 0x6c); // rep insb
    expect([byte(0x1000), byte(0x1001), byte(0x1002)]).toEqual([0x70, 0x70, 0]);
    run(0x66, 0x6f); // outsw
    expect(ports.at(-1)).toEqual(['out', 0x70, 16, 0x7070]);
    expect([RCX, RDI, RSI].map((register) => cpu.gpr[register])).toEqual([0n, 0x1002n, 0x1002n]);
  });

  test('insb does not read the port if it cannot store', () => {
    const { cpu, ports, run } = on(32, { [RDI]: 0x2000n });
    cpu.setSegment(ES, 8, 0n, 0x1fff, 0x4093);
    expect(run(0x6c)).toMatchObject({ vector: GP, error: 0 }); // insb
    expect(ports).toEqual([]);
  });

  test.each([
    ['in al,dx', [0xec]],
    ['out dx,al', [0xee]],
    ['insb', [0x6c]],
    ['outsb', [0x6e]],
  ])('%s with CPL above IOPL and no permission in the TSS is #GP(0), and no port is touched', (_text, bytes) => {
    const { cpu, ports, run } = on(32);
    cpu.setCpl(3);
    cpu.segLimit[TR] = 103;
    expect(run(...bytes)).toMatchObject({ vector: GP, error: 0 });
    expect(ports).toEqual([]);
  });
});

describe('decimal arithmetic', () => {
  const bcd = (value: number): number => Math.floor(value / 10) * 16 + (value % 10);
  const PAIRS = Array.from({ length: 10_000 }, (_, i) => [Math.floor(i / 100), i % 100] as const);

  test('add and daa add two decimal digits', () => {
    const wrong = PAIRS.filter(([a, b]) => {
      const { cpu, run } = decimalCpu;
      cpu.gpr[RAX] = BigInt(bcd(a));
      cpu.gpr[RBX] = BigInt(bcd(b));
      run(0x00, 0xd8); // add al,bl
      run(0x27); // daa
      return cpu.gpr[RAX] !== BigInt(bcd((a + b) % 100)) || (cpu.rflags & CF) !== (a + b > 99 ? CF : 0);
    });
    expect(wrong).toEqual([]);
  });

  test('sub and das subtract two decimal digits', () => {
    const wrong = PAIRS.filter(([a, b]) => {
      const { cpu, run } = decimalCpu;
      cpu.gpr[RAX] = BigInt(bcd(a));
      cpu.gpr[RBX] = BigInt(bcd(b));
      run(0x28, 0xd8); // sub al,bl
      run(0x2f); // das
      return cpu.gpr[RAX] !== BigInt(bcd((a - b + 100) % 100)) || (cpu.rflags & CF) !== (a < b ? CF : 0);
    });
    expect(wrong).toEqual([]);
  });

  test("the manual's example: 35H - 47H is EEH, DAS makes 88H of it", () => {
    const { cpu, run } = on(32, { [RAX]: 0x35n, [RBX]: 0x47n });
    run(0x28, 0xd8); // sub al,bl
    expect([cpu.gpr[RAX], cpu.rflags & 0x8d5]).toEqual([0xeen, 0x095]); // OSZAPC 010111
    run(0x2f); // das
    expect([cpu.gpr[RAX], cpu.rflags & 0x8d5 & ~OF]).toEqual([0x88n, 0x095]); // X10111
  });
});

const decimalCpu = on(32);

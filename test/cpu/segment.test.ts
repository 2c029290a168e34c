// Segments of protected mode: what may be loaded, what may be reached, and what instructions say of descriptors.

import { describe, expect, test } from 'vitest';
import { DS, ES, FS } from '../../src/isa/operand.ts';
import { AT, descriptor, type Lab, run, type RunOptions } from '../support/cpu.ts';

/** A selector for an entry that a test writes, and where the entry is. */
const OWN = 0x38;
const OWN_AT = AT.gdt + OWN;
const HANDLERS = ['10', '11', '12', '13'].map((vector) => `on_${vector}: mov ebp, [esp]\n exit`).join('\n');

const outcome = (program: string, options: RunOptions = {}): { vector: number | undefined; error: bigint } => {
  const lab = run(`${program}\n exit\n ${HANDLERS}`, { mode: 32, ...options });
  return { vector: lab.exceptions[0], error: lab.reg(5) };
};
const own =
  (attributes: number, base = 0, limit = 0xf_ffff) =>
  (lab: Lab): void =>
    lab.setWord(OWN_AT, descriptor(attributes, base, limit));

describe('loads', () => {
  const load = (segment: string, selector = OWN): string => `mov eax, ${selector}\n mov ${segment}, eax`;

  test.each([
    ['data', 'ds', 0xc093, undefined],
    ['read-only data', 'ds', 0xc091, undefined],
    ['readable code', 'ds', 0xc09b, undefined],
    ['execute-only code', 'ds', 0xc099, 13],
    ['a system descriptor', 'ds', 0x0082, 13],
    ['data that is not present', 'ds', 0xc013, 11],
    ['writable data', 'ss', 0xc093, undefined],
    ['read-only data', 'ss', 0xc091, 13],
    ['a stack that is not present', 'ss', 0xc013, 12],
    ['a stack of another level', 'ss', 0xc0f3, 13],
  ])('%s into %s', (_name, segment, attributes, vector) => {
    const result = outcome(load(segment), { prepare: own(attributes) });
    expect(result.vector).toBe(vector);
    if (vector !== undefined) expect(result.error).toBe(BigInt(OWN));
  });

  test('a null selector goes into DS, but not into SS', () => {
    expect(outcome(load('ds', 0)).vector).toBeUndefined();
    expect(outcome(load('ss', 0))).toEqual({ vector: 13, error: 0n });
  });

  test('of data that is more privileged than the requester', () => {
    expect(outcome(load('ds', OWN | 3), { prepare: own(0xc093) })).toEqual({ vector: 13, error: BigInt(OWN) });
    expect(outcome(load('ds', OWN | 3), { prepare: own(0xc09f) }).vector).toBeUndefined();
  });

  test('beyond the table', () => {
    expect(outcome(load('ds', 0x108))).toEqual({ vector: 13, error: 0x108n });
    expect(outcome(load('ds', 0x0c))).toEqual({ vector: 13, error: 0x0cn });
  });

  test('mark the descriptor as accessed', () => {
    const lab = run(`mov eax, ${OWN}\n mov es, eax\n exit`, { mode: 32, prepare: own(0xc092, 0x1234_5678) });
    expect(lab.word(OWN_AT)).toBe(descriptor(0xc093, 0x1234_5678));
    expect(lab.cpu.segBase[ES]).toBe(0x1234_5678n);
  });

  test('LES reads an offset and then a selector', () => {
    const lab = run(`les ecx, [pointer]\n exit\n pointer: dd 0x12345678\n dw 0x10`, { mode: 32 });
    expect(lab.reg(1)).toBe(0x1234_5678n);
    expect(lab.cpu.segSelector[ES]).toBe(0x10);
  });

  test('from a local table', () => {
    const program = `mov eax, ${OWN}\n lldt ax\n mov eax, 0x0c\n mov ds, eax\n mov ebx, [8]\n exit`;
    const lab = run(program, {
      mode: 32,
      prepare: (lab) => {
        own(0x0082, 0x1_0000, 0x0f)(lab);
        lab.setWord(0x1_0008, descriptor(0xc093, 0x2_0000));
        lab.setWord(0x2_0008, 99n);
      },
    });
    expect(lab.reg(3)).toBe(99n);
  });

  test('POP SS leaves ESP where the width of the old stack says', () => {
    const lab = run(`push ${OWN}\n pop ss\n mov ebx, esp\n exit`, { mode: 32, prepare: own(0x0093, 0, 0xffff) });
    expect(lab.reg(3)).toBe(BigInt(AT.stack));
  });
});

describe('accesses', () => {
  const through = (instruction: string): string => `mov eax, ${OWN}\n mov ds, eax\n ${instruction}`;

  test.each([
    ['the last byte within the limit', 0xc093, 0, 'mov al, [0xfff]', undefined],
    ['the first byte beyond it', 0xc093, 0, 'mov al, [0x1000]', 13],
    ['a word that begins within it', 0xc093, 0, 'mov ax, [0xfff]', 13],
    ['a write to read-only data', 0xc091, 0, 'mov [0], al', 13],
    ['a write to code', 0xc09b, 0, 'mov [0], al', 13],
    ['expand-down: above the limit', 0xc097, 0, 'mov al, [0x1000]', undefined],
    ['expand-down: the limit itself', 0xc097, 0, 'mov al, [0xfff]', 13],
    ['expand-down of 16 bits ends at 64 KiB', 0x0097, 0x10, 'mov ax, [0xffff]', 13],
  ])('%s', (_name, attributes, limit, instruction, vector) => {
    const result = outcome(through(instruction), { prepare: own(attributes, 0x10_0000, limit) });
    expect(result).toEqual({ vector, error: result.error });
    if (vector !== undefined) expect(result.error).toBe(0n);
  });

  test('through a null selector', () => {
    expect(outcome('xor eax, eax\n mov ds, eax\n mov al, [0]')).toEqual({ vector: 13, error: 0n });
  });

  test('beyond the stack segment is #SS(0)', () => {
    const lab = run(`mov eax, ${OWN}\n mov ss, eax\n mov esp, 0x800\n mov eax, [ebp + 0x1000]\n ${HANDLERS}`, {
      mode: 32,
      prepare: own(0x4093, 0x2_0000, 0xfff),
    });
    expect(lab.exceptions).toEqual([12]);
  });

  test('64-bit mode has bases in FS and GS only, and no limits', () => {
    const lab = run('mov rax, [fs:8]\n mov rbx, [ds:0x10008]\n exit', {
      prepare: (lab) => {
        lab.cpu.setSegment(FS, 0x10, 0x1_0000n, 0, 0xc093);
        lab.cpu.setSegment(DS, 0x10, 0x5000n, 0, 0xc093);
        lab.setWord(0x1_0008, 42n);
      },
    });
    expect([lab.reg(0), lab.reg(3)]).toEqual([42n, 42n]);
  });

  test('code beyond its limit is #GP(0)', () => {
    const lab = run(`jmp ${OWN}:there\n there: nop\n times 64 nop\n on_13: exit`, {
      mode: 32,
      prepare: (lab) => own(0x409b, 0, Number(lab.at('there')) + 3)(lab),
    });
    // NOP at there + 3 is the last.
    expect(lab.word(AT.stack - 12) & 0xffff_ffffn).toBe(lab.at('there') + 4n);
  });
});

describe('questions about descriptors', () => {
  const ask = (instruction: string, attributes: number, limit = 0xf_ffff): Lab =>
    run(`mov ecx, ${OWN}\n mov eax, -1\n ${instruction}\n setz bl\n exit`, { mode: 32, prepare: own(attributes, 0, limit) });

  test('LAR gives the access rights, LSL the limit in bytes', () => {
    expect(ask('lar eax, ecx', 0xc093).reg(0)).toBe(0x00cf_9300n);
    expect(ask('lsl eax, ecx', 0xc093, 0x12).reg(0)).toBe(0x1_2fffn);
    expect(ask('lsl eax, ecx', 0x4093, 0x12).reg(0)).toBe(0x12n);
  });

  test.each([
    ['lar eax, ecx', 0x0084, 1n],
    ['lsl eax, ecx', 0x0084, 0n],
    ['lar eax, ecx', 0x0086, 0n],
    ['verr cx', 0xc099, 0n],
    ['verr cx', 0xc09b, 1n],
    ['verw cx', 0xc091, 0n],
    ['verw cx', 0xc093, 1n],
  ])('%s of %i', (instruction, attributes, zero) => expect(ask(instruction, attributes).reg(3) & 1n).toBe(zero));

  test('ARPL raises the requested level to the caller\'s', () => {
    const lab = run('mov eax, 0x10\n mov ecx, 3\n arpl ax, cx\n setz bl\n exit', { mode: 32 });
    expect([lab.reg(0), lab.reg(3) & 1n]).toEqual([0x13n, 1n]);
  });

  test('LTR marks the TSS busy, and refuses a busy one', () => {
    const lab = run(`mov eax, ${0x30}\n ltr ax\n str ebx\n ltr ax\n ${HANDLERS}`, { mode: 32 });
    expect(lab.reg(3)).toBe(0x30n);
    expect((lab.word(AT.gdt + 0x30) >> 40n) & 0xffn).toBe(0x8bn);
    expect([lab.exceptions, lab.reg(5)]).toEqual([[13], 0x30n]);
  });

  test('LTR in long mode takes 16 bytes', () => {
    const lab = run(`mov eax, ${OWN}\n ltr ax\n exit`, {
      prepare: (lab) => {
        lab.setWord(OWN_AT, descriptor(0x89, 0x1234_5000, 0x67));
        lab.setWord(OWN_AT + 8, 0xffff_8000n);
        lab.cpu.gdtrLimit = 0x47;
      },
    });
    expect(lab.cpu.segBase[7]).toBe(0xffff_8000_1234_5000n);
  });

  test('SGDT stores what LGDT loaded', () => {
    const lab = run('lgdt [image]\n sgdt [copy]\n exit\n image: dw 0x7f\n dq 0xffff800000001000\n copy: times 10 db 0');
    const image = Number(lab.at('image'));
    expect(lab.ram.bytes.slice(image + 10, image + 20)).toEqual(lab.ram.bytes.slice(image, image + 10));
  });

  test('with 16-bit operands LGDT takes 24 bits of the base', () => {
    const lab = run('o16 lgdt [image]\n exit\n image: dw 0x7f\n dd 0x12345678', { mode: 32 });
    expect(lab.cpu.gdtrBase).toBe(0x34_5678n);
  });
});

describe('ports', () => {
  const OUT = `mov al, 1\n out 0xe9, al\n int 0x40\n on_64: exit\n ${HANDLERS}`;
  const options: RunOptions = { mode: 32, cpl: 3, gates: { 64: { dpl: 3 } } };

  test('are not the user\'s without IOPL or a bitmap', () => expect(run(OUT, options).exceptions).toEqual([13]));

  test('are with IOPL 3', () => {
    expect(run(OUT, { ...options, prepare: ({ cpu }) => cpu.setRflags(0x3002) }).exceptions).toEqual([]);
  });

  test.each([
    [0x00, []],
    [0x02, [13]],
  ])('are as their bits in the bitmap say: %i', (bits, exceptions) => {
    const prepare = ({ cpu, ram }: Lab): void => {
      cpu.segLimit[7] = 0x88;
      ram.view.setUint8(AT.tss + 0x68 + (0xe9 >> 3), bits);
    };
    expect(run(OUT, { ...options, prepare }).exceptions).toEqual(exceptions);
  });
});

// B1 to B9 of the ordering rules: what happens at a boundary, and how an event is delivered.

import { describe, expect, test } from 'vitest';
import { RSP } from '../../src/isa/operand.ts';
import { AT, run, SELECTOR } from '../support/cpu.ts';

const GP = 13;
const PF = 14;
const DF = 8;

test('B1: a request in the middle of a REP string is taken between two iterations, with the progress in the registers', () => {
  // The alarm is due five ticks after OUT: MOV, MOV, MOV and then one iteration have passed, of four.
  const lab = run(`
    mov edi, buffer
    mov ecx, 100
    mov eax, 4
    out 0xe4, eax
    sti
    rep stosb
    exit
  on_32:
    mov [count], rcx
    mov rax, [rsp]
    mov [saved], rax
    eoi
    iretq
  saved: dq 0
  count: dq 0
  buffer: times 128 db 0`);
  expect(lab.word(lab.at('count'))).toBe(98n);
  expect(lab.word(lab.at('saved'))).toBe(lab.at('on_32') - 4n);
  expect(lab.reg(1)).toBe(0n);
});

describe('B2: order at one boundary', () => {
  test('a trap of the instruction just retired goes before an NMI, whose handler then runs first', () => {
    const lab = run(`
      pushfq
      or qword [rsp], 0x100
      popfq
      nmi
    after:
      exit
    on_1:
      log 's'
      and qword [rsp + 16], ~0x100
      iretq
    on_2:
      log 'n'
      mov rax, [rsp]
      mov [interrupted], rax
      iretq
    interrupted: dq 0`);
    // #DB is delivered first, so the NMI interrupts its handler before the first instruction of that.
    expect(lab.log).toBe('ns');
    expect(lab.word(lab.at('interrupted'))).toBe(lab.at('on_1'));
  });

  test('an instruction breakpoint comes after interrupts and before the fetch', () => {
    const lab = run(`
      mov rax, target
      mov dr0, rax
      mov eax, 1
      mov dr7, rax
      sti
      nop
      irq 0x30
    target:
      exit
    on_1:
      log 'b'
      or qword [rsp + 16], 0x10000
      iretq
    on_48:
      log 'i'
      eoi
      iretq`);
    expect(lab.log).toBe('ib');
  });

  test('a breakpoint is reported for an instruction that cannot be decoded, before #UD', () => {
    const lab = run(`
      mov rax, target
      mov dr0, rax
      mov eax, 1
      mov dr7, rax
    target:
      ud2
    on_1:
      log 'b'
      or qword [rsp + 16], 0x10000
      iretq
    on_6:
      log 'u'
      exit`);
    expect(lab.log).toBe('bu');
  });

  test('an instruction of more than 15 bytes is #GP, one that is not there #PF', () => {
    const long = run(`times 15 db 0x66\n nop\non_13: log 'g'\n exit`);
    expect(long.log).toBe('g');
    const absent = run(`mov rax, 0x400000\n jmp rax\non_14: log 'p'\n exit`);
    expect(absent.log).toBe('p');
    expect(absent.cpu.cr2).toBe(0x40_0000n);
  });
});

test('B3: an interrupt is delivered before the faults of the next instruction, whose address it saves', () => {
  const lab = run(`
    sti
    nop
    irq 0x30
  bad:
    ud2
  on_48:
    mov rax, [rsp]
    mov [saved], rax
    log 'i'
    eoi
    iretq
  on_6:
    log 'u'
    exit
  saved: dq 0`);
  expect(lab.log).toBe('iu');
  expect(lab.word(lab.at('saved'))).toBe(lab.at('bad'));
});

test('B4: with both pending the NMI goes first, and the interrupt before one instruction of the interrupted code', () => {
  const lab = run(`
    irq 0x30
    nmi
  next:
    log 'm'
    sti
    nop
    log 'x'
    exit
  on_2:
    log 'n'
    or qword [rsp + 16], 0x200
    iretq
  on_48:
    log 'i'
    mov rax, [rsp]
    mov [saved], rax
    eoi
    iretq
  saved: dq 0`);
  expect(lab.log).toBe('nimx');
  // Its frame points to the instruction that the NMI had interrupted.
  expect(lab.word(lab.at('saved'))).toBe(lab.at('next'));
});

describe('B5: the saved RIP', () => {
  const saved = (instructions: string, vector: number): string => `
  ${instructions}
  after:
    exit
  on_${vector}:
    mov rax, [rsp]
    mov [saved], rax
    exit
  saved: dq 0`;

  test.each([
    ['ud2', 6, 0n],
    ['xor ecx, ecx\n here: div ecx', 0, 0n],
    ['int 0x40', 0x40, 2n],
    ['int3', 3, 1n],
    ['int1', 1, 1n],
  ])('%s', (instruction, vector, length) => {
    const lab = run(saved(instruction.includes('here:') ? instruction : `here: ${instruction}`, vector));
    expect(lab.word(lab.at('saved'))).toBe(lab.at('here') + length);
  });

  test('single step saves the next', () => {
    const lab = run(saved('pushfq\n or qword [rsp], 0x100\n popfq\n here: nop', 1));
    expect(lab.word(lab.at('saved'))).toBe(lab.at('here') + 1n);
  });
});

describe('B6: a fault while an event is delivered', () => {
  // A gate that is not present makes #NP out of any delivery.
  const absent = { present: false };

  test('contributory after contributory is a double fault with error code 0', () => {
    const lab = run(`xor ecx, ecx\n div ecx\non_8: log 'd'\n exit`, { gates: { 0: absent, 11: absent } });
    expect(lab.exceptions).toEqual([0, DF]);
    expect(lab.log).toBe('d');
    expect(lab.word(lab.reg(RSP))).toBe(0n);
  });

  test('a page fault after a page fault is a double fault', () => {
    const lab = run(
      `mov rsp, 0x500000\n mov rax, [0x400000]\n on_14: exit\n on_8: log 'd'\n exit`,
      { gates: { 8: { ist: 1 } } },
    );
    expect(lab.exceptions).toEqual([PF, DF]);
    expect(lab.cpu.cr2).toBe(0x4f_fff8n);
  });

  test('a page fault while #GP is delivered is handled as a page fault', () => {
    const lab = run(`mov rsp, 0x500000\n mov ecx, 0x12345\n rdmsr\n on_13: exit\n on_14: log 'p'\n exit`, {
      gates: { 14: { ist: 1 } },
    });
    expect(lab.exceptions).toEqual([GP, PF]);
    expect(lab.log).toBe('p');
  });

  test('#GP while a page fault is delivered is a double fault', () => {
    const lab = run(`mov rax, [0x400000]\n on_8: log 'd'\n exit`, { gates: { 14: { type: 'task' } } });
    expect(lab.exceptions).toEqual([PF, DF]);
    expect(lab.log).toBe('d');
  });

  test('a fault after #UD, which is not contributory, is delivered in its place', () => {
    const lab = run(`ud2\n on_11: pop rax\n mov [error], rax\n log 'n'\n exit\n error: dq 0`, { gates: { 6: absent } });
    expect(lab.exceptions).toEqual([6, 11]);
    // The vector of the gate, IDT, and EXT: an exception is what was being delivered.
    expect(lab.word(lab.at('error'))).toBe(BigInt(6 * 8 + 3));
  });

  test('a fault while the double fault is delivered is shutdown', () => {
    const lab = run(`xor ecx, ecx\n div ecx`, { gates: { 0: absent, 8: absent, 11: absent } });
    expect(lab.isShutDown).toBe(true);
    expect(lab.events.at(-1)).toEqual({ kind: 'shutdown' });
    expect(lab.cpu.time).toBe(10_000);
  });

  test('INT n that meets a bad gate has no EXT, and nothing has changed', () => {
    const lab = run(`here: int 0x40\n on_11: pop rax\n mov [error], rax\n mov rax, [rsp]\n mov [saved], rax\n exit\n error: dq 0\n saved: dq 0`, {
      gates: { 0x40: absent },
    });
    expect(lab.word(lab.at('error'))).toBe(BigInt(0x40 * 8 + 2));
    expect(lab.word(lab.at('saved'))).toBe(lab.at('here'));
  });
});

describe('B7: flags', () => {
  const program = `
    pushfq
    or qword [rsp], 0x4000
    popfq
    sti
    int 0x40
    exit
  on_64:
    pushfq
    pop rbx
    mov rcx, [rsp + 16]
    exit`;
  const [IF, NT, RF] = [0x200n, 0x4000n, 0x1_0000n];

  test('an interrupt gate clears IF, TF, NT, RF and saves the old flags', () => {
    const lab = run(program);
    expect(lab.reg(3) & (IF | NT)).toBe(0n);
    expect(lab.reg(1) & (IF | NT)).toBe(IF | NT);
  });

  test('a trap gate leaves IF', () => {
    const lab = run(program, { gates: { 64: { type: 'trap' } } });
    expect(lab.reg(3) & (IF | NT)).toBe(IF);
  });

  const flagsOf = (instructions: string, vector: number): bigint =>
    run(`${instructions}\n exit\n on_${vector}: mov rbx, [rsp + 16]\n exit`).reg(3);

  test('RF is saved as one by faults, as zero by traps', () => {
    expect(flagsOf('ud2', 6) & RF).toBe(RF);
    expect(flagsOf('int3', 3) & RF).toBe(0n);
  });

  test('an interrupt saves RF as one only between iterations of a string', () => {
    const string = 'mov edi, 0x10000\n mov ecx, 100\n mov eax, 4\n out 0xe4, eax\n sti\n rep stosb';
    expect(flagsOf(string, 32) & RF).toBe(RF);
    expect(flagsOf('sti\n nop\n irq 32\n nop', 32) & RF).toBe(0n);
  });
});

describe('B8: the stack in long mode', () => {
  test('is aligned down to 16, and holds SS, RSP, RFLAGS, CS, RIP from above', () => {
    const lab = run(`mov rsp, ${AT.stack - 4}\n stc\n here: int 0x40\n exit\n on_64: exit`);
    expect(lab.reg(RSP)).toBe(BigInt((AT.stack - 4) & ~15) - 40n);
    expect(lab.frame(lab.reg(RSP), 5)).toEqual([
      lab.at('here') + 2n, BigInt(SELECTOR.code), 3n, BigInt(AT.stack - 4), BigInt(SELECTOR.data),
    ]);
  });

  test('an error code lies below RIP', () => {
    const lab = run('mov ecx, 0x12345\n here: rdmsr\n on_13: exit');
    expect(lab.frame(lab.reg(RSP), 2)).toEqual([0n, lab.at('here')]);
  });

  test('an IST stack is always switched to', () => {
    const lab = run('int 0x40\n on_64: exit', { gates: { 64: { ist: 2 } } });
    expect(lab.reg(RSP)).toBe(BigInt(AT.ist2 - 40));
  });

  test('a change of privilege takes RSP from the TSS and leaves a null SS', () => {
    const lab = run('int 0x40\n on_64: exit', { cpl: 3, gates: { 64: { dpl: 3 } } });
    expect(lab.reg(RSP)).toBe(BigInt(AT.stack0 - 40));
    expect(lab.cpu.segSelector[2]).toBe(0);
    expect(lab.cpu.cpl).toBe(0);
    expect(lab.frame(lab.reg(RSP), 5).slice(3)).toEqual([BigInt(AT.userStack), BigInt(SELECTOR.userData)]);
  });

  test('a stack pointer that is not canonical gives #SS', () => {
    const lab = run(`mov rsp, 0x800000000000\n int 0x40\n on_64: exit\n on_12: pop rax\n log 's'\n exit`, {
      gates: { 12: { ist: 1 } },
    });
    expect(lab.log).toBe('s');
    expect(lab.reg(0)).toBe(0n);
  });
});

describe('B9: gates and privilege', () => {
  test.each([
    ['int 0x40', 0x40],
    ['int3', 3],
  ])('%s from ring 3 needs a gate of DPL 3', (instruction, vector) => {
    const program = `${instruction}\n on_${vector}: log 'v'\n exit\n on_13: mov rbx, [rsp]\n log 'g'\n exit`;
    const refused = run(program, { cpl: 3 });
    expect(refused.log).toBe('g');
    expect(refused.reg(3)).toBe(BigInt(vector * 8 + 2));
    expect(run(program, { cpl: 3, gates: { [vector]: { dpl: 3 } } }).log).toBe('v');
  });

  test('hardware ignores DPL', () => {
    const lab = run(`nop\n jmp $\n on_48: log 'i'\n exit\n on_0: exit`, {
      cpl: 3,
      interrupts: true,
      prepare: ({ apic }) => apic.request(48),
    });
    expect(lab.log).toBe('i');
    expect(run(`xor ecx, ecx\n div ecx\n on_0: log 'd'\n exit`, { cpl: 3 }).log).toBe('d');
    expect(run(`int1\n on_1: log '1'\n exit`, { cpl: 3 }).log).toBe('1');
  });
});

// System instructions: control, debug and model-specific registers, identification, privilege, and what has no coprocessor.

import { describe, expect, test } from 'vitest';
import { cpuid } from '../../src/cpu/identity/cpuid.ts';
import { AT, run, type RunOptions } from '../support/cpu.ts';

const faults = (program: string, options: RunOptions = {}): number[] =>
  run(`${program}\n exit\n on_6: exit\n on_7: exit\n on_13: exit`, options).exceptions;

test.each([
  'hlt', 'cli', 'sti', 'lgdt [rsp]', 'lidt [rsp]', 'lldt ax', 'ltr ax', 'lmsw ax', 'clts', 'invlpg [rsp]', 'invd', 'wbinvd', 'rdmsr',
  'wrmsr', 'mov rax, cr0', 'mov cr3, rax', 'mov rax, dr7', 'swapgs', 'sysexit', 'in al, 0x80', 'out 0x80, al',
])('%s is not for ring 3', (instruction) => expect(faults(instruction, { cpl: 3 })).toEqual([13]));

test.each(['sgdt [rsp]', 'sidt [rsp]', 'sldt eax', 'str eax', 'smsw eax', 'cpuid', 'rdtsc', 'pause', 'clflush [rsp]', 'prefetcht0 [rsp]'])(
  '%s is for everyone', (instruction) => {
    const lab = run(`${instruction}\n int 0x40\n on_64: exit`, { cpl: 3, gates: { 64: { dpl: 3 } } });
    expect(lab.exceptions).toEqual([]);
  });

describe('control registers', () => {
  const write = (register: string, value: bigint): string => `mov rax, ${value}\n mov ${register}, rax`;

  test.each([
    ['CR0: paging without protection', 'cr0', 0x8000_0010n],
    ['CR0: NW without CD', 'cr0', 0xa000_0011n],
    ['CR0: paging off in 64-bit mode', 'cr0', 0x11n],
    ['CR0: a bit above 31', 'cr0', 0x1_8000_0011n],
    ['CR3: an address above 40 bits', 'cr3', 1n << 41n],
    ['CR4: PAE off in long mode', 'cr4', 0n],
    ['CR4: OSFXSR, without SSE', 'cr4', 0x220n],
    ['CR4: a bit that never was', 'cr4', 0x8000_0020n],
    ['CR8: above 15', 'cr8', 16n],
  ])('%s is refused', (_name, register, value) => expect(faults(write(register, value))).toEqual([13]));

  test('CR8 is the task priority', () => {
    const lab = run(`mov eax, 9\n mov cr8, rax\n mov rbx, cr8\n exit`);
    expect([lab.apic.taskPriority, lab.reg(3)]).toEqual([9, 9n]);
  });

  test('lowering CR8 lets an interrupt in at the next boundary', () => {
    const lab = run(`mov eax, 4\n mov cr8, rax\n xor ecx, ecx\n sti\n irq 0x30\n nop\n mov cr8, rcx\n next: nop\n exit\n on_48: mov rbx, [rsp]\n exit`);
    expect(lab.reg(3)).toBe(lab.at('next'));
  });

  test('LMSW sets PE but cannot clear it, SMSW reads', () => {
    const lab = run('mov eax, 0xe\n lmsw ax\n smsw ebx\n exit');
    expect(lab.reg(3) & 0xfn).toBe(0xfn);
  });

  test('long mode needs PAE', () => {
    const program = `mov ecx, 0xc0000080\n mov eax, 0x100\n xor edx, edx\n wrmsr\n mov eax, 0x80000011\n mov cr0, eax`;
    expect(faults(program, { mode: 32 })).toEqual([13]);
  });
});

describe('model-specific registers', () => {
  const write = (index: number, value: bigint): string =>
    `mov ecx, ${index}\n mov eax, ${value & 0xffff_ffffn}\n mov edx, ${value >> 32n}\n wrmsr`;

  test.each([
    ['one that nobody knows', 0x12345, 0n],
    ['LSTAR that is not canonical', 0xc000_0082, 1n << 47n],
    ['FMASK of more than 32 bits', 0xc000_0084, 1n << 32n],
    ['EFER: a reserved bit', 0xc000_0080, 0x10_0d01n],
    ['EFER: LME under paging', 0xc000_0080, 1n],
    ['PAT: a type that does not exist', 0x277, 2n],
    ['MTRRCAP, which is read-only', 0xfe, 0n],
    ['TSC_AUX of more than 32 bits', 0xc000_0103, 1n << 32n],
  ])('%s is #GP(0)', (_name, index, value) => expect(faults(write(index, value))).toEqual([13]));

  test('the bases of FS and GS, and SWAPGS', () => {
    const lab = run(`${write(0xc000_0101, 0xffff_8000_0000_1000n)}\n ${write(0xc000_0102, 0x2000n)}\n swapgs\n rdmsr\n mov ebx, eax\n mov r8d, edx
      mov ecx, 0xc0000101\n rdmsr\n exit`);
    expect([lab.reg(8), lab.reg(3), lab.reg(2), lab.reg(0)]).toEqual([0xffff_8000n, 0x1000n, 0n, 0x2000n]);
  });

  test('RDFSBASE needs CR4.FSGSBASE', () => {
    expect(faults('rdfsbase rax')).toEqual([6]);
    const lab = run('mov rcx, cr4\n or ecx, 0x10000\n mov cr4, rcx\n mov eax, 0x1234\n wrgsbase rax\n rdgsbase rbx\n exit');
    expect(lab.reg(3)).toBe(0x1234n);
  });

  test('the TSC counts ticks; writing it moves TSC_ADJUST', () => {
    const lab = run(`nop\n nop\n rdtsc\n mov ebx, eax\n ${write(0x10, 0x1_0000_0000n)}\n rdtsc\n mov r8d, eax\n mov r9d, edx\n mov ecx, 0x3b\n rdmsr\n exit`);
    expect(lab.reg(3)).toBe(2n);
    // WRMSR executes in slot 7 and sets it for then; RDTSC is one later.
    expect([lab.reg(9), lab.reg(8)]).toEqual([1n, 1n]);
    expect((lab.reg(2) << 32n) | lab.reg(0)).toBe(0x1_0000_0000n - 7n);
  });

  test('RDTSCP gives TSC_AUX, and CR4.TSD keeps both from the user', () => {
    expect(run(`${write(0xc000_0103, 7n)}\n rdtscp\n exit`).reg(1)).toBe(7n);
    const tsd: RunOptions = { cpl: 3, prepare: ({ cpu }) => void (cpu.cr4 |= 4) };
    expect(faults('rdtsc', tsd)).toEqual([13]);
    expect(faults('rdtscp', tsd)).toEqual([13]);
  });
});

describe('CPUID', () => {
  const identity = { cpus: 4, apicId: 2, hz: 3_000_000_000, pmu: true };
  const ask = (leaf: number, subleaf = 0, longMode = true): readonly number[] => cpuid(identity, leaf, subleaf, longMode);
  const text = (words: readonly number[]): string => String.fromCharCode(...new Uint8Array(Uint32Array.from(words).buffer));

  test('names its vendor and brand', () => {
    const [, ebx, ecx, edx] = ask(0);
    expect(text([ebx, edx, ecx])).toBe('GenuineIntel');
    expect(text([0x8000_0002, 0x8000_0003, 0x8000_0004].flatMap((leaf) => [...ask(leaf)])).replaceAll('\0', '')).toBe(
      'clispin virtual processor',
    );
  });

  test('claims no x87, MMX, FXSR, SSE', () => {
    const [, , ecx, edx] = ask(1);
    expect(edx & ((1 << 0) | (1 << 23) | (1 << 24) | (1 << 25) | (1 << 26))).toBe(0);
    expect(ecx & 1).toBe(0);
  });

  test('tells its APIC id and the number of CPUs', () => {
    expect(ask(1)[1] >>> 24).toBe(2);
    expect(ask(0xb, 0)).toEqual([0, 1, 0x100, 2]);
    expect(ask(0xb, 1)).toEqual([2, 4, 0x201, 2]);
    expect(ask(0xb, 2)).toEqual([0, 0, 2, 2]);
  });

  test('tells the rate of the TSC', () => {
    expect(ask(0x15)).toEqual([1, 1, 3_000_000_000, 0]);
    expect(ask(0x16)[0]).toBe(3000);
  });

  test('describes the counters: version 2, four and three of 48 bits', () => {
    expect(ask(0xa)).toEqual([0x0730_0402, 0x78, 0, 0x603]);
  });

  test('beyond a range answers with the highest basic leaf', () => {
    expect(ask(0x17)).toEqual(ask(0x16));
    expect(ask(0x4000_0000)).toEqual(ask(0x16));
    expect(ask(0x8000_0009)).toEqual(ask(0x16));
    expect(ask(0x12)).toEqual([0, 0, 0, 0]);
  });

  test('shows SYSCALL to 64-bit code only', () => {
    expect(ask(0x8000_0001)[3] & (1 << 11)).toBe(1 << 11);
    expect(ask(0x8000_0001, 0, false)[3] & (1 << 11)).toBe(0);
  });

  test('clears the upper halves of its registers', () => {
    const lab = run('mov rax, 0xffffffff00000000\n mov rbx, rax\n mov rdx, rax\n cpuid\n exit');
    expect([lab.reg(0) >> 32n, lab.reg(3) >> 32n, lab.reg(2) >> 32n]).toEqual([0n, 0n, 0n]);
  });
});

describe('no coprocessor', () => {
  const x87 = 'db 0xd9, 0xe8';
  test.each([
    [x87, 0x8001_0031, 6],
    [x87, 0x8001_0035, 7],
    [x87, 0x8001_0039, 7],
    ['db 0x0f, 0x58, 0xc1', 0x8001_0039, 6],
  ])('%s with CR0 %i', (bytes, cr0, vector) => {
    expect(faults(bytes, { prepare: ({ cpu }) => void (cpu.cr0 = cr0) })).toEqual([vector]);
  });

  test('FWAIT is #NM with MP and TS, else nothing', () => {
    expect(faults('db 0x9b')).toEqual([]);
    expect(faults('db 0x9b', { prepare: ({ cpu }) => void (cpu.cr0 = 0x8001_003b) })).toEqual([7]);
  });
});

describe('debug registers', () => {
  const arm = (address: string, control: number): string =>
    `lea rax, [${address}]\n mov dr0, rax\n mov eax, ${control}\n mov dr7, rax`;

  test('a breakpoint on a write is a trap behind it', () => {
    const lab = run(`${arm('cell', 0x000d_0001)}\n mov rbx, [cell]\n mov dword [cell], 1\n next: nop\n exit\n cell: dq 0\n on_1: mov rcx, dr6\n mov rdx, [rsp]\n exit`);
    expect([lab.reg(1), lab.reg(2)]).toEqual([0xffff_0ff1n, lab.at('next')]);
  });

  test('a breakpoint on reads and writes covers its length only', () => {
    const lab = run(`${arm('cell', 0x000f_0001)}\n mov al, [cell + 4]\n inc ebx\n mov al, [cell + 3]\n inc ebx\n exit\n align 8\n cell: dq 0\n on_1: exit`);
    expect(lab.reg(3)).toBe(1n);
  });

  test('a breakpoint on a port needs CR4.DE', () => {
    const program = `mov eax, 0x80\n mov dr0, rax\n mov eax, 0x20001\n mov dr7, rax\n out 0x80, al\n inc ebx\n exit\n on_1: exit`;
    expect(run(program).reg(3)).toBe(1n);
    expect(run(program, { prepare: ({ cpu }) => void (cpu.cr4 |= 8) }).reg(3)).toBe(0n);
  });

  test('DR7.GD guards them', () => {
    const lab = run(`mov eax, 0x2000\n mov dr7, rax\n here: mov rax, dr0\n on_1: mov rbx, dr6\n mov rcx, [rsp]\n exit`);
    expect([lab.reg(3), lab.reg(1)]).toEqual([0xffff_2ff0n, lab.at('here')]);
  });

  test('reserved bits are fixed, and bits above 31 of DR7 refused', () => {
    const lab = run(`mov eax, 0xffffdfff\n mov dr7, rax\n mov rbx, dr7\n xor eax, eax\n mov dr7, rax\n exit\n on_1: exit`);
    expect(lab.reg(3)).toBe(0xffff_07ffn);
    expect(faults('mov rax, 0x100000400\n mov dr7, rax')).toEqual([13]);
  });

  test('DR4 and DR5 are aliases unless CR4.DE makes them undefined', () => {
    expect(run('mov rbx, dr4\n exit').reg(3)).toBe(0xffff_0ff0n);
    expect(faults('mov rbx, dr5', { prepare: ({ cpu }) => void (cpu.cr4 |= 8) })).toEqual([6]);
  });
});

test('invalid opcodes are #UD, and jumps to where no code can be #GP(0)', () => {
  expect(faults('ud2')).toEqual([6]);
  expect(faults('ud1 eax, eax')).toEqual([6]);
  expect(faults('mov rax, 0x800000000000\n jmp rax')).toEqual([13]);
});

test('a guest without tables shuts down instead of taking the host along', () => {
  const lab = run('lidt [nothing]\n ud2\n nothing: dw 0\n dq 0', { ticks: 100 });
  expect(lab.isShutDown).toBe(true);
  expect(lab.cpu.time).toBe(100);
  expect(AT.program).toBeLessThan(Number(lab.cpu.rip));
});

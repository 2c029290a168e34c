// X1 to X7 and the CPU's side of P of the ordering rules: time, self-modifying code, single step, page faults.

import { describe, expect, test } from 'vitest';
import { runUntil } from '../../src/cpu/step.ts';
import { alarm, AT, Lab, run } from '../support/cpu.ts';

describe('X1: a timer fires at the first boundary at which its time has come', () => {
  test.each([1, 2, 3, 7, 50, 333])('%i ticks', (ticks) => {
    // Each INC takes one tick; the first executes in the slot after that of OUT.
    const lab = run(`xor ebx, ebx\n mov eax, ${ticks}\n sti\n out 0xe4, eax\n ${'inc ebx\n'.repeat(400)} exit\n on_32: exit`);
    expect(lab.reg(3)).toBe(BigInt(ticks - 1));
  });

  test('an instruction of several ticks delays it to its own end', () => {
    const lab = run(`mov eax, 10\n sti\n out 0xe4, eax\n pause\n inc ebx\n exit\n on_32: rdtsc\n exit`);
    expect(lab.reg(3)).toBe(0n);
    // MOV, STI, OUT, PAUSE: RDTSC is in the slot that begins at 43.
    expect(lab.reg(0)).toBe(43n);
  });

  test('arming it in mid-run shortens the run however long that was to be', () => {
    const lab = run(`mov eax, 5\n sti\n out 0xe4, eax\n ${'inc ebx\n'.repeat(20)} exit\n on_32: exit`, { ticks: 1e9 });
    expect(lab.reg(3)).toBe(4n);
  });

  test('several alarms at once fire in the order in which they were set', () => {
    let order = '';
    run('nop\n nop\n nop', {
      ticks: 10,
      prepare: ({ clock }) => {
        for (const name of ['a', 'b']) clock.set(alarm(() => void (order += name)), 2);
      },
    });
    expect(order).toBe('ab');
  });
});

describe('X2: slices of a run, however they lie, make the same run', () => {
  const program = `mov eax, 37\n out 0xe4, eax\n sti\n mov edi, 0x10000\n mov ecx, 60\n rep stosb\n l: pause\n inc ebx\n hlt\n jmp l
    on_32: push rax\n rdtsc\n mov eax, 37\n out 0xe4, eax\n pop rax\n eoi\n iretq`;

  test.each([1, 3, 64])('of %i ticks', (slice) => {
    const whole = run(program, { ticks: 2000 });
    const sliced = new Lab(program);
    // A slice may end later than asked for, in a PAUSE.
    for (let end = slice; sliced.cpu.time < 2000; end += slice) runUntil(sliced.cpu, Math.min(end, 2000));
    expect(sliced.cpu.bytes).toEqual(whole.cpu.bytes);
  });
});

describe('X3: a store into code', () => {
  test('is seen by the very next instruction', () => {
    const lab = run(`mov byte [target], 0x90\n target: ud2\n mov ebx, 1\n exit\n on_6: exit`, {
      prepare: (lab) => lab.ram.write(Number(lab.at('target')), Uint8Array.of(0x0f, 0x90)),
    });
    expect(lab.exceptions).toEqual([]);
    expect(lab.reg(3)).toBe(1n);
  });

  test('is seen by code that has run before', () => {
    const lab = run(`
      mov ecx, 2
    again:
    target:
      mov ebx, 1
      mov dword [target + 1], 7
      dec ecx
      jnz again
      exit`);
    expect(lab.reg(3)).toBe(7n);
  });

  test('into the second part of an instruction on two pages is seen', () => {
    const lab = run(`
      mov ecx, 2
      jmp again
      times 0xffd - ($ - $$) db 0x90
    again:
      mov ebx, 1
      mov dword [again + 1], 7
      dec ecx
      jnz again
      exit`);
    expect(lab.at('again') % 0x1000n).toBe(0xffdn);
    expect(lab.reg(3)).toBe(7n);
  });

  test('by another CPU is seen', () => {
    const lab = new Lab(`l: jmp l`).run(1000);
    lab.cpu.ram.write(Number(lab.at('l')), Uint8Array.of(0x90, 0xe6, 0xf4));
    const before = lab.cpu.time;
    lab.run(1000);
    expect(lab.cpu.time).toBe(before + 2);
  });

  test('through another linear address is seen', () => {
    const lab = run(`mov ecx, 2\n again: mov ebx, 1\n lea rax, [again + 1]\n mov byte [rax + rdx], 7\n dec ecx\n jnz again\n exit`, {
      prepare: (lab) => {
        // The second 2 MiB show the first.
        lab.setWord(AT.pd + 8, 0x87n);
        lab.cpu.gpr[2] = 0x20_0000n;
      },
    });
    expect(lab.reg(3)).toBe(7n);
  });
});

test('X4: a locked read-modify-write is one instruction, and another CPU goes on where this one stopped', () => {
  const lab = new Lab(`l: lock inc qword [counter]\n jmp l\n align 8\n counter: dq 0`);
  const other = lab.makeCpu(1);
  for (const name of ['segSelector', 'segBase', 'segLimit', 'segAttributes'] as const) other[name].set(lab.cpu[name] as never);
  for (const name of ['rip', 'cr0', 'cr3', 'cr4', 'efer', 'activity', 'rflags'] as const) Object.assign(other, { [name]: lab.cpu[name] });
  other.refresh();
  for (let turn = 1; turn <= 10; turn++) {
    lab.run(101);
    runUntil(other, 101 * turn);
  }
  // 2020 ticks, every other one an increment, and one that each began with.
  expect(lab.word(lab.at('counter'))).toBe(1010n);
});

describe('X5: single step', () => {
  const handler = `on_1: inc ebx\n iretq`;
  const SET_TF = 'pushfq\n or qword [rsp], 0x100\n popfq';
  const CLEAR_TF = 'pushfq\n and qword [rsp], ~0x100\n popfq';

  test('follows every instruction that began with TF = 1, not the one that set it', () => {
    // NOP, NOP, and the three that clear TF.
    expect(run(`${SET_TF}\n nop\n nop\n ${CLEAR_TF}\n nop\n exit\n ${handler}`).reg(3)).toBe(5n);
  });

  test('follows each iteration of a string', () => {
    const lab = run(`mov edi, 0x10000\n mov ecx, 6\n ${SET_TF}\n rep stosb\n ${CLEAR_TF}\n exit\n ${handler}`);
    expect(lab.reg(3)).toBe(6n + 3n);
  });

  test('does not follow INT n into its handler', () => {
    const lab = run(`${SET_TF}\n int 0x40\n behind: ${CLEAR_TF}\n exit\n on_64: nop\n nop\n iretq\n on_1: inc ebx\n test r8, r8\n jnz .known\n mov r8, [rsp]\n .known: iretq`);
    // The first trap is that of the first instruction behind INT, which began with the TF that IRET brought back.
    expect(lab.reg(8)).toBe(lab.at('behind') + 1n);
  });

  test('reports BS in DR6', () => {
    const lab = run(`${SET_TF}\n nop\n exit\n on_1: mov rbx, dr6\n exit`);
    expect(lab.reg(3)).toBe(0xffff_4ff0n);
  });
});

describe('X6: a page fault leaves everything as it was', () => {
  test('registers and memory of a string stop at the last whole iteration', () => {
    const lab = run(`mov edi, 0x3ffffd\n mov ecx, 10\n string: rep stosb\n on_14: mov rax, [rsp + 8]\n exit`);
    expect(lab.cpu.cr2).toBe(0x40_0000n);
    expect([lab.reg(7), lab.reg(1), lab.reg(0)]).toEqual([0x40_0000n, 7n, lab.at('string')]);
  });

  test('a push onto a missing page moves nothing', () => {
    const lab = run(`mov rsp, 0x400000 + 8\n push rax\n on_14: exit`, { gates: { 14: { ist: 1 } } });
    expect(lab.word(AT.ist1 - 16)).toBe(0x40_0008n);
  });
});

describe('X7: a split access', () => {
  test('whose second page faults changes nothing of the first', () => {
    const lab = run(`mov rax, -1\n mov [0x1ffffc], rax\n on_14: exit`, {
      prepare: (lab) => lab.setWord(AT.pd + 8, 0n),
    });
    expect(lab.cpu.cr2).toBe(0x20_0000n);
    expect(lab.word(0x1f_fff8)).toBe(0n);
  });

  test('reaches two pages that lie apart', () => {
    const lab = run(`mov rax, 0x1122334455667788\n mov [0x1ffffc], rax\n mov rbx, [0x1ffffc]\n exit`, {
      prepare: (lab) => lab.setWord(AT.pd + 8, 0x87n),
    });
    expect(lab.reg(3)).toBe(0x1122_3344_5566_7788n);
    expect(lab.word(0) & 0xffff_ffffn).toBe(0x1122_3344n);
  });
});

describe('P: what counters are made of', () => {
  const retired = ({ cpu }: Lab): number => cpu.time - cpu.haltedTicks - cpu.extraTicks;

  test('a REP string is one instruction and as many cycles as iterations', () => {
    const lab = run(`mov edi, 0x10000\n mov ecx, 100\n rep stosb\n exit`);
    expect(lab.cpu.time).toBe(103);
    expect(retired(lab)).toBe(4);
  });

  test('PAUSE is one instruction of 40 cycles', () => {
    const lab = run('pause\n exit');
    expect([lab.cpu.time, retired(lab)]).toEqual([41, 2]);
  });

  test('an instruction that faults takes its slot and does not retire', () => {
    const lab = run('ud2\n on_6: exit');
    expect([lab.cpu.time, retired(lab)]).toEqual([2, 1]);
  });

  test('P7: RDPMC from ring 3 needs CR4.PCE; a bad index is #GP', () => {
    const program = `xor ecx, ecx\n rdpmc\n int 0x40\n on_64: exit\n on_13: exit`;
    const options = { cpl: 3, pmu: true, gates: { 64: { dpl: 3 } } } as const;
    expect(run(program, options).exceptions).toEqual([13]);
    expect(run(program, { ...options, prepare: ({ cpu }) => void (cpu.cr4 |= 0x100) }).exceptions).toEqual([]);
    expect(run(`mov ecx, 9\n rdpmc\n on_13: exit`, { pmu: true }).exceptions).toEqual([13]);
  });

  test('P9: without counters CPUID leaf 0AH is zero', () => {
    expect(run(`mov eax, 10\n cpuid\n exit`).reg(0)).toBe(0n);
    expect(run(`mov eax, 10\n cpuid\n exit`, { pmu: true }).reg(0)).toBe(0x0730_0402n);
  });
});

// N1 to N7 and H1 to H4 of the ordering rules: non-maskable interrupts, HLT and MWAIT.

import { describe, expect, test } from 'vitest';
import { runUntil } from '../../src/cpu/step.ts';
import { HALTED, WAIT_FOR_SIPI } from '../../src/cpu/state.ts';
import { alarm, AT, Lab, run } from '../support/cpu.ts';

describe('N1: delivery blocks further NMIs until IRET', () => {
  test('an NMI requested in the handler waits for its IRET', () => {
    const lab = run(`nmi\n log 'm'\n exit\n on_2: log '<'\n test bl, bl\n jnz .done\n inc bl\n nmi\n nop\n .done: log '>'\n iretq`);
    expect(lab.log).toBe('<><>m');
  });

  test('the IRET of an exception inside the handler opens it, the classic hole', () => {
    const lab = run(`
      nmi
      log 'm'
      exit
    on_2:
      log '<'
      test bl, bl
      jnz .done
      inc bl
      nmi
      int3
      log '-'
    .done:
      log '>'
      iretq
    on_3: iretq`);
    expect(lab.log).toBe('<<>->m');
  });

  test('an IRET that faults opens it too', () => {
    const lab = run(`
      nmi
      exit
    on_2:
      log '<'
      test bl, bl
      jnz .done
      inc bl
      nmi
      mov qword [rsp + 8], 0x7770
      iretq
    .done:
      log '>'
      exit
    on_13: log 'g'
      exit`);
    expect(lab.log).toBe('<<>');
  });
});

describe('N2: latching', () => {
  test('while blocked exactly one more is kept', () => {
    const lab = run(`nmi\n log 'm'\n exit\n on_2: log 'n'\n test bl, bl\n jnz .done\n inc bl\n nmi\n nmi\n nmi\n .done: iretq`);
    expect(lab.log).toBe('nnm');
  });

  test('the latched one is taken before one instruction of the interrupted code', () => {
    const lab = run(`nmi\n behind: inc ecx\n exit\n on_2: inc bl\n cmp bl, 2\n je .done\n nmi\n iretq\n .done: mov rdx, [rsp]\n exit`);
    expect(lab.reg(2)).toBe(lab.at('behind'));
    expect(lab.reg(1)).toBe(0n);
  });

  test('with none in service two may be pending', () => {
    const lab = run(`nop\n log 'm'\n exit\n on_2: log 'n'\n iretq`, {
      prepare: ({ cpu }) => {
        for (let i = 0; i < 5; i++) cpu.raiseNmi();
      },
    });
    expect(lab.log).toBe('nnm');
  });
});

test('N3: the vector is 2, and the interrupt controller knows nothing of it', () => {
  const lab = run(`nmi\n exit\n on_2: exit`);
  expect(lab.cpu.rip).toBe(lab.at('on_2') + 2n);
  expect(lab.apic.inService).toEqual([]);
});

test('N4: HLT is ended by an NMI even with IF = 0; the saved RIP is behind it', () => {
  const lab = run(`cli\n hlt\n behind: log 'b'\n exit\n on_2: mov rbx, [rsp]\n log 'n'\n iretq`, {
    prepare: (lab) => lab.clock.set(alarm(() => lab.cpu.raiseNmi()), 500),
  });
  expect(lab.log).toBe('nb');
  expect(lab.reg(3)).toBe(lab.at('behind'));
  expect(lab.cpu.haltedTicks).toBe(500 - 2);
});

test('N5: an NMI between REP iterations saves the RIP of the instruction', () => {
  const lab = run(`mov edi, 0x10000\n mov ecx, 50\n string: rep stosb\n exit\n on_2: mov rbx, [rsp]\n mov rdx, rcx\n exit`, {
    prepare: (lab) => lab.clock.set(alarm(() => lab.cpu.raiseNmi()), 12),
  });
  expect(lab.reg(3)).toBe(lab.at('string'));
  expect(lab.reg(2)).toBe(40n);
});

test('N6: an NMI in the handler of a double fault nests on its own stack', () => {
  const lab = run(`ud2\n on_8: nmi\n log 'd'\n exit\n on_2: log 'n'\n mov rbx, rsp\n iretq`, {
    gates: { 6: { type: 'task' }, 13: { type: 'task' }, 8: { ist: 1 }, 2: { ist: 2 } },
  });
  expect(lab.log).toBe('nd');
  expect(lab.reg(3)).toBe(BigInt(AT.ist2 - 40));
});

test('N7: a CPU that waits for its start-up IPI holds an NMI', () => {
  const lab = new Lab('nop');
  const cpu = lab.makeCpu(1);
  expect(cpu.activity).toBe(WAIT_FOR_SIPI);
  cpu.raiseNmi();
  runUntil(cpu, 100);
  expect(cpu.activity).toBe(WAIT_FOR_SIPI);
  expect(cpu.nmiPending).toBe(1);
});

test('H1: HLT with IF = 1 ends on an interrupt; the saved RIP is behind it', () => {
  const lab = run(`mov eax, 300\n out 0xe4, eax\n sti\n hlt\n behind: log 'b'\n exit\n on_32: mov rbx, [rsp]\n log 'i'\n eoi\n iretq`);
  expect(lab.log).toBe('ib');
  expect(lab.reg(3)).toBe(lab.at('behind'));
});

test('H2: HLT with IF = 0 sleeps through interrupts, which stay pending', () => {
  const lab = run(`mov eax, 300\n out 0xe4, eax\n cli\n hlt\n log 'b'\n exit\n on_32: log 'i'\n iretq`);
  expect(lab.log).toBe('');
  expect(lab.cpu.activity).toBe(HALTED);
  expect(lab.apic.pendingVector).toBe(32);
});

test('H3: in HLT time passes, but not as cycles or instructions', () => {
  const { cpu } = run('nop\n hlt', { ticks: 1000 });
  expect(cpu.time).toBe(1000);
  expect(cpu.haltedTicks).toBe(998);
  expect(cpu.time - cpu.haltedTicks - cpu.extraTicks).toBe(2);
});

test('H4: a CPU that nothing can wake takes the time it is given in one step', () => {
  const lab = run('cli\n hlt', { ticks: 1e15 });
  expect(lab.cpu.time).toBe(1e15);
});

describe('MWAIT', () => {
  const program = `lea rax, [line]\n xor ecx, ecx\n xor edx, edx\n monitor\n mwait\n log 'w'\n exit\nalign 64\nline: dq 0`;

  test('sleeps until somebody writes the monitored line', () => {
    const lab = run(program, { ticks: 100 });
    expect(lab.cpu.activity).toBe(HALTED);
    lab.ram.write(Number(lab.at('line')) + 40, Uint8Array.of(1));
    expect(lab.run(100).log).toBe('w');
  });

  test('goes on waiting for the line when its state comes from a snapshot', () => {
    const lab = run(program, { ticks: 100 });
    const copy = new Lab(program);
    copy.cpu.bytes.set(lab.cpu.bytes);
    copy.cpu.refresh();
    expect(copy.run(100).log).toBe('');
    copy.ram.write(Number(lab.at('line')), Uint8Array.of(1));
    expect(copy.run(100).log).toBe('w');
  });

  test('does not sleep when the line was written after MONITOR', () => {
    expect(run(program.replace(' mwait', ' mov [line], rax\n mwait')).log).toBe('w');
  });

  test('without MONITOR does not sleep', () => {
    expect(run(`xor ecx, ecx\n mwait\n log 'w'\n exit`).log).toBe('w');
  });

  test('is woken by an interrupt as HLT is', () => {
    const lab = run(`mov eax, 300\n out 0xe4, eax\n sti\n ${program}\n on_32: log 'i'\n eoi\n iretq`);
    expect(lab.log).toBe('iw');
  });

  test('is undefined in ring 3', () => {
    expect(run(`xor ecx, ecx\n mwait\n on_6: exit`, { cpl: 3 }).exceptions).toEqual([6]);
  });
});

// S1 to S9 of the ordering rules: what STI, MOV SS and their kin hold back. `irq` and `nmi` request at the OUT instruction; a letter in
// the log is where the program or a handler was.

import { describe, expect, test } from 'vitest';
import { alarm, run } from '../support/cpu.ts';

/** Handlers that log `i` and `n`, and the address they return to. */
const HANDLERS = `
on_48:
  push rax
  mov rax, [rsp + 8]
  mov [interrupted], rax
  pop rax
  log 'i'
  eoi
  iretq
on_2:
  push rax
  mov rax, [rsp + 8]
  mov [nmi_at], rax
  pop rax
  log 'n'
  iretq
interrupted: dq 0
nmi_at: dq 0
`;

const interruptedAt = (program: string): string | undefined => {
  const lab = run(`${program}\n exit\n${HANDLERS}`);
  const address = lab.word(lab.at('interrupted')) || lab.word(lab.at('nmi_at'));
  return [...lab.symbols].find(([, value]) => value === address)?.[0];
};

describe('S1: STI', () => {
  test('that sets IF holds interrupts for one more instruction', () => {
    expect(interruptedAt(`irq 48\n sti\none: nop\ntwo: nop`)).toBe('two');
  });

  test('with IF already set holds nothing', () => {
    // The request arrives while the second STI is in execution, so that only a shadow could hold it.
    const lab = run(`sti\n nop\n mov eax, 2\n out 0xe4, eax\n sti\none: nop\ntwo: nop\n exit\n on_32: mov rbx, [rsp]\n exit`);
    expect(lab.reg(3)).toBe(lab.at('one'));
  });
});

test('S2: an interrupt pending before STI;HLT wakes the HLT', () => {
  expect(run(`irq 48\n sti\n hlt\n log 'w'\n exit\n${HANDLERS}`).log).toBe('iw');
  expect(interruptedAt(`irq 48\n sti\n hlt\nbehind: nop`)).toBe('behind');
});

test('S3: nothing is taken between STI and CLI, or after', () => {
  expect(run(`irq 48\n sti\n cli\n nop\n nop\n log 'e'\n exit\n${HANDLERS}`).log).toBe('e');
});

test('S4: a second STI does not prolong the shadow', () => {
  expect(interruptedAt(`irq 48\n sti\n sti\ntwo: nop\nthree: nop`)).toBe('two');
});

describe('S5: loads of SS', () => {
  test.each([
    ['mov ss, ecx', 64, 'holds interrupts through the next instruction', 'two'],
    ['pop ss', 32, 'holds interrupts through the next instruction', 'two'],
    ['lss esp, [pointer]', 64, 'holds nothing', 'one'],
  ] as const)('%s (%i bits) %s', (load, mode, _, place) => {
    const lab = run(
      `mov ecx, ss
       ${load === 'pop ss' ? 'push ecx' : ''}
       mov eax, 2
       sti
       out 0xe4, eax
       ${load}
     one: nop
     two: nop
       exit
     pointer: dd 0x20000
       dw 0x10
     on_32: mov ebx, [${mode === 64 ? 'rsp' : 'esp'}]
       exit`,
      { mode },
    );
    expect(lab.reg(3)).toBe(lab.at(place));
  });

  test('an NMI is held too', () => {
    const lab = run(`mov ecx, ss\n mov rax, 1\n nop\n mov ss, ecx\n one: nop\n two: nop\n exit\n${HANDLERS}`, {
      prepare: (lab) => lab.clock.set(alarm(() => lab.cpu.raiseNmi()), 4),
    });
    expect(lab.word(lab.at('nmi_at'))).toBe(lab.at('two'));
  });

  test('two in a row shadow once, so that a program cannot shut out interrupts', () => {
    const lab = run(`mov ecx, ss\n mov eax, 2\n sti\n out 0xe4, eax\n mov ss, ecx\n mov ss, ecx\n two: nop\n exit\n on_32: mov rbx, [rsp]\n exit`);
    expect(lab.reg(3)).toBe(lab.at('two'));
  });

  test('the single-step trap is suppressed; the next instruction has its own', () => {
    const lab = run(`mov ecx, ss\n pushfq\n or qword [rsp], 0x100\n popfq\n mov ss, ecx\n one: nop\n two: nop\n exit\n on_1: mov rbx, [rsp]\n exit`);
    expect(lab.reg(3)).toBe(lab.at('two'));
  });
});

describe('S6: no shadow', () => {
  test('POPFQ that sets IF', () => {
    expect(interruptedAt(`irq 48\n pushfq\n or qword [rsp], 0x200\n popfq\none: nop\ntwo: nop`)).toBe('one');
  });

  test('IRETQ that sets IF', () => {
    const program = `irq 48\n mov rcx, rsp\n mov eax, ss\n push rax\n push rcx\n pushfq\n or qword [rsp], 0x200
      mov eax, cs\n push rax\n lea rax, [one]\n push rax\n iretq\none: nop\ntwo: nop`;
    expect(interruptedAt(program)).toBe('one');
  });
});

test('S7: nothing pending gets in behind CLI', () => {
  // The request comes at the boundary after CLI.
  const lab = run(`sti\n mov eax, 2\n out 0xe4, eax\n cli\n nop\n log 'e'\n exit\n on_32: log 'i'\n eoi\n iretq`);
  expect(lab.log).toBe('e');
});

describe('S8: CPL above IOPL', () => {
  test.each(['cli', 'sti'])('%s gives #GP(0)', (instruction) => {
    const lab = run(`${instruction}\n on_13: mov rbx, [rsp]\n mov rcx, [rsp + 8]\n exit`, { cpl: 3 });
    expect(lab.exceptions).toEqual([13]);
    expect(lab.reg(3)).toBe(0n);
    expect(lab.reg(1)).toBe(lab.at('on_13') - 1n);
  });

  test('POPFQ leaves IF and IOPL as they are, without a fault', () => {
    const lab = run(`push 0x3202\n popfq\n pushfq\n pop rbx\n int 0x40\n on_64: exit`, { cpl: 3, gates: { 64: { dpl: 3 } } });
    expect(lab.exceptions).toEqual([]);
    expect(lab.reg(3)).toBe(2n);
  });

  test('with IOPL 3 both are allowed', () => {
    const lab = run(`sti\n nop\n cli\n int 0x40\n on_64: exit`, {
      cpl: 3,
      gates: { 64: { dpl: 3 } },
      prepare: ({ cpu }) => cpu.setRflags(0x3002),
    });
    expect(lab.exceptions).toEqual([]);
  });
});

describe('S9: an NMI', () => {
  test('is not held by IF', () => {
    expect(interruptedAt(`cli\n nmi\none: nop`)).toBe('one');
  });

  test('is held through the shadow of STI', () => {
    const lab = run(`nop\n nop\n sti\n one: nop\n two: nop\n exit\n${HANDLERS}`, {
      prepare: (lab) => lab.clock.set(alarm(() => lab.cpu.raiseNmi()), 3),
    });
    expect(lab.word(lab.at('nmi_at'))).toBe(lab.at('two'));
  });
});

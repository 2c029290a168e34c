// From real mode to 64-bit mode and back, and far transfers between code segments (SDM vol. 3, 5.8, 9.8, 9.9).

import { describe, expect, test } from 'vitest';
import { runUntil } from '../../src/cpu/step.ts';
import { RUNNING, WAIT_FOR_SIPI } from '../../src/cpu/state.ts';
import { CS, RDX, RSP } from '../../src/isa/operand.ts';
import { AT, assembleAt, descriptor, Lab, run, SELECTOR } from '../support/cpu.ts';

describe('real mode', () => {
  test('INT pushes FLAGS, CS, IP of 16 bits, and IRET takes them back', () => {
    const lab = run(`stc\n sti\n int 0x40\n log 'b'\n exit\n on_64: mov bp, sp\n mov bx, [bp]\n mov cx, [bp + 4]\n log 'i'\n iret`.replaceAll(/log '(.)'/g, "mov al, '$1'\n out 0xe9, al"), { mode: 16 });
    expect(lab.log).toBe('ib');
    expect(lab.reg(3)).toBe(0x8004n);
    expect(lab.reg(1)).toBe(0x203n);
  });

  test('addresses are selector times 16 plus offset, up to the limit of 64 KiB', () => {
    const lab = run(`mov ax, 0x1234\n mov ds, ax\n mov byte [0x10], 7\n mov ax, [0xffff]\n on_13: exit`, { mode: 16 });
    expect(lab.ram.bytes[0x1_2350]).toBe(7);
    expect(lab.cpu.rip).toBe(lab.at('on_13') + 2n);
  });

  test('a far jump changes CS', () => {
    const lab = run(`jmp 0x100:there - 0x1000\n nop\n there: mov bx, cs\n exit`, { mode: 16 });
    expect(lab.reg(3)).toBe(0x100n);
  });

  test('instructions on descriptors are undefined', () => {
    expect(run('sldt ax\n on_6: exit', { mode: 16 }).exceptions).toEqual([6]);
  });
});

test('a CPU goes from real mode through protected mode to 64-bit mode', () => {
  const lab = run(
    `
    cli
    lgdt [gdtr]
    mov eax, cr0
    or al, 1
    mov cr0, eax
    jmp dword 0x18:protected
  bits 32
  protected:
    mov ax, 0x10
    mov ds, ax
    mov ss, ax
    mov esp, ${AT.stack}
    mov eax, cr4
    or eax, 0x20
    mov cr4, eax
    mov eax, ${AT.pml4}
    mov cr3, eax
    mov ecx, 0xc0000080
    rdmsr
    or eax, 0x100
    wrmsr
    mov eax, cr0
    or eax, 0x80000000
    mov cr0, eax
    rdmsr
    mov edi, eax
    jmp 0x08:long_mode
  bits 64
  long_mode:
    mov rbx, 0x123456789abcdef0
    push rbx
    pop rdx
    exit
    align 8
  gdtr: dw 0x1f
    dd gdt
    align 8
  gdt: dq 0, 0x00af9a000000ffff, 0x00cf92000000ffff, 0x00cf9a000000ffff`,
    {
      mode: 16,
      prepare: (lab) => {
        lab.setWord(AT.pml4, BigInt(AT.pdpt | 3));
        lab.setWord(AT.pdpt, BigInt(AT.pd | 3));
        lab.setWord(AT.pd, 0x83n);
      },
    },
  );
  expect(lab.exceptions).toEqual([]);
  expect(lab.reg(RDX)).toBe(0x1234_5678_9abc_def0n);
  expect(lab.cpu.mode).toBe(64);
  // LMA came with CR0.PG.
  expect(lab.reg(7)).toBe(0x500n);
});

test('from 64-bit mode through compatibility mode back to protected and real mode', () => {
  const lab = run(`
    push ${SELECTOR.code32}
    lea rax, [compatible]
    push rax
    retfq
  bits 32
  compatible:
    mov eax, cr0
    and eax, 0x7fffffff
    mov cr0, eax
    mov ecx, 0xc0000080
    rdmsr
    mov edi, eax
    jmp 0x38:narrow
  bits 16
  narrow:
    mov eax, cr0
    and al, 0xfe
    mov cr0, eax
    jmp 0:real
  real:
    mov ax, 0x1000
    mov ds, ax
    mov byte [4], 9
    out 0xf4, al`, {
    prepare: (lab) => {
      lab.setWord(AT.gdt + 0x38, descriptor(0x009b, 0, 0xffff));
    },
  });
  expect(lab.exceptions).toEqual([]);
  expect(lab.ram.bytes[0x1_0004]).toBe(9);
  expect(lab.cpu.mode).toBe(16);
  // LME stays, LMA went with CR0.PG.
  expect(lab.reg(7) & 0x500n).toBe(0x100n);
});

test('an interrupt in compatibility mode enters 64-bit code, and IRETQ goes back', () => {
  const lab = run(`
    push ${SELECTOR.code32}
    lea rax, [compatible]
    push rax
    retfq
  on_64:
    mov rbx, 0x1_0000_0001
    mov r8, [rsp + 8]
    iretq
  bits 32
  compatible:
    int 0x40
    dec eax
    inc ecx
    out 0xf4, al`);
  expect(lab.exceptions).toEqual([]);
  expect(lab.reg(3)).toBe(0x1_0000_0001n);
  expect(lab.reg(8)).toBe(BigInt(SELECTOR.code32));
  expect(lab.reg(1)).toBe(1n);
});

describe('start-up', () => {
  test('after INIT a start-up IPI begins in real mode at its page, and further ones are ignored', () => {
    const lab = new Lab('nop');
    const code = assembleAt(0, 'mov ax, cs\n mov bx, 0x55\n l: hlt\n jmp l', 16);
    lab.ram.write(0x9000, code.bytes);
    const cpu = lab.makeCpu(1);
    runUntil(cpu, 10);
    expect([cpu.time, cpu.haltedTicks]).toEqual([10, 10]);
    cpu.raiseSipi(9);
    runUntil(cpu, 20);
    expect([cpu.gpr[0], cpu.gpr[3], cpu.segBase[CS]]).toEqual([0x900n, 0x55n, 0x9000n]);
    cpu.raiseSipi(8);
    runUntil(cpu, 30);
    expect(cpu.segBase[CS]).toBe(0x9000n);
    cpu.raiseInit();
    runUntil(cpu, 40);
    expect(cpu.activity).toBe(WAIT_FOR_SIPI);
    expect(lab.events.map(({ kind }) => kind)).toEqual(['start-up', 'halt', 'init']);
  });

  test('INIT and the start-up IPI may come before the CPU looks', () => {
    const lab = new Lab('nop');
    const cpu = lab.makeCpu(1);
    cpu.raiseSipi(9);
    runUntil(cpu, 1);
    cpu.raiseInit();
    cpu.raiseSipi(10);
    runUntil(cpu, 2);
    expect(cpu.activity).toBe(RUNNING);
    expect(cpu.segSelector[CS]).toBe(0xa00);
  });

  test('reset leaves what the manual says', () => {
    const lab = new Lab('nop');
    const { cpu } = lab;
    cpu.reset();
    expect([cpu.rip, cpu.segSelector[CS], cpu.segBase[CS], cpu.rflags, cpu.cr0]).toEqual([
      0xfff0n, 0xf000, 0xffff_0000n, 2, 0x6000_0010,
    ]);
    expect([cpu.dr[6], cpu.dr[7], cpu.pat]).toEqual([0xffff_0ff0n, 0x400n, 0x0007_0406_0007_0406n]);
    // Family 6 in EDX.
    expect((cpu.gpr[RDX] >> 8n) & 0xfn).toBe(6n);
  });
});

describe('far transfers', () => {
  const ERROR = 'on_13: mov rbx, [rsp]\n exit\n on_11: mov rbx, [rsp]\n exit';
  const far = (selector: number, offset: string): string => `push ${selector}\n lea rax, [${offset}]\n push rax\n`;

  test('CALL and RET in 64-bit mode', () => {
    const lab = run(`call far [pointer]\n log 'b'\n exit\n there: mov rbx, [rsp + 8]\n log 't'\n retfq\n pointer: dq there\n dw 8`);
    expect(lab.log).toBe('tb');
    expect(lab.reg(3)).toBe(8n);
  });

  test.each([
    ['null', 0, 13, 0n],
    ['beyond the GDT', 0x100, 13, 0x100n],
    ['data', 0x10, 13, 0x10n],
    ['of another privilege', 0x28, 13, 0x28n],
    ['not present', 0x38, 11, 0x38n],
  ])('to a selector that is %s', (_name, selector, vector, error) => {
    const lab = run(`jmp far [pointer]\n pointer: dq $\n dw ${selector}\n ${ERROR}`, {
      prepare: (lab) => lab.setWord(AT.gdt + 0x38, descriptor(0xa01b)),
    });
    expect(lab.exceptions).toEqual([vector]);
    expect(lab.reg(3)).toBe(error);
  });

  test('a return to an inner level is refused', () => {
    const lab = run(`${far(SELECTOR.code, 'there')} retfq\n there: exit\n ${ERROR}`, { cpl: 3 });
    expect(lab.exceptions).toEqual([13]);
    expect(lab.reg(3)).toBe(8n);
  });

  test('a return to the outer level switches the stack and drops data segments of the inner one', () => {
    const lab = run(`
      push ${SELECTOR.userData}
      push ${AT.userStack}
      ${far(SELECTOR.userCode, 'there')}
      retfq
    there:
      mov ebx, ds
      mov ecx, cs
      mov rdx, rsp
      int 0x40
    on_64: exit`, { gates: { 64: { dpl: 3 } } });
    expect([lab.reg(3), lab.reg(1), lab.reg(2)]).toEqual([0n, BigInt(SELECTOR.userCode), BigInt(AT.userStack)]);
  });

  test('IRETQ to ring 3 and an interrupt back', () => {
    const lab = run(`
      push ${SELECTOR.userData}
      push ${AT.userStack}
      push 0x202
      ${far(SELECTOR.userCode, 'there')}
      iretq
    there:
      mov ebx, cs
      hlt
    on_13: mov rcx, [rsp + 16]
      mov rdx, [rsp + 24]
      exit`);
    expect([lab.reg(3), lab.reg(1)]).toEqual([BigInt(SELECTOR.userCode), BigInt(SELECTOR.userCode)]);
    // RF is set: HLT in ring 3 is a fault.
    expect(lab.reg(2)).toBe(0x1_0202n);
  });

  test.each([
    ['a selector that is not code', `push 0x10\n push ${AT.stack}\n push 2\n push 0x10\n push 0\n`, 0x10n],
    ['NT set', `pushfq\n or qword [rsp], 0x4000\n popfq\n`, 0n],
    ['SS that is not the level\'s', `push 0x10\n push ${AT.stack}\n push 2\n ${far(SELECTOR.userCode, 'there')}`, 0x10n],
  ])('IRETQ with %s is #GP, and the stack is as before', (_name, pushes, error) => {
    const lab = run(`${pushes} mov r8, rsp\n iretq\n there: exit\n on_13: mov rbx, [rsp]\n mov r9, [rsp + 32]\n exit`);
    expect(lab.exceptions).toEqual([13]);
    expect(lab.reg(3)).toBe(error);
    expect(lab.reg(9)).toBe(lab.reg(8));
  });
});

describe('fast calls', () => {
  test('SYSCALL and SYSRET', () => {
    const lab = run(`
      mov ecx, 0xc0000081
      xor eax, eax
      mov edx, ${(0x1b << 16) | 0x08}
      wrmsr
      inc ecx
      lea rax, [entry]
      xor edx, edx
      wrmsr
      mov ecx, 0xc0000084
      mov eax, 0x200
      wrmsr
      lea rcx, [user]
      mov r11d, 0x203
      o64 sysret
    entry:
      pushfq
      pop rbx
      mov r8, rcx
      mov r9, r11
      mov r10d, cs
      mov r12d, ss
      exit
    user:
      mov r13d, cs
      mov r14d, ss
      syscall
    back: nop`);
    // SYSRET takes CS at 18H + 16 and SS at 18H + 8.
    expect(lab.exceptions).toEqual([]);
    expect([lab.reg(13), lab.reg(14)]).toEqual([0x2bn, 0x23n]);
    expect(lab.reg(8)).toBe(lab.at('back'));
    expect(lab.reg(9)).toBe(0x203n);
    expect([lab.reg(10), lab.reg(12)]).toEqual([8n, 0x10n]);
    expect(lab.reg(3) & 0x200n).toBe(0n);
  });

  test('without EFER.SCE they are undefined', () => {
    expect(run('syscall\n on_6: exit', { prepare: ({ cpu }) => void (cpu.efer &= ~1) }).exceptions).toEqual([6]);
  });

  test('SYSENTER needs its selector, and enters at its registers', () => {
    expect(run('sysenter\n on_13: exit').exceptions).toEqual([13]);
    const lab = run('sysenter\n there: mov rbx, rsp\n exit', {
      cpl: 3,
      prepare: (lab) => {
        lab.cpu.sysenterCs = 8;
        lab.cpu.sysenterEip = lab.at('there');
        lab.cpu.sysenterEsp = 0x3_0000n;
      },
    });
    expect(lab.exceptions).toEqual([]);
    expect(lab.cpu.cpl).toBe(0);
    expect(lab.reg(3)).toBe(0x3_0000n);
  });
});

describe('protected mode of 32 bits', () => {
  test('an interrupt from ring 3 takes SS:ESP from the TSS, and IRET goes back', () => {
    const lab = run(`int 0x40\n mov ebx, esp\n int 0x41\n on_65: exit\n on_64: mov ecx, esp\n mov edx, ss\n mov esi, [esp + 12]\n iret`, {
      mode: 32,
      cpl: 3,
      gates: { 64: { dpl: 3 }, 65: { dpl: 3 } },
    });
    expect(lab.exceptions).toEqual([]);
    expect([lab.reg(1), lab.reg(2), lab.reg(6), lab.reg(3)]).toEqual([
      BigInt(AT.stack0 - 20), BigInt(SELECTOR.data), BigInt(AT.userStack), BigInt(AT.userStack),
    ]);
  });

  test('an interrupt within a level pushes three words, and an error code below', () => {
    const lab = run(`mov ecx, 0x12345\n here: rdmsr\n on_13: mov ebx, [esp]\n mov ecx, [esp + 4]\n exit`, { mode: 32 });
    expect(lab.reg(RSP)).toBe(BigInt(AT.stack - 16));
    expect([lab.reg(3), lab.reg(1)]).toEqual([0n, lab.at('here')]);
  });

  test('a task gate is refused with its vector', () => {
    const lab = run(`int 0x40\n on_13: mov ebx, [esp]\n exit`, { mode: 32, gates: { 64: { type: 'task' } } });
    expect(lab.reg(3)).toBe(BigInt(0x40 * 8 + 2));
  });

  test('an inner stack without room is #SS with its selector', () => {
    const lab = run(`int 0x40\n on_64: exit\n on_12: exit`, {
      mode: 32,
      cpl: 3,
      gates: { 64: { dpl: 3 } },
      prepare: (lab) => {
        // 4 KiB from 0, and a stack pointer far above that; the handler of #SS would meet it too.
        lab.setWord(AT.gdt + 0x38, descriptor(0x4093, 0, 0xfff));
        lab.ram.view.setUint32(AT.tss + 8, 0x38, true);
      },
    });
    expect(lab.events.slice(0, 2)).toEqual([
      { kind: 'exception', vector: 12, error: 0x38, address: 0n },
      { kind: 'exception', vector: 8, error: 0, address: 0n },
    ]);
  });
});

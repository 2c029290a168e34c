// A program in assembly → a machine with that program as its kernel: a plain ELF64 at 1 MiB, entered in 64-bit mode. The prelude has
// what programs for several CPUs need again and again: gates, the local APIC, a trampoline from real mode.

import { assemble } from '../../src/assembler/assemble.ts';
import { toElf } from '../../src/assembler/output/object.ts';
import { formatDiagnostic } from '../../src/base/diagnostic.ts';
import { completeConfig, type MachineConfig } from '../../src/machine/config.ts';
import { Machine } from '../../src/machine/machine.ts';

/** Physical address where the trampoline is copied to, page 8: the vector of the start-up IPI. */
const PRELUDE = `
bits 64
org 0x100000
APIC equ 0xfee00000
EOI equ 0xb0
SVR equ 0xf0
ICR equ 0x300
ICR_HIGH equ 0x310
LVT_TIMER equ 0x320
LVT_PERFMON equ 0x340
INITIAL equ 0x380
DIVIDE equ 0x3e0
TRAMPOLINE equ 0x8000

; vector, handler: an interrupt gate. Loads IDTR, so at least one must be set.
%macro gate 2
        mov     eax, %2
        mov     edi, idt + %1 * 16
        mov     [rdi], ax
        mov     word [rdi + 2], 0x18
        mov     word [rdi + 4], 0x8e00
        shr     eax, 16
        mov     [rdi + 6], ax
        mov     qword [rdi + 8], 0
        lidt    [idtr]
%endmacro
%macro apic 2                   ; register, value; uses R15
        mov     r15d, APIC
        mov     dword [r15 + %1], %2
%endmacro
%macro eoi 0
        apic    EOI, 0
%endmacro
%macro exit 1
        mov     eax, %1
        out     0xf4, eax
%%here: jmp     %%here
%endmacro
%macro serial_115200 0
        mov     dx, 0x3fb
        mov     al, 0x83
        out     dx, al
        mov     dx, 0x3f8
        mov     ax, 1
        out     dx, ax
        mov     dx, 0x3fb
        mov     al, 3
        out     dx, al
%endmacro
; Starts all other CPUs at label 'other', each with its number in EBX and a stack of 4 KiB.
%macro start_others 0
        mov     esi, trampoline
        mov     edi, TRAMPOLINE
        mov     ecx, trampoline_end - trampoline
        rep movsb
        mov     rax, cr3
        mov     [TRAMPOLINE + trampoline_cr3 - trampoline], eax
        sgdt    [TRAMPOLINE + trampoline_gdtr - trampoline]
        apic    ICR, 0xc4500
        apic    ICR, 0xc4608
        apic    ICR, 0xc4608
%endmacro

        jmp     start

bits 16
trampoline:
        cli
        xor     ax, ax
        mov     ds, ax
        o32 lgdt [TRAMPOLINE + trampoline_gdtr - trampoline]
        mov     eax, cr4
        or      eax, 0x20
        mov     cr4, eax
        mov     eax, [TRAMPOLINE + trampoline_cr3 - trampoline]
        mov     cr3, eax
        mov     ecx, 0xc0000080
        rdmsr
        or      eax, 0x100
        wrmsr
        mov     eax, cr0
        or      eax, 0x80000001
        mov     cr0, eax
        jmp     dword 0x18:long_mode
trampoline_cr3:  dd 0
trampoline_gdtr: dw 0
                 dq 0
trampoline_end:
bits 64
long_mode:
        mov     ax, 0x10
        mov     ds, ax
        mov     ss, ax
        mov     es, ax
        mov     ebx, 1
        lock xadd [next_cpu], ebx
        mov     esp, ebx
        shl     esp, 12
        add     esp, stacks
        jmp     other
align 8
next_cpu: dd 1
idtr:   dw 0xfff
        dq idt
section .bss align=16
idt:    resb 0x1000
stacks: resb 0x21000
section .text
`;

/** For programs that start no other CPU. */
const NO_OTHERS = '\nother: hlt\n';

/** The ELF file of `program`, which begins at its label `start`. */
export const kernelOf = (program: string): Uint8Array => {
  const text = PRELUDE + program + (/^ *other:/m.test(program) ? '' : NO_OTHERS);
  const io = { read: (path: string) => ({ path, text }), readBytes: () => undefined };
  const { object, diagnostics } = assemble('kernel.asm', io);
  if (!object) throw new Error(diagnostics.map(formatDiagnostic).join('\n'));
  return toElf(object);
};

export const buildMachine = (wanted: Partial<MachineConfig> = {}): Machine => {
  const config = completeConfig({ cpus: 1, ramBytes: 16 * 1024 * 1024, ...wanted });
  if ('errors' in config) throw new Error(config.errors.join('\n'));
  return new Machine(config);
};

/** A machine ready to run `program`. */
export const boot = (program: string, wanted: Partial<MachineConfig> = {}): Machine => {
  const machine = buildMachine(wanted);
  const error = machine.load(kernelOf(program));
  if (error) throw new Error(error.error);
  return machine;
};

/** A number that the program left at a label. */
export const peek = (machine: Machine, label: string, size: 32 | 64 = 32): number => {
  const address = machine.symbols.addressOf(label);
  if (address === undefined) throw new Error(`The program has no label ${label}.`);
  const view = new DataView(machine.ram.buffer, machine.ram.byteOffset + Number(address));
  return size === 32 ? view.getUint32(0, true) : Number(view.getBigUint64(0, true));
};

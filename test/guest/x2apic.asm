; The local APIC in x2APIC mode and the ways in and out of it (SDM vol. 3, 10.12).
; cpus: 2
; qemu: no, under TCG it has no x2APIC mode
%include "guest.inc"

VECTOR  equ 0x40
X2      equ 0x800
BASE_EN equ 0x800
BASE_EXTD equ 0x400

%macro take 0
        sti
        nop
        nop
        nop
        cli
%endmacro
%macro base 1                           ; IA32_APIC_BASE with these mode bits
        mov     ecx, IA32_APIC_BASE
        mov     eax, 0xfee00100 | (%1)
        xor     edx, edx
        wrmsr
%endmacro
; number, text, MSR, value
%macro refuses 4
        mov     ecx, %3
        mov     eax, (%4) & 0xffffffff
        mov     edx, (%4) >> 32
        faults  %1, %2, GP, 0, wrmsr
%endmacro

tests:
        mov     eax, 1
        cpuid
        check_bits "A15", "CPUID says that there is an x2APIC mode", rcx, 1 << 21, 1 << 21
        mov     ecx, X2 + 0x02
        faults  "A15", "x2APIC MSRs are #GP(0) in xAPIC mode: read", GP, 0, rdmsr
        refuses "A15", "x2APIC MSRs are #GP(0) in xAPIC mode: write", X2 + 0x08, 0
        refuses "A15", "EXTD without EN is #GP(0)", IA32_APIC_BASE, 0xfee00100 | BASE_EXTD
        apic    APIC_TPR, 0x30
        base    BASE_EN | BASE_EXTD
        read_msr IA32_APIC_BASE
        check_bits "A15", "x2APIC mode is on", rax, BASE_EN | BASE_EXTD, BASE_EN | BASE_EXTD
        mov     byte [no_eoi], 1        ; the handler's EOI is a store
        hook    VECTOR, x2_eoi
        mov     eax, [r15 + APIC_SVR]
        mov     ecx, 0xffffffff
        check   "A15", "the register page is gone: reads all ones", rax, rcx
        read_msr X2 + 0x02
        check   "A15", "the id is a whole register", rax, 0
        read_msr X2 + 0x0d
        check   "A15", "the logical id follows from the id", rax, 1
        read_msr X2 + 0x08
        check   "A15", "TPR is kept from xAPIC mode", rax, 0x30
        write_msr X2 + 0x08, 0x20
        mov     rax, cr8
        check   "A5", "CR8 is TPR[7:4] in x2APIC mode too", rax, 2
        xor     eax, eax
        mov     cr8, rax

        ; A10
        forget
        write_msr X2 + 0x3f, VECTOR
        take
        check   "A10", "SELF_IPI", vector(0), VECTOR
        forget
        write_msr X2 + 0x30, ICR_SELF | ICR_ASSERT | VECTOR
        take
        check   "A10", "ICR is one 64-bit MSR: self", vector(0), VECTOR
        forget
        write_msr X2 + 0x30, (0 << 32) | ICR_ASSERT | VECTOR
        take
        check   "A10", "ICR: physical id 0", [count], 1
        forget
        write_msr X2 + 0x30, (1 << 32) | ICR_LOGICAL | ICR_ASSERT | VECTOR
        take
        check   "A10", "ICR: logical id 1 of cluster 0", [count], 1
        forget
        write_msr X2 + 0x30, (0x10001 << 32) | ICR_LOGICAL | ICR_ASSERT | VECTOR
        take
        check   "A10", "ICR: another cluster", [count], 0
        forget
        write_msr X2 + 0x30, (0xffffffff << 32) | ICR_ASSERT | VECTOR
        settle
        take
        check   "A10", "ICR: broadcast by id FFFFFFFFH", [count], 1
        forget
        write_msr X2 + 0x30, ICR_ASSERT | ICR_NMI
        settle
        check   "A8", "ICR: NMI", vector(0), NMI
        read_msr X2 + 0x30
        check   "A10", "ICR reads back", rax, ICR_ASSERT | ICR_NMI

        ; A15: reserved bits
        refuses "A15", "EOI other than 0 is #GP(0)", X2 + 0x0b, 1
        refuses "A15", "ESR other than 0 is #GP(0)", X2 + 0x28, 1
        refuses "A15", "TPR: bits 8 to 31 are #GP(0)", X2 + 0x08, 0x100
        refuses "A15", "TPR: bits 32 to 63 are #GP(0)", X2 + 0x08, 1 << 32
        refuses "A15", "SVR: reserved bits are #GP(0)", X2 + 0x0f, 0x4ff
        refuses "A15", "LVT timer: a reserved bit is #GP(0)", X2 + 0x32, 1 << 20
        refuses "A15", "SELF_IPI: bits above the vector are #GP(0)", X2 + 0x3f, 0x140
        refuses "A15", "the id is read-only: #GP(0)", X2 + 0x02, 0
        refuses "A15", "LDR is read-only: #GP(0)", X2 + 0x0d, 1
        refuses "A15", "the version is read-only: #GP(0)", X2 + 0x03, 0
        refuses "A15", "PPR is read-only: #GP(0)", X2 + 0x0a, 0
        refuses "A15", "there is no DFR: write is #GP(0)", X2 + 0x0e, 0
        mov     ecx, X2 + 0x0e
        faults  "A15", "there is no DFR: read is #GP(0)", GP, 0, rdmsr
        mov     ecx, X2 + 0x31
        faults  "A15", "there is no upper half of ICR: #GP(0)", GP, 0, rdmsr
        mov     ecx, X2 + 0x0b
        faults  "A15", "EOI is write-only: #GP(0)", GP, 0, rdmsr
        mov     ecx, X2 + 0x3f
        faults  "A15", "SELF_IPI is write-only: #GP(0)", GP, 0, rdmsr
        mov     ecx, X2 + 0x05
        faults  "A15", "a register that does not exist is #GP(0)", GP, 0, rdmsr
        refuses "A15", "ICR: delivery status is reserved", X2 + 0x30, (1 << 12) | ICR_SELF | VECTOR

        ; two CPUs in x2APIC mode
        base    BASE_EN | BASE_EXTD
        write_msr X2 + 0x30, ICR_OTHERS | ICR_ASSERT | ICR_INIT
        mov     qword [other_code], other_cpu
        mov     esi, trampoline
        mov     edi, TRAMPOLINE
        mov     ecx, trampoline_end - trampoline
        rep movsb
        settle
        write_msr X2 + 0x30, (1 << 32) | ICR_ASSERT | ICR_STARTUP | (TRAMPOLINE >> 12)
        await   ready, 1
        mov     eax, [ready]
        check   "A10", "INIT and SIPI from x2APIC mode", rax, 1
        mov     eax, [other_logical]
        check   "A15", "the logical id of CPU 1", rax, 2
        write_msr X2 + 0x30, (1 << 32) | ICR_ASSERT | VECTOR
        await   got, 1
        mov     eax, [got]
        check   "A10", "an IPI from x2APIC mode to x2APIC mode", rax, 1

        ; the ways out
        refuses "A15", "from x2APIC mode straight to xAPIC mode is #GP(0)", IA32_APIC_BASE, 0xfee00100 | BASE_EN
        base    0
        read_msr IA32_APIC_BASE
        check_bits "A15", "x2APIC mode can be switched off", rax, BASE_EN | BASE_EXTD, 0
        mov     eax, 1
        cpuid
        check_bits "A15", "CPUID says that a switched off APIC is not there", rdx, 1 << 9, 0
        refuses "A15", "from off straight to x2APIC mode is #GP(0)", IA32_APIC_BASE, 0xfee00100 | BASE_EN | BASE_EXTD
        base    BASE_EN
        mov     eax, [r15 + APIC_SVR]
        check   "A15", "on again: SVR has its reset value", rax, 0xff
        mov     eax, [r15 + APIC_TPR]
        check   "A15", "on again: TPR has its reset value", rax, 0
        apic    APIC_SVR, 0x1ff
        mov     byte [no_eoi], 0
        hook    VECTOR, 0
        forget
        ipi_self VECTOR
        take
        check   "A10", "and works", [count], 1
        ret

x2_eoi: write_msr X2 + 0x0b, 0
        ret

other_cpu:
        base    BASE_EN | BASE_EXTD
        mov     ecx, IA32_APIC_BASE     ; not the bootstrap processor
        mov     eax, 0xfee00000 | BASE_EN | BASE_EXTD
        xor     edx, edx
        wrmsr
        read_msr X2 + 0x0d
        mov     [other_logical], eax
        hook    VECTOR, other_got
        mov     dword [ready], 1
.sleep: sti
        hlt
        jmp     .sleep
other_got:
        mov     dword [got], 1
        write_msr X2 + 0x0b, 0
        ret

        section .data
ready:  dd      0
got:    dd      0
other_logical: dd 0
        finish

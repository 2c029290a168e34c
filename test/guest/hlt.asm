; HLT: what ends it, what is saved, what goes on meanwhile (SDM vol. 2, HLT).
%include "guest.inc"

VECTOR  equ 0x40
TIMER   equ 0x60

tests:
        apic    APIC_DIVIDE, 0xb
        apic    APIC_LVT_TIMER, TIMER

        forget
        apic    APIC_INITIAL, 100000
        sti
        hlt
.h1:    cli
        check   "H1", "HLT with IF = 1 is ended by an interrupt", vector(0), TIMER
        check   "H1", "the saved RIP is after the HLT", saved_rip(0), .h1
        check   "H1", "once", [count], 1

        forget
        hook    TIMER, nothing_more
        apic    APIC_TPR, 0x70
        apic    APIC_LVT_TIMER, 0x90
        apic    APIC_INITIAL, 200000
        ipi_self VECTOR                 ; held by TPR: does not wake
        settle
        sti
        hlt
        cli
        apic    APIC_TPR, 0
        check   "H1", "an interrupt that TPR holds does not end HLT", vector(0), 0x90
        sti
        nop
        nop
        cli
        check   "H1", "and stays pending", vector(1), VECTOR

        ; H2: IF = 0
        forget
        apic    APIC_LVT_TIMER, TIMER
        apic    APIC_LVT_LINT1, LVT_NMI
        mov     qword [resume], 0
        ipi_self VECTOR
        settle
        rdtsc
        mov     [before], eax
        nmi_self                        ; taken before the HLT: shows that only an NMI is taken with IF = 0
        settle
        check   "H2", "with IF = 0 a pending interrupt is not taken, an NMI is", vector(0), NMI
        mov     eax, [r15 + APIC_IRR + (VECTOR / 32) * 16]
        check   "H2", "the interrupt stays in IRR", rax, 1 << (VECTOR & 31)
        sti
        nop
        nop
        cli

        ; H3
        apic    APIC_LVT_TIMER, TIMER
        apic    APIC_INITIAL, 50000
        rdtsc
        mov     ebx, eax
        sti
        hlt
        cli
        rdtsc
        sub     eax, ebx
        cmp     eax, 50000 - 10
        setae   al
        movzx   eax, al
        check   "H3", "the TSC and the APIC timer go on in HLT", rax, 1
        mov     eax, [r15 + APIC_CURRENT]
        check   "H3", "the timer has counted to 0", rax, 0

        user    2
.h4:    hlt
        end_user
        check   "H1", "HLT at CPL 3 is #GP(0)", vector(0), GP
        check   "H1", "at its own address", saved_rip(0), .h4
        ret
nothing_more:
        ret
        section .data
before: dd      0
        finish

; The local APIC of one CPU in xAPIC mode: requests, priorities, errors (SDM vol. 3, chapter 10).
%include "guest.inc"

LOW     equ 0x41
LOW2    equ 0x48                        ; same class, higher
HIGH    equ 0x52
ERROR   equ 0x70
SPURIOUS equ 0xff

%macro take 0                           ; whatever is deliverable
        sti
        nop
        nop
        nop
        nop
        cli
%endmacro
%macro is_set 4                         ; number, text, register, vector
        mov     eax, [r15 + %3 + ((%4) / 32) * 16]
        check_bits %1, %2, rax, 1 << ((%4) & 31), 1 << ((%4) & 31)
%endmacro
%macro is_clear 4
        mov     eax, [r15 + %3 + ((%4) / 32) * 16]
        check_bits %1, %2, rax, 1 << ((%4) & 31), 0
%endmacro

tests:
        ; A1
        forget
        ipi_self LOW
        is_set  "A1", "a request sets its IRR bit", APIC_IRR, LOW
        is_clear "A1", "and no ISR bit", APIC_ISR, LOW
        ipi_self LOW
        hook    LOW, look_at_low
        take
        hook    LOW, 0
        check   "A1", "two requests of one vector before delivery are one", [count], 1
        check   "A1", "delivery clears the IRR bit", [irr], 0
        check   "A1", "delivery sets the ISR bit", [isr], 1 << (LOW & 31)
        is_clear "A1", "EOI clears the ISR bit", APIC_ISR, LOW
        forget
        hook    LOW, again_from_within
        ipi_self LOW
        take
        hook    LOW, 0
        check   "A1", "a request while the vector is in service is kept: one more delivery", [count], 2
        forget
        ipi_self LOW
        ipi_self LOW2
        ipi_self HIGH
        take
        check   "A1", "three vectors are three requests", [count], 3
        mov     rax, vector(0)
        shl     rax, 8
        or      rax, vector(1)
        shl     rax, 8
        or      rax, vector(2)
        check   "A1", "the highest vector first, in a class too", rax, (HIGH << 16) | (LOW2 << 8) | LOW

        ; A2
        apic    APIC_TPR, 0x35
        mov     eax, [r15 + APIC_PPR]
        check   "A2", "PPR = TPR when nothing is in service", rax, 0x35
        hook    LOW, look_at_ppr
        forget
        ipi_self LOW
        take
        check   "A2", "PPR = class of what is in service when that is above TPR", [ppr], 0x40
        apic    APIC_TPR, 0x2f
        ipi_self LOW
        take
        check   "A2", "its low half is 0 then", [ppr], 0x40
        hook    LOW, look_at_ppr_with_tpr
        ipi_self LOW
        take
        hook    LOW, 0
        check   "A2", "PPR = TPR when its class is as high", [ppr], 0x4c
        check   "A2", "PPR = TPR when its class is higher", [ppr2], 0x80
        apic    APIC_TPR, 0
        forget
        apic    APIC_TPR, 0x40
        ipi_self LOW2
        take
        check   "A2", "a vector of the TPR's class is held", [count], 0
        apic    APIC_TPR, 0x3f
        take
        check   "A2", "of a class above it is delivered, whatever the TPR's low half", [count], 1
        apic    APIC_TPR, 0

        ; A3, A4
        forget
        hook    LOW, raise_high_and_low2
        ipi_self LOW
        take
        hook    LOW, 0
        check   "A3", "a higher class nests when the handler does STI", vector(1), HIGH
        check   "A3", "an equal class waits for EOI, even with a higher vector", vector(2), LOW2
        check   "A3", "only one of them was delivered inside", [seen], 2
        forget
        hook    HIGH, raise_low
        ipi_self HIGH
        take
        hook    HIGH, 0
        check   "A3", "a lower class waits for EOI", [seen], 1
        check   "A4", "EOI releases it at the following boundary", saved_rip(1), after_eoi
        is_clear "A4", "EOI clears the highest ISR bit", APIC_ISR, HIGH
        forget
        mov     byte [no_eoi], 1
        ipi_self LOW
        take
        ipi_self HIGH
        take
        is_set  "A4", "without EOI both stay in service: the lower", APIC_ISR, LOW
        is_set  "A4", "without EOI both stay in service: the higher", APIC_ISR, HIGH
        apic    APIC_EOI, 0
        is_clear "A4", "the first EOI ends the higher", APIC_ISR, HIGH
        is_set  "A4", "and not the lower", APIC_ISR, LOW
        apic    APIC_EOI, 0
        is_clear "A4", "the second EOI ends the lower", APIC_ISR, LOW
        apic    APIC_EOI, 0             ; nothing to end
        mov     byte [no_eoi], 0
        mov     eax, [r15 + APIC_PPR]
        check   "A4", "an EOI with nothing in service does nothing", rax, 0

        ; A5
        mov     eax, 5
        mov     cr8, rax
        mov     eax, [r15 + APIC_TPR]
        check   "A5", "CR8 is TPR[7:4]", rax, 0x50
        apic    APIC_TPR, 0x9a
        mov     rax, cr8
        check   "A5", "and TPR[7:4] is CR8", rax, 9
        forget
        mov     eax, 4
        mov     cr8, rax
        ipi_self LOW
        settle
        take
        check   "A5", "CR8 holds its class and lower ones", [count], 0
        sti
        nop
        mov     eax, 3
        mov     cr8, rax
.a5:    nop
        cli
        check   "A5", "lowering CR8 releases at the next boundary", saved_rip(0), .a5
        xor     eax, eax
        mov     cr8, rax
        mov     ebx, 16
        faults  "A5", "MOV to CR8 above 15 is #GP(0)", GP, 0, mov cr8, rbx
        forget
        mov     eax, 15
        mov     cr8, rax
        ipi_self 0xf8
        settle
        take
        check   "A5", "CR8 = 15 holds everything", [count], 0
        xor     eax, eax
        mov     cr8, rax
        take
        check   "A5", "and loses nothing", vector(0), 0xf8

        ; A8
        forget
        apic    APIC_ICR_HIGH, 0
        apic    APIC_TPR, 0xff
        nmi_self
        settle
        apic    APIC_TPR, 0
        check   "A8", "an NMI by ICR is not held by IF or TPR", vector(0), NMI
        is_clear "A8", "and needs no IRR bit", APIC_IRR, 2

        ; A12
        forget
        apic    APIC_LVT_LINT0, 0x20030 & 0xff
        apic    APIC_SVR, 0xff
        mov     eax, [r15 + APIC_LVT_LINT0]
        check_bits "A12", "software-disabling masks the LVT", rax, LVT_MASKED, LVT_MASKED
        apic    APIC_LVT_LINT0, 0x30
        mov     eax, [r15 + APIC_LVT_LINT0]
        check_bits "A12", "and keeps it masked", rax, LVT_MASKED, LVT_MASKED
        ipi_self LOW
        settle
        is_clear "A12", "a fixed IPI is not accepted then", APIC_IRR, LOW
        nmi_self
        settle
        check   "A12", "an NMI is", vector(0), NMI
        apic    APIC_SVR, 0x1ff
        mov     eax, [r15 + APIC_LVT_LINT0]
        check_bits "A12", "enabling does not unmask by itself", rax, LVT_MASKED, LVT_MASKED
        apic    APIC_LVT_LINT0, LVT_MASKED

        ; A14
        apic    APIC_ESR, 0
        apic    APIC_ESR, 0
        apic    APIC_LVT_ERROR, ERROR
        forget
        try                             ; should it come as vector 5
        ipi_self 5
        take
        caught
        cli
        apic    APIC_EOI, 0
        check   "A14", "an IPI with vector 5 raises the error interrupt", vector(0), ERROR
        mov     eax, [r15 + APIC_ESR]
        check   "A14", "ESR shows errors only after it was written", rax, 0
        apic    APIC_ESR, 0
        mov     eax, [r15 + APIC_ESR]
        check_bits "A14", "it is 'send illegal vector'", rax, 0x20, 0x20
        apic    APIC_ESR, 0
        mov     eax, [r15 + APIC_ESR]
        check   "A14", "writing ESR again clears it", rax, 0
        is_clear "A14", "no IRR bit for an illegal vector", APIC_IRR, 5
        try
        ipi_self 15
        take
        caught
        cli
        apic    APIC_EOI, 0
        check   "A14", "vector 15 is illegal", vector(0), ERROR
        apic    APIC_ESR, 0
        try
        ipi_self 16
        is_set  "A14", "vector 16 is legal", APIC_IRR, 16
        take
        caught
        cli
        apic    APIC_EOI, 0
        check   "A14", "vector 16 is delivered: class 1 is above PPR 0", [count], 1
        apic    APIC_LVT_ERROR, LVT_MASKED | ERROR
        apic    APIC_ESR, 0
        try
        ipi_self 4
        take
        caught
        cli
        apic    APIC_EOI, 0
        check   "A14", "a masked error entry raises no interrupt", [count], 0
        apic    APIC_ESR, 0
        mov     eax, [r15 + APIC_ESR]
        check_bits "A14", "but ESR has the error", rax, 0x20, 0x20
        apic    APIC_ESR, 0
        apic    APIC_DIVIDE, 0xb
        try
        apic    APIC_LVT_TIMER, 9       ; vector 9 from the LVT
        apic    APIC_INITIAL, 1
        settle
        take
        caught
        apic    APIC_EOI, 0
        apic    APIC_LVT_TIMER, LVT_MASKED
        apic    APIC_ESR, 0
        mov     eax, [r15 + APIC_ESR]
        check_bits "A14", "an illegal vector from the LVT is 'receive illegal vector'", rax, 0x40, 0x40
        apic    APIC_ESR, 0
        mov     eax, [r15 + 0x40]       ; no such register
        apic    APIC_ESR, 0
        mov     eax, [r15 + APIC_ESR]
        check_bits "A14", "a register that does not exist is 'illegal register address'", rax, 0x80, 0x80
        apic    APIC_ESR, 0

        ; A15
        mov     eax, [r15 + 0x30]
        check_bits "A15", "the version register says an integrated APIC", rax, 0xf0, 0x10
        apic    0x30, 0
        mov     ecx, [r15 + 0x30]
        check   "A15", "it cannot be written", rcx, rax
        apic    APIC_TPR, 0x20
        mov     byte [r15 + APIC_TPR], 0x90
        mov     eax, [r15 + APIC_TPR]
        apic    APIC_TPR, 0
        check   "A15", "a byte write is not accepted", rax, 0x20
        apic    APIC_DFR, 0x0fffffff
        mov     eax, [r15 + APIC_DFR]
        apic    APIC_DFR, 0xffffffff
        check   "A15", "DFR: the low 28 bits are all ones", rax, 0x0fffffff
        apic    APIC_LDR, 0x12345678
        mov     eax, [r15 + APIC_LDR]
        apic    APIC_LDR, 0
        check   "A15", "LDR: only the logical id can be written", rax, 0x12000000
        apic    APIC_LVT_TIMER, 0xfffdffff & ~LVT_PERIODIC
        mov     eax, [r15 + APIC_LVT_TIMER]
        apic    APIC_LVT_TIMER, LVT_MASKED
        check_bits "A15", "LVT timer: reserved bits and the delivery mode stay 0", rax, 0xfff8ef00, 0
        apic    APIC_ICR, ICR_SELF | ICR_ASSERT | LOW
        mov     eax, [r15 + APIC_ICR]
        check   "A15", "ICR: reads back, idle", rax, ICR_SELF | ICR_ASSERT | LOW
        take
        read_msr IA32_APIC_BASE
        check_bits "A15", "IA32_APIC_BASE: enabled, bootstrap processor", rax, 0xd00, 0x900
        mov     r14, rax
        mov     rdx, rax
        shr     rdx, 32
        or      eax, 1
        mov     ecx, IA32_APIC_BASE
        faults  "A15", "IA32_APIC_BASE: a reserved bit is #GP(0)", GP, 0, wrmsr
        mov     rax, r14
        mov     edx, 1 << 24
        faults  "A15", "IA32_APIC_BASE: an address beyond MAXPHYADDR is #GP(0)", GP, 0, wrmsr
        mov     rax, r14                ; another page: 2 MiB further, where nothing is
        add     eax, 0x200000
        xor     edx, edx
        wrmsr
        mov     ebx, 0xfee00000 + 0x200000
        mov     eax, [rbx + 0x30]
        check_bits "A15", "the register page can be moved", rax, 0xf0, 0x10
        mov     eax, [r15 + 0x30]
        mov     ecx, 0xffffffff
        push    rax
        mov     rax, r14
        xor     edx, edx
        mov     ecx, IA32_APIC_BASE
        wrmsr
        pop     rax
        mov     ecx, 0xffffffff
        check   "A15", "and is no longer where it was", rax, rcx
        ret

look_at_low:
        mov     eax, [r15 + APIC_IRR + (LOW / 32) * 16]
        and     eax, 1 << (LOW & 31)
        mov     [irr], rax
        mov     eax, [r15 + APIC_ISR + (LOW / 32) * 16]
        mov     [isr], rax
        ret
again_from_within:
        hook    LOW, 0
        ipi_self LOW
        ret
look_at_ppr:
        mov     eax, [r15 + APIC_PPR]
        mov     [ppr], rax
        ret
look_at_ppr_with_tpr:
        apic    APIC_TPR, 0x4c
        mov     eax, [r15 + APIC_PPR]
        mov     [ppr], rax
        apic    APIC_TPR, 0x80
        mov     eax, [r15 + APIC_PPR]
        mov     [ppr2], rax
        apic    APIC_TPR, 0
        ret
raise_high_and_low2:
        ipi_self LOW2
        ipi_self HIGH
        sti
        nop
        nop
        cli
        mov     rax, [count]
        mov     [seen], rax
        ret
raise_low:
        ipi_self LOW
        sti
        nop
        nop
        mov     rax, [count]
        mov     [seen], rax
        apic    APIC_EOI, 0
after_eoi:
        nop
        cli
        ret

        section .data
irr:    dq      0
isr:    dq      0
ppr:    dq      0
ppr2:   dq      0
seen:   dq      0
        finish

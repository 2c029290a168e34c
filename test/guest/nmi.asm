; Non-maskable interrupts: blocking, latching, nesting (SDM vol. 3, 6.7).
%include "guest.inc"

VECTOR  equ 0x40

tests:
        ; N1, N2: two more in the handler
        forget
        hook    NMI, two_more
        nmi_self
.n1:    nop
        settle
        check   "N1", "further NMIs are blocked in the handler", [seen], 1
        check   "N2", "of two that come while blocked one is latched", [count], 2
        check   "N2", "the latched one comes right after IRET, before the interrupted code", saved_rip(1), saved_rip(0)
        check   "N2", "with the stack of the interrupted code", saved_rsp(1), saved_rsp(0)

        forget
        nmi_self
        settle
        nmi_self
        settle
        check   "N1", "after IRET the next NMI is taken", [count], 2

        forget
        hook    NMI, int3_inside
        nmi_self
        settle
        check   "N1", "the IRET of an exception in the handler ends the blocking: re-entry", vector(2), NMI
        check   "N1", "the second NMI comes at once after that IRET", saved_rip(2), behind_int3
        check_bits "N1", "in the handler of the first: on its stack", saved_cs(2), 0xffff, CODE64

        forget
        hook    NMI, faulting_iret
        mov     [resume_rsp], rsp
        mov     qword [resume], .n1c
        nmi_self
        settle
.n1c:   check   "N1", "an IRET that faults ends the blocking too: the latched NMI is taken", [count], 3
        mov     rax, vector(1)
        shl     rax, 8
        or      rax, vector(2)
        check   "N1", "at the first boundary, so before the handler of the fault begins", rax, (NMI << 8) | GP

        forget
        hook    NMI, iret_same_code
        nmi_self
        settle
        check   "N1", "an IRET to code of the handler ends the blocking", [count], 2

        ; N3
        forget
        apic    APIC_ICR_HIGH, 0
        apic    APIC_ICR, ICR_ASSERT | ICR_NMI | 0x99
        settle
        check   "N3", "vector 2 whatever the ICR's vector field says", vector(0), NMI
        forget
        hook    NMI, look
        nmi_self
        settle
        check   "N3", "no ISR bit", [isr], 0
        check   "N3", "no IRR bit", [irr], 0
        forget
        hook    VECTOR, nmi_in_service
        ipi_self VECTOR
        settle
        sti
        nop
        nop
        cli
        hook    VECTOR, 0
        check   "N3", "an NMI leaves the interrupt in service as it is", [isr], 1
        check   "N3", "and came inside it", vector(1), NMI

        ; N6
        forget
        hook    BP_, nmi_here
        int3
        hook    BP_, 0
        check   "N6", "an NMI nests in the handler of an exception", vector(1), NMI
        check   "N6", "and returns there", [count], 2
        forget
        hook    PF, nmi_here
        try
        mov     rbx, 1 << 40
        mov     rax, [rbx]
        caught
        hook    PF, 0
        check   "N6", "an NMI nests in the handler of #PF", vector(1), NMI
        check   "N6", "CR2 is still the page fault's", event_cr2(1), [far_address]
        mov     dword [tss + 0x24], other_stack - 64    ; IST1
        gate_options NMI, 1, 0x8e
        forget
        hook    BP_, nmi_here
        int3
        hook    BP_, 0
        gate_options NMI, 0, 0x8e
        check   "N6", "on its own IST stack", frame_at(1), other_stack - 64 - 40
        ret

two_more:
        hook    NMI, 0
        nmi_self
        settle
        nmi_self
        settle
        mov     rax, [count]
        mov     [seen], rax
        ret

int3_inside:
        hook    NMI, 0
        nmi_self
        settle
        int3
behind_int3:
        nop
        ret

faulting_iret:
        hook    NMI, 0
        nmi_self
        settle
        push    DATA
        push    rsp
        push    2
        push    0                       ; null CS: #GP(0)
        push    0
        iretq

iret_same_code:
        hook    NMI, 0
        nmi_self
        settle
        mov     rax, rsp
        push    DATA
        push    rax
        push    2
        push    CODE64
        push    .on
        iretq
.on:    nop
        ret

look:   hook    NMI, 0
        mov     eax, [r15 + APIC_ISR]
        mov     [isr], rax
        mov     eax, [r15 + APIC_IRR]
        mov     [irr], rax
        ret

nmi_in_service:
        nmi_self
        settle
        mov     eax, [r15 + APIC_ISR + (VECTOR / 32) * 16]
        mov     [isr], rax
        ret

nmi_here:
        nmi_self
        nop
        settle
        ret

        section .data
far_address:    dq 1 << 40
seen:           dq 0
isr:            dq 0
irr:            dq 0
        finish

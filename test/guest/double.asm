; Faults during delivery: what becomes a double fault and what does not (SDM vol. 3, 6.15, table 6-5).
%include "guest.inc"

VECTOR  equ 0x40
NOWHERE equ 1 << 40                     ; not mapped

; The gate of a vector becomes bad in one of three ways, and good again.
%macro missing 1                        ; its handler's delivery is #NP
        and     byte [idt + (%1) * 16 + 5], 0x7f
%endmacro
%macro bad_selector 1                   ; #GP
        mov     word [idt + (%1) * 16 + 2], DATA
%endmacro
%macro bad_stack 1                      ; #PF: an IST stack that is not mapped
        mov     byte [idt + (%1) * 16 + 4], 1
%endmacro
%macro mended 1
        or      byte [idt + (%1) * 16 + 5], 0x80
        mov     word [idt + (%1) * 16 + 2], CODE64
        mov     byte [idt + (%1) * 16 + 4], 0
%endmacro
; text, expected vector, error, instruction
%macro ends_in 4+
        faults  "B6", %1, %2, %3, %4
%endmacro

tests:
        mov     rax, NOWHERE
        mov     [tss + 0x24], rax       ; IST1
        mov     dword [tss + 0x2c], other_stack ; IST2
        mov     rbx, NOWHERE
        xor     ecx, ecx
        xor     edx, edx

        ; contributory after contributory
        missing DE
        ends_in "#NP while delivering #DE: double fault", DF_, 0, div ecx
        mended  DE
        bad_selector DE
        ends_in "#GP while delivering #DE: double fault", DF_, 0, div ecx
        mended  DE
        missing GP
        mov     eax, 0x200              ; beyond the GDT
        ends_in "#NP while delivering #GP: double fault", DF_, 0, mov ds, eax
        mended  GP
        missing NP
        missing VECTOR
        ends_in "#NP while delivering #NP: double fault", DF_, 0, int VECTOR
        mended  NP
        mended  VECTOR

        ; page fault after contributory, and the other way round
        bad_stack DE
        ends_in "#PF while delivering #DE: delivered as #PF", PF, 2, div ecx
        mended  DE
        check   "B6", "its CR2", event_cr2(0), [far_slot]
        missing PF
        ends_in "#NP while delivering #PF: double fault", DF_, 0, mov eax, [rbx]
        mended  PF
        bad_selector PF
        ends_in "#GP while delivering #PF: double fault", DF_, 0, mov eax, [rbx]
        mended  PF
        bad_stack PF
        ends_in "#PF while delivering #PF: double fault", DF_, 0, mov eax, [rbx]
        mended  PF
        check   "B6", "CR2 is the second one's", event_cr2(0), [far_slot]

        ; benign first events
        missing UD
        ends_in "#NP while delivering #UD: #NP", NP, UD * 8 + 3, ud2
        mended  UD
        bad_selector UD
        ends_in "#GP while delivering #UD: #GP", GP, DATA | 1, ud2
        mended  UD
        bad_stack UD
        ends_in "#PF while delivering #UD: #PF", PF, 2, ud2
        mended  UD
        missing VECTOR
        ends_in "#NP while delivering INT n: #NP, without EXT", NP, VECTOR * 8 + 2, int VECTOR
        mended  VECTOR
        missing DB_
        ends_in "#NP while delivering #DB: #NP", NP, DB_ * 8 + 3, db 0xf1
        mended  DB_
        missing BP_
        ends_in "#NP while delivering INT3: #NP", NP, BP_ * 8 + 2, int3
        mended  BP_

        ; NMI and interrupts are benign
        missing NMI
        try
        nmi_self
        settle
        caught
        mended  NMI
        mov     rax, vector(0)
        shl     rax, 16
        or      rax, error(0)
        check   "B6", "#NP while delivering an NMI: #NP with EXT", rax, (NP << 16) | (NMI * 8 + 3)
        bad_stack VECTOR
        try
        ipi_self VECTOR
        settle
        sti
        nop
        nop
        caught
        cli
        mended  VECTOR
        apic    APIC_EOI, 0
        check   "B6", "#PF while delivering an interrupt: #PF", vector(0), PF

        ; three in a row that are not one inside the other
        missing UD
        missing NP
        ends_in "#NP while delivering the #NP of #UD: double fault", DF_, 0, ud2
        mended  UD
        mended  NP

        ; the frame of #DF
        mov     byte [idt + DF_ * 16 + 4], 2    ; IST2
        bad_stack PF
        mov     rsi, rsp
        try
.fault: mov     eax, [rbx]
        caught
        mended  PF
        mov     byte [idt + DF_ * 16 + 4], 0
        check   "B6", "#DF saves the first fault's RIP", saved_rip(0), .fault
        check   "B6", "and its RSP", saved_rsp(0), rsi
        check   "B6", "on its own IST stack", frame_at(0), other_stack - 40
        check   "B6", "with error code 0", error(0), 0

        ; a fault in a handler that has begun is no double fault
        hook    UD, fault_inside
        try
        ud2
        caught
        hook    UD, 0
        check   "B6", "a fault in a handler that runs already is itself", vector(1), PF
        ret

fault_inside:
        mov     rbx, NOWHERE
        mov     eax, [rbx]
        ret

        section .data
far_slot:       dq NOWHERE - 8
        finish

; cpus: 2
; The 8259As on LINT0 of the first CPU, which a BIOS leaves as ExtINT: virtual wire mode (SDM vol. 3, 10.1, 10.5.1; MP specification 1.4,
; 3.6.2.2). The request is channel 0 of the 8254 in mode 0, whose OUT rises once and stays.
%include "guest.inc"

VECTOR  equ 0x48                        ; of the 8259As, and of LINT0 as a fixed interrupt
FIXED   equ 0x61
OTHER   equ 0x51
EXTINT  equ 7 << 8

; the line falls, and rises after so many periods of the 8254
%macro request 0-1 2
        mov     al, 0x30
        out     0x43, al
        mov     al, (%1) & 0xff
        out     0x40, al
        mov     al, (%1) >> 8
        out     0x40, al
%endmacro
%macro line_low 0
        mov     al, 0x30
        out     0x43, al
%endmacro
%macro end_pic 0
        mov     al, 0x20
        out     0x20, al
%endmacro
%macro pic_mask 1
        mov     al, %1
        out     0x21, al
%endmacro
; interrupts on for a while
%macro open 0
        sti
        call    pause
        cli
%endmacro

tests:
        mov     eax, [r15 + APIC_LVT_LINT0]
        check_bits "A16", "the first CPU begins with LINT0 as ExtINT, not masked", rax, 0x10700, 0x700
        mov     edi, ask_other
        call    start_others
        await   other_lint0, 0
        mov     eax, [other_lint0]
        check_bits "A16", "the others begin with LINT0 masked", rax, 0x10000, 0x10000
        mov     byte [no_eoi], 1
        hook    VECTOR, on_pic
        hook    FIXED, on_apic
        hook    OTHER, on_apic
        mov     al, 0x11
        out     0x20, al
        mov     al, VECTOR
        out     0x21, al
        mov     al, 4
        out     0x21, al
        mov     al, 1
        out     0x21, al
        pic_mask 0xfe

        forget
        request
        call    pause
        check   "A16", "IF holds the interrupt of an 8259A", [count], 0
        mov     eax, [r15 + APIC_IRR + 0x20]
        check   "A16", "it is not in IRR", rax, 0
        open
        check   "A16", "then it comes with the vector of the 8259A", vector(0), VECTOR
        check   "A16", "once", [count], 1
        check   "A16", "and is not in ISR", [isr_seen], 0
        apic    APIC_TPR, 0xff
        forget
        request
        open
        check   "A16", "TPR does not hold it", vector(0), VECTOR
        apic    APIC_TPR, 0
        forget
        mov     rbx, .halted
        request 1193
        sti
        hlt
.halted:
        cli
        check   "A16", "it wakes", vector(0), VECTOR
        check   "A16", "behind HLT", saved_rip(0), .halted

        ; what takes it back
        forget
        request
        call    pause
        line_low
        open
        check   "A16", "a line that falls before it is served asks no more", [count], 0
        forget
        request
        call    pause
        pic_mask 0xff
        open
        check   "A16", "the mask of the 8259A takes it back", [count], 0
        pic_mask 0xfe
        open
        check   "A16", "and lets it come", vector(0), VECTOR
        mov     byte [no_end], 1
        forget
        request
        open
        line_low
        request
        open
        check   "A16", "without EOI to the 8259A no second comes", [count], 1
        mov     byte [no_end], 0
        end_pic
        open
        check   "A16", "but after it", [count], 2

        ; beside the local APIC's own
        forget
        request
        call    pause
        ipi_self OTHER
        settle
        open
        check   "A16", "both wait: that of the 8259A goes first, a choice", vector(0), VECTOR
        check   "A16", "then that of the local APIC", vector(1), OTHER
        apic    APIC_EOI, 0

        ; other modes of LINT0
        apic    APIC_LVT_LINT0, FIXED
        forget
        request
        call    pause
        mov     eax, [r15 + APIC_IRR + 0x30]
        check_bits "A16", "LINT0 as a fixed interrupt: in IRR", rax, 1 << (FIXED - 0x60), 1 << (FIXED - 0x60)
        open
        check   "A16", "with the vector of LINT0", vector(0), FIXED
        check   "A16", "LINT0 as a fixed interrupt: once", [count], 1
        call    poll_pic
        check_bits "A16", "the 8259A waits for its own acknowledge: polling gives it", rax, 0x87, 0x80
        end_pic
        apic    APIC_LVT_LINT0, LVT_NMI
        forget
        request
        call    pause
        check   "A16", "LINT0 as NMI", vector(0), NMI
        check   "A16", "LINT0 as NMI: once", [count], 1
        call    poll_pic
        end_pic
        apic    APIC_LVT_LINT0, EXTINT

        ; another CPU opens the mask: the first sleeps, and loops
        forget
        pic_mask 0xff
        request
        call    pause
        mov     dword [go], 1
        sti
        hlt
        cli
        check   "A16", "what another CPU lets through wakes the first", vector(0), VECTOR
        forget
        pic_mask 0xff
        request
        call    pause
        mov     dword [go], 2
        sti
.loop:  cmp     qword [count], 0
        je      .loop
        cli
        check   "A16", "and interrupts its loop", vector(0), VECTOR

        ; without LINT0, and without a local APIC
        forget
        request
        call    pause
        apic    APIC_LVT_LINT0, LVT_MASKED | EXTINT
        open
        check   "A16", "the mask of LINT0 holds it", [count], 0
        apic    APIC_LVT_LINT0, EXTINT
        open
        check   "A16", "LINT0 as ExtINT is a level", vector(0), VECTOR
        apic    APIC_SVR, 0xff
        forget
        request
        open
        check   "A16", "software-disabling masks LINT0", [count], 0
        apic    APIC_SVR, 0x1ff
        apic    APIC_LVT_LINT0, EXTINT
        open
        check   "A16", "and enabling does not unmask it, but a write does", vector(0), VECTOR
        read_msr IA32_APIC_BASE
        mov     rsi, rax
        and     eax, ~0x800
        mov     ecx, IA32_APIC_BASE
        mov     rdx, rsi
        shr     rdx, 32
        wrmsr
        forget
        request
        open
        check   "A16", "with the local APIC off the pin is INTR", vector(0), VECTOR
        mov     eax, esi
        mov     ecx, IA32_APIC_BASE
        mov     rdx, rsi
        shr     rdx, 32
        wrmsr
        ret

ask_other:
        mov     eax, [r15 + APIC_LVT_LINT0]
        mov     [other_lint0], eax
        mov     ebx, 1
.next:  mov     ecx, 5000
.wait:  loop    .wait
.go:    pause
        cmp     [go], ebx
        jb      .go
        mov     ecx, 3000
.later: loop    .later
        pic_mask 0xfe
        inc     ebx
        cmp     ebx, 3
        jb      .next
        ret

; RAX: what polling gives
poll_pic:
        mov     al, 0x0c
        out     0x20, al
        in      al, 0x20
        movzx   eax, al
        ret

; Long enough for a counter of 2, of 838 ns each
pause:  mov     ecx, 4000
.next:  in      al, 0x61
        dec     ecx
        jnz     .next
        ret

on_pic: mov     eax, [r15 + APIC_ISR + 0x20]
        mov     [isr_seen], rax
        cmp     byte [no_end], 0
        jne     .end
        end_pic
.end:   ret
on_apic:
        apic    APIC_EOI, 0
        ret

        section .data
no_end: db      0
        align   4
other_lint0: dd 0
go:     dd      0
isr_seen: dq    -1
        finish

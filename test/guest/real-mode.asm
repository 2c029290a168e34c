; Real mode: the vector table, frames of 16 bits, limits, what a CPU is after INIT (SDM vol. 3, chapter 20). CPU 1 runs it and
; leaves what it has seen for CPU 0 to check.
; cpus: 2
%include "guest.inc"

BASE    equ TRAMPOLINE                  ; where the code is copied to; CS = DS = BASE >> 4
VECTOR  equ 0x40

; What CPU 1 has noted: a word each.
%assign notes 0
%macro note 1                           ; a 16-bit register
        mov     [notes_at - real + notes * 2], %1
  %assign notes notes + 1
%endmacro
%macro later 3                          ; number, text, expected: about the last note
        [section .checks]
        bits    64
        movzx   eax, word [BASE + notes_at - real + (notes - 1) * 2]
        check   %1, %2, rax, %3
        __SECT__
        bits    16
%endmacro
; number, text, vector, instruction: a fault at that instruction; frames have no error code
%macro faults16 4+
        mov     word [resume16 - real], %%after - real
        mov     word [seen_vector - real], 0xff
        mov     sp, 0x7000
%%at:   %4
%%after:
        mov     ax, [seen_vector - real]
        note    ax
        later   %1, %2, %3
        mov     ax, [seen_ip - real]
        note    ax
        later   %1, "... at its own address", %%at - real
        mov     ax, [seen_used - real]
        note    ax
        later   %1, "... with a frame of three words", 6
%endmacro

        section .checks align=16
        bits    64
run_checks:
        section .text
        bits    64

tests:
        mov     dword [VECTOR * 4], (BASE >> 4 << 16) | (on_vector - real)
        mov     eax, (BASE >> 4 << 16) | (stubs16 - real)
        xor     edi, edi                ; the vectors of exceptions: 8 bytes a stub
.vector:
        mov     [rdi], eax
        add     eax, 8
        add     edi, 4
        cmp     edi, 32 * 4
        jb      .vector
        mov     esi, real
        mov     edi, BASE
        mov     ecx, real_end - real
        rep movsb
        apic    APIC_ICR, ICR_OTHERS | ICR_ASSERT | ICR_INIT
        settle
        apic    APIC_ICR, ICR_OTHERS | ICR_ASSERT | ICR_STARTUP | (BASE >> 12)
        await   BASE + waits - real, 1
        apic    APIC_ICR_HIGH, 1 << 24
        apic    APIC_ICR, ICR_ASSERT | ICR_NMI
        await   BASE + done - real, 1
        jmp     run_checks

        align   16
        bits    16
real:   mov     ax, cs
        mov     ds, ax
        note    ax
        later   "A11", "a start-up IPI: CS = vector << 8", BASE >> 4
        call    .here
.here:  pop     ax
        note    ax
        later   "A11", "a start-up IPI: IP = 0", .here - real
        mov     ax, sp
        note    ax
        later   "A11", "after INIT: SP = 0", 0
        mov     ax, ss
        note    ax
        later   "A11", "after INIT: SS = 0", 0
        sidt    [table - real]
        mov     ax, [table - real]
        note    ax
        later   "A11", "after INIT: the limit of the IDT is FFFFH", 0xffff
        mov     ax, [table + 2 - real]
        or      ax, [table + 4 - real]
        note    ax
        later   "A11", "after INIT: its base is 0", 0
        smsw    ax
        and     ax, 0xf
        note    ax
        later   "A11", "after INIT: PE, MP, EM, TS are clear", 0
        mov     sp, 0x7000

        ; INT n
        sti
        int     VECTOR
.after: cli
        mov     ax, [seen_ip - real]
        note    ax
        later   "B5", "real mode: INT n saves the next instruction", .after - real
        mov     ax, [seen_cs - real]
        note    ax
        later   "B8", "real mode: and CS", BASE >> 4
        mov     ax, [seen_used - real]
        note    ax
        later   "B8", "real mode: three words are pushed", 6
        mov     ax, [seen_flags - real]
        and     ax, FLAG_IF
        note    ax
        later   "B7", "real mode: the flags saved are the old ones", FLAG_IF
        mov     ax, [flags_within - real]
        and     ax, FLAG_IF | FLAG_TF
        note    ax
        later   "B7", "real mode: IF and TF are clear in the handler", 0
        mov     ax, sp
        note    ax
        later   "B8", "real mode: IRET takes them off again", 0x7000

        ; faults
        faults16 "B5", "real mode: #UD", UD, ud2
        xor     cx, cx
        faults16 "B5", "real mode: #DE", DE, div cx
        faults16 "B2", "real mode: a word at FFFFH is beyond the limit: #GP", GP, mov ax, [0xffff]
        mov     ebx, 0x10000
        faults16 "B2", "real mode: an offset above FFFFH is #GP", GP, mov al, [ebx]
        mov     bx, 0xffff
        faults16 "B2", "real mode: a stack access at FFFFH is #SS", SS_, mov ax, [ss:bx]
        faults16 "B2", "real mode: LLDT is #UD", UD, lldt ax
        faults16 "B2", "real mode: more than 15 bytes are #GP", GP, times 15 db 0x3e
        nop
        faults16 "B2", "real mode: SYSENTER is #GP", GP, sysenter
        mov     word [table - real], 0x20 * 4 - 1
        mov     dword [table + 2 - real], 0
        lidt    [table - real]
        faults16 "B8", "real mode: INT n beyond the limit of the vector table is #GP", GP, int VECTOR
        mov     word [table - real], 0x3ff
        lidt    [table - real]

        ; addresses
        mov     ax, 0xffff
        mov     es, ax
        mov     ax, [es:0x10]           ; 100000H: the Multiboot header's image begins there
        note    ax
        later   "B2", "real mode: FFFF:0010 is 100000H, not 0 (A20 is on)", FIRST_WORD
        ; a segment keeps its limit when protected mode is left
        mov     eax, cr0
        or      al, 1
        lgdt    [big_pointer - real]
        mov     cr0, eax
        mov     bx, 8
        mov     es, bx
        and     al, 0xfe
        mov     cr0, eax
        mov     ebx, 0x100000
        mov     ax, [es:ebx]
        note    ax
        later   "B2", "real mode: a limit of 4 GiB from protected mode stays", FIRST_WORD
        xor     ax, ax
        mov     es, ax
        mov     ax, [es:ebx]
        note    ax
        later   "B2", "real mode: also when the segment register is loaded again", FIRST_WORD

        ; flags, single step, NMI
        push    word 0x7002             ; IOPL and NT can be set in real mode
        popf
        pushf
        pop     ax
        and     ax, 0x7000
        note    ax
        later   "S8", "real mode: POPF sets IOPL and NT", 0x7000
        push    word 2
        popf
        mov     word [seen_vector - real], 0xff
        mov     word [resume16 - real], 0
        push    word FLAG_TF | 2
        popf
        nop
.step:  push    word 2
        popf
        mov     ax, [first_trap - real]
        note    ax
        later   "X5", "real mode: single step traps after the next instruction", .step - real
        mov     word [seen_vector - real], 0xff
        mov     dword [waits - real], 1
        hlt
.woken: mov     ax, [seen_vector - real]
        note    ax
        later   "N3", "real mode: an NMI is vector 2", NMI
        mov     ax, [seen_ip - real]
        note    ax
        later   "N4", "real mode: it ends HLT with IF = 0, behind it", .woken - real
        mov     dword [done - real], 1
.end:   cli
        hlt
        jmp     .end

        align   8
stubs16:
%assign number 0
%rep 32
        push    ax
        mov     al, number
        jmp     near on_exception
        align   8
  %assign number number + 1
%endrep

; AL = vector; AX lies on the stack, then IP, CS, FLAGS
on_exception:
        push    bp
        mov     bp, sp
        push    bx
        xor     ah, ah
        mov     [cs:seen_vector - real], ax
        mov     bx, 0x7000 - 4
        sub     bx, bp
        mov     [cs:seen_used - real], bx
        mov     bx, [bp + 4]
        mov     [cs:seen_ip - real], bx
        cmp     al, DB_
        jne     .no_trap
        cmp     word [cs:first_trap - real], 0
        jne     .no_trap
        mov     [cs:first_trap - real], bx
.no_trap:
        cmp     word [cs:resume16 - real], 0
        je      .return
        mov     bx, [cs:resume16 - real]
        mov     [bp + 4], bx
        mov     word [cs:resume16 - real], 0
.return:
        pop     bx
        pop     bp
        pop     ax
        iret

on_vector:
        push    bp
        mov     bp, sp
        push    ax
        mov     ax, [bp + 2]
        mov     [cs:seen_ip - real], ax
        mov     ax, [bp + 4]
        mov     [cs:seen_cs - real], ax
        mov     ax, [bp + 6]
        mov     [cs:seen_flags - real], ax
        mov     ax, 0x7000 - 2
        sub     ax, bp
        mov     [cs:seen_used - real], ax
        pushf
        pop     ax
        mov     [cs:flags_within - real], ax
        pop     ax
        pop     bp
        iret

        align   8
big:    dq      0, 0x00cf93000000ffff
big_pointer:
        dw      15
        dd      BASE + big - real
table:  dw      0
        dd      0
seen_vector: dw 0
seen_ip: dw     0
seen_cs: dw     0
seen_flags: dw  0
seen_used: dw   0
flags_within: dw 0
first_trap: dw  0
resume16: dw    0
        align   4
waits:  dd      0
done:   dd      0
notes_at: times 100 dw 0
real_end:
FIRST_WORD equ  0xb002                  ; of the Multiboot magic

        [section .checks]
        bits    64
        ret
        section .text
        bits    64
        finish

; title: NMIs inside an NMI handler, let in by the IRETQ of a page fault: all of them are handled
; mirrors: a page fault or breakpoint in an NMI handler (the reason for the three copies of the frame in asm_exc_nmi)
; until: 20s
; expect: says="nmi_in_nmi: 400 calls, 300 faults, registers kept" then none
; expect[pmu=off]: says="nmi_in_nmi: 400 calls, 300 faults, registers kept" then none
;
; Three of four calls of the handler send an NMI to their own CPU, which is held back, and then fault. The fault's IRETQ ends the holding,
; and the next NMI comes onto the stack of the one that has not ended yet.

        scenario nmi_in_nmi, nmi_in_nmi_init
NMI_IN_NMI_ROUNDS equ 100
NMI_IN_NMI_PATTERN equ 0x1122334455667788

; nmi_in_nmi_init -- out: eax = 0    uses: all caller-saved
function nmi_in_nmi_init
        push    rbx
        push    r12
        lea     rdi, [nmi_in_nmi_action]
        call    register_nmi_handler
        announce "nmi_in_nmi"
        mov     rbx, NMI_IN_NMI_PATTERN
        mov     r12d, NMI_IN_NMI_ROUNDS
.again: call    nmi_in_nmi_send
        mov     rax, NMI_IN_NMI_PATTERN
        cmp     rbx, rax
        jne     .lost
        dec     r12d
        jnz     .again
        mov     eax, [nmi_in_nmi_calls]
        mov     ecx, [nmi_in_nmi_faults]
        printk  KERN_INFO, "nmi_in_nmi: %d calls, %d faults, registers kept", rax, rcx
        jmp     .done
.lost:  printk  KERN_INFO, "nmi_in_nmi: registers lost"
.done:  xor     eax, eax
        pop     r12
        pop     rbx
        return
endfunction

; nmi_in_nmi_send -- to this CPU    uses: all caller-saved
function nmi_in_nmi_send
        mov     rdi, [gs:pcpu.self]
        mov     esi, APIC_DM_NMI | APIC_ICR_ASSERT
        call    __default_send_IPI
        return
endfunction

; nmi_in_nmi_handler -- in: rdi = regs    out: eax = 1
function nmi_in_nmi_handler
        inc     dword [nmi_in_nmi_calls]
        test    dword [nmi_in_nmi_calls], 3
        jz      .done
        call    nmi_in_nmi_send
.fault: mov     rax, [abs 16]                   ; a null pointer
.fixed: inc     dword [nmi_in_nmi_faults]
.done:  mov     eax, 1
        return
        extable nmi_in_nmi_handler.fault, nmi_in_nmi_handler.fixed
endfunction

        section .data
        align   8, db 0
nmi_in_nmi_action: dq 0, nmi_in_nmi_handler, 0
nmi_in_nmi_calls:  dd 0
nmi_in_nmi_faults: dd 0
        section .text

; nmi-errors.asm -- NMIs that no local handler wanted: two error lines of the PC, and those of unknown origin.
; After: arch/x86/kernel/nmi.c; lockup-detector spec 3.3.

        kernel_param unknown_nmi_panic,      parse_set, unknown_nmi_panic
        sysctl  unknown_nmi_panic,           parse_int, unknown_nmi_panic, 0, 1
        sysctl  panic_on_unrecovered_nmi,    parse_int, panic_on_unrecovered_nmi, 0, 1
        sysctl  panic_on_io_nmi,             parse_int, panic_on_io_nmi, 0, 1

; unknown_nmi_error -- nobody knows; a storm of them is not printed whole
;   in: rdi = regs, esi = reason    uses: all caller-saved
function unknown_nmi_error
        push    rbx
        push    r12
        mov     rbx, rdi
        mov     r12d, esi
        lea     rdi, [unknown_nmi_ratelimit]
        string  rsi, "unknown_nmi_error"
        call    ___ratelimit
        test    eax, eax
        jz      .decide
        mov     ecx, [gs:pcpu.number]
        printk  KERN_EMERG, "Uhhuh. NMI received for unknown reason %02x on CPU %d.", r12, rcx
        cmp     dword [report_format], REPORT_5_4
        jne     .decide
        printk  KERN_EMERG, "Do you have a strange power saving mode enabled?"
.decide:
        mov     eax, [unknown_nmi_panic]
        or      eax, [panic_on_unrecovered_nmi]
        jz      .continue
        string  rdi, "NMI: Not continuing"
        mov     rsi, rbx
        call    nmi_panic
.continue:
        lea     rdi, [dazed_ratelimit]
        string  rsi, "unknown_nmi_error"
        call    ___ratelimit
        test    eax, eax
        jz      .done
        printk  KERN_EMERG, "Dazed and confused, but trying to continue"
.done:  pop     r12
        pop     rbx
        return
endfunction

NMI_SC_CLEAR_SERR  equ 1 << 2           ; both lines are acknowledged, and shut off, by these
NMI_SC_CLEAR_IOCHK equ 1 << 3
NMI_SC_WRITABLE    equ 0x0f

; nmi_external_error -- in: rdi = regs, esi = reason: SERR or IOCHK    uses: all caller-saved
function nmi_external_error
        test    esi, NMI_SC_SERR
        jz      .iochk
        call    pci_serr_error
        return
.iochk: call    io_check_error
        return
endfunction

; pci_serr_error -- in: rdi = regs, esi = reason    uses: all caller-saved
function pci_serr_error
        push    rbx
        push    r12
        mov     rbx, rdi
        mov     r12d, esi
        mov     ecx, [gs:pcpu.number]
        printk  KERN_EMERG, "NMI: PCI system error (SERR) for reason %02x on CPU %d.", r12, rcx
        cmp     dword [panic_on_unrecovered_nmi], 0
        je      .continue
        string  rdi, "NMI: Not continuing"
        mov     rsi, rbx
        call    nmi_panic
.continue:
        printk  KERN_EMERG, "Dazed and confused, but trying to continue"
        mov     eax, r12d
        and     al, NMI_SC_WRITABLE
        or      al, NMI_SC_CLEAR_SERR
        out     PORT_NMI_SC, al
        pop     r12
        pop     rbx
        return
endfunction

IOCHK_OFF_STEPS equ 20000               ; two seconds off, then on again
IOCHK_STEP_US   equ 100

; io_check_error -- in: rdi = regs, esi = reason    uses: all caller-saved
function io_check_error
        push    rbx
        push    r12
        mov     rbx, rdi
        mov     r12d, esi
        mov     ecx, [gs:pcpu.number]
        printk  KERN_EMERG, "NMI: IOCK error (debug interrupt?) for reason %02x on CPU %d.", r12, rcx
        mov     rdi, rbx
        call    show_regs
        cmp     dword [panic_on_io_nmi], 0
        je      .continue
        string  rdi, "NMI IOCK error: Not continuing"
        mov     rsi, rbx
        call    nmi_panic
        jmp     .done                   ; this NMI has interrupted a panic
.continue:
        mov     eax, r12d
        and     al, NMI_SC_WRITABLE
        or      al, NMI_SC_CLEAR_IOCHK
        out     PORT_NMI_SC, al
        mov     ebx, IOCHK_OFF_STEPS
.off:   call    touch_nmi_watchdog
        mov     edi, IOCHK_STEP_US
        call    udelay
        dec     ebx
        jnz     .off
        mov     eax, r12d
        and     al, NMI_SC_WRITABLE & ~NMI_SC_CLEAR_IOCHK
        out     PORT_NMI_SC, al
.done:  pop     r12
        pop     rbx
        return
endfunction

        section .data
        align   8, db 0
unknown_nmi_ratelimit: times ratelimit_state_size db 0
dazed_ratelimit:       times ratelimit_state_size db 0
unknown_nmi_panic: dd 0
panic_on_unrecovered_nmi: dd 0
panic_on_io_nmi: dd 0
        section .text

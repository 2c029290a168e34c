; An NMI handler faults, and the IRETQ of the fault lets the next NMI in while the first is not done (N1, N2 of the trap rules).
%include "kernel.asm"

NESTING_ROUNDS  equ 100
NESTING_PATTERN equ 0x1122334455667788

        scenario nmi_nesting, nmi_nesting_init, 1

; nmi_nesting_init -- sends itself an NMI, over and over; its registers must survive
function nmi_nesting_init
        lea     rax, [nesting_handler]
        mov     [perf_event_nmi_action + nmiaction.handler], rax         ; in place of the counter's
        mov     rbx, NESTING_PATTERN
        mov     r12d, NESTING_ROUNDS
.again: call    send_nmi_to_self
        mov     rax, NESTING_PATTERN
        cmp     rbx, rax
        jne     .lost
        dec     r12d
        jnz     .again
        mov     eax, [nesting_calls]
        mov     ecx, [nesting_faults]
        printk  KERN_INFO, "nesting: %d calls, %d faults, registers kept", rax, rcx
        return
.lost:  printk  KERN_INFO, "nesting: registers lost"
        return
endfunction

function send_nmi_to_self
        mov     rdi, [gs:pcpu.self]
        mov     esi, APIC_DM_NMI | APIC_ICR_ASSERT
        call    __default_send_IPI
        return
endfunction

; nesting_handler -- three of four calls send an NMI, which is held, and fault, which lets it in
;   in: rdi = regs    out: eax = 1
function nesting_handler
        inc     dword [nesting_calls]
        test    dword [nesting_calls], 3
        jz      .done
        call    send_nmi_to_self
.fault: mov     rax, [abs 16]                   ; a null pointer
.fixed: inc     dword [nesting_faults]
.done:  mov     eax, 1
        return
        extable nesting_handler.fault, nesting_handler.fixed
endfunction

        section .data
nesting_calls:  dd 0
nesting_faults: dd 0
        section .text

; nmi.asm -- what to do with an NMI: ask everyone whether it was theirs. After: arch/x86/kernel/nmi.c; lockup-detector spec 3.3.

NMI_NOT_RUNNING equ 0
NMI_EXECUTING   equ 1
NMI_LATCHED     equ 2

; exc_nmi -- from asm_exc_nmi
;   in: rdi = regs    uses: all caller-saved
function exc_nmi
        push    rbx
        mov     rbx, rdi
        cmp     dword [gs:pcpu.online], 0
        je      .done
        cmp     dword [gs:pcpu.nmi_state], NMI_NOT_RUNNING
        je      .first
        mov     dword [gs:pcpu.nmi_state], NMI_LATCHED
        jmp     .done
.first: mov     dword [gs:pcpu.nmi_state], NMI_EXECUTING
.again: mov     rax, cr2                ; a page fault in here must not change what the interrupted code will read
        mov     [gs:pcpu.nmi_cr2], rax
        add     dword [gs:pcpu.preempt_count], NMI_OFFSET + HARDIRQ_OFFSET
        inc     dword [gs:pcpu.nmi_count]
        mov     rdi, rbx
        call    default_do_nmi
        sub     dword [gs:pcpu.preempt_count], NMI_OFFSET + HARDIRQ_OFFSET
        mov     rax, [gs:pcpu.nmi_cr2]
        mov     rcx, cr2
        cmp     rax, rcx
        je      .same
        mov     cr2, rax
.same:  dec     dword [gs:pcpu.nmi_state]
        jnz     .again
.done:  pop     rbx
        return
endfunction

; default_do_nmi -- local handlers first, then the PC's two error lines, then nobody
;   in: rdi = regs    uses: all caller-saved
function default_do_nmi
        push    rbx
        push    r12
        mov     rbx, rdi
        xor     r12d, r12d              ; back to back: not one instruction since the last NMI
        mov     rax, [rbx + pt_regs.ip]
        cmp     rax, [gs:pcpu.last_nmi_rip]
        sete    r12b
        mov     [gs:pcpu.last_nmi_rip], rax
        je      .handlers
        mov     dword [gs:pcpu.swallow_nmi], 0
.handlers:
        call    nmi_handle
        test    eax, eax
        jz      .not_local
        cmp     eax, 1
        jbe     .done
        mov     dword [gs:pcpu.swallow_nmi], 1   ; two events in one NMI: the other NMI will find nothing
        jmp     .done
.not_local:
        in      al, PORT_NMI_SC
        movzx   esi, al
        mov     rdi, rbx
        test    al, NMI_SC_SERR
        jnz     .serr
        test    al, NMI_SC_IOCHK
        jnz     .iochk
        test    r12d, [gs:pcpu.swallow_nmi]
        jnz     .done
        call    unknown_nmi_error
        jmp     .done
.serr:  call    pci_serr_error
        jmp     .done
.iochk: call    io_check_error
.done:  pop     r12
        pop     rbx
        return
endfunction

; nmi_handle -- asks every handler
;   in: rdi = regs    out: eax = events handled    uses: all caller-saved
function nmi_handle
        push    rbx
        push    r12
        push    r13
        mov     r13, rdi
        xor     r12d, r12d
        xor     ebx, ebx
.next:  lea     rax, [nmi_handlers]
        mov     rax, [rax + rbx * 8]
        test    rax, rax
        jz      .skip
        mov     rdi, r13
        call    rax
        add     r12d, eax
.skip:  inc     ebx
        cmp     ebx, NMI_HANDLERS
        jb      .next
        mov     eax, r12d
        pop     r13
        pop     r12
        pop     rbx
        return
endfunction

; unknown_nmi_error -- in: rdi = regs, esi = reason    uses: all caller-saved
function unknown_nmi_error
        mov     ecx, [gs:pcpu.number]
        printk  KERN_EMERG, "Uhhuh. NMI received for unknown reason %02x on CPU %d.", rsi, rcx
        cmp     dword [unknown_nmi_panic], 0
        je      .continue
        string  rdi, "NMI: Not continuing"
        call    nmi_panic
.continue:
        printk  KERN_EMERG, "Dazed and confused, but trying to continue"
        return
endfunction

; pci_serr_error, io_check_error -- in: rdi = regs, esi = reason    uses: all caller-saved
;   Both lines are acknowledged by a pulse of their disable bits.
NMI_SC_CLEAR_SERR  equ 1 << 2
NMI_SC_CLEAR_IOCHK equ 1 << 3
NMI_SC_WRITABLE    equ 0x0f

function pci_serr_error
        push    rsi
        mov     ecx, [gs:pcpu.number]
        printk  KERN_EMERG, "NMI: PCI system error (SERR) for reason %02x on CPU %d.", rsi, rcx
        pop     rax
        and     al, NMI_SC_WRITABLE
        or      al, NMI_SC_CLEAR_SERR
        out     PORT_NMI_SC, al
        return
endfunction

function io_check_error
        push    rbx
        push    r12
        mov     rbx, rdi
        mov     r12d, esi
        mov     ecx, [gs:pcpu.number]
        printk  KERN_EMERG, "NMI: IOCK error (debug interrupt?) for reason %02x on CPU %d.", r12, rcx
        mov     rdi, rbx
        call    show_regs
        mov     eax, r12d
        and     al, NMI_SC_WRITABLE
        or      al, NMI_SC_CLEAR_IOCHK
        out     PORT_NMI_SC, al
        and     al, ~NMI_SC_CLEAR_IOCHK & 0xff
        out     PORT_NMI_SC, al
        pop     r12
        pop     rbx
        return
endfunction

        section .data
        align   8, db 0
nmi_handlers:                           ; (rdi = regs) -> eax = events handled
nmi_stop_handler:
        dq      0                       ; smp_stop_nmi_callback, once CPUs have to be stopped
        dq      perf_event_nmi_handler
NMI_HANDLERS    equ ($ - nmi_handlers) / 8
unknown_nmi_panic: dd 0
        section .text

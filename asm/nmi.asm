; nmi.asm -- what to do with an NMI: ask everyone whether it was theirs. After: arch/x86/kernel/nmi.c; lockup-detector spec 3.3.

NMI_NOT_RUNNING equ 0
NMI_EXECUTING   equ 1
NMI_LATCHED     equ 2

struc nmiaction                         ; arch/x86/include/asm/nmi.h
.next           resq 1
.handler        resq 1                  ; (rdi = regs) -> eax = events handled
.max_duration   resq 1                  ; ns
endstruc

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
        call    nmi_reason_lock_get
        mov     rdi, rbx
        in      al, PORT_NMI_SC
        movzx   esi, al
        test    al, NMI_SC_SERR | NMI_SC_IOCHK
        jz      .unknown
        call    nmi_external_error
        mov     dword [nmi_reason_lock], 0
        jmp     .done
.unknown:
        mov     dword [nmi_reason_lock], 0
        test    r12d, [gs:pcpu.swallow_nmi]
        jnz     .done
        call    unknown_nmi_error
.done:  pop     r12
        pop     rbx
        return
endfunction

; nmi_reason_lock_get -- one CPU at a time reads the reason. Whoever waits for a CPU that panics in there stops here, with its
; registers kept for the dump
;   in: rbx = regs    uses: all caller-saved
function nmi_reason_lock_get
.try:   lock bts dword [nmi_reason_lock], 0
        jnc     .done
        cmp     dword [nmi_stop_installed], 0
        je      .wait
        mov     rdi, rbx                ; run_crash_ipi_callback()
        call    smp_stop_nmi_callback
.wait:  pause
        jmp     .try
.done:  return
endfunction

; nmi_handle -- asks every handler
;   in: rdi = regs    out: eax = events handled    uses: all caller-saved
function nmi_handle
        push    rbx
        push    r12
        push    r13
        push    r14
        mov     r13, rdi
        xor     r12d, r12d
        mov     rbx, [nmi_handlers]
        jmp     .check
.next:  call    sched_clock
        mov     r14, rax
        mov     rdi, r13
        call    [rbx + nmiaction.handler]
        add     r12d, eax
        call    sched_clock
        sub     rax, r14
        cmp     rax, NMI_LONGEST_NS
        jbe     .soon
        call    nmi_check_duration
.soon:  mov     rbx, [rbx + nmiaction.next]
.check: test    rbx, rbx
        jnz     .next
        mov     eax, r12d
        pop     r14
        pop     r13
        pop     r12
        pop     rbx
        return
endfunction
NMI_LONGEST_NS  equ 1 * NSEC_PER_MSEC

; nmi_check_duration -- a handler that took longer than ever is named
;   in: rbx = nmiaction, rax = ns    uses: all caller-saved
function nmi_check_duration
        cmp     rax, [rbx + nmiaction.max_duration]
        jb      .done
        mov     [rbx + nmiaction.max_duration], rax
        xor     edx, edx
        mov     ecx, NSEC_PER_USEC
        div     rcx
        xor     edx, edx
        mov     ecx, MSEC_PER_SEC
        div     rcx
        printk  KERN_INFO, "INFO: NMI handler (%ps) took too long to run: %lld.%03d msecs", \
                qword [rbx + nmiaction.handler], rax, rdx
.done:  return
endfunction

; register_nmi_handler -- in: rdi = nmiaction (its handler set), which becomes the first    uses: rax
;   after: __register_nmi_handler() with NMI_FLAG_FIRST
function register_nmi_handler
        mov     rax, [nmi_handlers]
        mov     [rdi + nmiaction.next], rax
        mov     [nmi_handlers], rdi     ; last: an NMI may walk the list meanwhile
        return
endfunction

; local_touch_nmi -- the CPU is going to halt: that the next NMI comes at the same place says nothing    uses: flags
function local_touch_nmi
        mov     qword [gs:pcpu.last_nmi_rip], 0
        return
endfunction

        section .data
        align   8, db 0
nmi_handlers:   dq perf_event_nmi_action
perf_event_nmi_action:
        dq      arch_bt_action, perf_event_nmi_handler, 0
arch_bt_action: dq 0, nmi_cpu_backtrace_handler, 0
nmi_reason_lock: dd 0
        section .text

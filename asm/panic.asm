; panic.asm -- the end. One CPU panics, the others stop; which one is decided by a compare-exchange, and whoever loses waits for
; the winner's NMI. After: kernel/panic.c; lockup-detector spec 4.1, 4.3.

        kernel_param panic,       parse_int, panic_timeout
        sysctl  panic,            parse_int, panic_timeout
        kernel_param panic_print, parse_int, panic_print, 0, INT_MAX
        sysctl  panic_print,      parse_int, panic_print, 0, INT_MAX
PANIC_PRINT_ALL_CPU_BT equ 6            ; the bit that is known here

; panic -- never comes back
;   in: rdi = message
function panic
        cli
        preempt_disable
        mov     rbx, rdi                ; nobody's registers are wanted back
        mov     ecx, [gs:pcpu.number]
        mov     eax, PANIC_CPU_INVALID
        lock cmpxchg [panic_cpu], ecx
        je      .ours
        cmp     eax, ecx
        je      .ours                   ; nmi_panic has claimed it
        call    panic_smp_self_stop
.ours:  call    bust_spinlocks
        printk  KERN_EMERG, "Kernel panic - not syncing: %s", rbx
        call    crash_save_vmcoreinfo
        call    crash_save_this_cpu
        bt      dword [tainted_mask], TAINT_DIE
        jc      .stop                   ; an oops has printed the trace already
        call    dump_stack
.stop:  bt      dword [panic_print], PANIC_PRINT_ALL_CPU_BT
        jnc     .others
        mov     edi, -1
        call    trigger_allbutcpu_cpu_backtrace
.others:
        call    smp_send_stop
        mov     dword [panic_others_stopped], 1
        printk  KERN_EMERG, "Kernel Offset: disabled"
        cmp     dword [panic_timeout], 0
        je      .end
        jl      .restart                ; at once
        call    panic_countdown
.restart:
        call    emergency_restart
.end:   printk  KERN_EMERG, "---[ end Kernel panic - not syncing: %s ]---", rbx
        mov     dword [console_loglevel], 0     ; suppress_printk
        sti
.forever:
        call    touch_softlockup_watchdog
        mov     edi, PANIC_TIMER_STEP_MS
        call    mdelay
        jmp     .forever
endfunction

; panic_countdown -- panic_timeout seconds, in silence
;   uses: all caller-saved
function panic_countdown
        push    rbx
        mov     eax, [panic_timeout]
        printk  KERN_EMERG, "Rebooting in %d seconds..", rax
        mov     ebx, [panic_timeout]
        imul    rbx, rbx, MSEC_PER_SEC / PANIC_TIMER_STEP_MS
.step:  call    touch_nmi_watchdog
        mov     edi, PANIC_TIMER_STEP_MS
        call    mdelay
        dec     rbx
        jnz     .step
        pop     rbx
        return
endfunction

; panic_smp_self_stop -- another CPU is panicking already: wait for the end with interrupts off
function panic_smp_self_stop
        call    crash_save_this_cpu
.wait:  pause
        jmp     .wait
endfunction

; nmi_panic_self_stop -- the same in an NMI, where no other NMI can come: its context is kept for the dump now
;   in: rdi = regs
function nmi_panic_self_stop
        call    crash_save_cpu
.wait:  pause
        jmp     .wait
endfunction

; nmi_panic -- panic from an NMI: one that has interrupted the panic of its own CPU lets it go on
;   in: rdi = message, rsi = regs, or 0 if it speaks for another CPU    uses: all caller-saved
function nmi_panic
        mov     [gs:pcpu.crash_regs], rsi
        mov     ecx, [gs:pcpu.number]
        mov     eax, PANIC_CPU_INVALID
        lock cmpxchg [panic_cpu], ecx
        je      .panic
        cmp     eax, ecx
        je      .ours
        test    rsi, rsi
        jz      .no_regs
        mov     rdi, rsi
        call    nmi_panic_self_stop
.no_regs:
        call    panic_smp_self_stop
.panic: call    panic
.ours:  return
endfunction

        section .data
        align   8, db 0
panic_cpu:      dd PANIC_CPU_INVALID
panic_timeout:  dd 0
panic_print:    dd 0
panic_others_stopped: dd 0
        section .text

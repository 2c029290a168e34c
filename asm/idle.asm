; idle.asm -- what a CPU does when nobody wants it. Its idle task runs with preemption disabled and leaves only by
; schedule_idle(). After: kernel/sched/idle.c, arch/x86/kernel/process.c.

; cpu_startup_entry -- the end of a CPU's boot: it idles
function cpu_startup_entry
.loop:  call    do_idle
        jmp     .loop
endfunction

; do_idle -- sleeps until something is to run, then runs it
;   uses: all caller-saved
function do_idle
        call    local_touch_nmi         ; arch_cpu_idle_enter()
.sleep: cli                             ; looked at with interrupts off: STI; HLT loses no wake-up
        test    dword [gs:pcpu.need_resched], TIF_NEED_RESCHED
        jnz     .leave
        call    default_idle
        jmp     .sleep
.leave: sti
        call    tick_nohz_idle_exit
        call    schedule_idle
        return
endfunction

; default_idle -- one halt; an interrupt ends it
function default_idle
        sti
        hlt
        return
.end:                                   ; of what an NMI backtrace calls idle
endfunction

; schedule_idle -- schedule() for the idle task, whose preempt_count is 1 always
;   uses: all caller-saved    after: kernel/sched/core.c
function schedule_idle
.again: mov     edi, SM_NONE
        call    __schedule
        test    dword [gs:pcpu.need_resched], TIF_NEED_RESCHED
        jnz     .again
        return
endfunction

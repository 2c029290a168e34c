; tick.asm -- the scheduler's tick. It beats only while it is needed: while an rt or fair task waits for the CPU, or until a timer
; of the wheel expires. An idle or undisputed CPU has none. After: kernel/time/tick-sched.c, kernel/sched/core.c.

TICK_NSEC       equ NSEC_PER_SEC / HZ

; get_jiffies -- ticks since boot, whether they have beaten or not    out: rax    uses: rcx, rdx, flags
function get_jiffies
        call    sched_clock
        mov     ecx, TICK_NSEC
        xor     edx, edx
        div     rcx
        return
endfunction

; tick_needed -- does anybody wait whom only the tick helps?
;   in: rdi = CPU's block    out: rax != 0 if so    uses: flags
%macro tick_needed 0
        mov     rax, [rdi + pcpu.rq_head + CLASS_RT * 8]
        or      rax, [rdi + pcpu.rq_head + CLASS_FAIR * 8]
%endmacro

; sched_update_tick_dependency -- a task has come to a queue: that CPU may need its tick again
;   in: rdi = CPU's block, locked    uses: all caller-saved
function sched_update_tick_dependency
        mov     rax, [rdi + pcpu.current]
        cmp     dword [rax + task.class], CLASS_IDLE
        je      .done
        tick_needed
        test    rax, rax
        jz      .done
        cmp     rdi, [gs:pcpu.self]
        je      .mine
        mov     esi, RESCHEDULE_VECTOR  ; its timers are its own
        call    __default_send_IPI
        return
.mine:  call    tick_nohz_restart
.done:  return
endfunction

; tick_nohz_dependency -- the same for this CPU    uses: all caller-saved
function tick_nohz_dependency
        mov     rdi, [gs:pcpu.self]
        tick_needed
        test    rax, rax
        jz      .done
        mov     rax, [rdi + pcpu.current]
        cmp     dword [rax + task.class], CLASS_STOP
        je      .done                   ; it is soon over
        call    tick_nohz_restart
.done:  return
endfunction

; tick_nohz_restart -- the next tick comes when the next jiffy begins; interrupts are off
;   uses: all caller-saved
function tick_nohz_restart
        push    rbx
        call    get_jiffies
        inc     rax
        imul    rsi, rax, TICK_NSEC
        mov     rbx, [gs:pcpu.self]
        add     rbx, pcpu.sched_timer
        cmp     dword [rbx + hrtimer.queued], 0
        je      .start
        cmp     [rbx + hrtimer.expires], rsi
        jbe     .done
        push    rsi
        mov     rdi, rbx
        call    hrtimer_cancel
        pop     rsi
.start: lea     rax, [tick_nohz_handler]
        mov     [rbx + hrtimer.function], rax
        mov     rdi, rbx
        call    hrtimer_start
.done:  pop     rbx
        return
endfunction

; tick_nohz_handler -- the tick, in hard-interrupt context
;   in: rdi = timer    out: eax = HRTIMER_RESTART or HRTIMER_NORESTART    uses: all caller-saved
function tick_nohz_handler
        push    rbx
        mov     rbx, rdi
        call    run_local_timers
        call    sched_tick
        mov     rdi, [gs:pcpu.self]
        tick_needed
        test    rax, rax
        jnz     .next
        mov     rcx, [rdi + pcpu.timers]
        test    rcx, rcx
        jz      .stop
        mov     rax, [rcx + timer_list.expires]
        imul    rax, rax, TICK_NSEC
        cmp     rax, [rbx + hrtimer.expires]
        jbe     .next                   ; its softirq is about to run
        mov     [rbx + hrtimer.expires], rax
        jmp     .restart
.next:  mov     rdi, rbx
        mov     esi, TICK_NSEC
        call    hrtimer_forward_now
.restart:
        mov     eax, HRTIMER_RESTART
        pop     rbx
        return
.stop:  mov     eax, HRTIMER_NORESTART
        pop     rbx
        return
endfunction

; sched_tick -- the running task's class has a look
;   uses: all caller-saved    after: kernel/sched/core.c
function sched_tick
        mov     rdi, [gs:pcpu.self]
        add     rdi, pcpu.rq_lock
        call    _raw_spin_lock
        mov     rdi, [gs:pcpu.self]
        test    dword [rdi + pcpu.need_resched], TIF_NEED_RESCHED_LAZY
        jz      .account
        call    resched_curr            ; it has waited a tick: from now on it is immediate
.account:
        mov     rsi, [gs:pcpu.self]
        call    update_curr
        mov     rax, [rsi + pcpu.current]
        mov     eax, [rax + task.class]
        cmp     eax, CLASS_FAIR
        je      .fair
        cmp     eax, CLASS_RT
        jne     .unlock
        call    task_tick_rt
        mov     rsi, [gs:pcpu.self]
        call    fair_server_tick
        jmp     .unlock
.fair:  call    task_tick_fair
.unlock:
        mov     rdi, [gs:pcpu.self]
        add     rdi, pcpu.rq_lock
        call    _raw_spin_unlock
        return
endfunction

; tick_nohz_idle_exit -- an idle CPU has no tick; leaving idle counts as a touch
;   after: kernel/time/tick-sched.c tick_nohz_restart_sched_tick()
function tick_nohz_idle_exit
        call    touch_softlockup_watchdog_sched
        return
endfunction

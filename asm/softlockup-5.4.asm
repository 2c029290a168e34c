; softlockup-5.4.asm -- the older designs of the soft detector, for comparison: detector=thread (Linux 4.14: the thread
; watchdog/N, a SCHED_FIFO task of priority 99, writes the time) and detector=stopper-5.4 (4.19 to 5.12: the stopper writes it).
; Both warn once and then only after a touch, and the printed number begins with that touch. After: kernel/watchdog.c;
; lockup-detector spec 1.2 to 1.4.
;
; One time stamp is enough for them: watchdog_report_ts, which a touch sets to the marker.

MAX_RT_PRIO     equ 100

; watchdog_thread_create -- a CPU's watchdog/N, if this design was chosen
;   in: rdi = CPU's block    uses: all caller-saved
function watchdog_thread_create
        push    rbx
        cmp     dword [soft_detector], DETECTOR_THREAD
        jne     .done
        mov     rbx, rdi
        lea     rdi, [smpboot_thread_fn]
        lea     rsi, [watchdog_threads]
        string  rdx, "watchdog/%u"
        mov     ecx, [rbx + pcpu.number]
        call    kthread_create_on_cpu
        mov     dword [rax + task.class], CLASS_RT
        mov     dword [rax + task.rt_prio], MAX_RT_PRIO - 1
        mov     [rbx + pcpu.softlockup_watchdog], rax
.done:  pop     rbx
        return
endfunction

; watchdog_should_run -- has there been a tick since it ran last?    out: eax = 1 or 0
function watchdog_should_run
        xor     eax, eax
        mov     ecx, [gs:pcpu.hrtimer_interrupts]
        cmp     ecx, [gs:pcpu.soft_lockup_hrtimer_cnt]
        setne   al
        return
endfunction

; watchdog -- one run of watchdog/N: this CPU has shown that it schedules
;   uses: rax, rcx, rdx, flags
function watchdog
        mov     eax, [gs:pcpu.hrtimer_interrupts]
        mov     [gs:pcpu.soft_lockup_hrtimer_cnt], eax
        call    update_touch_ts                         ; __touch_watchdog()
        return
endfunction

; watchdog_timer_fn_5_4 -- the tick; a trace calls it watchdog_timer_fn
;   in: rdi = timer    out: eax = HRTIMER_RESTART    uses: all caller-saved
function watchdog_timer_fn_5_4
        shown_as watchdog_timer_fn
        push    rbx
        push    r12
        push    r13
        mov     rbx, rdi
        mov     r13, [gs:pcpu.watchdog_report_ts]       ; before anything else
        cmp     dword [watchdog_enabled], 0
        je      .stop
        call    watchdog_hardlockup_kick
        call    softlockup_kick_5_4
        mov     rdi, rbx
        mov     rsi, [sample_period]
        call    hrtimer_forward_now
        cmp     r13, SOFTLOCKUP_DELAY_REPORT
        je      .touched
        call    get_timestamp
        mov     rdx, rax
        mov     rdi, r13
        mov     rsi, r13
        call    is_softlockup
        test    eax, eax
        jz      .fine
        mov     r12d, eax                               ; seconds
        call    kvm_check_and_clear_guest_paused
        test    eax, eax
        jnz     .restart
        mov     rax, [gs:pcpu.current]
        cmp     dword [gs:pcpu.soft_watchdog_warn], 0
        jne     .warned
        call    softlockup_may_report
        jc      .warn
        mov     [gs:pcpu.softlockup_task_ptr_saved], rax
        mov     edi, r12d
        call    softlockup_report
        cmp     dword [softlockup_panic], 0
        je      .warn
        string  rdi, "softlockup: hung tasks"
        call    panic
.warn:  mov     dword [gs:pcpu.soft_watchdog_warn], 1
        jmp     .restart
.warned:
        cmp     rax, [gs:pcpu.softlockup_task_ptr_saved]
        je      .restart
        mov     dword [gs:pcpu.soft_watchdog_warn], 0    ; another task is stuck now: it has its own time
        jmp     .stamp
.fine:  mov     dword [gs:pcpu.soft_watchdog_warn], 0
        jmp     .restart
.touched:
        mov     dword [gs:pcpu.softlockup_touch_sync], 0
        mov     dword [gs:pcpu.pvclock_guest_stopped], 0
.stamp: call    update_touch_ts                         ; __touch_watchdog()
.restart:
        mov     eax, HRTIMER_RESTART
        jmp     .done
.stop:  mov     eax, HRTIMER_NORESTART
.done:  pop     r13
        pop     r12
        pop     rbx
        return
endfunction

; softlockup_kick_5_4 -- whoever feeds in the chosen design    uses: all caller-saved
function softlockup_kick_5_4
        cmp     dword [soft_detector], DETECTOR_THREAD
        je      .thread
        call    softlockup_kick
        return
.thread:
        mov     rdi, [gs:pcpu.softlockup_watchdog]
        call    wake_up_process
        return
endfunction

        section .rodata
        align   8, db 0
watchdog_threads:
        dq      watchdog_should_run, watchdog
        section .text

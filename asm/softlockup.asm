; softlockup.asm -- the soft lockup detector: does this CPU still schedule?
;
; A timer on every CPU has the most urgent thread there write down the time, and looks how old the last such note is. The
; timer needs interrupts only; the thread needs schedule(). After: kernel/watchdog.c of Linux 6.12; lockup-detector spec 1.5.

; get_timestamp -- the detector's seconds: 2^30 ns each
;   out: rax    uses: rdx, flags
function get_timestamp
        call    sched_clock
        shr     rax, WATCHDOG_TIMESTAMP_SHIFT
        return
endfunction

; update_touch_ts -- this CPU has shown that it schedules
;   uses: rax, rdx, flags
function update_touch_ts
        call    get_timestamp
        mov     [gs:pcpu.watchdog_touch_ts], rax
        mov     [gs:pcpu.watchdog_report_ts], rax        ; update_report_ts()
        return
endfunction

; softlockup_fn -- runs in the stopper thread, migration/N
;   uses: rax, rdx, flags
function softlockup_fn
        call    update_touch_ts
        mov     dword [gs:pcpu.snapshot_taken], 0        ; stop_counting_irqs()
        mov     dword [gs:pcpu.softlockup_done], 1       ; complete()
        return
endfunction

; watchdog_timer_fn -- the tick of the detectors, in interrupt context on the CPU that is being watched
;   in: rdi = timer    out: eax = HRTIMER_RESTART    uses: all caller-saved
function watchdog_timer_fn
        push    rbx
        push    r12
        push    r13
        mov     rbx, rdi
        cmp     dword [watchdog_enabled], 0
        je      .stop
        call    watchdog_hardlockup_kick
        call    softlockup_kick
        mov     rdi, rbx
        mov     rsi, [sample_period]
        call    hrtimer_forward_now

        call    get_timestamp
        mov     r12, rax                                ; now
        call    kvm_check_and_clear_guest_paused
        mov     r13, [gs:pcpu.watchdog_report_ts]        ; read once: a touch may come in between
        call    update_cpustat
        cmp     r13, SOFTLOCKUP_DELAY_REPORT
        je      .touched
        mov     rdi, [gs:pcpu.watchdog_touch_ts]
        mov     rsi, r13
        mov     rdx, r12
        call    is_softlockup
        test    eax, eax
        jz      .restart
        mov     ecx, eax                                ; seconds
        call    softlockup_may_report
        jc      .restart                                ; in the middle of another CPU's: the next tick will do
        mov     [gs:pcpu.watchdog_report_ts], r12       ; before printing, which touches
        mov     edi, ecx
        mov     r13d, ecx
        call    softlockup_report
        mov     edi, r13d
        call    softlockup_panics
        jc      .restart
        string  rdi, "softlockup: hung tasks"
        call    panic
.touched:
        mov     dword [gs:pcpu.softlockup_touch_sync], 0 ; sched_clock_tick(): the clock needs no re-synchronisation here
        mov     [gs:pcpu.watchdog_report_ts], r12
.restart:
        mov     eax, HRTIMER_RESTART
        jmp     .done
.stop:  mov     eax, HRTIMER_NORESTART
.done:  pop     r13
        pop     r12
        pop     rbx
        return
endfunction

; softlockup_kick -- has the stopper run softlockup_fn; while the CPU is stuck one such work stays queued
;   uses: all caller-saved
function softlockup_kick
        cmp     dword [gs:pcpu.softlockup_done], 0       ; completion_done()
        je      .done
        mov     dword [gs:pcpu.softlockup_done], 0       ; reinit_completion()
        mov     rdi, [gs:pcpu.self]
        lea     rsi, [rdi + pcpu.softlockup_stop_work]
        call    stop_one_cpu_nowait
.done:  return
endfunction

; is_softlockup -- has the CPU not scheduled for longer than the threshold?
;   in: rdi = touch_ts, rsi = period_ts, rdx = now    out: eax = seconds since the last feed, or 0    uses: rcx, flags
function is_softlockup
        test    dword [watchdog_enabled], WATCHDOG_SOFTOCKUP_ENABLED
        jz      .no
        call    get_softlockup_thresh
        test    eax, eax
        jz      .no
        call    count_irqs_if_suspect
        call    get_softlockup_thresh
        add     rax, rsi
        sub     rax, rdx                                ; time_after(now, period_ts + thresh), strictly
        jns     .no
        mov     rax, rdx
        sub     rax, rdi
        return
.no:    xor     eax, eax
        return
endfunction

; softlockup_panics -- has it lasted for as many thresholds as the user bears? Above 1 the number means something since 7.0 only
;   in: edi = seconds    out: CF set if not    uses: rax, rcx, flags
function softlockup_panics
        mov     ecx, [softlockup_panic]
        cmp     ecx, 1
        jb      .done                                   ; 0: never
        call    get_softlockup_thresh
        imul    rax, rcx                                ; duration / thresh >= N, without the division
        cmp     rdi, rax
.done:  return
endfunction

; softlockup_may_report -- dumps of all CPUs are made one after the other
;   out: CF set if another CPU is at it    uses: flags
function softlockup_may_report
        clc
        cmp     dword [softlockup_all_cpu_backtrace], 0
        je      .done                                   ; CF clear
        lock bts dword [soft_lockup_nmi_warn], 0
.done:  return
endfunction

; softlockup_report -- what is printed, and the taint, which comes after it: the first report does not show it yet
;   in: edi = seconds    uses: all caller-saved
function softlockup_report
        push    rbx
        mov     ebx, edi
        call    printk_cpu_sync_get                     ; no other CPU's lines in between
        mov     ecx, [gs:pcpu.number]
        mov     rdx, [gs:pcpu.current]
        mov     eax, [rdx + task.pid]
        add     rdx, task.comm
        printk  KERN_EMERG, "watchdog: BUG: soft lockup - CPU#%d stuck for %us! [%s:%d]", rcx, rbx, rdx, rax
        call    report_cpu_status
        call    print_modules
        mov     rdi, [gs:pcpu.irq_regs]                 ; the context that this timer interrupt stopped
        call    show_regs
        call    printk_cpu_sync_put
        cmp     dword [softlockup_all_cpu_backtrace], 0
        je      .taint
        mov     edi, [gs:pcpu.number]
        call    trigger_allbutcpu_cpu_backtrace
        cmp     dword [softlockup_panic], 0
        jne     .taint
        mov     dword [soft_lockup_nmi_warn], 0
.taint: mov     edi, TAINT_SOFTLOCKUP
        call    add_taint
        pop     rbx
        return
endfunction

        section .data
        align   4, db 0
soft_lockup_nmi_warn: dd 0
        section .text

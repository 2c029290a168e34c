; watchdog.asm -- both lockup detectors: knobs, start on each CPU, and the touching by code that knows it is slow.
; After: kernel/watchdog.c; lockup-detector spec 1, 2, 5.

NUM_SAMPLE_PERIODS equ 5

; lockup_detector_init -- before the other CPUs are brought up; they call lockup_detector_online_cpu themselves
;   uses: all caller-saved
function lockup_detector_init
        call    watchdog_hardlockup_probe
        mov     [watchdog_hardlockup_available], eax
        call    lockup_detector_update_enable
        call    set_sample_period
        call    lockup_detector_online_cpu
        return
endfunction

; lockup_detector_update_enable -- from what the user wants and what the machine has
;   uses: rax, flags
function lockup_detector_update_enable
        xor     eax, eax
        cmp     dword [watchdog_user_enabled], 0
        je      .set
        cmp     dword [watchdog_hardlockup_available], 0
        je      .soft
        cmp     dword [watchdog_hardlockup_user_enabled], 0
        je      .soft
        or      eax, WATCHDOG_HARDLOCKUP_ENABLED
.soft:  cmp     dword [watchdog_softlockup_user_enabled], 0
        je      .set
        or      eax, WATCHDOG_SOFTOCKUP_ENABLED
.set:   mov     [watchdog_enabled], eax
        return
endfunction

; set_sample_period -- the soft detector looks five times per threshold, of which the hard one is a half
;   uses: rax, flags
function set_sample_period
        call    get_softlockup_thresh
        imul    rax, rax, NSEC_PER_SEC / NUM_SAMPLE_PERIODS
        mov     [sample_period], rax
        add     rax, rax                ; watchdog_update_hrtimer_threshold()
        mov     [watchdog_hrtimer_sample_threshold], rax
        return
endfunction

; get_softlockup_thresh -- out: rax = twice the hard threshold
function get_softlockup_thresh
        mov     eax, [watchdog_thresh]
        add     eax, eax
        return
endfunction

; lockup_detector_online_cpu -- starts the detectors on this CPU, if there are any
;   uses: all caller-saved
function lockup_detector_online_cpu
        cmp     dword [watchdog_enabled], 0
        je      .done
        cmp     dword [watchdog_thresh], 0
        je      .done
        call    watchdog_enable
.done:  return
endfunction

; watchdog_enable -- this CPU's timer, its first time stamp, its counter; the phase of all later ticks is set here
;   uses: all caller-saved
function watchdog_enable
        push    rbx
        mov     rbx, [gs:pcpu.self]
        mov     dword [rbx + pcpu.softlockup_done], 1
        lea     rax, [softlockup_fn]
        mov     [rbx + pcpu.softlockup_stop_work + cpu_stop_work.function], rax
        lea     rax, [watchdog_timer_fn]
        mov     [rbx + pcpu.watchdog_hrtimer + hrtimer.function], rax
        call    sched_clock
        mov     rsi, rax
        add     rsi, [sample_period]
        lea     rdi, [rbx + pcpu.watchdog_hrtimer]
        call    hrtimer_start
        call    update_touch_ts
        test    dword [watchdog_enabled], WATCHDOG_HARDLOCKUP_ENABLED
        jz      .done
        call    watchdog_hardlockup_enable
.done:  pop     rbx
        return
endfunction

; ---- touching: "I know that I am slow". All of it concerns the calling CPU only, and none of it uses a register

; touch_softlockup_watchdog_sched -- from the scheduler and the idle code
function touch_softlockup_watchdog_sched
        mov     qword [gs:pcpu.watchdog_report_ts], SOFTLOCKUP_DELAY_REPORT
        return
endfunction

; touch_softlockup_watchdog
function touch_softlockup_watchdog
        call    touch_softlockup_watchdog_sched
        return
endfunction

; touch_nmi_watchdog -- both detectors; every line of a trace and every line on the serial console does this
function touch_nmi_watchdog
        mov     dword [gs:pcpu.watchdog_hardlockup_touched], 1   ; arch_touch_nmi_watchdog()
        call    touch_softlockup_watchdog
        return
endfunction

        section .data
        align   8, db 0
sample_period:  dq 0                    ; ns
watchdog_hrtimer_sample_threshold: dq 0 ; ns
watchdog_thresh: dd WATCHDOG_THRESH_DEFAULT
watchdog_enabled: dd 0
watchdog_user_enabled: dd 1
watchdog_softlockup_user_enabled: dd 1
watchdog_hardlockup_user_enabled: dd 1
watchdog_hardlockup_available: dd 0
softlockup_panic: dd 0
hardlockup_panic: dd 0
        section .text

; title: A sysctl that restarts the detectors waits for a CPU that is stuck: the writer becomes a hung task
; mirrors: echo 20 > /proc/sys/kernel/watchdog_thresh while a CPU does not schedule
; until: 260s
; config: workqueue.watchdog_thresh=0
; expect: soft@40s..48s,cpu=1,stuck=41..45 then hung@120s..245s
; expect[nosoftlockup]: hung@120s..245s
; expect[workqueue.watchdog_thresh=30, nosoftlockup]: workqueue@25s..65s,cpu=1 then hung@120s..245s
;
; lockup_detector_reconfigure() has every CPU stop its own detectors, by a work item for that CPU's kworker. The new threshold is seen by
; the stuck CPU at once, the new sample period is not: its report comes at the first old tick (4 s) beyond 40 units.

        scenario sysctl_stuck, sysctl_stuck_init, 1, elsewhere

; sysctl_stuck_init -- out: eax = 0, if it ever comes back    uses: all caller-saved
function sysctl_stuck_init
        lea     rdi, [sysctl_stuck_thread]
        string  rsi, "stuck/%u"
        mov     edx, [scenario_cpu]
        call    start_busy_thread
        call    let_them_be_busy
        announce "sysctl_stuck"
        call    give_sign
        mov     edi, 100
        call    msleep
        set_sysctl "watchdog_thresh", "20"
        xor     eax, eax
        return
endfunction

function sysctl_stuck_thread
        call    busy_until_sign
        preempt_disable
.spin:  pause
        jmp     .spin
endfunction

; title: watchdog_thresh is set to 5 just before the loop: a new phase, report after 14 s
; mirrors: echo 5 > /proc/sys/kernel/watchdog_thresh; insmod soft_spin.ko
; until: 40s
; expect: soft@13.8s..14.1s,cpu=0,stuck=13 then soft@+13.9s..14.1s,stuck=26
; expect[detector=thread]: soft@13.8s..14.1s,cpu=0,stuck=11
; expect[preempt=full]: none
; expect[pmu=off]: soft@13.8s..14.1s,cpu=0,stuck=13
;
; Writing the threshold stops the detectors on all CPUs and starts them: the ticks (every 2 s now) count from the write, and the line that
; tells of the beginning costs one of them.

        scenario sysctl_thresh, sysctl_thresh_init

; sysctl_thresh_init -- never comes back
function sysctl_thresh_init
        set_sysctl "watchdog_thresh", "5"
        announce "sysctl_thresh"
.spin:  pause
        jmp     .spin
endfunction

; title: A module's init loops with interrupts on: soft lockup
; mirrors: insmod of a module whose init is while (1);
; until: 60s
; expect: soft@24s..28s,cpu=0,stuck=26..27,in=soft_spin_init
; expect[preempt=none]: soft@24s..28s,cpu=0,stuck=26..27
; expect[preempt=full|lazy]: none
; until[preempt=voluntary]: 120s
; expect[preempt=voluntary]: soft@24s..28s,stuck=26 then soft@+27.9s..28.1s,stuck=52 then soft@+27.9s..28.1s,stuck=78 then soft@+27.9s..28.1s,stuck=104
; expect[watchdog_thresh=1]: soft@2.4s..4s,cpu=0,stuck=2..4
; expect[watchdog_thresh=5]: soft@12s..14s,cpu=0,stuck=13 then soft@+13.9s..14.1s,stuck=26
; expect[watchdog_thresh=30]: soft@72s..84s,cpu=0,stuck=78
; until[watchdog_thresh=30]: 120s
; expect[watchdog_thresh=60]: soft@144s..168s,cpu=0,stuck=156
; until[watchdog_thresh=60]: 200s
; expect[watchdog_thresh=0]: none
; expect[nowatchdog]: none
; expect[nosoftlockup]: none
; expect[softlockup_panic=1]: soft@24s..28s,cpu=0 then panic@+0s..0.5s,line="Kernel panic - not syncing: softlockup: hung tasks" then none
; expect[softlockup_panic=2]: soft@24s..28s,stuck=26..27 then soft@+27.9s..28.1s,stuck=52 then panic@+0s..0.5s then none
; until[softlockup_panic=3]: 120s
; expect[softlockup_panic=3]: soft then soft,stuck=52 then soft,stuck=78 then panic@+0s..0.5s then none
; expect[panic=1]: soft@24s..28s,cpu=0 then soft@+27.9s..28.1s then none
; expect[detector=stopper-5.4|thread]: soft@24s..28s,cpu=0,stuck=22..23 then soft@+27.9s..28.1s,stuck=22..23
; expect[report=5.4]: soft@24s..28s,cpu=0,stuck=26..27
; expect[hardlockup=buddy|buddy-7.1]: soft@24s..28s,cpu=0,stuck=26..27
; expect[softlockup_all_cpu_backtrace=1]: soft@24s..28s,cpu=0 then says="Sending NMI from CPU 0 to CPUs 1:" then says="NMI backtrace for cpu 1 skipped: idling at default_idle"
; expect[softlockup_all_cpu_backtrace=1, cpus=4]: soft@24s..28s,cpu=0 then says="Sending NMI from CPU 0 to CPUs 1-3:"
; expect[announce=0]: soft@20s..30s,cpu=0,stuck=22..26
; expect[phase=1000000, announce=0]: soft@23.9s..24.1s,cpu=0,stuck=22..23 then soft@+27.9s..28.1s,stuck=48..49
; expect[phase=3999000000, announce=0]: soft@20s..20.1s,cpu=0,stuck=22..23
; expect[cpu=1]: soft@24s..28s,cpu=1,stuck=26..27
; expect[rcu_stall=1]: soft@24s..28s,cpu=0,stuck=26..27
; expect[sysctl.kernel.watchdog_thresh=5]: soft@12s..14s,cpu=0,stuck=13
; expect[sysctl.kernel.soft_watchdog=0]: none
; expect[sysctl.kernel.watchdog_cpumask=1]: none
; expect[sysctl.kernel.softlockup_panic=1]: soft@24s..28s,cpu=0 then panic@+0s..0.5s then none
; until[panic=1]: 62s
; cells: cpus=1; cpus=4; cpus=16; pmu=off
;
; Linux: insmod of a module whose init function is while (1); on a kernel without full preemption. Ticks still come, each
; asks for migration/N, but nobody calls schedule(). The line printed at the start goes through the serial console and so touches
; the watchdog: the first tick only begins the count anew, and the report comes at the seventh, saying 26 s and not 22 s.

        scenario soft_spin, soft_spin_init

; soft_spin_init -- never comes back
function soft_spin_init
        announce "soft_spin"
.spin:  pause
        jmp     .spin
endfunction

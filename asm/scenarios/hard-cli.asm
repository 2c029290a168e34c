; title: A kernel thread loops with interrupts off: hard lockup
; mirrors: a kthread that does local_irq_disable(); while (1);
; until: 60s
; expect: hard@6s..20s,cpu=1,in=hard_cli_thread,line="watchdog: Watchdog detected hard LOCKUP on cpu 1" then none
; expect[cpus=1]: hard@16s..30s,cpu=0
; expect[pmu=off]: none
; expect[pmu=off, cpus=1]: none
; expect[nmi_watchdog=0|nopanic,0]: none
; expect[nosoftlockup]: hard@6s..20s,cpu=1
; expect[nowatchdog]: none
; expect[watchdog_thresh=0]: none
; expect[watchdog_thresh=5]: hard@3s..10s,cpu=1
; expect[watchdog_thresh=30]: hard@18s..60s,cpu=1
; until[watchdog_thresh=30]: 100s
; expect[hardlockup_panic=1]: hard@6s..20s,cpu=1 then panic@+0s..0.5s,cpu=1,line="Kernel panic - not syncing: Hard LOCKUP" then none
; expect[nmi_watchdog=panic]: hard@6s..20s,cpu=1 then panic@+0s..0.5s,line="Kernel panic - not syncing: Hard LOCKUP" then none
; expect[softlockup_panic=1]: hard@6s..20s,cpu=1 then none
; expect[hardlockup=buddy]: hard@8s..36s,cpu=1 then none
; expect[hardlockup=buddy, pmu=off]: hard@8s..36s,cpu=1 then says="Sending NMI from CPU 0 to CPUs 1:" then says="NMI backtrace for cpu 1" then none
; expect[hardlockup=buddy, cpus=1]: none
; expect[hardlockup=buddy, cpus=4]: hard@8s..36s,cpu=1 then none
; expect[hardlockup=buddy, cpu=0]: hard@8s..36s,cpu=0 then none
; expect[hardlockup=buddy, nmi_watchdog=panic]: hard@8s..36s,cpu=1 then panic@+0s..0.5s,cpu=0,line="Kernel panic - not syncing: Hard LOCKUP" then says="Shutting down cpus with NMI" then none
; expect[hardlockup=buddy-7.1]: hard@8s..16s,cpu=1,line="watchdog: CPU0: Watchdog detected hard LOCKUP on cpu 1" then hard@+15.9s..16.1s,cpu=1 then hard@+15.9s..16.1s
; expect[hardlockup=buddy-7.1, cpu=0]: hard@8s..12.1s,cpu=0,line="watchdog: CPU1: Watchdog detected hard LOCKUP on cpu 0" then hard@+15.9s..16.1s,cpu=0
; expect[hardlockup=buddy-7.1, cpus=1]: none
; expect[report=5.4]: hard@6s..20s,cpu=1,line="NMI watchdog: Watchdog detected hard LOCKUP on cpu 1" then none
; expect[hardlockup_all_cpu_backtrace=1]: hard@6s..20s,cpu=1 then says="Sending NMI from CPU 1 to CPUs 0:" then says="NMI backtrace for cpu 0 skipped: idling at default_idle" then none
; expect[hardlockup_all_cpu_backtrace=1, cpus=4]: hard@6s..20s,cpu=1 then says="Sending NMI from CPU 1 to CPUs 0,2-3:" then none
; expect[nmi_period_percent=30]: hard@5s..18s,cpu=1 then none
; expect[rcu_stall=1, nmi_watchdog=0]: rcu@21s..25s,cpu=1,line="rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:"
; expect[rcu_stall=1, pmu=off, sysctl.kernel.panic_on_rcu_stall=1]: rcu@21s..25s,cpu=1 then panic@+0s..0.5s,cpu=0,line="Kernel panic - not syncing: RCU Stall"
; expect[cpu=0]: hard@16s..30s,cpu=0 then none
; expect[sysctl.kernel.nmi_watchdog=0]: none
; expect[sysctl.kernel.watchdog=0]: none
; expect[sysctl.kernel.watchdog_cpumask=0]: none
; expect[sysctl.kernel.hardlockup_panic=1]: hard@6s..20s,cpu=1 then panic@+0s..0.5s,cpu=1 then none
; cells: cpus=4; cpus=16; preempt=full
;
; Linux: a kthread that does local_irq_disable(); while (1);. Its CPU takes no more ticks; only the NMI of the cycle counter gets
; through, and the second one after the last tick finds that the tick counter stands still. Without a PMU there is silence.
; insmod announces the start from another CPU, since a line on the serial console touches the watchdog of the CPU that writes it;
; with one CPU there is no other, and the report takes one NMI (10 s) longer.

        scenario hard_cli, hard_cli_init, 1, elsewhere

; hard_cli_init -- starts the thread, lets it run as a busy thread does, then gives the sign
;   out: eax = 0    uses: all caller-saved
function hard_cli_init
        lea     rdi, [hard_cli_thread]
        string  rsi, "hard_cli/%u"
        mov     edx, [scenario_cpu]
        call    start_busy_thread
        call    let_them_be_busy
        announce "hard_cli"
        call    give_sign
        xor     eax, eax
        return
endfunction

; hard_cli_thread -- busy and well-behaved until the sign, then deaf
function hard_cli_thread
        call    busy_until_sign
        cli
.spin:  pause
        jmp     .spin
endfunction

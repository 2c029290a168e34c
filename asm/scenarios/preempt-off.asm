; title: An endless loop with preemption disabled: soft lockup in every preemption model
; mirrors: preempt_disable(); while (1);
; until: 60s
; expect: soft@24s..28s,cpu=0,stuck=26..27
; expect[preempt=none|full|lazy]: soft@24s..28s,cpu=0,stuck=26..27
; expect[rcu_stall=1]: rcu@20s..23s,cpu=0,line="rcu: INFO: rcu_preempt self-detected stall on CPU" then soft@44s..56s,cpu=0,stuck=44..52
; expect[rcu_stall=1, rcupdate.rcu_cpu_stall_timeout=60]: soft@24s..28s,cpu=0 then soft then rcu
; until[rcu_stall=1, rcupdate.rcu_cpu_stall_timeout=60]: 100s

        scenario preempt_off, preempt_off_init

; preempt_off_init -- never comes back
function preempt_off_init
        announce "preempt_off"
        preempt_disable
.spin:  pause
        jmp     .spin
endfunction

; title: An endless loop with preemption disabled: soft lockup in every preemption model
; mirrors: preempt_disable(); while (1);
; until: 60s
; expect: soft@24s..28s,cpu=0,stuck=26..27
; expect[preempt=none|full|lazy]: soft@24s..28s,cpu=0,stuck=26..27

        scenario preempt_off, preempt_off_init

; preempt_off_init -- never comes back
function preempt_off_init
        announce "preempt_off"
        preempt_disable
.spin:  pause
        jmp     .spin
endfunction

; title: An endless loop with softirqs disabled: soft lockup in every preemption model
; mirrors: local_bh_disable(); while (1);
; until: 60s
; expect: soft@24s..28s,cpu=0,stuck=26..27
; expect[preempt=full]: soft@24s..28s,cpu=0,stuck=26..27
;
; Softirqs count in the same counter that forbids preemption.

        scenario bh_off, bh_off_init

; bh_off_init -- never comes back
function bh_off_init
        announce "bh_off"
        local_bh_disable
.spin:  pause
        jmp     .spin
endfunction

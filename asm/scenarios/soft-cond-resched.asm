; title: An endless loop with cond_resched() in it: no lockup
; mirrors: a kernel thread's while (1) cond_resched();
; until: 60s
; expect: none
; expect[preempt=none|full|lazy]: none

        scenario soft_cond_resched, soft_cond_resched_init

; soft_cond_resched_init -- never comes back, and harms nobody
function soft_cond_resched_init
        announce "soft_cond_resched"
.loop:  pause
        call    cond_resched
        jmp     .loop
endfunction

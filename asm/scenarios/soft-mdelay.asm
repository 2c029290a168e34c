; title: A module's init waits in mdelay() for ever: soft lockup
; mirrors: insmod of a module whose init is while (1) mdelay(1000);
; until: 60s
; expect: soft@24s..28s,cpu=0,stuck=26..27
; expect[preempt=none]: soft@24s..28s,cpu=0,stuck=26..27
; expect[preempt=full|lazy]: none
;
; mdelay() is a loop like any other: it does not schedule.

        scenario soft_mdelay, soft_mdelay_init

; soft_mdelay_init -- never comes back
function soft_mdelay_init
        announce "soft_mdelay"
.spin:  mov     edi, MSEC_PER_SEC
        call    mdelay
        jmp     .spin
endfunction

; title: One CPU loops, another is deaf: who panics first must stop the deaf one by NMI
; mirrors: softlockup_panic=1 while another CPU spins with interrupts off
; until: 60s
; config: softlockup_panic=1, nmi_watchdog=0
; expect: soft@20s..28s,cpu=0 then panic@+0s..0.5s,cpu=0,line="Kernel panic - not syncing: softlockup: hung tasks" then says="Shutting down cpus with NMI" then says="---[ end Kernel panic" then none
; expect[pmu=off]: soft@20s..28s,cpu=0 then panic,cpu=0 then says="Shutting down cpus with NMI" then says="---[ end Kernel panic" then none
; expect[panic=1]: soft,cpu=0 then panic,cpu=0 then says="Shutting down cpus with NMI" then says="Rebooting in 1 seconds.." then reset
; expect[panic=-1]: soft,cpu=0 then panic,cpu=0 then says="Shutting down cpus with NMI" then reset
; expect[panic_print=64]: soft,cpu=0 then panic,cpu=0 then says="NMI backtrace for cpu 1" then says="---[ end Kernel panic"
; expect[nonmi_ipi]: soft,cpu=0 then panic,cpu=0 then says="---[ end Kernel panic" then none
; expect[panic_on_taint=0x4000]: soft,cpu=0 then panic,cpu=0,line="Kernel panic - not syncing: panic_on_taint set ..." then says="Shutting down cpus with NMI" then none
; expect[nmi_watchdog=panic]: hard@6s..20s,cpu=1 then panic@+0s..0.5s,cpu=1,line="Kernel panic - not syncing: Hard LOCKUP" then none
;
; REBOOT_VECTOR is an ordinary interrupt and waits for ever on the deaf CPU; after a second it gets the NMI.

        scenario soft_and_hard, soft_and_hard_init, 1, elsewhere

; soft_and_hard_init -- never comes back
function soft_and_hard_init
        lea     rdi, [soft_and_hard_thread]
        string  rsi, "deaf/%u"
        mov     edx, [scenario_cpu]
        call    start_busy_thread
        call    let_them_be_busy
        announce "soft_and_hard"
        call    give_sign
.spin:  pause
        jmp     .spin
endfunction

function soft_and_hard_thread
        call    busy_until_sign
        cli
.spin:  pause
        jmp     .spin
endfunction

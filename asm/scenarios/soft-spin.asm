; title: A module's init loops with interrupts on: soft lockup
; mirrors: insmod of a module whose init is while (1);
; until: 60s
; expect: soft@24s..28s,cpu=0,stuck=26..27,in=soft_spin_init
; expect[preempt=none]: soft@24s..28s,cpu=0,stuck=26..27
; expect[preempt=full|lazy]: none
;
; Linux: insmod of a module whose init function is while (1); on a kernel without full preemption. Ticks still come, each
; asks for migration/N, but nobody calls schedule(). The line printed at the start goes through the serial console and so touches
; the watchdog: the first tick only begins the count anew, and the report comes at the seventh, saying 26 s and not 22 s.

        scenario soft_spin, soft_spin_init

; soft_spin_init -- never comes back
function soft_spin_init
        printk  KERN_INFO, "soft_spin: start"
.spin:  pause
        jmp     .spin
endfunction

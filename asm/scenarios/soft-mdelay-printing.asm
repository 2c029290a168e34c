; title: The same with a printk() in the loop: a serial console touches the watchdog each time, nothing is ever reported
; mirrors: insmod of a module whose init is while (1) { printk(KERN_INFO "..."); mdelay(1000); }
; until: 60s
; expect: none
; expect[loglevel=6]: soft@24s..28s,cpu=0,stuck=26..27
; expect[preempt=full]: none
;
; The demonstration that most tutorials give. On a machine with a serial console it shows nothing; with loglevel=6, which keeps
; KERN_INFO from the console, it shows what they promise.

        scenario soft_mdelay_printing, soft_mdelay_printing_init

; soft_mdelay_printing_init -- never comes back
function soft_mdelay_printing_init
        printk  KERN_NOTICE, "soft_mdelay_printing: start"
.spin:  printk  KERN_INFO, "soft_mdelay_printing: still here"
        mov     edi, MSEC_PER_SEC
        call    mdelay
        jmp     .spin
endfunction

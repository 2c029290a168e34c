; Beginnings of lockups that the measured timelines have and the catalogue has not.
%include "kernel.asm"

; ---- deaf before its first tick
        scenario deaf_early, deaf_early_init, 1
function deaf_early_init
        cli
.spin:  pause
        jmp     .spin
endfunction

; ---- deaf right after a line on the serial console, which it writes itself, behind its first tick
        scenario deaf_printing, deaf_printing_init, 1
function deaf_printing_init
        printk  KERN_INFO, "deaf_printing: start"
        cli
.spin:  pause
        jmp     .spin
endfunction

; Lockups that the catalogue does not have.
%include "kernel.asm"

; busy_but_polite -- 5 s of work that lets others run: whoever comes from here did not come out of idle, which would be a touch
POLITE_MS         equ 5000

function busy_but_polite
        call    sched_clock
        mov     rdi, POLITE_MS * NSEC_PER_MSEC
        add     rdi, rax
        call    work_until
        return
endfunction

; ---- a loop that nothing has touched
        scenario quiet_spin, quiet_spin_init
function quiet_spin_init
        call    busy_but_polite
.spin:  pause
        jmp     .spin
endfunction

; ---- one CPU deaf, the other in an endless loop: who panics must stop the deaf one by NMI
        scenario both_stuck, both_stuck_init, 1, elsewhere
function both_stuck_init
        call    hard_cli_init
.spin:  pause
        jmp     .spin
endfunction

; ---- interrupts off for 40 s, then on: the pending tick comes at once
FINITE_MS       equ 40000

        scenario finite, finite_init
function finite_init
        call    busy_but_polite
        call    deaf_for_a_while
        return
endfunction

        scenario finite_touched, finite_touched_init
function finite_touched_init
        call    deaf_for_a_while
        return
endfunction

function deaf_for_a_while
        cli
        mov     edi, FINITE_MS
        call    mdelay
        sti
        nop                                     ; STI holds the tick for one instruction more
        printk  KERN_INFO, "finite: interrupts on"
        return
endfunction

; title: An interrupt handler that never ends: hard lockup
; mirrors: while (1); in an interrupt handler
; until: 60s
; expect: hard@6s..20s,cpu=1,in=hardirq_loop_handler
; expect[preempt=full]: hard@6s..20s,cpu=1
; expect[pmu=off]: none

        scenario hardirq_loop, hardirq_loop_init, 1, elsewhere

; hardirq_loop_init -- out: eax = 0    uses: all caller-saved
function hardirq_loop_init
        lea     rdi, [hardirq_loop_handler]
        call    request_irq
        lea     rdi, [hardirq_loop_thread]
        string  rsi, "driver/%u"
        mov     edx, [scenario_cpu]
        call    start_busy_thread
        call    let_them_be_busy
        announce "hardirq_loop"
        call    give_sign
        xor     eax, eax
        return
endfunction

function hardirq_loop_thread
        call    busy_until_sign
        mov     esi, DEVICE_VECTOR
        call    trigger_irq
        return
endfunction

function hardirq_loop_handler
.spin:  pause
        jmp     .spin
endfunction

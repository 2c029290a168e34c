; title: A softirq that never ends: soft lockup in every preemption model
; mirrors: while (1); in a network driver's receive softirq
; until: 60s
; expect: soft@20s..28s,cpu=1,in=softirq_loop_action
; expect[preempt=full]: soft@20s..28s,cpu=1
;
; Softirqs run with interrupts on and nobody preempts them. The report names whoever was interrupted.

        scenario softirq_loop, softirq_loop_init, 1, elsewhere

; softirq_loop_init -- out: eax = 0    uses: all caller-saved
function softirq_loop_init
        mov     edi, NET_RX_SOFTIRQ
        lea     rsi, [softirq_loop_action]
        call    open_softirq
        lea     rdi, [softirq_loop_handler]
        call    request_irq
        lea     rdi, [softirq_loop_thread]
        string  rsi, "victim/%u"
        mov     edx, [scenario_cpu]
        call    start_busy_thread
        call    let_them_be_busy
        announce "softirq_loop"
        call    give_sign
        xor     eax, eax
        return
endfunction

function softirq_loop_thread
        call    busy_until_sign
        mov     esi, DEVICE_VECTOR
        call    trigger_irq
        return
endfunction

function softirq_loop_handler
        mov     edi, NET_RX_SOFTIRQ
        call    raise_softirq_irqoff
        return
endfunction

function softirq_loop_action
.spin:  pause
        jmp     .spin
endfunction

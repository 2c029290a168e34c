; title: A device that interrupts again at once and outranks the timer: hard lockup
; mirrors: the same storm on a vector above the local timer's
; until: 60s
; expect: hard@6s..20s,cpu=1
; expect[pmu=off]: none

        scenario irq_storm_urgent, irq_storm_urgent_init, 1, elsewhere

; irq_storm_urgent_init -- out: eax = 0    uses: all caller-saved
function irq_storm_urgent_init
        lea     rdi, [irq_storm_urgent_handler]
        call    request_irq
        lea     rdi, [irq_storm_urgent_thread]
        string  rsi, "victim/%u"
        mov     edx, [scenario_cpu]
        call    start_busy_thread
        call    let_them_be_busy
        announce "irq_storm_urgent"
        call    give_sign
        xor     eax, eax
        return
endfunction

function irq_storm_urgent_thread
        call    busy_until_sign
        mov     esi, DEVICE_VECTOR_URGENT
        call    trigger_irq
        return
endfunction

function irq_storm_urgent_handler
        mov     edi, IRQ_STORM_WORK_US
        call    udelay
        mov     esi, DEVICE_VECTOR_URGENT
        call    trigger_irq
        return
endfunction

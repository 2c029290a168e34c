; title: A device that interrupts again at once: soft lockup, for the timer still gets through but no task does
; mirrors: a level-triggered interrupt that its handler does not silence
; until: 60s
; expect: soft@20s..28s,cpu=1
; expect[intr_storm=1]: soft@20s..28s,cpu=1 then says="CPU#1 Utilization every 4s during lockup:" then says="* hardirq," then says="CPU#1 Detect HardIRQ Time exceeds 50%. Most frequent HardIRQs:" then says="irq#5"
; expect[preempt=full]: soft@20s..28s,cpu=1
;
; The timer's vector (0xEC) has the higher priority. See irq-storm-urgent for the other way round.

        scenario irq_storm, irq_storm_init, 1, elsewhere

; irq_storm_init -- out: eax = 0    uses: all caller-saved
function irq_storm_init
        lea     rdi, [irq_storm_handler]
        call    request_irq
        lea     rdi, [irq_storm_thread]
        string  rsi, "victim/%u"
        mov     edx, [scenario_cpu]
        call    start_busy_thread
        call    let_them_be_busy
        announce "irq_storm"
        call    give_sign
        xor     eax, eax
        return
endfunction

function irq_storm_thread
        call    busy_until_sign
        preempt_disable
        mov     esi, DEVICE_VECTOR
        call    trigger_irq
        preempt_enable
        return
endfunction

IRQ_STORM_WORK_US equ 500               ; more than the way in and out takes

function irq_storm_handler
        mov     edi, IRQ_STORM_WORK_US
        call    udelay
        mov     esi, DEVICE_VECTOR
        call    trigger_irq
        return
endfunction

; title: An interrupt handler wants the spinlock that the interrupted task holds: hard lockup
; mirrors: spin_lock(&lock) in a task, and spin_lock(&lock) in the interrupt handler of the same device, on the same CPU
; until: 60s
; expect: hard@6s..20s,cpu=1,in=native_queued_spin_lock_slowpath
; expect[preempt=full]: hard@6s..20s,cpu=1
; expect[pmu=off]: none
;
; Not a soft lockup: a handler runs with interrupts off. The task should have used spin_lock_irqsave().

        scenario irq_handler_lock, irq_handler_lock_init, 1, elsewhere

; irq_handler_lock_init -- out: eax = 0    uses: all caller-saved
function irq_handler_lock_init
        lea     rdi, [irq_handler_lock_handler]
        call    request_irq
        lea     rdi, [irq_handler_lock_thread]
        string  rsi, "driver/%u"
        mov     edx, [scenario_cpu]
        call    start_busy_thread
        call    let_them_be_busy
        announce "irq_handler_lock"
        call    give_sign
        xor     eax, eax
        return
endfunction

function irq_handler_lock_thread
        call    busy_until_sign
        lea     rdi, [irq_handler_lock_lock]
        call    _raw_spin_lock
        mov     esi, DEVICE_VECTOR
        call    trigger_irq
        lea     rdi, [irq_handler_lock_lock]
        call    _raw_spin_unlock
        return
endfunction

function irq_handler_lock_handler
        lea     rdi, [irq_handler_lock_lock]
        call    _raw_spin_lock
        lea     rdi, [irq_handler_lock_lock]
        call    _raw_spin_unlock
        return
endfunction

        section .data
        align   4, db 0
irq_handler_lock_lock: dd 0
        section .text

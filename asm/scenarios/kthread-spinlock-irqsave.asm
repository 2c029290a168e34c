; title: A kernel thread loops with a spinlock held and interrupts off: hard lockup
; mirrors: a kthread's spin_lock_irqsave(&lock, flags); while (1);
; until: 60s
; expect: hard@6s..20s,cpu=1
; expect[preempt=full]: hard@6s..20s,cpu=1
; expect[pmu=off]: none

        scenario kthread_spinlock_irqsave, kthread_spinlock_irqsave_init, 1, elsewhere

; kthread_spinlock_irqsave_init -- out: eax = 0    uses: all caller-saved
function kthread_spinlock_irqsave_init
        lea     rdi, [kthread_spinlock_irqsave_thread]
        string  rsi, "hog/%u"
        mov     edx, [scenario_cpu]
        call    start_busy_thread
        call    let_them_be_busy
        announce "kthread_spinlock_irqsave"
        call    give_sign
        xor     eax, eax
        return
endfunction

function kthread_spinlock_irqsave_thread
        call    busy_until_sign
        lea     rdi, [kthread_spinlock_irqsave_lock]
        call    _raw_spin_lock_irqsave
.spin:  pause
        jmp     .spin
endfunction

        section .data
        align   4, db 0
kthread_spinlock_irqsave_lock: dd 0
        section .text

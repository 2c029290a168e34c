; title: A "deadlock" of two locks that one task takes alone: nothing happens at all
; mirrors: spin_lock_irqsave(&lock1, flags); spin_lock(&lock2); in a module's init, as some texts show it for a deadlock
; until: 40s
; expect: none
; expect[preempt=full]: none
;
; The second lock is free, so the init takes it and returns. A deadlock needs a partner: see abba-irq, which is a hard lockup.

        scenario seed_deadlock, seed_deadlock_init

; seed_deadlock_init -- out: eax = 0    uses: all caller-saved
function seed_deadlock_init
        push    rbx
        announce "seed_deadlock"
        lea     rdi, [seed_deadlock_lock1]
        call    _raw_spin_lock_irqsave
        mov     rbx, rax
        lea     rdi, [seed_deadlock_lock2]
        call    _raw_spin_lock
        lea     rdi, [seed_deadlock_lock2]
        call    _raw_spin_unlock
        lea     rdi, [seed_deadlock_lock1]
        mov     rsi, rbx
        call    _raw_spin_unlock_irqrestore
        printk  KERN_INFO, "seed_deadlock: init returns 0"
        xor     eax, eax
        pop     rbx
        return
endfunction

        section .data
        align   4, db 0
seed_deadlock_lock1: dd 0
seed_deadlock_lock2: dd 0
        section .text

; spinlock.asm -- ticket spinlocks: two 16-bit counters, the ticket being served (low) and the next one to be drawn (high).
; Holding one disables preemption; whoever may meet it in an interrupt takes the irqsave form.
; After: include/linux/spinlock_api_smp.h.

SPINLOCK_TICKET equ 1 << 16

; _raw_spin_lock -- in: rdi = lock    uses: rax, rcx, flags
function _raw_spin_lock
        preempt_disable
        mov     eax, SPINLOCK_TICKET
        lock xadd [rdi], eax
        mov     ecx, eax
        shr     ecx, 16                 ; my ticket
        cmp     ax, cx
        je      .mine
        call    native_queued_spin_lock_slowpath
.mine:  return
endfunction

; native_queued_spin_lock_slowpath -- waits until the ticket is served
;   in: rdi = lock, cx = ticket    uses: flags
;   after: kernel/locking/qspinlock.c in name only: a queue of tickets, as fair and shorter
function native_queued_spin_lock_slowpath
.wait:  pause
        cmp     [rdi], cx
        jne     .wait
        return
endfunction

; _raw_spin_unlock -- in: rdi = lock    uses: flags
function _raw_spin_unlock
        inc     word [rdi]              ; only the owner writes this half
        preempt_enable
        return
endfunction

; _raw_spin_lock_irqsave -- in: rdi = lock    out: rax = flags to give back    uses: rcx, flags
function _raw_spin_lock_irqsave
        pushfq
        cli
        call    _raw_spin_lock
        pop     rax
        return
endfunction

; _raw_spin_unlock_irqrestore -- in: rdi = lock, rsi = what irqsave returned    uses: flags
function _raw_spin_unlock_irqrestore
        inc     word [rdi]
        push    rsi
        popfq                           ; first, for with interrupts off nobody is preempted
        preempt_enable
        return
endfunction

; _raw_spin_lock_bh / _raw_spin_unlock_bh -- against softirqs of this CPU
;   in: rdi = lock    uses: all caller-saved
function _raw_spin_lock_bh
        local_bh_disable
        call    _raw_spin_lock
        return
endfunction

function _raw_spin_unlock_bh
        inc     word [rdi]
        preempt_enable_no_resched
        call    local_bh_enable
        return
endfunction

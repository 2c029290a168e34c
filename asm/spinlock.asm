; spinlock.asm -- ticket spinlocks: two 16-bit counters, the ticket being served (low) and the next one to be drawn (high).
; Holding one disables preemption; whoever may meet it in an interrupt takes the irqsave form.
; After: include/linux/spinlock_api_smp.h.

SPINLOCK_TICKET equ 1 << 16

; preempt_disable / preempt_enable -- under voluntary preemption these only count
%macro preempt_disable 0
        add     dword [gs:pcpu.preempt_count], PREEMPT_OFFSET
%endmacro
%macro preempt_enable 0
        sub     dword [gs:pcpu.preempt_count], PREEMPT_OFFSET
%endmacro

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
        call    _raw_spin_unlock
        push    rsi
        popfq
        return
endfunction

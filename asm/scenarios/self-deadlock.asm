; title: A spinlock taken twice by the same task (AA): soft lockup in every preemption model
; mirrors: spin_lock(&lock); spin_lock(&lock); in a module's init
; until: 60s
; expect: soft@24s..28s,cpu=0,stuck=26..27,in=native_queued_spin_lock_slowpath
; expect[preempt=full]: soft@24s..28s,cpu=0,in=native_queued_spin_lock_slowpath

        scenario self_deadlock, self_deadlock_init

; self_deadlock_init -- never comes back
function self_deadlock_init
        announce "self_deadlock"
        lea     rdi, [self_deadlock_lock]
        call    _raw_spin_lock
        call    _raw_spin_lock
        return
endfunction

        section .data
        align   4, db 0
self_deadlock_lock: dd 0
        section .text

; mutex.asm -- a lock whose waiters sleep in state D: its deadlock is no lockup but a hung task. After: kernel/locking/mutex.c.

struc mutex
.owner          resq 1                  ; a task, or 0
.wait_list      resq 1                  ; first comes first
.wait_lock      resd 1
                resd 1
endstruc

struc mutex_waiter
.next           resq 1
.task           resq 1
endstruc

; mutex_lock -- in: rdi = mutex    uses: all caller-saved
function mutex_lock
        push    rdi
        call    might_sleep
        pop     rdi
        call    __mutex_trylock
        jz      .mine
        call    __mutex_lock_slowpath
.mine:  return
endfunction

; __mutex_trylock -- in: rdi = mutex    out: ZF set if it is ours    uses: rax, rcx, flags
naked __mutex_trylock
        xor     eax, eax
        mov     rcx, [gs:pcpu.current]
        lock cmpxchg [rdi + mutex.owner], rcx
        ret
endfunction

; __mutex_lock_slowpath -- sleeps until it is ours    in: rdi = mutex    uses: all caller-saved
function __mutex_lock_slowpath
        push    rbx
        push    r12
        sub     rsp, mutex_waiter_size
        mov     rbx, rdi
        mov     rax, [gs:pcpu.current]
        mov     [rsp + mutex_waiter.task], rax
        mov     qword [rsp + mutex_waiter.next], 0
        lea     rdi, [rbx + mutex.wait_lock]
        call    _raw_spin_lock
        lea     rdx, [rbx + mutex.wait_list]
.last:  mov     rax, [rdx]
        test    rax, rax
        jz      .append
        mov     rdx, rax
        jmp     .last
.append:
        mov     [rdx], rsp
.try:   mov     rax, [gs:pcpu.current]
        mov     dword [rax + task.state], TASK_UNINTERRUPTIBLE  ; before the look: a wake-up after it is not lost
        mov     rdi, rbx
        call    __mutex_trylock
        jz      .mine
        lea     rdi, [rbx + mutex.wait_lock]
        call    _raw_spin_unlock
        call    schedule
        lea     rdi, [rbx + mutex.wait_lock]
        call    _raw_spin_lock
        jmp     .try
.mine:  mov     rax, [gs:pcpu.current]
        mov     dword [rax + task.state], TASK_RUNNING
        lea     rdx, [rbx + mutex.wait_list]
.find:  mov     rax, [rdx]
        cmp     rax, rsp
        je      .remove
        mov     rdx, rax
        jmp     .find
.remove:
        mov     rax, [rsp + mutex_waiter.next]
        mov     [rdx], rax
        lea     rdi, [rbx + mutex.wait_lock]
        call    _raw_spin_unlock
        add     rsp, mutex_waiter_size
        pop     r12
        pop     rbx
        return
endfunction

; mutex_unlock -- wakes the first that waits    in: rdi = mutex    uses: all caller-saved
function mutex_unlock
        push    rbx
        mov     rbx, rdi
        mov     qword [rbx + mutex.owner], 0
        lea     rdi, [rbx + mutex.wait_lock]
        call    _raw_spin_lock
        mov     rdi, [rbx + mutex.wait_list]
        test    rdi, rdi
        jz      .unlock
        mov     rdi, [rdi + mutex_waiter.task]
        call    wake_up_process
.unlock:
        lea     rdi, [rbx + mutex.wait_lock]
        call    _raw_spin_unlock
        pop     rbx
        return
endfunction

; wakeup.asm -- a task becomes runnable, perhaps on another CPU, and somebody decides whether the running one has to give way.
; When it really does is a matter of preempt.asm. After: kernel/sched/core.c.

; wake_up_process -- makes a task runnable on its CPU, and has that CPU look if it should run at once
;   in: rdi = task    uses: all caller-saved    after: core.c try_to_wake_up()
function wake_up_process
        push    rbx
        push    r12
        push    r13
        mov     rbx, rdi
        mov     eax, [rbx + task.cpu]
        cpu_pointer rax, rax
        mov     r12, rax
        lea     rdi, [r12 + pcpu.rq_lock]
        call    _raw_spin_lock_irqsave
        mov     r13, rax
        test    dword [rbx + task.state], TASK_DEAD
        jnz     .unlock
        mov     dword [rbx + task.state], TASK_RUNNING
        cmp     dword [rbx + task.on_rq], 0
        jne     .unlock                 ; it has not gone to sleep yet
        mov     dword [rbx + task.on_rq], 1
        mov     rdi, rbx
        mov     rsi, r12
        call    activate_task
        mov     rdi, rbx
        mov     rsi, r12
        call    wakeup_preempt
        mov     rdi, r12
        call    sched_update_tick_dependency
.unlock:
        lea     rdi, [r12 + pcpu.rq_lock]
        mov     rsi, r13
        call    _raw_spin_unlock_irqrestore
        pop     r13
        pop     r12
        pop     rbx
        return
endfunction

; activate_task -- into the queue of its class, as one that has slept
;   in: rdi = task, rsi = CPU's block, locked    uses: rax, rcx, rdx, r8, flags
function activate_task
        cmp     dword [rdi + task.class], CLASS_FAIR
        jne     .enqueue
        call    place_entity
.enqueue:
        call    enqueue_task_tail
        return
endfunction

; wakeup_preempt -- should this task take the CPU from the one that runs? A higher class does, so does a higher rt priority,
; and a fair task that has had less than the running one
;   in: rdi = task, rsi = its CPU's block, locked    uses: all caller-saved
function wakeup_preempt
        mov     rax, [rsi + pcpu.current]
        mov     ecx, [rax + task.class]
        cmp     [rdi + task.class], ecx
        jb      .resched
        ja      .done
        cmp     ecx, CLASS_FAIR
        je      .fair
        mov     ecx, [rax + task.rt_prio]
        cmp     [rdi + task.rt_prio], ecx
        jbe     .done
.resched:
        mov     rdi, rsi
        call    resched_curr
.done:  return
.fair:  call    check_preempt_wakeup_fair
        return
endfunction

; resched_curr -- asks for a switch at once
;   in: rdi = CPU's block    uses: all caller-saved
function resched_curr
        test    dword [rdi + pcpu.need_resched], TIF_NEED_RESCHED
        jnz     .done
        or      dword [rdi + pcpu.need_resched], TIF_NEED_RESCHED
        cmp     rdi, [gs:pcpu.self]
        je      .done
        mov     esi, RESCHEDULE_VECTOR
        call    __default_send_IPI
.done:  return
endfunction

; resched_curr_lazy -- the fair class asks: under preempt=lazy the next tick is early enough for kernel code
;   in: rdi = CPU's block    uses: all caller-saved
function resched_curr_lazy
        cmp     dword [preempt_dynamic_mode], PREEMPT_LAZY
        je      .lazy
        call    resched_curr
        return
.lazy:  or      dword [rdi + pcpu.need_resched], TIF_NEED_RESCHED_LAZY
        return
endfunction

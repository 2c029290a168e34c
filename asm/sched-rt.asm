; sched-rt.asm -- the queues, and the rt class: 100 levels; SCHED_FIFO runs until it sleeps, yields or meets a higher level,
; SCHED_RR takes turns with its equals. After: kernel/sched/rt.c, kernel/sched/syscalls.c; lockup-detector spec 6.2.

RR_TIMESLICE    equ HZ / 10             ; ticks: 100 ms

; enqueue_task_tail / enqueue_task_head -- behind, or in front of, its equals in its class's queue
;   in: rdi = task, rsi = CPU's block, locked    uses: rax, rcx, rdx, r8, flags
function enqueue_task_tail
        cmp     dword [rdi + task.class], CLASS_FAIR
        je      .fair
        mov     r8d, [rdi + task.rt_prio]       ; goes in front of the first that is less urgent than this
        call    enqueue_before
        return
.fair:  call    enqueue_task_fair
        return
endfunction

function enqueue_task_head
        mov     r8d, [rdi + task.rt_prio]
        inc     r8d                             ; or no more urgent
        call    enqueue_before
        return
endfunction

; enqueue_before -- by priority    in: as above, r8d = the lowest priority that stays in front    uses: rax, rcx, rdx, flags
function enqueue_before
        mov     ecx, [rdi + task.class]
        lea     rdx, [rsi + rcx * 8 + pcpu.rq_head]      ; the link to be changed
.next:  mov     rax, [rdx]
        test    rax, rax
        jz      .here
        cmp     [rax + task.rt_prio], r8d
        jb      .here
        lea     rdx, [rax + task.next]
        jmp     .next
.here:  mov     [rdi + task.next], rax
        mov     [rdx], rdi
        return
endfunction

; dequeue_task -- out of its class's queue    in: rdi = a queued task, rsi = CPU's block, locked    uses: rax, rcx, rdx, flags
function dequeue_task
        mov     ecx, [rdi + task.class]
        lea     rdx, [rsi + rcx * 8 + pcpu.rq_head]
.next:  mov     rax, [rdx]
        cmp     rax, rdi
        je      .here
        lea     rdx, [rax + task.next]
        jmp     .next
.here:  mov     rax, [rdi + task.next]
        mov     [rdx], rax
        return
endfunction

; task_tick_rt -- SCHED_RR: the slice gets shorter; at its end an equal has its turn
;   in: rsi = CPU's block, locked    uses: all caller-saved
function task_tick_rt
        mov     rdi, [rsi + pcpu.current]
        cmp     dword [rdi + task.policy], SCHED_RR
        jne     .done
        dec     dword [rdi + task.time_slice]
        jnz     .done
        mov     dword [rdi + task.time_slice], RR_TIMESLICE
        mov     rax, [rsi + pcpu.rq_head + CLASS_RT * 8]
        test    rax, rax
        jz      .done
        mov     eax, [rax + task.rt_prio]
        cmp     eax, [rdi + task.rt_prio]
        jne     .done
        mov     dword [rdi + task.to_tail], 1
        mov     rdi, rsi
        call    resched_curr
.done:  return
endfunction

; sched_setscheduler_nocheck -- another policy for a task; it is queued anew, and its CPU looks who should run
;   in: rdi = task, esi = SCHED_NORMAL, SCHED_FIFO or SCHED_RR, edx = priority 1..99, 0 for SCHED_NORMAL
;   uses: all caller-saved    after: kernel/sched/syscalls.c __sched_setscheduler()
function sched_setscheduler_nocheck
        push    rbx
        push    r12
        push    r13
        push    r14
        push    r15
        mov     rbx, rdi
        mov     r12d, esi
        mov     r13d, edx
        mov     eax, [rbx + task.cpu]
        cpu_pointer r14, rax
        lea     rdi, [r14 + pcpu.rq_lock]
        call    _raw_spin_lock_irqsave
        push    rax
        mov     rsi, r14
        call    update_curr
        xor     r15d, r15d              ; is it in a queue?
        cmp     rbx, [r14 + pcpu.current]
        je      .change
        mov     r15d, [rbx + task.on_rq]
        test    r15d, r15d
        jz      .change
        mov     rdi, rbx
        mov     rsi, r14
        call    dequeue_task
.change:
        mov     [rbx + task.policy], r12d
        mov     [rbx + task.rt_prio], r13d
        mov     dword [rbx + task.time_slice], RR_TIMESLICE
        mov     ecx, CLASS_FAIR
        mov     eax, CLASS_RT
        cmp     r12d, SCHED_NORMAL
        cmovne  ecx, eax
        mov     [rbx + task.class], ecx
        test    r15d, r15d
        jz      .look
        mov     rdi, rbx
        mov     rsi, r14
        call    activate_task
.look:  mov     rdi, r14
        call    resched_curr
        lea     rdi, [r14 + pcpu.rq_lock]
        pop     rsi
        call    _raw_spin_unlock_irqrestore
        pop     r15
        pop     r14
        pop     r13
        pop     r12
        pop     rbx
        return
endfunction

; yield -- lets the others of its kind run first
;   uses: all caller-saved    after: kernel/sched/syscalls.c do_sched_yield()
function yield
        push    rbx
        mov     rbx, [gs:pcpu.self]
        lea     rdi, [rbx + pcpu.rq_lock]
        call    _raw_spin_lock_irqsave
        push    rax
        mov     rsi, rbx
        call    update_curr
        mov     rdi, [rbx + pcpu.current]
        mov     dword [rdi + task.to_tail], 1
        cmp     dword [rdi + task.class], CLASS_FAIR
        jne     .yielded
        call    yield_task_fair
.yielded:
        lea     rdi, [rbx + pcpu.rq_lock]
        pop     rsi
        call    _raw_spin_unlock_irqrestore
        call    schedule
        pop     rbx
        return
endfunction

; sched.asm -- who runs: classes stop > rt > fair > idle, each CPU with queues of its own, tasks stay where they are.
; Voluntary preemption: a switch happens in schedule(), cond_resched(), might_sleep(), and on the way out of idle; nowhere else.
; The running task is in no queue. After: kernel/sched/core.c, idle.c; lockup-detector spec 6.

; sched_init -- makes the running code task 0, swapper/0
;   uses: all caller-saved
function sched_init
        mov     rdi, [gs:pcpu.self]
        call    init_idle
        mov     rax, [gs:pcpu.idle]
        mov     [gs:pcpu.current], rax
        return
endfunction

; init_idle -- a CPU's idle task, which is also what it boots on
;   in: rdi = CPU's block    uses: all caller-saved
function init_idle
        push    rbx
        mov     rbx, rdi
        call    alloc_task
        mov     [rbx + pcpu.idle], rax
        mov     [rbx + pcpu.current], rax
        mov     ecx, [rbx + pcpu.number]
        mov     [rax + task.cpu], ecx
        mov     dword [rax + task.class], CLASS_IDLE
        mov     dword [rax + task.on_rq], 1
        lea     r8, [rax + task.comm]
        scnprintf r8, TASK_COMM_LEN, "swapper/%d", rcx
        pop     rbx
        return
endfunction

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
        mov     dword [rbx + task.state], TASK_RUNNING
        cmp     dword [rbx + task.on_rq], 0
        jne     .unlock                 ; it has not gone to sleep yet
        mov     dword [rbx + task.on_rq], 1
        mov     rdi, rbx
        mov     rsi, r12
        call    enqueue_task_tail
        mov     rdi, rbx
        mov     rsi, r12
        call    wakeup_preempt
.unlock:
        lea     rdi, [r12 + pcpu.rq_lock]
        mov     rsi, r13
        call    _raw_spin_unlock_irqrestore
        pop     r13
        pop     r12
        pop     rbx
        return
endfunction

; wakeup_preempt -- should this task take the CPU from the one that runs? A higher class does, so does a higher rt priority,
; and among fair tasks one that has slept
;   in: rdi = task, rsi = its CPU's block, locked    uses: all caller-saved
function wakeup_preempt
        mov     rax, [rsi + pcpu.current]
        mov     ecx, [rax + task.class]
        cmp     [rdi + task.class], ecx
        jb      .resched
        ja      .done
        cmp     ecx, CLASS_FAIR
        je      .resched
        mov     ecx, [rax + task.rt_prio]
        cmp     [rdi + task.rt_prio], ecx
        jbe     .done
.resched:
        mov     rdi, rsi
        call    resched_curr
.done:  return
endfunction

; resched_curr -- in: rdi = CPU's block    uses: all caller-saved
function resched_curr
        cmp     dword [rdi + pcpu.need_resched], 0
        jne     .done
        mov     dword [rdi + pcpu.need_resched], 1
        cmp     rdi, [gs:pcpu.self]
        je      .done
        mov     esi, RESCHEDULE_VECTOR
        call    __default_send_IPI
.done:  return
endfunction

; enqueue_task_tail / enqueue_task_head -- behind, or in front of, its equals in its class's queue; rt is sorted by priority
;   in: rdi = task, rsi = CPU's block, locked    uses: rax, rcx, rdx, r8, flags
function enqueue_task_tail
        mov     r8d, [rdi + task.rt_prio]       ; goes in front of the first that is less urgent than this
        call    enqueue_before
        return
endfunction

function enqueue_task_head
        mov     r8d, [rdi + task.rt_prio]
        inc     r8d                             ; or no more urgent
        call    enqueue_before
        return
endfunction

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

; pick_next_task -- takes the first task of the highest class that has one
;   in: rsi = CPU's block, locked    out: rax = task    uses: rcx, rdx, flags
function pick_next_task
        xor     ecx, ecx
.class: mov     rax, [rsi + rcx * 8 + pcpu.rq_head]
        test    rax, rax
        jnz     .found
        inc     ecx
        cmp     ecx, CLASSES_QUEUED
        jb      .class
        mov     rax, [rsi + pcpu.idle]
        return
.found: mov     rdx, [rax + task.next]
        mov     [rsi + rcx * 8 + pcpu.rq_head], rdx
        return
endfunction

; schedule -- gives the CPU to the most urgent task; comes back when this one is chosen again
;   uses: all caller-saved
function schedule
        push    rbx
        push    r12
        preempt_disable
        mov     rbx, [gs:pcpu.self]
        lea     rdi, [rbx + pcpu.rq_lock]
        call    _raw_spin_lock_irqsave
        push    rax
        mov     r12, [rbx + pcpu.current]
        mov     rdi, r12
        mov     rsi, rbx
        call    put_prev_task
        mov     rsi, rbx
        call    pick_next_task
        mov     dword [rbx + pcpu.need_resched], 0
        cmp     rax, r12
        je      .same
        mov     [rbx + pcpu.current], rax
        mov     rdi, r12
        mov     rsi, rax
        call    __switch_to_asm         ; another task's schedule() goes on here; ours later
.same:  pop     rsi
        call    finish_task_switch
        preempt_enable
        pop     r12
        pop     rbx
        return
endfunction

; put_prev_task -- the running task back to its queue if it still wants to run: an rt task to the head, for it was
; not asked, a fair task to the tail, for all shall have their turn
;   in: rdi = task, rsi = CPU's block, locked    uses: rax, rcx, rdx, r8, flags
function put_prev_task
        cmp     dword [rdi + task.class], CLASS_IDLE
        je      .done
        cmp     dword [rdi + task.state], TASK_RUNNING
        jne     .sleeps
        cmp     dword [rdi + task.class], CLASS_FAIR
        je      .fair
        call    enqueue_task_head
        return
.fair:  call    enqueue_task_tail
        return
.sleeps:
        mov     dword [rdi + task.on_rq], 0
.done:  return
endfunction

; finish_task_switch -- on the stack of the chosen task: the queue is opened again
;   in: rsi = flags to give back    uses: all caller-saved
function finish_task_switch
        mov     rdi, [gs:pcpu.self]
        add     rdi, pcpu.rq_lock
        call    _raw_spin_unlock_irqrestore
        return
endfunction

; __switch_to_asm -- from one task's stack to another's
;   in: rdi = running task, rsi = next    after: arch/x86/entry/entry_64.S
naked __switch_to_asm
        push    rbp
        push    rbx
        push    r12
        push    r13
        push    r14
        push    r15
        mov     [rdi + task.sp], rsp
        mov     rsp, [rsi + task.sp]
        pop     r15
        pop     r14
        pop     r13
        pop     r12
        pop     rbx
        pop     rbp
        ret
endfunction

; cond_resched -- lets a more urgent task run, if there is one
;   uses: all caller-saved
function cond_resched
        cmp     dword [gs:pcpu.need_resched], 0
        je      .done
        cmp     dword [gs:pcpu.preempt_count], 0
        jne     .done
        call    schedule
.done:  return
endfunction

; cpu_startup_entry -- the end of a CPU's boot: it idles    after: kernel/sched/idle.c
function cpu_startup_entry
.loop:  call    do_idle
        jmp     .loop
endfunction

; do_idle -- sleeps until something is to run, then runs it
;   uses: all caller-saved
function do_idle
.sleep: cli                             ; looked at with interrupts off: STI; HLT loses no wake-up
        cmp     dword [gs:pcpu.need_resched], 0
        jne     .leave
        call    default_idle
        jmp     .sleep
.leave: sti
        call    tick_nohz_idle_exit
        call    schedule
        return
endfunction

; default_idle -- one halt; an interrupt ends it    after: arch/x86/kernel/process.c
function default_idle
        sti
        hlt
        return
endfunction

; tick_nohz_idle_exit -- an idle CPU has no tick; leaving idle counts as a touch
;   after: kernel/time/tick-sched.c tick_nohz_restart_sched_tick()
function tick_nohz_idle_exit
        call    touch_softlockup_watchdog_sched
        return
endfunction

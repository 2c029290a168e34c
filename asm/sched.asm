; sched.asm -- who runs: classes stop > rt > fair > idle, each CPU with queues of its own, tasks stay where they are.
; The running task is in no queue. What makes it give way is in preempt.asm, what each class wants in sched-rt.asm and
; sched-fair.asm. After: kernel/sched/core.c; lockup-detector spec 6.

; __schedule's argument: did this task ask for the switch?
SM_NONE         equ 0
SM_PREEMPT      equ 1                   ; no: whatever its state says, it stays runnable

; sched_init -- makes the running code task 0, swapper/0
;   uses: all caller-saved
function sched_init
        mov     rdi, [gs:pcpu.self]
        call    init_idle
        mov     rax, [gs:pcpu.idle]
        mov     [gs:pcpu.current], rax
        return
endfunction

; init_idle -- a CPU's idle task, which is also what it boots on; it is never preempted
;   in: rdi = CPU's block    uses: all caller-saved
function init_idle
        push    rbx
        mov     rbx, rdi
        call    alloc_task
        mov     [rbx + pcpu.idle], rax
        mov     [rbx + pcpu.current], rax
        mov     dword [rbx + pcpu.preempt_count], PREEMPT_OFFSET
        mov     ecx, [rbx + pcpu.number]
        mov     [rax + task.cpu], ecx
        mov     dword [rax + task.class], CLASS_IDLE
        mov     dword [rax + task.on_rq], 1
        lea     r8, [rax + task.comm]
        scnprintf r8, TASK_COMM_LEN, "swapper/%d", rcx
        pop     rbx
        return
endfunction

; pick_next_task -- takes the first task of the highest class that has one
;   in: rsi = CPU's block, locked    out: rax = task    uses: rcx, rdx, flags
function pick_next_task
        xor     ecx, ecx                ; CLASS_STOP
        mov     rax, [rsi + pcpu.rq_head + CLASS_STOP * 8]
        test    rax, rax
        jnz     .found
        cmp     qword [rsi + pcpu.fair_server_left], 0
        jle     .class
        mov     ecx, CLASS_FAIR         ; starved for too long: rt has to wait
        mov     rax, [rsi + pcpu.rq_head + CLASS_FAIR * 8]
        test    rax, rax
        jnz     .found
        mov     qword [rsi + pcpu.fair_server_left], 0  ; nobody wants the rest
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
.again: preempt_disable
        mov     edi, SM_NONE
        call    __schedule
        preempt_enable_no_resched
        test    dword [gs:pcpu.need_resched], TIF_NEED_RESCHED
        jnz     .again
        return
endfunction

; __schedule -- the switch itself
;   in: edi = SM_NONE or SM_PREEMPT, preempt_count 1    uses: all caller-saved
function __schedule
        push    rbx
        push    r12
        push    r13
        mov     r13d, edi
        mov     rbx, [gs:pcpu.self]
        cmp     dword [rbx + pcpu.preempt_count], PREEMPT_OFFSET
        jne     .atomic
.fine:  lea     rdi, [rbx + pcpu.rq_lock]
        call    _raw_spin_lock_irqsave
        push    rax
        mov     rsi, rbx
        call    update_curr
        mov     r12, [rbx + pcpu.current]
        mov     rdi, r12
        mov     rsi, rbx
        mov     edx, r13d
        call    put_prev_task
        mov     rsi, rbx
        call    pick_next_task
        mov     dword [rbx + pcpu.need_resched], 0
        cmp     rax, r12
        je      .same
        inc     qword [r12 + task.switch_count]
        mov     rdi, r12
        mov     rsi, rax
        call    context_switch          ; another task's __schedule() goes on here; ours later
.same:  pop     rsi
        call    finish_task_switch
        pop     r13
        pop     r12
        pop     rbx
        return
.atomic:
        call    __schedule_bug
        jmp     .fine
endfunction

; put_prev_task -- the running task back to its queue if it still wants to run: an rt task to the head, for it was
; not asked; a fair task where its run time says
;   in: rdi = task, rsi = CPU's block, locked, edx = SM_NONE or SM_PREEMPT    uses: rax, rcx, rdx, r8, flags
function put_prev_task
        mov     ecx, [rdi + task.class]
        cmp     ecx, CLASS_IDLE
        je      .done
        cmp     edx, SM_PREEMPT
        je      .runnable
        cmp     dword [rdi + task.state], TASK_RUNNING
        jne     .sleeps
.runnable:
        xor     eax, eax
        xchg    eax, [rdi + task.to_tail]
        test    eax, eax
        jnz     .tail
        cmp     ecx, CLASS_FAIR
        je      .tail
        call    enqueue_task_head
        return
.tail:  call    enqueue_task_tail
        return
.sleeps:
        mov     dword [rdi + task.on_rq], 0
.done:  return
endfunction

; context_switch -- to another task of this CPU: its address space, its stack for entries from user mode, its stack
;   in: rdi = running task, rsi = next, rbx = CPU's block    uses: all caller-saved
function context_switch
        mov     [rbx + pcpu.current], rsi
        mov     rax, [rsi + task.stack]
        add     rax, THREAD_SIZE
        mov     [rbx + pcpu.tss + tss.rsp0], rax
        mov     rax, [rsi + task.pgd]
        test    rax, rax
        jz      .switch                 ; a kernel thread borrows the map that is there
        cmp     rax, [rbx + pcpu.loaded_pgd]
        je      .switch
        mov     [rbx + pcpu.loaded_pgd], rax
        mov     cr3, rax
.switch:
        call    __switch_to_asm
        return
endfunction

; finish_task_switch -- on the stack of the chosen task: the tick beats if somebody waits, the queue is opened again
;   in: rsi = flags to give back    uses: all caller-saved
function finish_task_switch
        push    rsi
        call    tick_nohz_dependency
        pop     rsi
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

; __schedule_bug -- somebody sleeps who may not: in an interrupt, or holding a spinlock
;   uses: all caller-saved
function __schedule_bug
        mov     rcx, [gs:pcpu.current]
        mov     eax, [rcx + task.pid]
        add     rcx, task.comm
        mov     edx, [gs:pcpu.preempt_count]
        dec     edx                     ; schedule()'s own
        printk  KERN_ERR, "BUG: scheduling while atomic: %s/%d/0x%08x", rcx, rax, rdx
        call    print_modules
        call    dump_stack
        mov     edi, TAINT_WARN
        call    add_taint
        mov     dword [gs:pcpu.preempt_count], PREEMPT_OFFSET
        return
endfunction

; kthread.asm -- kernel threads. After: kernel/kthread.c, kernel/fork.c, kernel/smpboot.c, arch/x86/entry/entry_64.S.

; alloc_task -- a task with a stack, and the next pid
;   out: rax    uses: rcx, rdx, flags    ; the lack of tasks is a mistake of this kernel, hence the #UD
function alloc_task
        mov     ecx, 1
        lock xadd [nr_tasks], ecx
        cmp     ecx, MAX_TASKS
        jb      .free
        ud2
.free:  imul    rax, rcx, task_size
        add     rax, task_structs
        imul    rdx, rcx, THREAD_SIZE
        add     rdx, task_stacks
        mov     [rax + task.stack], rdx
        return
endfunction

; alloc_pid -- idle tasks have pid 0, the others their own
;   in: rdi = task    uses: rax
function alloc_pid
        mov     eax, 1
        lock xadd [last_pid], eax
        inc     eax
        mov     [rdi + task.pid], eax
        return
endfunction

; kthread_create_on_cpu -- a fair thread, bound to a CPU; wake_up_process starts it
;   in: rdi = function (rdi = argument; its end is the thread's), rsi = argument, rdx = comm as a format for the CPU, ecx = CPU
;   out: rax = task    uses: all caller-saved
function kthread_create_on_cpu
        push    rbx
        push    r12
        push    r13
        push    r14
        mov     rbx, rdi
        mov     r12, rsi
        mov     r13, rdx
        mov     r14d, ecx
        call    alloc_task
        mov     [rax + task.cpu], r14d
        mov     dword [rax + task.class], CLASS_FAIR
        mov     dword [rax + task.state], TASK_UNINTERRUPTIBLE
        mov     [rax + task.thread_fn], rbx
        mov     [rax + task.thread_arg], r12
        mov     rbx, rax
        mov     rdi, rbx
        call    alloc_pid
        push    r14
        lea     rdi, [rbx + task.comm]
        mov     esi, TASK_COMM_LEN
        mov     rdx, r13
        mov     rcx, rsp
        call    vscnprintf
        pop     r14
        mov     rcx, [rbx + task.stack] ; the frame that __switch_to_asm takes off
        add     rcx, THREAD_SIZE - 8 * 8
        lea     rax, [ret_from_fork_asm]
        mov     [rcx + 6 * 8], rax
        mov     qword [rcx + 5 * 8], 0  ; rbp: the outermost frame
        mov     [rcx + 4 * 8], rbx      ; rbx: the task itself
        mov     [rbx + task.sp], rcx
        mov     rax, rbx
        pop     r14
        pop     r13
        pop     r12
        pop     rbx
        return
endfunction

; ret_from_fork_asm -- a new thread's first code; it comes here out of __switch_to_asm, queue locked
;   in: rbx = task
naked ret_from_fork_asm
        mov     rdi, rbx
        call    ret_from_fork
        ud2
endfunction

; ret_from_fork -- in: rdi = task
function ret_from_fork
        push    rdi
        mov     esi, RFLAGS_IF | RFLAGS_RESERVED
        call    finish_task_switch
        preempt_enable                  ; __schedule()'s caller's, where this thread has not been
        pop     rdi
        call    kthread
endfunction

; kthread -- runs the thread's function and buries the thread
;   in: rdi = task
function kthread
        mov     rax, rdi
        mov     rdi, [rax + task.thread_arg]
        call    [rax + task.thread_fn]
        mov     rax, [gs:pcpu.current]
        mov     dword [rax + task.state], TASK_DEAD
        call    schedule
endfunction

struc smp_hotplug_thread                ; include/linux/smpboot.h
.thread_should_run resq 1               ; out: eax
.thread_fn      resq 1
endstruc

; smpboot_thread_fn -- the loop of a per-CPU thread: work if there is some, else sleep
;   in: rdi = its functions; never comes back
function smpboot_thread_fn
        push    rbx
        mov     rbx, rdi
.next:  mov     rax, [gs:pcpu.current]
        mov     dword [rax + task.state], TASK_INTERRUPTIBLE    ; before the look: a wake-up after it is not lost
        preempt_disable
        call    [rbx + smp_hotplug_thread.thread_should_run]
        test    eax, eax
        jnz     .run
        preempt_enable_no_resched
        call    schedule
        jmp     .next
.run:   mov     rax, [gs:pcpu.current]
        mov     dword [rax + task.state], TASK_RUNNING
        preempt_enable
        call    [rbx + smp_hotplug_thread.thread_fn]
        jmp     .next
endfunction

        section .data
        align   4, db 0
nr_tasks:       dd 0
last_pid:       dd 0
        section .bss
        bss_align 64
task_structs:   resb MAX_TASKS * task_size
        bss_align 4096
task_stacks:    resb MAX_TASKS * THREAD_SIZE
        section .text

; workqueue.asm -- work to be done later by a task: one ordinary thread per CPU, kworker/N:0, with a list of work.
; After: kernel/workqueue.c; here a pool has one worker, which does one work after the other.

struc work_struct                       ; include/linux/workqueue.h
.next           resq 1
.function       resq 1                  ; (rdi = work)
endstruc

; workqueue_init -- the boot CPU's worker
;   uses: all caller-saved
function workqueue_init
        mov     rdi, [gs:pcpu.self]
        call    workqueue_prepare_cpu
        return
endfunction

; workqueue_prepare_cpu -- a CPU's worker; it sleeps until work comes
;   in: rdi = CPU's block    uses: all caller-saved
function workqueue_prepare_cpu
        push    rbx
        mov     rbx, rdi
        lea     rdi, [smpboot_thread_fn]
        lea     rsi, [worker_threads]
        string  rdx, "kworker/%u:0"
        mov     ecx, [rbx + pcpu.number]
        call    kthread_create_on_cpu
        mov     [rbx + pcpu.worker], rax
        pop     rbx
        return
endfunction

; queue_work_on -- in: rdi = CPU's block, rsi = work (its function set)    uses: all caller-saved
function queue_work_on
        push    rbx
        push    r12
        push    r13
        mov     rbx, rdi
        mov     r12, rsi
        lea     rdi, [rbx + pcpu.pool_lock]
        call    _raw_spin_lock_irqsave
        mov     r13, rax
        mov     qword [r12 + work_struct.next], 0
        lea     rdx, [rbx + pcpu.pool_head]      ; the link to be changed; a work's first field is its link
        cmp     qword [rdx], 0
        jne     .append
        call    sched_clock                     ; the pool has something to do: its progress counts from now
        mov     [rbx + pcpu.pool_watchdog_ts], rax
        lea     rdx, [rbx + pcpu.pool_head]
        jmp     .link
.append:
        mov     rdx, [rbx + pcpu.pool_tail]
.link:  mov     [rdx], r12
        mov     [rbx + pcpu.pool_tail], r12
        lea     rdi, [rbx + pcpu.pool_lock]
        mov     rsi, r13
        call    _raw_spin_unlock_irqrestore
        mov     rdi, [rbx + pcpu.worker]
        call    wake_up_process
        pop     r13
        pop     r12
        pop     rbx
        return
endfunction

; worker_should_run -- is there work for this CPU's worker?    out: eax = 1 or 0
function worker_should_run
        xor     eax, eax
        cmp     qword [gs:pcpu.pool_head], 0
        setne   al
        return
endfunction

; worker_thread -- does all the work there is, and shows after each that it makes progress
;   uses: all caller-saved
function worker_thread
        push    rbx
.next:  mov     rdi, [gs:pcpu.self]
        add     rdi, pcpu.pool_lock
        call    _raw_spin_lock_irqsave
        mov     rbx, [gs:pcpu.pool_head]
        test    rbx, rbx
        jz      .unlock
        mov     rcx, [rbx + work_struct.next]
        mov     [gs:pcpu.pool_head], rcx
.unlock:
        mov     rsi, rax
        call    _raw_spin_unlock_irqrestore
        test    rbx, rbx
        jz      .done
        call    sched_clock
        mov     [gs:pcpu.pool_watchdog_ts], rax
        mov     rdi, rbx
        call    process_one_work
        call    cond_resched
        jmp     .next
.done:  pop     rbx
        return
endfunction

; process_one_work -- in: rdi = work    uses: all caller-saved
function process_one_work
        mov     rax, [gs:pcpu.self]
        mov     [rax + pcpu.pool_current], rdi
        call    [rdi + work_struct.function]
        mov     qword [gs:pcpu.pool_current], 0
        return
endfunction

struc smp_call_on_cpu_struct            ; kernel/smp.c
.work           resb work_struct_size
.function       resq 1
.argument       resq 1
.done           resb completion_size
endstruc

; smp_call_on_cpu -- runs a function in a task on a CPU and waits for its end
;   in: edi = CPU number, rsi = function (rdi = argument), rdx = argument    uses: all caller-saved
;   after: kernel/smp.c
function smp_call_on_cpu
        push    rbx
        sub     rsp, smp_call_on_cpu_struct_size
        mov     rbx, rsp
        mov     [rbx + smp_call_on_cpu_struct.function], rsi
        mov     [rbx + smp_call_on_cpu_struct.argument], rdx
        mov     dword [rbx + smp_call_on_cpu_struct.done + completion.done], 0
        mov     qword [rbx + smp_call_on_cpu_struct.done + completion.waiter], 0
        lea     rax, [smp_call_on_cpu_callback]
        mov     [rbx + work_struct.function], rax
        cpu_pointer rdi, rdi
        mov     rsi, rbx
        call    queue_work_on
        lea     rdi, [rbx + smp_call_on_cpu_struct.done]
        call    wait_for_completion
        add     rsp, smp_call_on_cpu_struct_size
        pop     rbx
        return
endfunction

; smp_call_on_cpu_callback -- in: rdi = work    uses: all caller-saved
function smp_call_on_cpu_callback
        push    rbx
        mov     rbx, rdi
        mov     rdi, [rbx + smp_call_on_cpu_struct.argument]
        call    [rbx + smp_call_on_cpu_struct.function]
        lea     rdi, [rbx + smp_call_on_cpu_struct.done]
        call    complete
        pop     rbx
        return
endfunction

        section .rodata
        align   8, db 0
worker_threads:
        dq      worker_should_run, worker_thread
        section .text

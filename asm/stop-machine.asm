; stop-machine.asm -- the stopper threads: one per CPU, above everything else there; work for them is queued from anywhere.
; After: kernel/stop_machine.c.

; cpu_stop_init -- the boot CPU's stopper, migration/0
;   uses: all caller-saved
function cpu_stop_init
        mov     rdi, [gs:pcpu.self]
        call    cpu_stop_create
        return
endfunction

; cpu_stop_create -- a CPU's stopper thread; it sleeps until work comes
;   in: rdi = CPU's block    uses: all caller-saved
function cpu_stop_create
        push    rbx
        mov     rbx, rdi
        lea     rdi, [smpboot_thread_fn]
        lea     rsi, [cpu_stop_threads]
        string  rdx, "migration/%u"
        mov     ecx, [rbx + pcpu.number]
        call    kthread_create_on_cpu
        mov     dword [rax + task.class], CLASS_STOP
        mov     [rbx + pcpu.stopper_thread], rax
        pop     rbx
        return
endfunction

; stop_one_cpu_nowait -- queues work for a CPU's stopper and does not wait
;   in: rdi = CPU's block, rsi = work (its function set)    uses: all caller-saved
function stop_one_cpu_nowait
        push    rbx
        push    r12
        mov     rbx, rdi
        mov     r12, rsi
        lea     rdi, [rbx + pcpu.stopper_lock]
        call    _raw_spin_lock_irqsave
        mov     qword [r12 + cpu_stop_work.next], 0
        mov     rcx, [rbx + pcpu.stopper_tail]
        lea     rdx, [rbx + pcpu.stopper_head]   ; the link to be changed; a work's first field is its link
        cmp     qword [rdx], 0
        cmovne  rdx, rcx
        mov     [rdx], r12
        mov     [rbx + pcpu.stopper_tail], r12
        lea     rdi, [rbx + pcpu.stopper_lock]
        mov     rsi, rax
        call    _raw_spin_unlock_irqrestore
        mov     rdi, [rbx + pcpu.stopper_thread]
        call    wake_up_process
        pop     r12
        pop     rbx
        return
endfunction

; cpu_stop_should_run -- is there work for this CPU's stopper?    out: eax = 1 or 0
function cpu_stop_should_run
        xor     eax, eax
        cmp     qword [gs:pcpu.stopper_head], 0
        setne   al
        return
endfunction

; cpu_stopper_thread -- does all the work there is, each with preemption disabled
;   uses: all caller-saved
function cpu_stopper_thread
        push    rbx
.next:  mov     rdi, [gs:pcpu.self]
        add     rdi, pcpu.stopper_lock
        call    _raw_spin_lock_irqsave
        mov     rbx, [gs:pcpu.stopper_head]
        test    rbx, rbx
        jz      .unlock
        mov     rcx, [rbx + cpu_stop_work.next]
        mov     [gs:pcpu.stopper_head], rcx
.unlock:
        mov     rsi, rax
        call    _raw_spin_unlock_irqrestore
        test    rbx, rbx
        jz      .done
        preempt_disable
        mov     rdi, [rbx + cpu_stop_work.argument]
        call    [rbx + cpu_stop_work.function]
        preempt_enable
        jmp     .next
.done:  pop     rbx
        return
endfunction

        section .rodata
        align   8, db 0
cpu_stop_threads:
        dq      cpu_stop_should_run, cpu_stopper_thread
        section .text

; For each switch point: somebody more urgent waits; is he let in there? One line per point: yes or no.
%include "kernel.asm"

        scenario points, points_init

; point NAME -- a waiter is woken with preemption disabled; the code up to point_end is the switch point
%macro point 1
        preempt_disable
        call    wake_the_waiter
        preempt_enable_no_resched
  %push point
  %define %$name %1
%endmacro
%macro point_end 0
        call    has_run
        printk  KERN_INFO, {"points: ", %$name, " %s"}, rax
        call    let_him_run
  %pop point
%endmacro

function points_init
        mov     edi, SCHED_FIFO
        call    make_waiter
        call    all_points
        mov     edi, SCHED_NORMAL
        call    make_waiter
        printk  KERN_INFO, "points: now a fair one"
        call    all_points
        printk  KERN_INFO, "points: done"
        return
endfunction

function all_points
        point   "nothing"
        point_end
        point   "cond_resched"
        call    cond_resched
        point_end
        point   "might_sleep"
        call    might_sleep
        point_end
        point   "preempt_enable"
        preempt_disable
        preempt_enable
        point_end
        point   "spin_unlock"
        lea     rdi, [point_lock]
        call    _raw_spin_lock
        lea     rdi, [point_lock]
        call    _raw_spin_unlock
        point_end
        point   "spin_unlock_irqrestore"
        lea     rdi, [point_lock]
        call    _raw_spin_lock_irqsave
        mov     rsi, rax
        lea     rdi, [point_lock]
        call    _raw_spin_unlock_irqrestore
        point_end
        point   "local_bh_enable"
        local_bh_disable
        call    local_bh_enable
        point_end
        point   "interrupt"
        mov     esi, DEVICE_VECTOR
        call    trigger_irq
        nop
        point_end
        point   "interrupt-locked"
        preempt_disable
        mov     esi, DEVICE_VECTOR
        call    trigger_irq
        nop
        preempt_enable_no_resched
        point_end
        point   "interrupts-off"
        cli
        preempt_disable
        preempt_enable
        sti
        point_end
        point   "tick"
        mov     edi, 3 * MSEC_PER_SEC / HZ
        call    mdelay
        point_end
        point   "schedule"
        call    schedule
        point_end
        return
endfunction

; make_waiter -- in: edi = policy
function make_waiter
        push    rbx
        mov     ebx, edi
        lea     rdi, [waiter]
        xor     esi, esi
        string  rdx, "waiter/%u"
        xor     ecx, ecx
        call    kthread_create_on_cpu
        mov     [waiting], rax
        mov     rdi, rax
        mov     esi, ebx
        xor     edx, edx
        test    ebx, ebx
        setnz   dl
        call    sched_setscheduler_nocheck
        call    schedule
        pop     rbx
        return
endfunction

function waiter
.next:  inc     dword [runs]
        mov     rax, [gs:pcpu.current]
        mov     dword [rax + task.state], TASK_INTERRUPTIBLE
        call    schedule
        jmp     .next
endfunction

function wake_the_waiter
        mov     eax, [runs]
        mov     [runs_before], eax
        mov     rdi, [waiting]
        mov     qword [rdi + task.vruntime], 0  ; he has had nothing yet
        call    wake_up_process
        return
endfunction

function has_run
        string  rax, "no"
        mov     ecx, [runs]
        cmp     ecx, [runs_before]
        je      .done
        string  rax, "yes"
.done:  return
endfunction

function let_him_run
        mov     edi, 30
        call    msleep
        return
endfunction

        section .data
        align   8, db 0
waiting:        dq 0
runs:           dd 0
runs_before:    dd 0
point_lock:     dd 0
        section .text

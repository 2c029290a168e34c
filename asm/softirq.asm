; softirq.asm -- work that interrupts put off: it runs at the end of an interrupt with interrupts on, by local_bh_enable(), or
; in the thread ksoftirqd/N; while it runs nobody is preempted. A pass is bounded, one handler is not. After: kernel/softirq.c;
; lockup-detector spec 6.4.

; the vectors, in the order in which they are served (include/linux/interrupt.h)
HI_SOFTIRQ      equ 0
TIMER_SOFTIRQ   equ 1
NET_TX_SOFTIRQ  equ 2
NET_RX_SOFTIRQ  equ 3
BLOCK_SOFTIRQ   equ 4
IRQ_POLL_SOFTIRQ equ 5
TASKLET_SOFTIRQ equ 6
SCHED_SOFTIRQ   equ 7
HRTIMER_SOFTIRQ equ 8
RCU_SOFTIRQ     equ 9
NR_SOFTIRQS     equ 10

MAX_SOFTIRQ_TIME equ 2 * NSEC_PER_MSEC
MAX_SOFTIRQ_RESTART equ 10

; local_bh_disable -- uses: flags
%macro local_bh_disable 0
        add     dword [gs:pcpu.preempt_count], SOFTIRQ_DISABLE_OFFSET
%endmacro

; local_bh_enable -- softirqs that came meanwhile run now
;   uses: all caller-saved    after: __local_bh_enable_ip()
function local_bh_enable
        sub     dword [gs:pcpu.preempt_count], SOFTIRQ_DISABLE_OFFSET - PREEMPT_OFFSET
        test    dword [gs:pcpu.preempt_count], IN_INTERRUPT_MASK
        jnz     .enable
        cmp     dword [gs:pcpu.softirq_pending], 0
        je      .enable
        call    do_softirq
.enable:
        preempt_enable
        return
endfunction

; do_softirq -- a pass in a task's context, on the interrupt stack
;   uses: all caller-saved
function do_softirq
        pushfq
        cli
        cmp     dword [gs:pcpu.softirq_pending], 0
        je      .done
        switch_to_irqstack
        call    handle_softirqs
        leave_irqstack
.done:  popfq
        return
endfunction

; handle_softirqs -- a pass: what is pending, in at most ten rounds, for at most 2 ms, and only while nobody waits for the CPU;
; then it is ksoftirqd's. Interrupts are off before and after
;   uses: all caller-saved
function handle_softirqs
        push    rbx
        push    r12
        push    r13
        call    sched_clock
        lea     r12, [rax + MAX_SOFTIRQ_TIME]
        mov     r13d, MAX_SOFTIRQ_RESTART
        irqtime_account
        add     dword [gs:pcpu.preempt_count], SOFTIRQ_OFFSET
.round: mov     ebx, [gs:pcpu.softirq_pending]
        mov     dword [gs:pcpu.softirq_pending], 0
        sti
.next:  bsf     eax, ebx
        jz      .round_done
        btr     ebx, eax
        lea     rcx, [softirq_vec]
        call    [rcx + rax * 8]
        jmp     .next
.round_done:
        cli
        cmp     dword [gs:pcpu.softirq_pending], 0
        je      .done
        call    sched_clock
        cmp     rax, r12
        jae     .later
        test    dword [gs:pcpu.need_resched], TIF_NEED_RESCHED
        jnz     .later
        dec     r13d
        jnz     .round
.later: call    wakeup_softirqd
.done:  irqtime_account
        sub     dword [gs:pcpu.preempt_count], SOFTIRQ_OFFSET
        pop     r13
        pop     r12
        pop     rbx
        return
endfunction

; raise_softirq -- marks a vector pending on this CPU    in: edi = vector    uses: all caller-saved
function raise_softirq
        pushfq
        cli
        call    raise_softirq_irqoff
        popfq
        return
endfunction

; raise_softirq_irqoff -- the same, interrupts being off: the end of this interrupt serves it, or if this is none, ksoftirqd
;   in: edi = vector    uses: all caller-saved
function raise_softirq_irqoff
        bts     dword [gs:pcpu.softirq_pending], edi
        test    dword [gs:pcpu.preempt_count], IN_INTERRUPT_MASK
        jnz     .done
        call    wakeup_softirqd
.done:  return
endfunction

; open_softirq -- gives a vector its handler    in: edi = vector, rsi = handler, called with interrupts on    uses: rax
function open_softirq
        lea     rax, [softirq_vec]
        mov     [rax + rdi * 8], rsi
        return
endfunction

; wakeup_softirqd -- uses: all caller-saved
function wakeup_softirqd
        mov     rdi, [gs:pcpu.ksoftirqd]
        test    rdi, rdi
        jz      .done
        call    wake_up_process
.done:  return
endfunction

; spawn_ksoftirqd -- a CPU's thread; an ordinary one, of the fair class    in: rdi = CPU's block    uses: all caller-saved
function spawn_ksoftirqd
        push    rbx
        mov     rbx, rdi
        lea     rdi, [smpboot_thread_fn]
        lea     rsi, [softirq_threads]
        string  rdx, "ksoftirqd/%u"
        mov     ecx, [rbx + pcpu.number]
        call    kthread_create_on_cpu
        mov     [rbx + pcpu.ksoftirqd], rax
        pop     rbx
        return
endfunction

; ksoftirqd_should_run -- out: eax
function ksoftirqd_should_run
        mov     eax, [gs:pcpu.softirq_pending]
        return
endfunction

; run_ksoftirqd -- one pass, then others may run
;   uses: all caller-saved
function run_ksoftirqd
        cli
        cmp     dword [gs:pcpu.softirq_pending], 0
        je      .none
        call    handle_softirqs
        sti
        call    cond_resched
        return
.none:  sti
        return
endfunction

; no_softirq -- the handler of a vector that nobody has opened
function no_softirq
        return
endfunction

        section .rodata
        align   8, db 0
softirq_threads:
        dq      ksoftirqd_should_run, run_ksoftirqd
        section .data
        align   8, db 0
softirq_vec:
        dq      tasklet_hi_action, run_timer_softirq, no_softirq, no_softirq, no_softirq, no_softirq, tasklet_action
        times NR_SOFTIRQS - ($ - softirq_vec) / 8 dq no_softirq
        section .text

; irq.asm -- interrupts above the stubs: context accounting, the interrupt stack, what each vector does, the way back.

; irqtime_account -- the context changes: where has the time gone? Nobody wants to know unless intr_storm=1    uses: as
;   irqtime_account_now, rdi is kept
%macro irqtime_account 0
        cmp     dword [intr_storm], 0
        je      %%off
        call    irqtime_account_now
%%off:
%endmacro

; irq_enter -- this CPU is in hard-interrupt context until irq_exit_rcu
%macro irq_enter 0
        irqtime_account
        add     dword [gs:pcpu.preempt_count], HARDIRQ_OFFSET
%endmacro

; irq_exit_rcu -- the end of a hard interrupt: softirqs that it has raised run now
;   uses: all caller-saved    after: kernel/softirq.c
function irq_exit_rcu
        irqtime_account
        sub     dword [gs:pcpu.preempt_count], HARDIRQ_OFFSET
        cmp     dword [gs:pcpu.softirq_pending], 0
        je      .done
        test    dword [gs:pcpu.preempt_count], IN_INTERRUPT_MASK
        jnz     .done
        call    handle_softirqs         ; invoke_softirq()
.done:  return
endfunction

; switch_to_irqstack / leave_irqstack -- this CPU's interrupt stack; the word at its top leads back: the trace follows it
;   (stacktrace: next_sp). What is called in between keeps nothing of ours but rsp.
;   uses: rax    after: arch/x86/include/asm/irq_stack.h
%macro switch_to_irqstack 0
        mov     dword [gs:pcpu.irq_stack_inuse], 1
        mov     rax, [gs:pcpu.irq_stack_top]
        mov     [rax - 8], rsp
        lea     rsp, [rax - 8]
%endmacro
%macro leave_irqstack 0
        pop     rsp
        mov     dword [gs:pcpu.irq_stack_inuse], 0
%endmacro

; run_sysvec HANDLER -- an interrupt's work and the softirqs after it, on the interrupt stack unless that is in use already or the
; task's own is empty
;   in: rdi = regs    uses: all caller-saved
%macro run_sysvec 1
        irq_enter
        cmp     dword [gs:pcpu.irq_stack_inuse], 0
        jne     %%here
        test    byte [rdi + pt_regs.cs], SELECTOR_RPL
        jnz     %%here
        switch_to_irqstack
        call    %1
        call    irq_exit_rcu
        leave_irqstack
        jmp     %%done
%%here: call    %1
        call    irq_exit_rcu
%%done:
%endmacro

; sysvec_apic_timer_interrupt -- LOCAL_TIMER_VECTOR
;   in: rdi = regs    after: arch/x86/kernel/apic/apic.c
function sysvec_apic_timer_interrupt
        run_sysvec __sysvec_apic_timer_interrupt
        return
endfunction

function __sysvec_apic_timer_interrupt
        push    qword [gs:pcpu.irq_regs] ; set_irq_regs()
        mov     [gs:pcpu.irq_regs], rdi
        call    apic_eoi
        call    hrtimer_interrupt
        pop     qword [gs:pcpu.irq_regs]
        return
endfunction

; sysvec_reschedule_ipi -- RESCHEDULE_VECTOR: need_resched was set by the sender, and the way back from here looks at it; or
; only a tick is wanted
;   after: arch/x86/kernel/smp.c scheduler_ipi()
function sysvec_reschedule_ipi
        call    apic_eoi
        call    tick_nohz_dependency
        return
endfunction

; sysvec_call_function, sysvec_call_function_single -- another CPU has functions for this one
;   in: rdi = regs    after: arch/x86/kernel/smp.c
function sysvec_call_function
        run_sysvec __sysvec_call_function
        return
endfunction

function sysvec_call_function_single
        run_sysvec __sysvec_call_function
        return
endfunction

function __sysvec_call_function
        push    qword [gs:pcpu.irq_regs]
        mov     [gs:pcpu.irq_regs], rdi
        call    apic_eoi
        call    __flush_smp_call_function_queue
        pop     qword [gs:pcpu.irq_regs]
        return
endfunction

; sysvec_device -- DEVICE_VECTOR, DEVICE_VECTOR_URGENT: a scenario's device
;   in: rdi = regs    after: arch/x86/kernel/irq.c common_interrupt()
function sysvec_device
        run_sysvec handle_irq
        return
endfunction

function handle_irq
        inc     dword [gs:pcpu.device_irqs]
        push    qword [gs:pcpu.irq_regs]
        mov     [gs:pcpu.irq_regs], rdi
        call    [irq_handler]
        call    apic_eoi
        pop     qword [gs:pcpu.irq_regs]
        return
endfunction

; request_irq -- in: rdi = the device's handler: interrupts off, may use all caller-saved registers
function request_irq
        mov     [irq_handler], rdi
        return
endfunction

; trigger_irq -- the device wants this CPU    in: esi = DEVICE_VECTOR or DEVICE_VECTOR_URGENT    uses: all caller-saved
function trigger_irq
        mov     rdi, [gs:pcpu.self]
        call    __default_send_IPI
        return
endfunction

        section .data
        align   8, db 0
irq_handler:    dq no_irq_handler
        section .text
function no_irq_handler
        return
endfunction

; sysvec_reboot -- REBOOT_VECTOR: another CPU panics or restarts the machine; where this one was is kept for the dump
;   in: rdi = regs
;   after: arch/x86/kernel/smp.c
function sysvec_reboot
        push    rdi
        call    apic_eoi
        pop     rdi
        call    crash_save_cpu
        call    stop_this_cpu
endfunction

; sysvec_spurious_apic_interrupt -- a request that was gone when the CPU asked for it; no EOI (SDM vol. 3, 11.9)
function sysvec_spurious_apic_interrupt
        return
endfunction

; sysvec_unexpected_interrupt -- a vector that nobody has asked for
;   in: rdi = regs    after: arch/x86/kernel/irq.c common_interrupt()
function sysvec_unexpected_interrupt
        irq_enter
        call    apic_eoi
        mov     eax, [gs:pcpu.number]
        printk  KERN_EMERG, "CPU %d: unexpected interrupt", rax
        call    irq_exit_rcu
        return
endfunction

; irqentry_exit -- what has to be done before going back to what an interrupt or exception stopped; interrupts are off
;   in: rdi = regs    uses: all caller-saved    after: kernel/entry/common.c
function irqentry_exit
        test    byte [rdi + pt_regs.cs], SELECTOR_RPL
        jnz     .user
        test    dword [gs:pcpu.need_resched], TIF_NEED_RESCHED
        jz      .done
        cmp     dword [preempt_dynamic_enabled], 0
        je      .done
        test    dword [rdi + pt_regs.flags], RFLAGS_IF
        jz      .done
        cmp     dword [gs:pcpu.preempt_count], 0
        jne     .done
        call    preempt_schedule_irq
.done:  return
.user:  call    exit_to_user_mode_loop
        return
endfunction

; exit_to_user_mode_loop -- nobody goes back to user mode while somebody else is to run; interrupts are off before and after
;   uses: all caller-saved    after: kernel/entry/common.c
function exit_to_user_mode_loop
.again: cmp     dword [gs:pcpu.need_resched], 0
        je      .done
        sti
        call    schedule
        cli
        jmp     .again
.done:  return
endfunction

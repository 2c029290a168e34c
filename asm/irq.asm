; irq.asm -- interrupts above the stubs: context accounting, the interrupt stack, what each vector does.

; irq_enter / irq_exit -- this CPU is in hard-interrupt context in between
;   after: kernel/softirq.c; nothing else has to be accounted for here
%macro irq_enter 0
        add     dword [gs:pcpu.preempt_count], HARDIRQ_OFFSET
%endmacro
%macro irq_exit 0
        sub     dword [gs:pcpu.preempt_count], HARDIRQ_OFFSET
%endmacro

; run_on_irqstack HANDLER -- calls it on this CPU's interrupt stack unless that is already in use
;   in: rdi = regs    uses: rbx (saved by the caller's frame), caller-saved
;   The word at the top of the interrupt stack leads back: the trace follows it (dumpstack: next_sp).
;   after: arch/x86/include/asm/irq_stack.h
%macro run_on_irqstack 1
        cmp     dword [gs:pcpu.irq_stack_inuse], 0
        jne     %%here
        mov     dword [gs:pcpu.irq_stack_inuse], 1
        mov     rax, [gs:pcpu.irq_stack_top]
        mov     [rax - 8], rsp
        lea     rsp, [rax - 8]
        call    %1
        pop     rsp
        mov     dword [gs:pcpu.irq_stack_inuse], 0
        jmp     %%done
%%here:
        call    %1
%%done:
%endmacro

; sysvec_apic_timer_interrupt -- LOCAL_TIMER_VECTOR
;   in: rdi = regs    after: arch/x86/kernel/apic/apic.c
function sysvec_apic_timer_interrupt
        irq_enter
        run_on_irqstack __sysvec_apic_timer_interrupt
        irq_exit
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

; sysvec_reschedule_ipi -- RESCHEDULE_VECTOR: need_resched was set by the sender; the way back from here looks at it
;   after: arch/x86/kernel/smp.c
function sysvec_reschedule_ipi
        call    apic_eoi
        return
endfunction

; sysvec_reboot -- REBOOT_VECTOR: another CPU panics or restarts the machine
;   after: arch/x86/kernel/smp.c
function sysvec_reboot
        call    apic_eoi
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
        irq_exit
        return
endfunction

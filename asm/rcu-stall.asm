; rcu-stall.asm -- the part of RCU that complains. A grace period is over when every CPU has been seen where nobody can hold a
; reference: in user mode, idle, switching tasks, or in code that may be preempted. Nobody needs the grace periods here: one
; follows the other, only so that a CPU that holds one up is noticed. Hence off by default: rcu_stall=1. Looked at once a second
; where Linux does with each tick. After: kernel/rcu/tree.c, tree_stall.h, tree_plugin.h; lockup-detector spec 7.3.

        kernel_param rcu_stall,                       parse_int, rcu_stall_enabled, 0, 1
        kernel_param rcupdate.rcu_cpu_stall_suppress, parse_suppress, rcu_stall_enabled, 0, 1
        kernel_param rcupdate.rcu_cpu_stall_timeout,  parse_int, rcu_cpu_stall_timeout, RCU_STALL_MIN, RCU_STALL_MAX
        sysctl  panic_on_rcu_stall,                   parse_int, panic_on_rcu_stall, 0, 1

RCU_CPU_STALL_TIMEOUT_DEFAULT equ 21    ; seconds
RCU_STALL_MIN   equ 3
RCU_STALL_MAX   equ 300
RCU_TICK_NS     equ NSEC_PER_SEC
RCU_STALL_RAT_DELAY equ 3 * RCU_TICK_NS / 2     ; so long a CPU may tell of its own stall before others do
RCU_STALL_AGAIN equ 3                   ; periods between two reports of one stall

; parse_suppress -- the opposite of the target
function parse_suppress
        push    rsi
        call    parse_int
        pop     rsi
        test    eax, eax
        jnz     .done
        xor     dword [rsi], 1
.done:  return
endfunction

; rcu_cpu_starting -- this CPU takes part from now on    uses: all caller-saved
function rcu_cpu_starting
        cmp     dword [rcu_stall_enabled], 0
        je      .done
        mov     rdi, [gs:pcpu.self]
        add     rdi, pcpu.rcu_timer
        lea     rax, [rcu_sched_clock_irq]
        mov     [rdi + hrtimer.function], rax
        call    sched_clock
        lea     rsi, [rax + RCU_TICK_NS]
        call    hrtimer_start
.done:  return
endfunction

; rcu_sched_clock_irq -- once a second on every CPU
;   in: rdi = timer    out: eax = HRTIMER_RESTART    uses: all caller-saved
function rcu_sched_clock_irq
        push    rbx
        mov     rbx, rdi
        inc     dword [gs:pcpu.rcu_ticks_this_gp]
        call    rcu_quiescent_states
        call    check_cpu_stall
        mov     rdi, rbx
        mov     rsi, RCU_TICK_NS
        call    hrtimer_forward_now
        mov     eax, HRTIMER_RESTART
        pop     rbx
        return
endfunction

; rcu_quiescent_states -- who is done with this grace period? The last one begins the next
;   uses: all caller-saved
function rcu_quiescent_states
        push    rbx
        mov     eax, [gs:pcpu.number]
        mov     rdi, [gs:pcpu.irq_regs]
        test    byte [rdi + pt_regs.cs], SELECTOR_RPL
        jnz     .quiet
        mov     ecx, [gs:pcpu.preempt_count]
        sub     ecx, HARDIRQ_OFFSET     ; this interrupt
        jz      .quiet
        jmp     .idle
.quiet: lock btr [rcu_qs_mask], eax
.idle:  xor     ebx, ebx                ; idle CPUs need not speak for themselves
.next:  cpu_pointer rcx, rbx
        mov     rdx, [rcx + pcpu.current]
        cmp     rdx, [rcx + pcpu.idle]
        jne     .busy
        lock btr [rcu_qs_mask], ebx
.busy:  inc     ebx
        cmp     ebx, [nr_cpu_ids]
        jb      .next
        cmp     dword [rcu_qs_mask], 0
        jne     .done
        call    rcu_gp_init
.done:  pop     rbx
        return
endfunction

; rcu_gp_init -- the next grace period waits for every CPU that is online    uses: all caller-saved
function rcu_gp_init
        call    sched_clock
        mov     [rcu_gp_start], rax
        mov     edx, [rcu_cpu_stall_timeout]
        mov     ecx, NSEC_PER_SEC
        imul    rdx, rcx
        add     rax, rdx
        mov     [rcu_jiffies_stall], rax
        inc     dword [rcu_gp_seq]
        xor     eax, eax
        xor     ecx, ecx
.next:  cpu_pointer rdx, rcx
        mov     dword [rdx + pcpu.rcu_ticks_this_gp], 0
        cmp     dword [rdx + pcpu.online], 0
        je      .skip
        bts     eax, ecx
.skip:  inc     ecx
        cmp     ecx, [nr_cpu_ids]
        jb      .next
        mov     [rcu_qs_mask], eax
        return
endfunction

; check_cpu_stall -- has this grace period lasted too long? The CPU that holds it up says so first, if it can
;   uses: all caller-saved
function check_cpu_stall
        push    rbx
        push    r12
        cmp     dword [rcu_qs_mask], 0
        je      .done
        call    sched_clock
        mov     rbx, [rcu_jiffies_stall]
        mov     r12d, [gs:pcpu.number]
        bt      [rcu_qs_mask], r12d
        jc      .mine
        sub     rax, RCU_STALL_RAT_DELAY
        js      .done
.mine:  cmp     rax, rbx
        jb      .done
        mov     ecx, [rcu_cpu_stall_timeout]
        imul    rcx, rcx, RCU_STALL_AGAIN
        imul    rcx, rcx, NSEC_PER_SEC
        add     rcx, rax
        mov     rax, rbx
        lock cmpxchg [rcu_jiffies_stall], rcx
        jne     .done                   ; another CPU is telling it
        bt      [rcu_qs_mask], r12d
        jc      .self
        call    print_other_cpu_stall
        jmp     .panic
.self:  call    print_cpu_stall
.panic: cmp     dword [panic_on_rcu_stall], 0
        je      .done
        string  rdi, "RCU Stall"
        call    panic
.done:  pop     r12
        pop     rbx
        return
endfunction

; print_cpu_stall -- this CPU    uses: all caller-saved
function print_cpu_stall
        printk  KERN_ERR, "rcu: INFO: rcu_preempt self-detected stall on CPU"
        mov     edi, [gs:pcpu.number]
        call    print_cpu_stall_info
        call    rcu_gp_age
        mov     ecx, [rcu_gp_seq]
        mov     edx, [nr_cpu_ids]
        xor     r8d, r8d                ; callbacks: there are none
        printk  KERN_ERR, {"rcu: ", 9, "(t=%ld jiffies g=%ld q=%lu ncpus=%d)"}, rax, rcx, r8, rdx
        mov     rdi, [gs:pcpu.irq_regs]
        call    show_regs
        return
endfunction

; print_other_cpu_stall -- those that are waited for    uses: all caller-saved
function print_other_cpu_stall
        push    rbx
        push    r12
        printk  KERN_ERR, "rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:"
        mov     r12d, [rcu_qs_mask]
        xor     ebx, ebx
.info:  bt      r12d, ebx
        jnc     .skip
        mov     edi, ebx
        call    print_cpu_stall_info
.skip:  inc     ebx
        cmp     ebx, [nr_cpu_ids]
        jb      .info
        call    rcu_gp_age
        mov     ecx, [rcu_gp_seq]
        mov     edx, [nr_cpu_ids]
        mov     esi, [gs:pcpu.number]
        xor     r8d, r8d
        printk  KERN_ERR, {"rcu: ", 9, "(detected by %d, t=%ld jiffies, g=%ld, q=%lu ncpus=%d)"}, rsi, rax, rcx, r8, rdx
        xor     ebx, ebx                ; rcu_dump_cpu_stacks()
.dump:  bt      r12d, ebx
        jnc     .next
        mov     edi, ebx
        call    trigger_single_cpu_backtrace
.next:  inc     ebx
        cmp     ebx, [nr_cpu_ids]
        jb      .dump
        pop     r12
        pop     rbx
        return
endfunction

; rcu_gp_age -- out: rax = jiffies that this grace period has lasted    uses: rcx, rdx
function rcu_gp_age
        call    sched_clock
        sub     rax, [rcu_gp_start]
        mov     ecx, NSEC_PER_SEC / HZ
        xor     edx, edx
        div     rcx
        return
endfunction

; print_cpu_stall_info -- in: edi = CPU number    uses: all caller-saved
function print_cpu_stall_info
        mov     eax, edi
        cpu_pointer rcx, rax
        mov     edx, [rcx + pcpu.rcu_ticks_this_gp]
        mov     ecx, '.'                ; does it take interrupts?
        mov     r8d, '0'
        test    edx, edx
        cmovz   ecx, r8d
        xor     r8d, r8d
        printk  KERN_ERR, {"rcu: ", 9, "%d-...%c: (%lu ticks this GP) idle=%04x/%ld/0x%lx softirq=%u/%u fqs=%ld"}, \
                rax, rcx, rdx, r8, r8, r8, r8, r8, r8
        return
endfunction

        section .data
        align   8, db 0
rcu_gp_start:   dq 0                    ; ns
rcu_jiffies_stall: dq 0                 ; ns: when it lasts too long
rcu_qs_mask:    dd 0                    ; the CPUs that are waited for
rcu_gp_seq:     dd 0
rcu_stall_enabled: dd 0
rcu_cpu_stall_timeout: dd RCU_CPU_STALL_TIMEOUT_DEFAULT
panic_on_rcu_stall: dd 0
        section .text

; title: lib/test_lockup.c with its parameters on the command line
; mirrors: insmod test_lockup.ko time_secs=60 disable_preempt=1 ...
; config: time_secs=60
; until: 75s
; expect: soft@24s..28s,cpu=0
; expect[preempt=none]: soft@24s..28s,cpu=0
; expect[preempt=full|lazy]: none
; expect[disable_preempt=1]: soft@24s..28s,cpu=0
; expect[disable_preempt=1, preempt=full|lazy]: soft@24s..28s,cpu=0
; expect[disable_softirq=1]: soft@24s..28s,cpu=0
; expect[disable_softirq=1, preempt=full]: soft@24s..28s,cpu=0
; expect[lock_spinlock=1]: soft@24s..28s,cpu=0
; expect[lock_spinlock=1, preempt=full]: soft@24s..28s,cpu=0
; expect[disable_irq=1]: hard@6s..30s,cpu=0
; expect[disable_irq=1, preempt=full]: hard@6s..30s,cpu=0
; expect[disable_irq=1, all_cpus=1]: hard@6s..30s then hard
; expect[disable_irq=1, all_cpus=1, cpus=4]: hard@6s..30s then hard then hard then hard
; expect[disable_irq=1, all_cpus=1, hardlockup=buddy]: none
; expect[time_secs=5, iterations=12, touch_softlockup=1]: none
; expect[time_secs=5, iterations=12, disable_irq=1, touch_hardlockup=1]: none
; expect[time_secs=5, iterations=12, call_cond_resched=1]: none
; expect[time_secs=5, iterations=12, disable_preempt=1, reacquire_locks=1]: soft@24s..28s,cpu=0
; expect[time_secs=5, iterations=12, disable_preempt=1, reacquire_locks=1, preempt=full|lazy]: none
; expect[lock_rcu=1, rcu_stall=1]: rcu@20s..32s,cpu=0
; expect[state=D, time_secs=300]: hung@120s..245s
; until[state=D, time_secs=300]: 260s
; expect[state=K, time_secs=300]: none
; until[state=K, time_secs=300]: 260s
; expect[state=S, time_secs=300]: none
; until[state=S, time_secs=300]: 260s
;
; One run: locks, then `iterations` times a wait (state=R by mdelay(), else asleep) and touches, then unlocks. It announces itself on
; each of its CPUs and so touches them. After: lib/test_lockup.c; lockup-detector spec 8.3.

        kernel_param time_secs,         parse_int, test_lockup_time_secs, 0, INT_MAX
        kernel_param iterations,        parse_int, test_lockup_iterations, 1, INT_MAX
        kernel_param cooldown_secs,     parse_int, test_lockup_cooldown_secs, 0, INT_MAX
        kernel_param all_cpus,          parse_int, test_lockup_all_cpus, 0, 1
        kernel_param state,             parse_choice, test_lockup_state, test_lockup_states
        kernel_param disable_irq,       parse_int, test_lockup_disable_irq, 0, 1
        kernel_param disable_softirq,   parse_int, test_lockup_disable_softirq, 0, 1
        kernel_param disable_preempt,   parse_int, test_lockup_disable_preempt, 0, 1
        kernel_param lock_rcu,          parse_int, test_lockup_lock_rcu, 0, 1
        kernel_param lock_spinlock,     parse_int, test_lockup_lock_spinlock, 0, 1
        kernel_param reacquire_locks,   parse_int, test_lockup_reacquire_locks, 0, 1
        kernel_param touch_softlockup,  parse_int, test_lockup_touch_softlockup, 0, 1
        kernel_param touch_hardlockup,  parse_int, test_lockup_touch_hardlockup, 0, 1
        kernel_param call_cond_resched, parse_int, test_lockup_call_cond_resched, 0, 1
        choices test_lockup_states, "R", "S", "D", "K"

        scenario test_lockup, test_lockup_init

; test_lockup_init -- out: eax = -EAGAIN, as the module    uses: all caller-saved
function test_lockup_init
        push    rbx
        announce "test_lockup"
        mov     rax, [gs:pcpu.current]
        mov     eax, [rax + task.pid]
        mov     ecx, [test_lockup_time_secs]
        mov     edx, [test_lockup_cooldown_secs]
        mov     esi, [test_lockup_iterations]
        printk  KERN_NOTICE, "test_lockup: START pid=%d time=%u +0 ns cooldown=%u +0 ns iterations=%u", rax, rcx, rdx, rsi
        cmp     dword [test_lockup_all_cpus], 0
        je      .here
        xor     ebx, ebx
.next:  cpu_pointer_if_other rbx, .skip
        imul    esi, ebx, work_struct_size
        lea     rax, [test_lockup_works]
        add     rsi, rax
        lea     rax, [test_work_fn]
        mov     [rsi + work_struct.function], rax
        call    queue_work_on
.skip:  inc     ebx
        cmp     ebx, [nr_cpu_ids]
        jb      .next
.here:  call    test_lockup
        printk  KERN_NOTICE, "test_lockup: FINISH"
        mov     eax, -EAGAIN
        pop     rbx
        return
endfunction

; test_work_fn -- on another CPU, in its kworker
function test_work_fn
        call    test_lockup
        return
endfunction

; test_lockup -- uses: all caller-saved
function test_lockup
        push    rbx
        push    r12
        call    sched_clock
        mov     r12, rax
        mov     eax, [gs:pcpu.number]
        printk  KERN_NOTICE, "test_lockup: Start on CPU%d", rax
        call    test_lock
        mov     ebx, [test_lockup_iterations]
.next:  mov     edi, [test_lockup_time_secs]
        call    test_wait
        cmp     dword [test_lockup_reacquire_locks], 0
        je      .touch
        call    test_unlock
.touch: cmp     dword [test_lockup_touch_softlockup], 0
        je      .touch_hard
        call    touch_softlockup_watchdog
.touch_hard:
        cmp     dword [test_lockup_touch_hardlockup], 0
        je      .resched
        call    touch_nmi_watchdog
.resched:
        cmp     dword [test_lockup_call_cond_resched], 0
        je      .cooldown
        call    cond_resched
.cooldown:
        mov     edi, [test_lockup_cooldown_secs]
        call    test_wait
        cmp     dword [test_lockup_reacquire_locks], 0
        je      .step
        call    test_lock
.step:  dec     ebx
        jnz     .next
        call    sched_clock
        sub     rax, r12
        mov     ecx, [gs:pcpu.number]
        printk  KERN_NOTICE, "test_lockup: Finish on CPU%d in %lld ns", rcx, rax
        call    test_unlock
        pop     r12
        pop     rbx
        return
endfunction

; test_wait -- in: edi = seconds    uses: all caller-saved
function test_wait
        push    rbx
        mov     ebx, edi
        mov     esi, [test_lockup_state]
        lea     rax, [test_lockup_task_states]
        mov     esi, [rax + rsi * 4]
        cmp     esi, TASK_RUNNING
        je      .second
        imul    rdi, rdi, NSEC_PER_SEC
        call    schedule_hrtimeout
        jmp     .done
.second:
        sub     ebx, 1
        jb      .done
        mov     edi, MSEC_PER_SEC
        call    mdelay
        jmp     .second
.done:  pop     rbx
        return
endfunction

; test_lock / test_unlock -- what the parameters say    uses: all caller-saved
function test_lock
        cmp     dword [test_lockup_disable_irq], 0
        je      .softirq
        cli
.softirq:
        cmp     dword [test_lockup_disable_softirq], 0
        je      .preempt
        local_bh_disable
.preempt:
        cmp     dword [test_lockup_disable_preempt], 0
        je      .rcu
        preempt_disable
.rcu:   cmp     dword [test_lockup_lock_rcu], 0
        je      .spinlock
        preempt_disable                 ; rcu_read_lock() where readers are not preempted
.spinlock:
        cmp     dword [test_lockup_lock_spinlock], 0
        je      .done
        lea     rdi, [test_lockup_spinlock]
        call    _raw_spin_lock
.done:  return
endfunction

function test_unlock
        cmp     dword [test_lockup_lock_spinlock], 0
        je      .rcu
        lea     rdi, [test_lockup_spinlock]
        call    _raw_spin_unlock
.rcu:   cmp     dword [test_lockup_lock_rcu], 0
        je      .preempt
        preempt_enable
.preempt:
        cmp     dword [test_lockup_disable_preempt], 0
        je      .softirq
        preempt_enable
.softirq:
        cmp     dword [test_lockup_disable_softirq], 0
        je      .irq
        call    local_bh_enable
.irq:   cmp     dword [test_lockup_disable_irq], 0
        je      .done
        sti
.done:  return
endfunction

        section .rodata
        align   4, db 0
test_lockup_task_states:                ; K: TASK_KILLABLE, which the hung-task detector passes over
        dd      TASK_RUNNING, TASK_INTERRUPTIBLE, TASK_UNINTERRUPTIBLE, TASK_INTERRUPTIBLE
        section .data
        align   4, db 0
test_lockup_time_secs:          dd 0
test_lockup_iterations:         dd 1
test_lockup_cooldown_secs:      dd 0
test_lockup_all_cpus:           dd 0
test_lockup_state:              dd 0
test_lockup_disable_irq:        dd 0
test_lockup_disable_softirq:    dd 0
test_lockup_disable_preempt:    dd 0
test_lockup_lock_rcu:           dd 0
test_lockup_lock_spinlock:      dd 0
test_lockup_reacquire_locks:    dd 0
test_lockup_touch_softlockup:   dd 0
test_lockup_touch_hardlockup:   dd 0
test_lockup_call_cond_resched:  dd 0
test_lockup_spinlock:           dd 0
        section .bss
        bss_align 8
test_lockup_works: resb MAX_CPUS * work_struct_size
        section .text

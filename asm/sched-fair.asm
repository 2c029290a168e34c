; sched-fair.asm -- the fair class: who has run least runs next. All tasks weigh the same, so a task's virtual run time is its run
; time. Also here: the fair server of 6.12, which gives starved fair tasks a share of a CPU that rt tasks never leave.
; After: kernel/sched/fair.c, deadline.c; lockup-detector spec 6.3.

        sysctl  sched_rt_period_us,  parse_int, sysctl_sched_rt_period, 1, INT_MAX
        sysctl  sched_rt_runtime_us, parse_int, sysctl_sched_rt_runtime, -1, INT_MAX

SLEEPER_CREDIT  equ 3 * NSEC_PER_MSEC   ; how far behind the others one that has slept may start

; update_curr -- the running task's time is accounted for
;   in: rsi = CPU's block, locked    uses: rax, rcx, rdx, rdi, flags
function update_curr
        call    sched_clock
        mov     rdi, [rsi + pcpu.current]
        mov     rcx, rax
        sub     rcx, [rsi + pcpu.exec_start]
        mov     [rsi + pcpu.exec_start], rax
        cmp     dword [rdi + task.class], CLASS_FAIR
        jne     .done
        add     rcx, [rdi + task.vruntime]
        mov     rdx, rcx
        sub     rdx, [rdi + task.vruntime]
        mov     [rdi + task.vruntime], rcx
        mov     qword [rsi + pcpu.fair_starved], 0      ; it runs
        mov     rdi, [rsi + pcpu.rq_head + CLASS_FAIR * 8]
        test    rdi, rdi
        jz      .minimum
        cmp     [rdi + task.vruntime], rcx
        cmovl   rcx, [rdi + task.vruntime]
.minimum:
        cmp     rcx, [rsi + pcpu.min_vruntime]
        jle     .server
        mov     [rsi + pcpu.min_vruntime], rcx
.server:
        cmp     qword [rsi + pcpu.fair_server_left], 0
        jle     .done
        sub     [rsi + pcpu.fair_server_left], rdx
        jg      .done
        mov     qword [rsi + pcpu.fair_server_left], 0
        cmp     qword [rsi + pcpu.rq_head + CLASS_RT * 8], 0
        je      .done
        or      dword [rsi + pcpu.need_resched], TIF_NEED_RESCHED
.done:  return
endfunction

; enqueue_task_fair -- by virtual run time    in: rdi = task, rsi = CPU's block, locked    uses: rax, rcx, rdx, flags
function enqueue_task_fair
        lea     rdx, [rsi + pcpu.rq_head + CLASS_FAIR * 8]
        mov     rcx, [rdi + task.vruntime]
.next:  mov     rax, [rdx]
        test    rax, rax
        jz      .here
        cmp     rcx, [rax + task.vruntime]
        jl      .here
        lea     rdx, [rax + task.next]
        jmp     .next
.here:  mov     [rdi + task.next], rax
        mov     [rdx], rdi
        return
endfunction

; place_entity -- one that wakes up: not before those that have waited, and not far behind
;   in: rdi = task, rsi = CPU's block, locked    uses: rax, flags
function place_entity
        mov     rax, [rsi + pcpu.min_vruntime]
        sub     rax, SLEEPER_CREDIT
        cmp     rax, [rdi + task.vruntime]
        jle     .done
        mov     [rdi + task.vruntime], rax
.done:  return
endfunction

; check_preempt_wakeup_fair -- in: rdi = task, rsi = CPU's block, locked; a fair task runs there    uses: all caller-saved
function check_preempt_wakeup_fair
        push    rdi
        call    update_curr
        pop     rdi
        mov     rax, [rsi + pcpu.current]
        mov     rcx, [rdi + task.vruntime]
        cmp     rcx, [rax + task.vruntime]
        jge     .done
        mov     rdi, rsi
        call    resched_curr_lazy
.done:  return
endfunction

; task_tick_fair -- a slice is a tick; it ends if somebody waits
;   in: rsi = CPU's block, locked    uses: all caller-saved
function task_tick_fair
        cmp     qword [rsi + pcpu.rq_head + CLASS_FAIR * 8], 0
        je      .done
        mov     rdi, rsi
        call    resched_curr_lazy
.done:  return
endfunction

; yield_task_fair -- behind all others that want to run
;   in: rdi = the running task, rsi = CPU's block, locked    uses: rax, rcx, flags
function yield_task_fair
        mov     rcx, [rsi + pcpu.rq_head + CLASS_FAIR * 8]
.next:  test    rcx, rcx
        jz      .done
        mov     rax, [rcx + task.vruntime]
        cmp     rax, [rdi + task.vruntime]
        jle     .later
        mov     [rdi + task.vruntime], rax
.later: mov     rcx, [rcx + task.next]
        jmp     .next
.done:  return
endfunction

; fair_server_tick -- an rt task runs: do fair ones wait, and for how long? When what is left of the period is their share, it
; is theirs. The share is what sched_rt_runtime_us leaves of sched_rt_period_us; -1 leaves nothing
;   in: rsi = CPU's block, locked    uses: all caller-saved
function fair_server_tick
        cmp     qword [rsi + pcpu.rq_head + CLASS_FAIR * 8], 0
        je      .none
        mov     eax, [sysctl_sched_rt_runtime]
        test    eax, eax
        js      .none
        imul    rax, rax, NSEC_PER_USEC
        mov     ecx, [sysctl_sched_rt_period]
        imul    rcx, rcx, NSEC_PER_USEC
        sub     rcx, rax
        jle     .none
        mov     rdx, [rsi + pcpu.exec_start]    ; now
        cmp     qword [rsi + pcpu.fair_starved], 0
        jne     .waiting
        mov     [rsi + pcpu.fair_starved], rdx
.waiting:
        sub     rdx, [rsi + pcpu.fair_starved]
        cmp     rdx, rax
        jb      .done
        mov     [rsi + pcpu.fair_server_left], rcx
        mov     rdi, rsi
        call    resched_curr
        return
.none:  mov     qword [rsi + pcpu.fair_starved], 0
.done:  return
endfunction

        section .data
        align   4, db 0
sysctl_sched_rt_period:  dd 1000000
sysctl_sched_rt_runtime: dd 950000
        section .text

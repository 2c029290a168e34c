; hrtimer.asm -- alarms: every CPU has its own list, earliest first, and one hardware timer set to the first of them.
; Interrupts are off in all of these but hrtimer_start and hrtimer_cancel. After: kernel/time/hrtimer.c.

; hrtimer_start -- sets an alarm on this CPU; it must not be queued
;   in: rdi = timer (its function set), rsi = expiry in ns since boot    uses: all caller-saved
function hrtimer_start
        push    rbx
        mov     rbx, rdi
        mov     [rbx + hrtimer.expires], rsi
        pushfq
        cli
        call    enqueue_hrtimer
        cmp     [gs:pcpu.hrtimers], rbx
        jne     .done                   ; another one comes first
        mov     rdi, [rbx + hrtimer.expires]
        call    tick_program_event
.done:  popfq
        pop     rbx
        return
endfunction

; hrtimer_cancel -- takes an alarm of this CPU off; the hardware may still fire for nothing
;   in: rdi = timer    uses: rax, rcx, flags
function hrtimer_cancel
        pushfq
        cli
        cmp     dword [rdi + hrtimer.queued], 0
        je      .done
        call    __remove_hrtimer
.done:  popfq
        return
endfunction

; enqueue_hrtimer -- behind all that expire no later
;   in: rdi = timer    uses: rax, rcx, rdx, flags
function enqueue_hrtimer
        mov     dword [rdi + hrtimer.queued], 1
        mov     rdx, [gs:pcpu.self]
        add     rdx, pcpu.hrtimers       ; the link to be changed; a timer's first field is its link
        mov     rax, [rdi + hrtimer.expires]
.next:  mov     rcx, [rdx]
        test    rcx, rcx
        jz      .here
        cmp     rax, [rcx + hrtimer.expires]
        jb      .here
        mov     rdx, rcx
        jmp     .next
.here:  mov     [rdi + hrtimer.next], rcx
        mov     [rdx], rdi
        return
endfunction

; __remove_hrtimer -- in: rdi = a queued timer    uses: rax, rcx, flags
function __remove_hrtimer
        mov     rcx, [gs:pcpu.self]
        add     rcx, pcpu.hrtimers
.next:  mov     rax, [rcx]
        cmp     rax, rdi
        je      .here
        mov     rcx, rax
        jmp     .next
.here:  mov     rax, [rdi + hrtimer.next]
        mov     [rcx], rax
        mov     dword [rdi + hrtimer.queued], 0
        return
endfunction

; hrtimer_interrupt -- the hardware timer has fired
;   uses: all caller-saved
function hrtimer_interrupt
        call    sched_clock
        mov     rdi, rax
        call    __hrtimer_run_queues
        mov     rdi, [gs:pcpu.hrtimers]
        test    rdi, rdi
        jz      .done
        mov     rdi, [rdi + hrtimer.expires]
        call    tick_program_event      ; a time that has passed meanwhile fires at once
.done:  return
endfunction

; __hrtimer_run_queues -- calls the function of every alarm that is due
;   in: rdi = now    uses: all caller-saved
function __hrtimer_run_queues
        push    rbx
        push    r12
        mov     r12, rdi
.next:  mov     rbx, [gs:pcpu.hrtimers]
        test    rbx, rbx
        jz      .done
        cmp     r12, [rbx + hrtimer.expires]
        jb      .done
        mov     rdi, rbx                ; taken off before the call, so that the function may set it again
        call    __remove_hrtimer
        mov     rdi, rbx
        call    [rbx + hrtimer.function]
        cmp     eax, HRTIMER_RESTART
        jne     .next
        cmp     dword [rbx + hrtimer.queued], 0
        jne     .next                   ; it has been set again meanwhile
        mov     rdi, rbx
        call    enqueue_hrtimer
        jmp     .next
.done:  pop     r12
        pop     rbx
        return
endfunction

; hrtimer_forward_now -- moves the expiry on by whole intervals until it lies ahead: the phase is kept, missed ones are skipped
;   in: rdi = timer, rsi = interval    uses: rax, rcx, rdx, flags
function hrtimer_forward_now
        call    sched_clock
        sub     rax, [rdi + hrtimer.expires]
        jb      .done                   ; it lies ahead already
        xor     edx, edx
        div     rsi
        inc     rax
        mul     rsi
        add     [rdi + hrtimer.expires], rax
.done:  return
endfunction

; msleep -- this task sleeps
;   in: edi = milliseconds    uses: all caller-saved    after: kernel/time/timer.c, on an hrtimer
function msleep
        mov     edi, edi
        imul    rdi, rdi, NSEC_PER_MSEC
        mov     esi, TASK_UNINTERRUPTIBLE
        call    schedule_hrtimeout
        return
endfunction

; schedule_hrtimeout -- this task sleeps for a time, or until somebody wakes it
;   in: rdi = ns, esi = state    uses: all caller-saved
function schedule_hrtimeout
        push    rbx
        push    r12
        sub     rsp, hrtimer_size
        mov     rbx, rdi
        mov     r12d, esi
        call    sched_clock
        add     rbx, rax
        mov     rdi, rsp
        lea     rax, [hrtimer_wakeup]
        mov     [rdi + hrtimer.function], rax
        mov     rax, [gs:pcpu.current]
        mov     [rdi + hrtimer.data], rax
        mov     dword [rdi + hrtimer.queued], 0
        mov     [rax + task.state], r12d
        mov     rsi, rbx
        call    hrtimer_start
        call    schedule
        mov     rdi, rsp
        call    hrtimer_cancel
        add     rsp, hrtimer_size
        pop     r12
        pop     rbx
        return
endfunction

; hrtimer_wakeup -- in: rdi = timer; its data is the task    out: eax    uses: all caller-saved
function hrtimer_wakeup
        mov     rdi, [rdi + hrtimer.data]
        call    wake_up_process
        mov     eax, HRTIMER_NORESTART
        return
endfunction

; timer.asm -- low-resolution timers: jiffies, and a softirq that the tick raises. They keep the tick alive, not the CPU: an
; idle CPU sleeps until the first of them. A sorted list stands for Linux's wheel. After: kernel/time/timer.c.

; add_timer -- on this CPU    in: rdi = timer (its function set, not pending), rsi = expiry in jiffies    uses: all caller-saved
function add_timer
        mov     [rdi + timer_list.expires], rsi
        pushfq
        cli
        mov     dword [rdi + timer_list.pending], 1
        mov     rdx, [gs:pcpu.self]
        add     rdx, pcpu.timers        ; the link to be changed; a timer's first field is its link
.next:  mov     rax, [rdx]
        test    rax, rax
        jz      .here
        cmp     rsi, [rax + timer_list.expires]
        jb      .here
        mov     rdx, rax
        jmp     .next
.here:  mov     [rdi + timer_list.next], rax
        mov     [rdx], rdi
        call    tick_nohz_restart
        popfq
        return
endfunction

; run_local_timers -- from the tick    uses: all caller-saved
function run_local_timers
        mov     rax, [gs:pcpu.timers]
        test    rax, rax
        jz      .done
        push    rax
        call    get_jiffies
        pop     rcx
        cmp     rax, [rcx + timer_list.expires]
        jb      .done
        mov     edi, TIMER_SOFTIRQ
        call    raise_softirq_irqoff
.done:  return
endfunction

; run_timer_softirq -- calls the function of every timer that is due    uses: all caller-saved
function run_timer_softirq
        push    rbx
        push    r12
        call    get_jiffies
        mov     r12, rax
.next:  cli
        mov     rbx, [gs:pcpu.timers]
        test    rbx, rbx
        jz      .done
        cmp     r12, [rbx + timer_list.expires]
        jb      .done
        mov     rax, [rbx + timer_list.next]
        mov     [gs:pcpu.timers], rax
        mov     dword [rbx + timer_list.pending], 0
        sti
        mov     rdi, rbx
        call    call_timer_fn
        jmp     .next
.done:  sti
        pop     r12
        pop     rbx
        return
endfunction

; call_timer_fn -- in: rdi = timer    uses: all caller-saved
function call_timer_fn
        call    [rdi + timer_list.function]
        return
endfunction

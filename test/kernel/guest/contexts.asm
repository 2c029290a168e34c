; Softirqs, timers, mutexes, calls between CPUs and system calls, each with a line that tells how it went.
%include "kernel.asm"

; ---- a softirq that always raises itself again: rounds of the first pass, and who goes on
        scenario rounds, rounds_init
function rounds_init
        push    rbx
        mov     edi, NET_RX_SOFTIRQ
        lea     rsi, [rounds_action]
        call    open_softirq
        mov     dword [rounds_left], 25
        mov     rax, [gs:pcpu.current]
        mov     [rounds_starter], rax
        local_bh_disable
        mov     edi, NET_RX_SOFTIRQ
        call    raise_softirq
        cmp     dword [rounds_here], 0
        jne     .early
        call    local_bh_enable
        mov     eax, [rounds_here]
        printk  KERN_INFO, "rounds: %u in the first pass", rax
        mov     edi, 50
        call    msleep
        mov     ecx, [rounds_in_ksoftirqd]
        printk  KERN_INFO, "rounds: %u by ksoftirqd/0", rcx
.early: pop     rbx
        return
endfunction

function rounds_action
        mov     rax, [gs:pcpu.current]
        cmp     rax, [rounds_starter]
        jne     .other
        inc     dword [rounds_here]
.other: cmp     rax, [gs:pcpu.ksoftirqd]
        jne     .again
        inc     dword [rounds_in_ksoftirqd]
.again: dec     dword [rounds_left]
        jz      .done
        mov     edi, NET_RX_SOFTIRQ
        call    raise_softirq
.done:  return
endfunction

; ---- a pass that takes long ends after 2 ms
        scenario slow_rounds, slow_rounds_init
function slow_rounds_init
        mov     edi, NET_RX_SOFTIRQ
        lea     rsi, [slow_rounds_action]
        call    open_softirq
        mov     dword [rounds_left], 8
        mov     rax, [gs:pcpu.current]
        mov     [rounds_starter], rax
        local_bh_disable
        mov     edi, NET_RX_SOFTIRQ
        call    raise_softirq
        call    local_bh_enable
        mov     eax, [rounds_here]
        printk  KERN_INFO, "slow_rounds: %u in the first pass", rax
        return
endfunction

function slow_rounds_action
        mov     edi, 700                ; us
        call    udelay
        call    rounds_action
        return
endfunction

; ---- a timer comes when its jiffy has begun, in a softirq, once
        scenario timers, timers_init
function timers_init
        push    rbx
        call    get_jiffies
        mov     rbx, rax
        lea     rdi, [timers_second]
        lea     rsi, [rbx + 40]
        call    add_timer
        lea     rdi, [timers_first]
        lea     rsi, [rbx + 20]
        call    add_timer
        mov     [timers_start], rbx
        mov     edi, 1000
        call    msleep
        printk  KERN_INFO, "timers: over"
        pop     rbx
        return
endfunction

function timers_function
        call    get_jiffies
        sub     rax, [timers_start]
        mov     ecx, [gs:pcpu.preempt_count]
        printk  KERN_INFO, "timers: after %u jiffies, preempt_count %x", rax, rcx
        return
endfunction

; ---- a mutex among as many threads as there are CPUs, each adding 100 times what it has read
        scenario mutexes, mutexes_init
function mutexes_init
        push    rbx
        xor     ebx, ebx
.next:  lea     rdi, [mutexes_thread]
        string  rsi, "adder/%u"
        mov     edx, ebx
        call    start_busy_thread
        inc     ebx
        cmp     ebx, [nr_cpu_ids]
        jb      .next
        mov     edi, 3000
        call    msleep
        mov     eax, [mutexes_sum]
        mov     ecx, [mutexes_ended]
        printk  KERN_INFO, "mutexes: %u by %u threads", rax, rcx
        pop     rbx
        return
endfunction

function mutexes_thread
        push    rbx
        push    r12
        mov     ebx, 100
.next:  lea     rdi, [mutexes_mutex]
        call    mutex_lock
        mov     r12d, [mutexes_sum]
        test    ebx, 7
        jnz     .add
        mov     edi, 1
        call    msleep                  ; asleep with it, now and then
.add:   inc     r12d
        mov     [mutexes_sum], r12d
        lea     rdi, [mutexes_mutex]
        call    mutex_unlock
        dec     ebx
        jnz     .next
        lock inc dword [mutexes_ended]
        pop     r12
        pop     rbx
        return
endfunction

; ---- calls to one, to many, with and without waiting
        scenario calls, calls_init
function calls_init
        push    rbx
        mov     ebx, 50
.next:  lea     rdi, [calls_function]
        xor     esi, esi
        mov     edx, 1
        call    smp_call_function
        dec     ebx
        jnz     .next
        mov     eax, [calls_made]
        mov     ecx, [calls_with_interrupts]
        printk  KERN_INFO, "calls: %u made when the caller goes on, %u with interrupts on", rax, rcx
        xor     ebx, ebx
.single:
        mov     edi, ebx
        lea     rsi, [calls_where]
        lea     rdx, [calls_answer]
        mov     ecx, 1
        call    smp_call_function_single
        cmp     [calls_answer], ebx
        jne     .wrong
        inc     ebx
        cmp     ebx, [nr_cpu_ids]
        jb      .single
        printk  KERN_INFO, "calls: %u answers from where they were asked", rbx
.wrong: mov     dword [calls_made], 0
        mov     ebx, 20
.async: mov     edi, 1
        lea     rsi, [calls_function]
        xor     edx, edx
        xor     ecx, ecx
        call    smp_call_function_single
        dec     ebx
        jnz     .async
        mov     edi, 20
        call    msleep
        mov     eax, [calls_made]
        printk  KERN_INFO, "calls: %u without waiting", rax
        pop     rbx
        return
endfunction

function calls_function
        pushfq
        pop     rax
        test    eax, RFLAGS_IF
        jz      .off
        lock inc dword [calls_with_interrupts]
.off:   lock inc dword [calls_made]
        return
endfunction

function calls_where
        mov     eax, [gs:pcpu.number]
        mov     [rdi], eax
        return
endfunction

; ---- system calls with bad arguments; the program leaves with the number of right answers
        scenario bad_calls, bad_calls_init
function bad_calls_init
        push    rbx
        lea     rdi, [bad_calls_program]
        xor     esi, esi
        string  rdx, "bad"
        xor     ecx, ecx
        call    run_user_program
        mov     edi, 300
        call    msleep
        printk  KERN_INFO, "bad_calls: over"
        pop     rbx
        return
endfunction

; expect_error NUMBER, ERROR, LETTER -- the call must fail so; arguments are set. The letter is shown if it does
%macro expect_error 3
        mov     eax, %1
        syscall
        mov     r15b, '-'
        cmp     rax, -%2
        jne     %%show
        mov     r15b, %3
%%show: push    r15
        mov     edi, 1
        mov     rsi, rsp
        mov     edx, 1
        mov     eax, SYS_WRITE
        syscall
        pop     r15
%endmacro

        section .user
bad_calls_program:
        expect_error 9999, ENOSYS, 'a'
        mov     edi, 1
        mov     rsi, KERNEL_VIRT + KERNEL_PHYS
        mov     edx, 8
        expect_error SYS_WRITE, EFAULT, 'b'
        mov     edi, 1
        mov     rsi, 0x1000             ; nothing there
        mov     edx, 8
        expect_error SYS_WRITE, EFAULT, 'c'
        mov     edi, 1
        mov     rsi, -4                 ; wraps
        mov     edx, 8
        expect_error SYS_WRITE, EFAULT, 'd'
        mov     edi, 77
        mov     rsi, rsp
        mov     edx, 1
        expect_error SYS_WRITE, EBADF, 'e'
        push    0
        push    rsp
        pop     rdi
        expect_error SYS_OPEN, ENOENT, 'f'
        xor     edi, edi
        mov     esi, SCHED_FIFO
        push    0                       ; no real-time priority
        mov     rdx, rsp
        expect_error SYS_SCHED_SETSCHEDULER, EINVAL, 'g'
        xor     edi, edi
        mov     esi, 7                  ; no such policy
        push    1
        mov     rdx, rsp
        expect_error SYS_SCHED_SETSCHEDULER, EINVAL, 'h'
        push    2000000000              ; too many nanoseconds
        push    0
        mov     rdi, rsp
        expect_error SYS_NANOSLEEP, EINVAL, 'i'
        mov     eax, SYS_SCHED_YIELD
        syscall
        mov     r15b, 'j'
        push    r15
        push    0x0a0d
        mov     edi, 1
        lea     rsi, [rsp + 8]
        mov     edx, 1
        mov     eax, SYS_WRITE
        syscall
        mov     edi, 1
        mov     rsi, rsp
        mov     edx, 2
        mov     eax, SYS_WRITE
        syscall
        hlt                             ; not for user mode
        section .text

; ---- a user program that NMIs and ticks interrupt all the time keeps its registers
        scenario user_nmis, user_nmis_init
function user_nmis_init
        push    rbx
        lea     rdi, [steady_program]
        xor     esi, esi
        string  rdx, "steady"
        mov     ecx, 1
        call    run_user_program
        lea     rdi, [user_nmi_action]
        call    register_nmi_handler
        mov     ebx, 300
.next:  mov     edi, 1
        cpu_pointer rdi, rdi
        mov     esi, APIC_DM_NMI
        call    __default_send_IPI
        mov     edi, 1
        call    msleep
        dec     ebx
        jnz     .next
        mov     eax, [user_nmi_count]
        mov     ecx, [user_nmi_in_user]
        printk  KERN_INFO, "user_nmis: %u, %u of them in user mode", rax, rcx
        pop     rbx
        return
endfunction

function user_nmi_handler
        inc     dword [user_nmi_count]
        test    byte [rdi + pt_regs.cs], SELECTOR_RPL
        jz      .done
        inc     dword [user_nmi_in_user]
.done:  mov     eax, 1
        return
endfunction

        section .user
steady_program:                         ; system calls in between, so that NMIs meet their entry and exit
        mov     rbx, 0x1234567890abcdef
        mov     r12, rbx
.next:  mov     eax, SYS_SCHED_YIELD
        syscall
        mov     ecx, 20
.spin:  dec     ecx
        jnz     .spin
        cmp     rbx, r12
        je      .next
        ud2
        section .text

        section .data
        align   8, db 0
rounds_starter: dq 0
rounds_here:    dd 0
rounds_in_ksoftirqd: dd 0
rounds_left:    dd 0
        align   8, db 0
timers_start:   dq 0
timers_first:
        istruc timer_list
        at timer_list.function, dq timers_function
        iend
timers_second:
        istruc timer_list
        at timer_list.function, dq timers_function
        iend
mutexes_mutex:  times mutex_size db 0
mutexes_sum:    dd 0
mutexes_ended:  dd 0
calls_made:     dd 0
calls_with_interrupts: dd 0
calls_answer:   dd -1
user_nmi_action: dq 0, user_nmi_handler, 0
user_nmi_count: dd 0
user_nmi_in_user: dd 0
        section .text

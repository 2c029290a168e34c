; workqueue-watchdog.asm -- work that waits although nothing is done: once in a period, has every CPU's pool with queued work made
; progress within the last one? After: kernel/workqueue.c (CONFIG_WQ_WATCHDOG); lockup-detector spec 7.2.

WQ_WATCHDOG_THRESH_DEFAULT equ 30       ; seconds
POOLS_PER_CPU   equ 2                   ; a number of the report; the other one is for urgent work, which nobody has here

        kernel_param workqueue.watchdog_thresh, parse_int, wq_watchdog_thresh, 0, INT_MAX / HZ
        kernel_param workqueue.panic_on_stall,  parse_int, wq_panic_on_stall, 0, INT_MAX

; wq_watchdog_init -- on the boot CPU, whose timer looks at all the pools    uses: all caller-saved
function wq_watchdog_init
        cmp     dword [wq_watchdog_thresh], 0
        je      .done
        lea     rdi, [wq_watchdog_timer]
        lea     rax, [wq_watchdog_timer_fn]
        mov     [rdi + hrtimer.function], rax
        call    wq_watchdog_period
        mov     rsi, rax
        call    sched_clock
        add     rsi, rax
        call    hrtimer_start
.done:  return
endfunction

; wq_watchdog_period -- out: rax = ns    uses: rcx
function wq_watchdog_period
        mov     eax, [wq_watchdog_thresh]
        mov     ecx, NSEC_PER_SEC
        imul    rax, rcx
        return
endfunction

; wq_watchdog_timer_fn -- in: rdi = timer    out: eax = HRTIMER_RESTART    uses: all caller-saved
function wq_watchdog_timer_fn
        push    rbx
        push    r12
        push    r13
        push    r14
        mov     r14, rdi
        xor     r12d, r12d              ; stalled pools
        xor     ebx, ebx
.next:  cpu_pointer r13, rbx
        cmp     qword [r13 + pcpu.pool_head], 0
        je      .fine
        call    kvm_check_and_clear_guest_paused
        xor     eax, eax
        xchg    eax, [r13 + pcpu.wq_watchdog_touched]
        test    eax, eax
        jnz     .fine                   ; touched in this period, so not longer ago than it lasts
        call    wq_watchdog_period
        mov     rdx, rax
        push    rdx
        call    sched_clock
        pop     rdx
        sub     rax, [r13 + pcpu.pool_watchdog_ts]
        cmp     rax, rdx
        jbe     .fine
        bts     r12d, ebx
        mov     edi, ebx
        mov     rsi, rax
        call    report_wq_lockup
.fine:  mov     dword [r13 + pcpu.wq_watchdog_touched], 0
        inc     ebx
        cmp     ebx, [nr_cpu_ids]
        jb      .next
        test    r12d, r12d
        jz      .again
        mov     edi, r12d
        call    show_all_workqueues
        cmp     dword [wq_panic_on_stall], 0
        je      .again
        dec     dword [wq_panic_on_stall]       ; that many stalls are tolerated but the last
        jnz     .again
        string  rdi, "workqueue stall"
        call    panic
.again: call    wq_watchdog_period
        mov     rdi, r14
        mov     rsi, rax
        call    hrtimer_forward_now
        mov     eax, HRTIMER_RESTART
        pop     r14
        pop     r13
        pop     r12
        pop     rbx
        return
endfunction

; report_wq_lockup -- in: edi = CPU number, rsi = ns    uses: all caller-saved
function report_wq_lockup
        push    rbx
        mov     ebx, edi
        mov     rax, rsi
        xor     edx, edx
        mov     ecx, NSEC_PER_SEC
        div     rcx
        printk  KERN_EMERG, "BUG: workqueue lockup - pool cpus=%d node=0 flags=0x0 nice=0 stuck for %us!", rbx, rax
        pop     rbx
        return
endfunction

; show_all_workqueues -- what is being done and what waits, in the pools of a mask
;   in: edi = mask    uses: all caller-saved
function show_all_workqueues
        push    rbx
        push    r12
        mov     r12d, edi
        call    touch_nmi_watchdog
        printk  KERN_INFO, "Showing busy workqueues and worker pools:"
        printk  KERN_INFO, "workqueue events: flags=0x0"
        xor     ebx, ebx
.next:  bt      r12d, ebx
        jnc     .skip
        mov     edi, ebx
        call    show_pwq
.skip:  inc     ebx
        cmp     ebx, [nr_cpu_ids]
        jb      .next
        printk  KERN_INFO, "Showing backtraces of running workers in stalled CPU-bound worker pools:"
        pop     r12
        pop     rbx
        return
endfunction

; show_pwq -- one pool; its list is only read, and its CPU is stuck
;   in: edi = CPU number    uses: all caller-saved
function show_pwq
        push    rbx
        push    r12
        push    r13
        mov     ebx, edi
        cpu_pointer r12, rbx
        xor     ecx, ecx                ; how many works there are
        mov     rax, [r12 + pcpu.pool_head]
.count: test    rax, rax
        jz      .counted
        inc     ecx
        mov     rax, [rax + work_struct.next]
        jmp     .count
.counted:
        mov     r13, [r12 + pcpu.pool_current]
        cmp     r13, 1
        sbb     ecx, -1                 ; and the one being done
        imul    eax, ebx, POOLS_PER_CPU
        lea     edx, [rcx + 1]          ; references: the works and the queue
        printk  KERN_INFO, "  pwq %d: cpus=%d node=0 flags=0x0 nice=0 active=%d refcnt=%d", rax, rbx, rcx, rdx
        test    r13, r13
        jz      .pending
        mov     rax, [r12 + pcpu.worker]
        mov     eax, [rax + task.pid]
        printk  KERN_INFO, "    in-flight: %d:%ps", rax, qword [r13 + work_struct.function]
.pending:
        mov     r13, [r12 + pcpu.pool_head]
.next:  test    r13, r13
        jz      .done
        printk  KERN_INFO, "    pending: %ps", qword [r13 + work_struct.function]
        mov     r13, [r13 + work_struct.next]
        jmp     .next
.done:  pop     r13
        pop     r12
        pop     rbx
        return
endfunction

        section .data
        align   8, db 0
wq_watchdog_timer: times hrtimer_size db 0
wq_watchdog_thresh: dd WQ_WATCHDOG_THRESH_DEFAULT
wq_panic_on_stall: dd 0
        section .text

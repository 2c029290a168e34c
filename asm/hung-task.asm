; hung-task.asm -- the thread khungtaskd: which task has slept uninterruptibly, without once being switched to, for too long? It
; looks at intervals of the timeout, so it takes one to two timeouts. After: kernel/hung_task.c; lockup-detector spec 7.1.

HUNG_TASK_TIMEOUT_DEFAULT equ 120       ; seconds
HUNG_TASK_WARNINGS_DEFAULT equ 10
HUNG_TASK_TIMEOUT_MAX equ INT_MAX / HZ

        kernel_param hung_task_panic,       parse_int, hung_task_panic, 0, 1
        sysctl  hung_task_panic,            parse_int, hung_task_panic, 0, 1
        sysctl  hung_task_all_cpu_backtrace, parse_int, hung_task_all_cpu_backtrace, 0, 1
        sysctl  hung_task_warnings,         parse_int, hung_task_warnings, -1, INT_MAX
        sysctl  hung_task_timeout_secs,     proc_dohung_task_timeout_secs, hung_task_timeout_secs, 0, HUNG_TASK_TIMEOUT_MAX
        sysctl  hung_task_check_interval_secs, proc_dohung_task_timeout_secs, hung_task_check_interval_secs, 0, \
                HUNG_TASK_TIMEOUT_MAX

; hung_task_init -- uses: all caller-saved
function hung_task_init
        lea     rdi, [khungtaskd]
        xor     esi, esi
        string  rdx, "khungtaskd"
        xor     ecx, ecx
        call    kthread_create_on_cpu
        mov     [watchdog_task], rax
        mov     rdi, rax
        call    wake_up_process
        return
endfunction

; proc_dohung_task_timeout_secs -- a new timeout counts from now
;   in: rdi = text, rsi = target, rdx = knob    out: eax = 0 or -EINVAL    uses: all caller-saved
function proc_dohung_task_timeout_secs
        call    parse_int
        test    eax, eax
        jnz     .done
        mov     rdi, [watchdog_task]
        call    wake_up_process
        xor     eax, eax
.done:  return
endfunction

; khungtaskd -- the body of the thread; Linux calls it watchdog()
function khungtaskd
        push    rbx
        push    r12
        call    sched_clock
        mov     rbx, rax                ; hung_last_checked
.next:  mov     rax, KTIME_MAX / 2      ; no timeout: until woken
        mov     ecx, [hung_task_timeout_secs]
        test    ecx, ecx
        jz      .sleep
        mov     edx, [hung_task_check_interval_secs]
        test    edx, edx
        cmovz   edx, ecx
        cmp     edx, ecx
        cmova   edx, ecx                ; interval
        imul    r12, rdx, 1
        mov     ecx, NSEC_PER_SEC
        imul    r12, rcx
        add     r12, rbx                ; when it is time
        call    sched_clock
        sub     r12, rax
        mov     rax, r12
        jg      .sleep
        xor     ecx, ecx
        xchg    ecx, [reset_hung_task]
        test    ecx, ecx
        jnz     .checked                ; somebody knows that everything stood still
        call    check_hung_uninterruptible_tasks
.checked:
        call    sched_clock
        mov     rbx, rax
        jmp     .next
.sleep: mov     rdi, rax
        mov     esi, TASK_INTERRUPTIBLE
        call    schedule_hrtimeout
        jmp     .next
endfunction

; check_hung_uninterruptible_tasks -- all of them    uses: all caller-saved
function check_hung_uninterruptible_tasks
        push    rbx
        push    r12
        mov     dword [hung_task_show_all_bt], 0
        mov     dword [hung_task_call_panic], 0
        mov     ebx, [nr_tasks]
        mov     r12, task_structs
.next:  cmp     dword [r12 + task.state], TASK_UNINTERRUPTIBLE
        jne     .skip
        mov     rdi, r12
        call    check_hung_task
.skip:  add     r12, task_size
        dec     ebx
        jnz     .next
        cmp     dword [hung_task_show_all_bt], 0
        je      .panic
        mov     edi, -1
        call    trigger_allbutcpu_cpu_backtrace
.panic: cmp     dword [hung_task_call_panic], 0
        je      .done
        string  rdi, "hung_task: blocked tasks"
        call    panic
.done:  pop     r12
        pop     rbx
        return
endfunction

; check_hung_task -- one that sleeps uninterruptibly
;   in: rdi = task    uses: all caller-saved
function check_hung_task
        push    rbx
        push    r12
        mov     rbx, rdi
        call    sched_clock
        mov     rcx, [rbx + task.switch_count]
        test    rcx, rcx
        jz      .done                   ; it has just been made
        cmp     rcx, [rbx + task.last_switch_count]
        jne     .moved
        sub     rax, [rbx + task.last_switch_time]
        mov     ecx, NSEC_PER_SEC
        xor     edx, edx
        div     rcx
        mov     r12, rax                ; seconds
        cmp     eax, [hung_task_timeout_secs]
        jb      .done
        cmp     dword [hung_task_panic], 0
        je      .warn
        mov     dword [hung_task_call_panic], 1
        mov     dword [console_loglevel], CONSOLE_LOGLEVEL_MOTORMOUTH   ; console_verbose()
        jmp     .report
.warn:  cmp     dword [hung_task_warnings], 0
        je      .touch
.report:
        cmp     dword [hung_task_warnings], 0
        jle     .print
        dec     dword [hung_task_warnings]
.print: mov     rdi, rbx
        mov     rsi, r12
        call    report_hung_task
.touch: call    touch_nmi_watchdog
        jmp     .done
.moved: mov     [rbx + task.last_switch_count], rcx
        mov     [rbx + task.last_switch_time], rax
.done:  pop     r12
        pop     rbx
        return
endfunction

; report_hung_task -- in: rdi = task, rsi = seconds    uses: all caller-saved
function report_hung_task
        push    rbx
        push    r12
        sub     rsp, PRINT_TAINTED_SIZE
        mov     rbx, rdi
        mov     r12, rsi
        lea     rax, [rbx + task.comm]
        mov     ecx, [rbx + task.pid]
        printk  KERN_ERR, "INFO: task %s:%d blocked for more than %ld seconds.", rax, rcx, r12
        mov     rdi, rsp
        call    print_tainted
        mov     rax, rsp
        printk  KERN_ERR, {"      %s ", UTS_RELEASE, " ", UTS_VERSION}, rax
        printk  KERN_ERR, '"echo 0 > /proc/sys/kernel/hung_task_timeout_secs" disables this message.'
        mov     rdi, rbx
        call    sched_show_task
        mov     eax, [hung_task_all_cpu_backtrace]
        mov     [hung_task_show_all_bt], eax
        cmp     dword [hung_task_warnings], 0
        jne     .done
        printk  KERN_INFO, "Future hung task reports are suppressed, see sysctl kernel.hung_task_warnings"
.done:  add     rsp, PRINT_TAINTED_SIZE
        pop     r12
        pop     rbx
        return
endfunction

KTHREADD_PID    equ 2                   ; every task is a kernel thread here, or says so

; sched_show_task -- in: rdi = task, which does not run    uses: all caller-saved    after: kernel/sched/core.c
function sched_show_task
        push    rbx
        mov     rbx, rdi
        lea     rax, [rbx + task.comm]
        mov     ecx, [rbx + task.pid]
        mov     edx, 'D'
        cmp     dword [rbx + task.state], TASK_UNINTERRUPTIBLE
        je      .state
        mov     edx, 'S'
        cmp     dword [rbx + task.state], TASK_INTERRUPTIBLE
        je      .state
        mov     edx, 'R'
.state: xor     r8d, r8d                ; unused stack, flags: not known
        printk  KERN_INFO, "task:%-15.15s state:%c stack:%-5lu pid:%-5d tgid:%-5d ppid:%-6d flags:0x%08lx", \
                rax, rdx, r8, rcx, rcx, KTHREADD_PID, r8
        mov     rdi, rbx
        call    show_stack
        pop     rbx
        return
endfunction

        section .data
        align   8, db 0
watchdog_task:  dq 0
hung_task_timeout_secs: dd HUNG_TASK_TIMEOUT_DEFAULT
hung_task_check_interval_secs: dd 0     ; 0: the timeout
hung_task_warnings: dd HUNG_TASK_WARNINGS_DEFAULT
hung_task_panic: dd 0
hung_task_all_cpu_backtrace: dd 0
hung_task_show_all_bt: dd 0             ; found in this round
hung_task_call_panic: dd 0
reset_hung_task: dd 0                   ; leave the next round out
        section .text

; cpustat.asm -- what a stuck CPU spends its time on, for the soft lockup's report (intr_storm=1): shares of system, softirq, hard
; interrupt and idle time in each of the last five sample periods, and, if hard interrupts take more than half, how many of
; which there were. After: kernel/watchdog.c (CONFIG_SOFTLOCKUP_DETECTOR_INTR_STORM, Linux 6.10), kernel/sched/cputime.c;
; lockup-detector spec 1.7.

        kernel_param intr_storm, parse_int, intr_storm, 0, 1

; the columns, in the order of the report
STATS_SYSTEM    equ 0
STATS_SOFTIRQ   equ 1
STATS_HARDIRQ   equ 2
STATS_IDLE      equ 3
CPUSTAT_PRECISION equ 24                ; units of 2^24 ns
HARDIRQ_PERCENT_THRESH equ 50

; irqtime_account_now -- the time since the last call was spent in the context that this CPU is in; rdi is kept
;   uses: rax, rcx, rdx, flags    after: irqtime_account_irq()
function irqtime_account_now
        mov     ecx, STATS_HARDIRQ
        mov     eax, [gs:pcpu.preempt_count]
        test    eax, HARDIRQ_MASK
        jnz     .known
        mov     ecx, STATS_SOFTIRQ
        test    eax, SOFTIRQ_OFFSET
        jnz     .known
        mov     ecx, STATS_IDLE
        mov     rax, [gs:pcpu.current]
        cmp     rax, [gs:pcpu.idle]
        je      .known
        mov     ecx, STATS_SYSTEM
.known: call    sched_clock
        mov     rdx, rax
        xchg    rdx, [gs:pcpu.cpustat_start]
        test    rdx, rdx
        jz      .first
        sub     rax, rdx
        mov     rdx, [gs:pcpu.self]
        add     [rdx + rcx * 8 + pcpu.cpustat], rax
.first: return
endfunction

; update_cpustat -- at a tick: the shares of the period that ends
;   uses: all caller-saved
function update_cpustat
        push    rbx
        push    r12
        cmp     dword [intr_storm], 0
        je      .done
        call    irqtime_account_now
        mov     rbx, [gs:pcpu.self]
        mov     r8, [sample_period]
        shr     r8, CPUSTAT_PRECISION
        mov     r12d, [rbx + pcpu.cpustat_tail]
        xor     ecx, ecx
.next:  mov     rax, [rbx + rcx * 8 + pcpu.cpustat]
        shr     rax, CPUSTAT_PRECISION
        mov     rdx, rax
        xchg    rdx, [rbx + rcx * 8 + pcpu.cpustat_old]
        sub     rax, rdx
        imul    rax, rax, PERCENT
        lea     rax, [rax + r8 - 1]     ; rounded up
        xor     edx, edx
        div     r8
        mov     edx, PERCENT
        cmp     rax, rdx
        cmova   rax, rdx
        lea     rdx, [rbx + r12 * 4]    ; a row has four bytes
        mov     [rdx + rcx + pcpu.cpustat_util], al
        inc     ecx
        cmp     ecx, STATS_IDLE
        jbe     .next
        inc     r12d
        cmp     r12d, NUM_SAMPLE_PERIODS
        jb      .tail
        xor     r12d, r12d
.tail:  mov     [rbx + pcpu.cpustat_tail], r12d
.done:  pop     r12
        pop     rbx
        return
endfunction

; need_counting_irqs -- did hard interrupts take more than half of the last period?
;   out: CF set if so    uses: rax, rcx, flags
function need_counting_irqs
        mov     eax, [gs:pcpu.cpustat_tail]
        sub     eax, 1
        jae     .row
        mov     eax, NUM_SAMPLE_PERIODS - 1
.row:   mov     rcx, [gs:pcpu.self]
        lea     rcx, [rcx + rax * 4]
        mov     al, HARDIRQ_PERCENT_THRESH
        cmp     al, [rcx + pcpu.cpustat_util + STATS_HARDIRQ]
        return
endfunction

; count_irqs_if_suspect -- no feed for a fifth of the threshold, and interrupts take the time: count them from now on
;   in: rsi = period_ts, rdx = now    uses: rax, rcx, flags
function count_irqs_if_suspect
        cmp     dword [intr_storm], 0
        je      .done
        cmp     dword [gs:pcpu.snapshot_taken], 0
        jne     .done
        push    rdx
        call    get_softlockup_thresh
        xor     edx, edx
        mov     ecx, NUM_SAMPLE_PERIODS
        div     ecx
        pop     rdx
        add     rax, rsi
        cmp     rdx, rax
        jb      .done
        call    need_counting_irqs
        jnc     .done
        mov     eax, [gs:pcpu.device_irqs]      ; kstat_snapshot_irqs()
        mov     [gs:pcpu.device_irqs_snapshot], eax
        mov     dword [gs:pcpu.snapshot_taken], 1
.done:  return
endfunction

; report_cpu_status -- the lines of the report    uses: all caller-saved
function report_cpu_status
        push    rbx
        push    r12
        cmp     dword [intr_storm], 0
        je      .done
        mov     rax, [sample_period]
        mov     ecx, NSEC_PER_SEC
        xor     edx, edx
        div     rcx
        mov     ecx, [gs:pcpu.number]
        printk  KERN_CRIT, "CPU#%d Utilization every %llus during lockup:", rcx, rax
        mov     r12d, [gs:pcpu.cpustat_tail]    ; the oldest
        mov     ebx, 1
.row:   mov     rcx, [gs:pcpu.self]
        lea     rcx, [rcx + r12 * 4 + pcpu.cpustat_util]
        movzx   eax, byte [rcx + STATS_SYSTEM]
        movzx   edx, byte [rcx + STATS_SOFTIRQ]
        movzx   esi, byte [rcx + STATS_HARDIRQ]
        movzx   r8d, byte [rcx + STATS_IDLE]
        printk  KERN_CRIT, {9, "#%d: %3u%% system,", 9, "%3u%% softirq,", 9, "%3u%% hardirq,", 9, "%3u%% idle"}, \
                rbx, rax, rdx, rsi, r8
        inc     r12d
        cmp     r12d, NUM_SAMPLE_PERIODS
        jb      .next
        xor     r12d, r12d
.next:  inc     ebx
        cmp     ebx, NUM_SAMPLE_PERIODS
        jbe     .row
        cmp     dword [gs:pcpu.snapshot_taken], 0
        je      .done
        mov     ecx, [gs:pcpu.number]           ; print_irq_counts(): there is but one device
        printk  KERN_CRIT, "CPU#%d Detect HardIRQ Time exceeds %d%%. Most frequent HardIRQs:", rcx, HARDIRQ_PERCENT_THRESH
        mov     eax, [gs:pcpu.device_irqs]
        sub     eax, [gs:pcpu.device_irqs_snapshot]
        printk  KERN_CRIT, {9, "#%u: %-10u", 9, "irq#%d"}, 1, rax, DEVICE_IRQ
        call    need_counting_irqs
        jc      .done
        mov     dword [gs:pcpu.snapshot_taken], 0
.done:  pop     r12
        pop     rbx
        return
endfunction

        section .data
        align   4, db 0
intr_storm:     dd 0
        section .text

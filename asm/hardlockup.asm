; hardlockup.asm -- the hard lockup detector: does this CPU still take its timer interrupt?
;
; Asked by an NMI, which comes whatever the interrupt flag says. The perf half of it (counter, period) is perf-event.asm.
; After: kernel/watchdog.c, kernel/watchdog_perf.c of Linux 6.12; lockup-detector spec 2.1.

; watchdog_hardlockup_kick -- the timer tick: this CPU takes interrupts
;   uses: flags
function watchdog_hardlockup_kick
        inc     dword [gs:pcpu.hrtimer_interrupts]
        return
endfunction

; watchdog_hardlockup_probe -- is there a counter that can make NMIs?
;   out: eax = 1 or 0    uses: all caller-saved
function watchdog_hardlockup_probe
        mov     eax, [x86_pmu_version]
        test    eax, eax
        jz      .none
        mov     eax, 1
        return
.none:  printk  KERN_INFO, "NMI watchdog: Perf NMI watchdog permanently disabled"
        xor     eax, eax
        return
endfunction

; watchdog_hardlockup_enable -- starts this CPU's counter
;   uses: all caller-saved    after: hardlockup_detector_event_create(), watchdog_hardlockup_enable()
function watchdog_hardlockup_enable
        push    rbx
        call    hw_nmi_get_sample_period
        mov     rdi, [gs:pcpu.self]
        add     rdi, pcpu.watchdog_event
        mov     rsi, rax
        call    perf_event_enable
        mov     eax, 1
        lock xadd [watchdog_cpus], eax
        test    eax, eax
        jnz     .done
        printk  KERN_INFO, "NMI watchdog: Enabled. Permanently consumes one hw-PMU counter."
.done:  pop     rbx
        return
endfunction

HZ_PER_KHZ      equ 1000

; hw_nmi_get_sample_period -- the threshold in unhalted cycles at the nominal frequency
;   out: rax    uses: rdx, flags    after: arch/x86/kernel/apic/hw_nmi.c
function hw_nmi_get_sample_period
        mov     eax, [watchdog_thresh]
        imul    rax, [tsc_khz]
        imul    rax, rax, HZ_PER_KHZ
        return
endfunction

; watchdog_overflow_callback -- the counter has counted a whole period; in NMI context
;   in: rdi = regs    uses: all caller-saved
function watchdog_overflow_callback
        push    rdi
        call    watchdog_check_timestamp
        pop     rsi
        test    eax, eax
        jz      .done
        mov     rdi, [gs:pcpu.self]
        call    watchdog_hardlockup_check
.done:  return
endfunction

; watchdog_check_timestamp -- a CPU that runs faster than nominal makes NMIs too early: those are not accepted
;   out: eax = 1 if accepted    uses: rdx, flags
function watchdog_check_timestamp
        call    sched_clock
        mov     rdx, rax
        sub     rdx, [gs:pcpu.last_timestamp]
        cmp     rdx, [watchdog_hrtimer_sample_threshold]
        jae     .accept
        inc     dword [gs:pcpu.nmi_rearmed]              ; unless the clock itself stands still
        cmp     dword [gs:pcpu.nmi_rearmed], NMI_REARMED_MAX
        jb      .reject
.accept:
        mov     dword [gs:pcpu.nmi_rearmed], 0
        mov     [gs:pcpu.last_timestamp], rax
        mov     eax, 1
        return
.reject:
        xor     eax, eax
        return
endfunction

; watchdog_hardlockup_check -- compares a CPU's tick counter with what it was at the last look; one report per episode
;   in: rdi = the block of the CPU that is checked, rsi = its regs    uses: all caller-saved
function watchdog_hardlockup_check
        push    rbx
        push    r12
        mov     rbx, rdi
        mov     r12, rsi
        xor     eax, eax
        xchg    eax, [rbx + pcpu.watchdog_hardlockup_touched]
        test    eax, eax
        jnz     .done                                   ; consumed; the saved counter stays as it is
        mov     rdi, rbx
        call    is_hardlockup
        test    eax, eax
        jz      .fine
        cmp     dword [rbx + pcpu.watchdog_hardlockup_warned], 0
        jne     .done
        call    printk_cpu_sync_get
        mov     eax, [rbx + pcpu.number]
        printk  KERN_EMERG, "watchdog: Watchdog detected hard LOCKUP on cpu %d", rax
        call    print_modules
        mov     rdi, r12
        call    show_regs
        call    printk_cpu_sync_put
        cmp     dword [hardlockup_panic], 0
        je      .warned
        string  rdi, "Hard LOCKUP"
        call    nmi_panic
.warned:
        mov     dword [rbx + pcpu.watchdog_hardlockup_warned], 1
        jmp     .done
.fine:  mov     dword [rbx + pcpu.watchdog_hardlockup_warned], 0
.done:  pop     r12
        pop     rbx
        return
endfunction

; is_hardlockup -- in: rdi = CPU's block    out: eax = 1 if its counter has not moved    uses: flags
function is_hardlockup
        mov     eax, [rdi + pcpu.hrtimer_interrupts]
        cmp     eax, [rdi + pcpu.hrtimer_interrupts_saved]
        je      .stuck
        mov     [rdi + pcpu.hrtimer_interrupts_saved], eax
        xor     eax, eax
        return
.stuck: mov     eax, 1
        return
endfunction

        section .data
        align   4, db 0
watchdog_cpus:  dd 0
        section .text

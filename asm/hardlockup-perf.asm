; hardlockup-perf.asm -- the hard detector's NMI: a cycle counter per CPU whose period is the threshold at nominal frequency. It
; stands still in HLT, so an idle CPU gets almost none. After: kernel/watchdog_perf.c, arch/x86/kernel/apic/hw_nmi.c;
; lockup-detector spec 2.1.

; watchdog_perf_probe -- is there a counter that can make NMIs?
;   out: eax = 1 or 0    uses: all caller-saved
function watchdog_perf_probe
        mov     eax, 1
        cmp     dword [x86_pmu_version], 0
        jne     .done
        printk  KERN_INFO, "NMI watchdog: Perf NMI watchdog permanently disabled"
        xor     eax, eax
.done:  return
endfunction

; watchdog_perf_enable -- starts this CPU's counter
;   uses: all caller-saved    after: hardlockup_detector_event_create(), watchdog_hardlockup_enable()
function watchdog_perf_enable
        call    hw_nmi_get_sample_period
        mov     rdi, [gs:pcpu.self]
        add     rdi, pcpu.watchdog_event
        mov     rsi, rax
        call    perf_event_enable
        mov     eax, 1
        lock xadd [watchdog_perf_cpus], eax
        test    eax, eax
        jnz     .done
        printk  KERN_INFO, "NMI watchdog: Enabled. Permanently consumes one hw-PMU counter."
.done:  return
endfunction

; watchdog_perf_disable -- stops it, if it runs    uses: all caller-saved
function watchdog_perf_disable
        mov     rdi, [gs:pcpu.self]
        add     rdi, pcpu.watchdog_event
        cmp     dword [rdi + perf_event.active], 0
        je      .done
        call    perf_event_disable
        lock dec dword [watchdog_perf_cpus]
.done:  return
endfunction

HZ_PER_KHZ      equ 1000

; hw_nmi_get_sample_period -- the threshold in unhalted cycles at the nominal frequency
;   out: rax    uses: rdx, flags    after: arch/x86/kernel/apic/hw_nmi.c
;   nmi_period_percent makes it wrong on purpose: 50 is a CPU that runs at twice its nominal frequency
function hw_nmi_get_sample_period
        mov     eax, [watchdog_thresh]
        imul    rax, [tsc_khz]
        imul    rax, rax, HZ_PER_KHZ / PERCENT
        mov     edx, [nmi_period_percent]
        imul    rax, rdx
        return
endfunction
        kernel_param nmi_period_percent, parse_int, nmi_period_percent, 1, 10 * PERCENT

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

        section .data
        align   4, db 0
watchdog_perf_cpus: dd 0
nmi_period_percent: dd PERCENT
        section .text

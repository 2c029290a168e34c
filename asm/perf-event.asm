; perf-event.asm -- one pinned counter per CPU: unhalted core cycles, on fixed counter 1 as Linux schedules it, an NMI when a period
; has been counted. After: arch/x86/events/core.c, arch/x86/events/intel/core.c; lockup-detector spec 2.1, 3.4.

CPUID_PERFMON   equ 0x0a
CYCLES_COUNTER  equ 1                   ; fixed counter 1: CPU_CLK_UNHALTED.CORE
CYCLES_BIT      equ GLOBAL_FIXED_SHIFT + CYCLES_COUNTER         ; its bit in GLOBAL_CTRL and GLOBAL_STATUS
CYCLES_CTRL     equ (FIXED_CTR_CTRL_OS | FIXED_CTR_CTRL_USR | FIXED_CTR_CTRL_PMI) << (CYCLES_COUNTER * FIXED_CTR_CTRL_WIDTH)
COUNTER_BITS    equ 48
MAX_PERIOD      equ (1 << 31) - 1       ; a general counter takes no more, and Linux treats all alike
IRQ_LOOP_MAX    equ 100
PROBE_FLIP      equ 0xffff

; init_hw_perf_events -- is there a usable PMU (architectural version 2 at least, with fixed counter 1)?
;   out: x86_pmu_version, 0 if not    uses: all caller-saved
function init_hw_perf_events
        push    rbx
        push    r12
        xor     eax, eax
        cpuid
        cmp     eax, CPUID_PERFMON
        jb      .none
        mov     eax, CPUID_PERFMON
        cpuid
        movzx   r12d, al                ; version
        cmp     r12d, 2
        jb      .none
        and     edx, 0x1f               ; fixed counters
        cmp     edx, CYCLES_COUNTER
        jbe     .none
        movzx   ebx, ah                 ; general counters
        push    rdx
        call    check_hw_exists
        pop     rdx
        test    eax, eax
        jz      .broken
        mov     [x86_pmu_version], r12d
        push    rdx
        printk  KERN_INFO, "Performance Events: generic architected perfmon, Intel PMU driver."
        printk  KERN_INFO, "... version:                %d", r12
        printk  KERN_INFO, "... bit width:              %d", COUNTER_BITS
        printk  KERN_INFO, "... generic registers:      %d", rbx
        printk  KERN_INFO, "... max period:             %016x", MAX_PERIOD
        pop     rdx
        printk  KERN_INFO, "... fixed-purpose events:   %u", rdx
        call    perf_event_cpu_init
        jmp     .done
.broken:
        printk  KERN_INFO, "Performance Events: Broken PMU hardware detected, using software events only."
        jmp     .done
.none:  mov     eax, 1
        cpuid
        bt      ecx, CPUID_1_ECX_HYPERVISOR
        jc      .virtual
        printk  KERN_INFO, "Performance Events: no PMU driver, software events only."
        jmp     .done
.virtual:
        printk  KERN_INFO, "Performance Events: PMU not available due to virtualization, using software events only."
.done:  pop     r12
        pop     rbx
        return
endfunction

; check_hw_exists -- no event may be running yet, and a counter must hold what is written
;   out: eax = 1 or 0    uses: rcx, rdx, rdi, rsi, flags    after: arch/x86/events/core.c
function check_hw_exists
        mov     ecx, IA32_PERFEVTSEL0
        call    rdmsr_safe
        jc      .no
        test    eax, EVTSEL_EN
        jnz     .no
        mov     ecx, IA32_PMC0
        call    rdmsr_safe
        jc      .no
        xor     eax, PROBE_FLIP
        mov     esi, eax
.write: wrmsr
        call    rdmsr_safe
        cmp     eax, esi
        jne     .no
        mov     eax, 1
        return
.no:    xor     eax, eax
        return
        extable check_hw_exists.write, check_hw_exists.no
endfunction

; rdmsr_safe -- in: ecx = MSR    out: edx:eax, or CF set after #GP
naked rdmsr_safe
.read:  rdmsr
        clc
        ret
.fault: stc
        ret
        extable rdmsr_safe.read, rdmsr_safe.fault
endfunction

; perf_event_cpu_init -- this CPU's counters off, their overflow an NMI
;   uses: all caller-saved    after: perf_events_lapic_init(), intel_pmu_cpu_starting()
function perf_event_cpu_init
        cmp     dword [x86_pmu_version], 0
        je      .done
        call    intel_pmu_disable_all
        mov     edi, APIC_LVT_PC
        mov     esi, APIC_DM_NMI
        call    apic_write
.done:  return
endfunction

; intel_pmu_disable_all / intel_pmu_enable_all -- every counter of this CPU at once
;   uses: rax, rcx, rdx
function intel_pmu_disable_all
        mov     ecx, IA32_PERF_GLOBAL_CTRL
        xor     eax, eax
        xor     edx, edx
        wrmsr
        return
endfunction

function intel_pmu_enable_all
        mov     ecx, IA32_PERF_GLOBAL_CTRL
        xor     eax, eax
        mov     edx, 1 << (CYCLES_BIT - 32)
        wrmsr
        return
endfunction

; perf_event_enable -- starts this CPU's counter
;   in: rdi = event, rsi = sample period    uses: all caller-saved
function perf_event_enable
        mov     [rdi + perf_event.sample_period], rsi
        mov     [rdi + perf_event.period_left], rsi
        mov     dword [rdi + perf_event.active], 1
        call    x86_perf_event_set_period
        mov     ecx, IA32_FIXED_CTR_CTRL
        mov     eax, CYCLES_CTRL
        xor     edx, edx
        wrmsr
        call    intel_pmu_enable_all
        return
endfunction

; perf_event_disable -- stops it; what it has counted is forgotten
;   in: rdi = event    uses: rax, rcx, rdx
function perf_event_disable
        mov     dword [rdi + perf_event.active], 0
        mov     ecx, IA32_FIXED_CTR_CTRL
        xor     eax, eax
        xor     edx, edx
        wrmsr
        call    intel_pmu_disable_all
        mov     ecx, IA32_PERF_GLOBAL_OVF_CTRL  ; a period that has just ended is nobody's any more
        mov     edx, 1 << (CYCLES_BIT - 32)
        wrmsr
        return
endfunction

; x86_perf_event_set_period -- loads the counter with minus the next part of the period
;   in: rdi = event    out: eax = 1 if a whole period has gone by    uses: rcx, rdx, rsi, flags
function x86_perf_event_set_period
        xor     esi, esi
        mov     rax, [rdi + perf_event.period_left]
        mov     rcx, [rdi + perf_event.sample_period]
        mov     rdx, rcx
        neg     rdx
        cmp     rax, rdx
        jg      .not_far_behind
        mov     rax, rcx                ; more than a whole period late: start anew
        jmp     .elapsed
.not_far_behind:
        test    rax, rax
        jg      .load
        add     rax, rcx
.elapsed:
        mov     [rdi + perf_event.period_left], rax
        inc     esi
.load:  mov     ecx, MAX_PERIOD
        cmp     rax, rcx
        cmova   rax, rcx
        neg     rax
        shl     rax, 64 - COUNTER_BITS
        shr     rax, 64 - COUNTER_BITS
        mov     [rdi + perf_event.prev_count], rax
        mov     rdx, rax
        shr     rdx, 32
        mov     ecx, IA32_FIXED_CTR0 + CYCLES_COUNTER
        wrmsr
        mov     eax, esi
        return
endfunction

; x86_perf_event_update -- what has been counted is taken off the period
;   in: rdi = event    uses: rax, rcx, rdx, flags
function x86_perf_event_update
        mov     ecx, IA32_FIXED_CTR0 + CYCLES_COUNTER
        rdmsr
        shl     rdx, 32
        or      rax, rdx
        mov     rcx, rax
        xchg    rcx, [rdi + perf_event.prev_count]
        sub     rax, rcx
        shl     rax, 64 - COUNTER_BITS  ; the counter has passed through 0
        shr     rax, 64 - COUNTER_BITS
        sub     [rdi + perf_event.period_left], rax
        return
endfunction

; perf_event_nmi_handler -- was it the counter?
;   in: rdi = regs    out: eax = events handled    uses: all caller-saved
function perf_event_nmi_handler
        xor     eax, eax
        cmp     dword [gs:pcpu.watchdog_event + perf_event.active], 0
        je      .done
        call    intel_pmu_handle_irq
.done:  return
endfunction

; intel_pmu_handle_irq -- the LVTPC, which hardware has masked, is opened first; then counters are stopped, read, loaded, started
;   in: rdi = regs    out: eax = events handled    uses: all caller-saved
function intel_pmu_handle_irq
        push    rbx
        push    r12
        push    r13
        mov     r12, rdi
        xor     ebx, ebx
        mov     edi, APIC_LVT_PC
        mov     esi, APIC_DM_NMI
        call    apic_write
        call    intel_pmu_disable_all
        mov     r13d, IRQ_LOOP_MAX
.again: mov     ecx, IA32_PERF_GLOBAL_STATUS
        rdmsr
        mov     esi, eax
        or      esi, edx
        jz      .out
        dec     r13d
        js      .stuck
        mov     ecx, IA32_PERF_GLOBAL_OVF_CTRL
        wrmsr
        inc     ebx
        bt      edx, CYCLES_BIT - 32
        jnc     .again
        mov     rdi, r12
        call    handle_pmi_common
        jmp     .again
.stuck: printk  KERN_WARNING, "perfevents: irq loop stuck!"
.out:   call    intel_pmu_enable_all
        mov     eax, ebx
        pop     r13
        pop     r12
        pop     rbx
        return
endfunction

; handle_pmi_common -- this CPU's event has overflowed: load it again, and if that was the period's last part, tell its owner
;   in: rdi = regs    uses: all caller-saved
function handle_pmi_common
        push    rbx
        push    rdi
        mov     rbx, [gs:pcpu.self]
        add     rbx, pcpu.watchdog_event
        mov     rdi, rbx
        call    x86_perf_event_update           ; intel_pmu_save_and_restart()
        mov     rdi, rbx
        call    x86_perf_event_set_period
        pop     rdi
        test    eax, eax
        jz      .done
        call    __perf_event_overflow
.done:  pop     rbx
        return
endfunction

; __perf_event_overflow -- in: rdi = regs    after: kernel/events/core.c, without its throttling, which this event resets anyway
function __perf_event_overflow
        call    watchdog_overflow_callback
        return
endfunction

        section .data
        align   4, db 0
x86_pmu_version: dd 0
        section .text

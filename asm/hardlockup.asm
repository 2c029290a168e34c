; hardlockup.asm -- the hard lockup detector: does a CPU still take its timer interrupt?
;
; Asked either by an NMI of that CPU's cycle counter, which comes whatever the interrupt flag says (hardlockup-perf.asm), or by
; the tick of another CPU, its buddy (hardlockup-buddy.asm). After: kernel/watchdog.c of Linux 6.12; lockup-detector spec 2.

        kernel_param hardlockup, parse_choice, hardlockup_detector, hardlockup_names
        choices hardlockup_names, "perf", "buddy", "buddy-7.1"
HARDLOCKUP_PERF      equ 0              ; the numbers of the words
HARDLOCKUP_BUDDY     equ 1
HARDLOCKUP_BUDDY_7_1 equ 2

; watchdog_hardlockup_kick -- the timer tick: this CPU takes interrupts; and it may have to look after its buddy
;   uses: all caller-saved
function watchdog_hardlockup_kick
        mov     edi, 1
        add     edi, [gs:pcpu.hrtimer_interrupts]
        mov     [gs:pcpu.hrtimer_interrupts], edi
        cmp     dword [hardlockup_detector], HARDLOCKUP_PERF
        je      .done
        call    watchdog_buddy_check_hardlockup
.done:  return
endfunction

; watchdog_hardlockup_probe -- is the chosen detector possible on this machine?
;   out: eax = 1 or 0    uses: all caller-saved
function watchdog_hardlockup_probe
        cmp     dword [hardlockup_detector], HARDLOCKUP_PERF
        je      .perf
        mov     eax, 1
        return
.perf:  call    watchdog_perf_probe
        return
endfunction

; watchdog_hardlockup_enable / watchdog_hardlockup_disable -- for this CPU    uses: all caller-saved
function watchdog_hardlockup_enable
        cmp     dword [hardlockup_detector], HARDLOCKUP_PERF
        je      .perf
        call    watchdog_buddy_enable
        return
.perf:  call    watchdog_perf_enable
        return
endfunction

function watchdog_hardlockup_disable
        cmp     dword [hardlockup_detector], HARDLOCKUP_PERF
        je      .perf
        call    watchdog_buddy_disable
        return
.perf:  call    watchdog_perf_disable
        return
endfunction

; watchdog_hardlockup_check -- compares a CPU's tick counter with what it was at the last look; one report per episode, but in 7.1
; the first of three misses ends the episode, so that the third reports anew
;   in: rdi = the block of the CPU that is checked, rsi = its regs, or 0 if it is another one    uses: all caller-saved
function watchdog_hardlockup_check
        push    rbx
        push    r12
        mov     rbx, rdi
        mov     r12, rsi
        xor     eax, eax
        xchg    eax, [rbx + pcpu.watchdog_hardlockup_touched]
        test    eax, eax
        jnz     .touched
        mov     rdi, rbx
        call    is_hardlockup
        test    eax, eax
        jz      .over
        cmp     dword [rbx + pcpu.watchdog_hardlockup_warned], 0
        jne     .done
        cmp     dword [hardlockup_all_cpu_backtrace], 0
        je      .report
        lock bts dword [hard_lockup_nmi_warn], 0
        jc      .done                                   ; another CPU is dumping them all
.report:
        call    hardlockup_report
        cmp     dword [hardlockup_panic], 0
        je      .warned
        string  rdi, "Hard LOCKUP"
        mov     rsi, r12
        call    nmi_panic
.warned:
        mov     dword [rbx + pcpu.watchdog_hardlockup_warned], 1
        jmp     .done
.over:  mov     dword [rbx + pcpu.watchdog_hardlockup_warned], 0        ; the episode; in 7.1 also at a miss that does not count yet
        jmp     .done
.touched:                                               ; consumed; before 7.1 the saved counter stays as it is
        cmp     dword [hardlockup_detector], HARDLOCKUP_BUDDY_7_1
        jne     .done
        mov     rdi, rbx
        call    watchdog_hardlockup_update_reset
.done:  pop     r12
        pop     rbx
        return
endfunction

MISS_THRESH_7_1 equ 3                   ; watchdog_hardlockup_miss_thresh of the buddy; 1 elsewhere

; is_hardlockup -- in: rdi = CPU's block    out: eax = 1 if its counter has not moved, often enough    uses: rcx, rdx, flags
function is_hardlockup
        mov     eax, [rdi + pcpu.hrtimer_interrupts]
        cmp     eax, [rdi + pcpu.hrtimer_interrupts_saved]
        je      .missed
        call    watchdog_hardlockup_update_reset
        xor     eax, eax
        return
.missed:
        cmp     dword [hardlockup_detector], HARDLOCKUP_BUDDY_7_1
        jne     .stuck
        mov     eax, [rdi + pcpu.hrtimer_interrupts_missed]
        inc     eax
        mov     [rdi + pcpu.hrtimer_interrupts_missed], eax
        xor     edx, edx
        mov     ecx, MISS_THRESH_7_1
        div     ecx
        xor     eax, eax
        test    edx, edx
        jnz     .done
.stuck: mov     eax, 1
.done:  return
endfunction

; watchdog_hardlockup_update_reset -- in: rdi = CPU's block    uses: rax
function watchdog_hardlockup_update_reset
        mov     eax, [rdi + pcpu.hrtimer_interrupts]
        mov     [rdi + pcpu.hrtimer_interrupts_saved], eax
        mov     dword [rdi + pcpu.hrtimer_interrupts_missed], 0
        return
endfunction

; hardlockup_report -- what is printed; the first line without the lock that keeps a report together, for its owner may be stuck
;   in: rbx = the block of the CPU that is stuck, r12 = its regs or 0    uses: all caller-saved
function hardlockup_report
        mov     eax, [rbx + pcpu.number]
        mov     ecx, [gs:pcpu.number]
        cmp     dword [hardlockup_detector], HARDLOCKUP_BUDDY_7_1
        je      .new
        cmp     dword [report_format], REPORT_5_4
        je      .old
        printk  KERN_EMERG, "watchdog: Watchdog detected hard LOCKUP on cpu %d", rax
        jmp     .modules
.old:   printk  KERN_EMERG, "NMI watchdog: Watchdog detected hard LOCKUP on cpu %d", rax
        jmp     .modules
.new:   printk  KERN_EMERG, "watchdog: CPU%u: Watchdog detected hard LOCKUP on cpu %u", rcx, rax
.modules:
        call    printk_cpu_sync_get
        call    print_modules
        cmp     rbx, [gs:pcpu.self]
        jne     .other
        mov     rdi, r12
        call    show_regs
        call    printk_cpu_sync_put
        jmp     .all
.other: call    printk_cpu_sync_put
        mov     edi, [rbx + pcpu.number]
        call    trigger_single_cpu_backtrace
.all:   cmp     dword [hardlockup_all_cpu_backtrace], 0
        je      .done
        mov     edi, [rbx + pcpu.number]
        call    trigger_allbutcpu_cpu_backtrace
        cmp     dword [hardlockup_panic], 0
        jne     .done
        mov     dword [hard_lockup_nmi_warn], 0
.done:  return
endfunction

        section .data
        align   4, db 0
hardlockup_detector: dd HARDLOCKUP_PERF
hard_lockup_nmi_warn: dd 0
        section .text

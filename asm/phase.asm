; phase.asm -- for scenarios: when a lockup begins, measured from a tick of the watchdog on the CPU that locks up (phase=NS),
; and whether a line says so (announce=0: none). For sweeps over all the moments at which a lockup can begin.

        kernel_param phase,    parse_long, scenario_phase
        kernel_param announce, parse_int, scenario_announce, 0, 1

; phase_target -- in: rdi = block of the CPU that will lock up    out: rax = ns since boot, CF set if no phase is wanted
;   uses: rdx, flags
function phase_target
        mov     rax, [scenario_phase]
        test    rax, rax
        js      .none
        cmp     dword [rdi + pcpu.watchdog_hrtimer + hrtimer.queued], 0
        je      .now                    ; not watched
        add     rax, [rdi + pcpu.watchdog_hrtimer + hrtimer.expires]    ; the next tick; it forgets all touches so far
        clc
        return
.now:   call    sched_clock
        add     rax, [scenario_phase]
        clc
        return
.none:  stc
        return
endfunction

; wait_for_phase -- a module's init that will lock up this CPU sleeps while the phase is far off, then works as any other task
; does: for more than a period, so that the touch of leaving idle is forgotten
;   in: rdi = scenario    uses: all caller-saved
function wait_for_phase
        push    rbx
        push    r12
        mov     r12, rdi
        mov     rdi, [gs:pcpu.self]
        call    phase_target
        jc      .done
        mov     rbx, rax
        mov     rdi, r12
        mov     rsi, rbx
        call    announce_time
        call    sched_clock
        mov     rcx, [sample_period]
        add     rcx, rcx
        add     rax, rcx
        neg     rax
        add     rax, rbx                ; until two periods before it
        jle     .work
        xor     edx, edx
        mov     ecx, NSEC_PER_MSEC
        div     rcx
        mov     edi, eax
        call    msleep
.work:  mov     rdi, rbx
        call    work_until
.done:  pop     r12
        pop     rbx
        return
endfunction

; work_until -- keeps this CPU busy, but lets others run    in: rdi = ns since boot    uses: all caller-saved
function work_until
        push    rbx
        mov     rsi, [tsc_hz]
        call    ns_to_cycles
        mov     rbx, rax
        add     rbx, [tsc_start]
.work:  pause
        call    cond_resched
        get_cycles
        cmp     rax, rbx
        jb      .work
        pop     rbx
        return
endfunction

; announce_time -- with announce=0, the beginning is told long before, so that nothing touches then
;   in: rdi = scenario, rsi = ns since boot    uses: all caller-saved
function announce_time
        cmp     dword [scenario_announce], 0
        jne     .done
        mov     rax, rsi
        xor     edx, edx
        mov     ecx, NSEC_PER_SEC
        div     rcx
        printk  KERN_INFO, "%s: start at %u.%09u", qword [rdi + scenario_record.name], rax, rdx
.done:  return
endfunction

; announce NAME -- the line that tells of the beginning
;   uses: all caller-saved
%macro announce 1
        cmp     dword [scenario_announce], 0
        je      %%silent
        printk  KERN_INFO, {%1, ": start"}
%%silent:
%endmacro

        section .data
        align   8, db 0
scenario_phase: dq -1                   ; ns, or -1: at once
scenario_announce: dd 1
        section .text

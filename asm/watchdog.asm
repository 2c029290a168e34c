; watchdog.asm -- both lockup detectors: their knobs, their start and end on each CPU. After: kernel/watchdog.c; lockup-detector
; spec 1.7, 2.1, 5. Which design of each runs is chosen at boot: detector=, hardlockup=.

NUM_SAMPLE_PERIODS equ 5

        kernel_param detector,         parse_choice, soft_detector, detector_names
        choices detector_names, "stopper", "stopper-5.4", "thread"
DETECTOR_STOPPER     equ 0              ; the numbers of the words
DETECTOR_STOPPER_5_4 equ 1
DETECTOR_THREAD      equ 2

        kernel_param nowatchdog,       parse_clear, watchdog_user_enabled
        kernel_param nosoftlockup,     parse_clear, watchdog_softlockup_user_enabled
        kernel_param nmi_watchdog,     parse_nmi_watchdog, watchdog_hardlockup_user_enabled
        kernel_param watchdog_thresh,  parse_int, watchdog_thresh, 0, WATCHDOG_THRESH_MAX
        kernel_param softlockup_panic, parse_int, softlockup_panic, 0, INT_MAX
        kernel_param hardlockup_panic, parse_int, hardlockup_panic, 0, 1
        kernel_param softlockup_all_cpu_backtrace, parse_int, softlockup_all_cpu_backtrace, 0, 1
        kernel_param hardlockup_all_cpu_backtrace, parse_int, hardlockup_all_cpu_backtrace, 0, 1

        sysctl  watchdog,         proc_watchdog, watchdog_user_enabled, 0, 1
        sysctl  soft_watchdog,    proc_watchdog, watchdog_softlockup_user_enabled, 0, 1
        sysctl  nmi_watchdog,     proc_nmi_watchdog, watchdog_hardlockup_user_enabled, 0, 1
        sysctl  watchdog_thresh,  proc_watchdog, watchdog_thresh, 0, WATCHDOG_THRESH_MAX
        sysctl  watchdog_cpumask, proc_watchdog_cpumask, watchdog_cpumask
        sysctl  softlockup_panic, parse_int, softlockup_panic, 0, INT_MAX
        sysctl  hardlockup_panic, parse_int, hardlockup_panic, 0, 1
        sysctl  softlockup_all_cpu_backtrace, parse_int, softlockup_all_cpu_backtrace, 0, 1
        sysctl  hardlockup_all_cpu_backtrace, parse_int, hardlockup_all_cpu_backtrace, 0, 1

; proc_watchdog -- watchdog, soft_watchdog, watchdog_thresh: what changes restarts the detectors
;   in: rdi = text, rsi = target, rdx = knob    out: eax = 0 or -EINVAL    uses: all caller-saved; may sleep
;   after: proc_watchdog_common(), proc_watchdog_thresh()
function proc_watchdog
        push    rbx
        push    r12
        mov     rbx, rsi
        mov     r12d, [rbx]
        call    parse_int
        test    eax, eax
        jnz     .done
        cmp     r12d, [rbx]
        je      .done
        call    lockup_detector_reconfigure
        xor     eax, eax
.done:  pop     r12
        pop     rbx
        return
endfunction

; proc_nmi_watchdog -- as proc_watchdog, if there is a hard detector at all
function proc_nmi_watchdog
        mov     eax, -ENOTSUPP
        cmp     dword [watchdog_hardlockup_available], 0
        je      .done
        call    proc_watchdog
.done:  return
endfunction

; proc_watchdog_cpumask -- which CPUs are watched; as proc_watchdog
function proc_watchdog_cpumask
        call    parse_cpulist
        test    eax, eax
        jnz     .done
        call    lockup_detector_reconfigure
        xor     eax, eax
.done:  return
endfunction

; lockup_detector_init -- before the other CPUs are brought up; they call lockup_detector_online_cpu themselves
;   uses: all caller-saved
function lockup_detector_init
        mov     rdi, [gs:pcpu.self]
        call    watchdog_thread_create
        call    watchdog_hardlockup_probe
        mov     [watchdog_hardlockup_available], eax
        call    set_sample_period
        call    lockup_detector_update_enable
        mov     eax, [watchdog_cpumask]
        mov     [watchdog_allowed_mask], eax
        call    lockup_detector_online_cpu
        return
endfunction

; lockup_detector_reconfigure -- stops the detectors everywhere and starts them with what the knobs say now: a new phase
;   uses: all caller-saved; sleeps: a CPU that does not schedule any more holds the writer up, as in Linux
function lockup_detector_reconfigure
        lea     rdi, [softlockup_stop_fn]
        call    on_allowed_cpus         ; softlockup_stop_all()
        mov     dword [watchdog_allowed_mask], 0
        call    set_sample_period
        call    lockup_detector_update_enable
        cmp     dword [watchdog_enabled], 0
        je      .done
        cmp     dword [watchdog_thresh], 0
        je      .done
        mov     eax, [watchdog_cpumask] ; softlockup_start_all()
        mov     [watchdog_allowed_mask], eax
        lea     rdi, [softlockup_start_fn]
        call    on_allowed_cpus
.done:  return
endfunction

; on_allowed_cpus -- runs a function on every CPU that is online and watched
;   in: rdi = function    uses: all caller-saved; sleeps
function on_allowed_cpus
        push    rbx
        push    r12
        mov     r12, rdi
        xor     ebx, ebx
.next:  bt      [watchdog_allowed_mask], ebx
        jnc     .skip
        cpu_pointer rax, rbx
        cmp     dword [rax + pcpu.online], 0
        je      .skip
        mov     edi, ebx
        mov     rsi, r12
        call    smp_call_on_cpu
.skip:  inc     ebx
        cmp     ebx, [nr_cpu_ids]
        jb      .next
        pop     r12
        pop     rbx
        return
endfunction

; lockup_detector_update_enable -- from what the user wants and what the machine has
;   uses: rax, flags
function lockup_detector_update_enable
        xor     eax, eax
        cmp     dword [watchdog_user_enabled], 0
        je      .set
        cmp     dword [watchdog_hardlockup_available], 0
        je      .soft
        cmp     dword [watchdog_hardlockup_user_enabled], 0
        je      .soft
        or      eax, WATCHDOG_HARDLOCKUP_ENABLED
.soft:  cmp     dword [watchdog_softlockup_user_enabled], 0
        je      .set
        or      eax, WATCHDOG_SOFTOCKUP_ENABLED
.set:   mov     [watchdog_enabled], eax
        return
endfunction

; set_sample_period -- the soft detector looks five times per threshold, of which the hard one is a half
;   uses: rax, flags
function set_sample_period
        call    get_softlockup_thresh
        imul    rax, rax, NSEC_PER_SEC / NUM_SAMPLE_PERIODS
        mov     [sample_period], rax
        add     rax, rax                ; watchdog_update_hrtimer_threshold()
        mov     [watchdog_hrtimer_sample_threshold], rax
        return
endfunction

; get_softlockup_thresh -- out: rax = twice the hard threshold
function get_softlockup_thresh
        mov     eax, [watchdog_thresh]
        add     eax, eax
        return
endfunction

; lockup_detector_online_cpu -- starts the detectors on this CPU, if there are any
;   uses: all caller-saved
function lockup_detector_online_cpu
        cmp     dword [watchdog_enabled], 0
        je      .done
        cmp     dword [watchdog_thresh], 0
        je      .done
        mov     eax, [gs:pcpu.number]
        bt      [watchdog_allowed_mask], eax
        jnc     .done
        call    watchdog_enable
.done:  return
endfunction

; softlockup_start_fn / softlockup_stop_fn -- on the CPU that is meant    uses: all caller-saved
function softlockup_start_fn
        call    watchdog_enable
        return
endfunction

function softlockup_stop_fn
        call    watchdog_disable
        return
endfunction

; watchdog_enable -- this CPU's timer, its first time stamp, its counter; the phase of all later ticks is set here
;   uses: all caller-saved
function watchdog_enable
        push    rbx
        mov     rbx, [gs:pcpu.self]
        mov     dword [rbx + pcpu.softlockup_done], 1
        lea     rax, [softlockup_fn]
        mov     [rbx + pcpu.softlockup_stop_work + cpu_stop_work.function], rax
        lea     rax, [watchdog_timer_fn]
        lea     rcx, [watchdog_timer_fn_5_4]
        cmp     dword [soft_detector], DETECTOR_STOPPER
        cmovne  rax, rcx
        mov     [rbx + pcpu.watchdog_hrtimer + hrtimer.function], rax
        call    sched_clock
        mov     rsi, rax
        add     rsi, [sample_period]
        lea     rdi, [rbx + pcpu.watchdog_hrtimer]
        call    hrtimer_start
        call    update_touch_ts
        mov     dword [rbx + pcpu.watchdog_active], 1
        test    dword [watchdog_enabled], WATCHDOG_HARDLOCKUP_ENABLED
        jz      .done
        call    watchdog_hardlockup_enable
.done:  pop     rbx
        return
endfunction

; watchdog_disable -- the hard detector first: it must not find the timer gone
;   uses: all caller-saved
function watchdog_disable
        push    rbx
        mov     rbx, [gs:pcpu.self]
        cmp     dword [rbx + pcpu.watchdog_active], 0
        je      .done
        mov     dword [rbx + pcpu.watchdog_active], 0
        call    watchdog_hardlockup_disable
        lea     rdi, [rbx + pcpu.watchdog_hrtimer]
        call    hrtimer_cancel
.wait:  cmp     dword [rbx + pcpu.softlockup_done], 0   ; wait_for_completion(): queued work must be done before it is queued anew
        jne     .done
        mov     edi, 1
        call    msleep
        jmp     .wait
.done:  pop     rbx
        return
endfunction

        section .data
        align   8, db 0
sample_period:  dq 0                    ; ns
watchdog_hrtimer_sample_threshold: dq 0 ; ns
watchdog_thresh: dd WATCHDOG_THRESH_DEFAULT
soft_detector:  dd DETECTOR_STOPPER
watchdog_enabled: dd 0
watchdog_user_enabled: dd 1
watchdog_softlockup_user_enabled: dd 1
watchdog_hardlockup_user_enabled: dd 1
watchdog_hardlockup_available: dd 0
watchdog_cpumask: dd -1                 ; that the user wants watched
watchdog_allowed_mask: dd 0             ; that are watched
softlockup_panic: dd 0
hardlockup_panic: dd 0
softlockup_all_cpu_backtrace: dd 0
hardlockup_all_cpu_backtrace: dd 0
        section .text

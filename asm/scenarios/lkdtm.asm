; title: lkdtm's ways to lock up, chosen by action=NAME
; mirrors: echo NAME > /sys/kernel/debug/provoke-crash/DIRECT
; config: action=SOFTLOCKUP
; until: 60s
; expect: soft@24s..28s,cpu=0,in=lkdtm_SOFTLOCKUP
; expect[action=SOFTLOCKUP, preempt=full|lazy]: soft@24s..28s,cpu=0,in=lkdtm_SOFTLOCKUP
; expect[action=HARDLOCKUP]: hard@6s..30s,cpu=0,in=lkdtm_HARDLOCKUP
; expect[action=HARDLOCKUP, preempt=full]: hard@6s..30s,cpu=0
; expect[action=HARDLOCKUP, pmu=off]: none
; expect[action=LOOP]: soft@24s..28s,cpu=0,in=lkdtm_LOOP
; expect[action=LOOP, preempt=none]: soft@24s..28s,cpu=0
; expect[action=LOOP, preempt=full|lazy]: none
; expect[action=SPINLOCKUP]: says="BUG: scheduling while atomic: bash/" then soft@24s..30s,cpu=0,in=native_queued_spin_lock_slowpath
; expect[action=SPINLOCKUP, preempt=full]: says="BUG: scheduling while atomic: bash/" then soft@24s..30s,cpu=0
; expect[action=SMP_CALL_LOCKUP]: hard@6s..20s,cpu=1,in=smp_call_lockup_loop then soft@24s..28s,cpu=0,in=smp_call_function_single
; expect[action=SMP_CALL_LOCKUP, preempt=full]: hard@6s..20s,cpu=1 then soft@24s..28s,cpu=0
; expect[action=SMP_CALL_LOCKUP, pmu=off]: soft@24s..28s,cpu=0,in=smp_call_function_single
; expect[action=SMP_CALL_LOCKUP, cpus=1]: hard@6s..30s,cpu=0
; expect[action=HUNG_TASK]: hung@120s..245s
; until[action=HUNG_TASK]: 260s
; expect[action=PANIC]: panic,line="Kernel panic - not syncing: dumptest"
; expect[action=PANIC_STOP_IRQOFF]: panic,line="Kernel panic - not syncing: panic stop irqoff test" then says="Shutting down cpus with NMI"
; expect[action=PANIC_STOP_IRQOFF, cpus=4]: panic,line="Kernel panic - not syncing: panic stop irqoff test" then says="Shutting down cpus with NMI"
;
; The name is printed first, which touches the watchdogs of the CPU; so a hard lockup may take one NMI (10 s) longer. After:
; drivers/misc/lkdtm/bugs.c; lockup-detector spec 8.2.

        kernel_param action, parse_string, lkdtm_action

        scenario lkdtm, lkdtm_init

; lkdtm_init -- the module is loaded, and a shell writes the name    out: eax = 0    uses: all caller-saved
function lkdtm_init
        lea     rdi, [lkdtm_shell]
        string  rsi, "bash"
        mov     edx, [scenario_cpu]
        call    start_busy_thread
        xor     eax, eax
        return
endfunction

; lkdtm_shell -- finds the action and does it
function lkdtm_shell
        push    rbx
        announce "lkdtm"
        lea     rbx, [lkdtm_actions]
.next:  lea     rax, [lkdtm_actions_end]
        cmp     rbx, rax
        jae     .unknown
        mov     rdi, [lkdtm_action]
        mov     rsi, [rbx]
        call    parameq
        test    eax, eax
        jnz     .found
        add     rbx, 16
        jmp     .next
.found: printk  KERN_INFO, "lkdtm: Performing direct entry %s", qword [rbx]
        call    [rbx + 8]
        jmp     .done
.unknown:
        printk  KERN_ERR, "lkdtm: no such action: %s", qword [lkdtm_action]
.done:  pop     rbx
        return
endfunction

function lkdtm_SOFTLOCKUP
        preempt_disable
.spin:  pause
        jmp     .spin
endfunction

function lkdtm_HARDLOCKUP
        cli
.spin:  pause
        jmp     .spin
endfunction

function lkdtm_LOOP
.spin:  pause
        jmp     .spin
endfunction

LKDTM_SHELL_MS  equ 1000                ; between two commands

; lkdtm_SPINLOCKUP -- takes a lock and comes back with it, which is noticed when the shell waits for the next command: the same
; again
function lkdtm_SPINLOCKUP
        lea     rdi, [lkdtm_lock_me_up]
        call    _raw_spin_lock
        mov     edi, LKDTM_SHELL_MS
        call    msleep
        printk  KERN_INFO, "lkdtm: Performing direct entry SPINLOCKUP"
        lea     rdi, [lkdtm_lock_me_up]
        call    _raw_spin_lock
        return
endfunction

; lkdtm_SMP_CALL_LOCKUP -- another CPU is to run a function that never ends
function lkdtm_SMP_CALL_LOCKUP
        mov     edi, [scenario_cpu]
        call    other_cpu
        mov     edi, eax
        lea     rsi, [smp_call_lockup_loop]
        xor     edx, edx
        mov     ecx, 1
        call    smp_call_function_single
        return
endfunction

function smp_call_lockup_loop
.spin:  pause
        jmp     .spin
endfunction

function lkdtm_HUNG_TASK
        mov     rax, [gs:pcpu.current]
        mov     dword [rax + task.state], TASK_UNINTERRUPTIBLE
        call    schedule
        return
endfunction

function lkdtm_PANIC
        string  rdi, "dumptest"
        call    panic
endfunction

; lkdtm_PANIC_STOP_IRQOFF -- the stoppers of all CPUs switch interrupts off, and the last one panics
function lkdtm_PANIC_STOP_IRQOFF
        push    rbx
        xor     ebx, ebx
.next:  imul    esi, ebx, cpu_stop_work_size
        lea     rax, [lkdtm_stop_works]
        add     rsi, rax
        lea     rax, [panic_stop_irqoff_fn]
        mov     [rsi + cpu_stop_work.function], rax
        cpu_pointer rdi, rbx
        call    stop_one_cpu_nowait
        inc     ebx
        cmp     ebx, [nr_cpu_ids]
        jb      .next
        mov     edi, LKDTM_SHELL_MS
        call    msleep
        pop     rbx
        return
endfunction

function panic_stop_irqoff_fn
        cli
        mov     eax, 1
        lock xadd [lkdtm_stopped], eax
        inc     eax
        cmp     eax, [nr_cpu_ids]
        jne     .spin
        string  rdi, "panic stop irqoff test"
        call    panic
.spin:  pause
        jmp     .spin
endfunction

; lkdtm_entry NAME -- an entry of the table below
%macro lkdtm_entry 1
  %defstr %%text %1
        section .rodata
%%name: db      %%text, 0
        section .data
        dq      %%name, lkdtm_%1
%endmacro

        section .data
        align   8, db 0
lkdtm_actions:
        lkdtm_entry SOFTLOCKUP
        lkdtm_entry HARDLOCKUP
        lkdtm_entry LOOP
        lkdtm_entry SPINLOCKUP
        lkdtm_entry SMP_CALL_LOCKUP
        lkdtm_entry HUNG_TASK
        lkdtm_entry PANIC
        lkdtm_entry PANIC_STOP_IRQOFF
lkdtm_actions_end:
lkdtm_default:  db "SOFTLOCKUP", 0
        align   8, db 0
lkdtm_action:   dq lkdtm_default
lkdtm_lock_me_up: dd 0
lkdtm_stopped:  dd 0
        section .bss
        bss_align 8
lkdtm_stop_works: resb MAX_CPUS * cpu_stop_work_size
        section .text

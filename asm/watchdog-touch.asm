; watchdog-touch.asm -- touching: "I know that I am slow". A touch begins the count anew at the next tick; it concerns the calling
; CPU only, unless it says otherwise, and none of these uses a register. Who touches stands in README.md.
; After: kernel/watchdog.c, arch/x86/kernel/kvm.c; lockup-detector spec 1.6.

; touch_softlockup_watchdog_sched -- from the scheduler and the idle code
function touch_softlockup_watchdog_sched
        mov     qword [gs:pcpu.watchdog_report_ts], SOFTLOCKUP_DELAY_REPORT
        return
endfunction

; touch_softlockup_watchdog -- also excuses the CPU's workqueue
function touch_softlockup_watchdog
        call    touch_softlockup_watchdog_sched
        mov     dword [gs:pcpu.wq_watchdog_touched], 1   ; wq_watchdog_touch()
        return
endfunction

; touch_nmi_watchdog -- both detectors; every line of a trace and every line on the serial console does this
function touch_nmi_watchdog
        mov     dword [gs:pcpu.watchdog_hardlockup_touched], 1   ; arch_touch_nmi_watchdog()
        call    touch_softlockup_watchdog
        return
endfunction

; touch_softlockup_watchdog_sync -- after the clock may have stood still; the next tick takes note
function touch_softlockup_watchdog_sync
        mov     dword [gs:pcpu.softlockup_touch_sync], 1
        call    touch_softlockup_watchdog_sched
        return
endfunction

; touch_all_softlockup_watchdogs -- every CPU that is watched
function touch_all_softlockup_watchdogs
        push    rax
        push    rcx
        pushfq
        xor     ecx, ecx
.next:  bt      [watchdog_allowed_mask], ecx
        jnc     .skip
        cpu_pointer rax, rcx
        mov     qword [rax + pcpu.watchdog_report_ts], SOFTLOCKUP_DELAY_REPORT
.skip:  inc     ecx
        cmp     ecx, [nr_cpu_ids]
        jb      .next
        popfq
        pop     rcx
        pop     rax
        return
endfunction

; kvm_check_and_clear_guest_paused -- did the host say that it paused this CPU? Then the pause is nobody's fault
;   out: eax = 1 or 0    uses: flags    after: arch/x86/kernel/kvm.c, pvclock_touch_watchdogs()
function kvm_check_and_clear_guest_paused
        xor     eax, eax
        xchg    eax, [gs:pcpu.pvclock_guest_stopped]
        test    eax, eax
        jz      .done
        call    touch_softlockup_watchdog_sync
        mov     dword [reset_hung_task], 1      ; reset_hung_task_detector()
.done:  return
endfunction

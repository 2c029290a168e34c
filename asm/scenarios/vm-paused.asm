; title: A virtual machine is paused for 40 s and its host says so: no report
; mirrors: KVM with PVCLOCK_GUEST_STOPPED, as at the end of a migration
; until: 60s
; expect: none
; expect[detector=stopper-5.4|thread]: none
; expect[pmu=off]: none
;
; As vm_stolen, but the flag that the host sets in the clock page is found by the first tick (kvm_check_and_clear_guest_paused), which
; begins the count anew.

        scenario vm_paused, vm_paused_init, 1, elsewhere

; vm_paused_init -- out: eax = 0    uses: all caller-saved
function vm_paused_init
        lea     rdi, [vm_gap_action]
        call    register_nmi_handler
        lea     rdi, [vm_thread]
        string  rsi, "vcpu/%u"
        mov     edx, [scenario_cpu]
        call    start_busy_thread
        call    let_them_be_busy
        announce "vm_paused"
        call    give_sign
        mov     edi, VM_GAP_MS
        call    msleep
        mov     eax, [scenario_cpu]
        cpu_pointer rax, rax
        mov     dword [rax + pcpu.pvclock_guest_stopped], 1
        call    send_unknown_nmi
        xor     eax, eax
        return
endfunction

; title: A virtual CPU does not run for 40 s, and nobody says so: a soft lockup is reported when it runs again
; mirrors: an overcommitted host; the vCPU is stuck outside of the guest
; until: 60s
; expect: soft@39.9s..40.5s,cpu=1,stuck=37..41 then none
; expect[detector=stopper-5.4|thread]: soft@39.9s..40.5s,cpu=1,stuck=37..41 then none
; expect[preempt=full]: soft@39.9s..40.5s,cpu=1,stuck=37..41 then none
; expect[pmu=off]: soft@39.9s..40.5s,cpu=1,stuck=37..41 then none
;
; The CPU halts with interrupts off, so that nothing but an NMI from another CPU, 40 s later, lets it go on: it neither works nor counts
; cycles, just as if it had not been scheduled by its host. Its timer is late then, and finds a time stamp of long ago.

        scenario vm_stolen, vm_stolen_init, 1, elsewhere
VM_GAP_MS       equ 40000

; vm_stolen_init -- out: eax = 0    uses: all caller-saved
function vm_stolen_init
        lea     rdi, [vm_gap_action]
        call    register_nmi_handler
        lea     rdi, [vm_thread]
        string  rsi, "vcpu/%u"
        mov     edx, [scenario_cpu]
        call    start_busy_thread
        call    let_them_be_busy
        announce "vm_stolen"
        call    give_sign
        mov     edi, VM_GAP_MS
        call    msleep
        call    send_unknown_nmi
        xor     eax, eax
        return
endfunction

; vm_thread -- busy, then not there for a while, then busy and well-behaved again
function vm_thread
        call    busy_until_sign
        cli
        hlt                                     ; until the NMI
        sti
.busy:  pause
        call    cond_resched
        jmp     .busy
endfunction

; vm_gap_handler -- the NMI that ends the gap is no surprise    out: eax = 1
function vm_gap_handler
        mov     eax, 1
        return
endfunction

        section .data
        align   8, db 0
vm_gap_action:  dq 0, vm_gap_handler, 0
        section .text

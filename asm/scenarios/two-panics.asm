; title: Two CPUs panic at the same moment: one wins, the other waits in silence and is stopped
; mirrors: two panic() calls racing for panic_cpu
; until: 20s
; expect: panic@0s..1s then says="---[ end Kernel panic - not syncing: two_panics" then none
; expect[pmu=off]: panic@0s..1s then says="---[ end Kernel panic - not syncing: two_panics" then none
; expect[cpus=4]: panic@0s..1s then says="---[ end Kernel panic - not syncing: two_panics" then none
; expect[panic=2]: panic@0s..1s then says="Rebooting in 2 seconds.." then reset
;
; panic_cpu is claimed by a compare-exchange; who loses spins with interrupts off (panic_smp_self_stop), so that REBOOT_VECTOR does not
; reach it and the winner has to stop it by NMI.

        scenario two_panics, two_panics_init, 1, elsewhere
TWO_PANICS_LEAD_NS equ 200 * NSEC_PER_MSEC

; two_panics_init -- out: eax = 0    uses: all caller-saved
function two_panics_init
        push    rbx
        xor     ebx, ebx
.next:  lea     rdi, [two_panics_thread]
        string  rsi, "panic/%u"
        mov     edx, ebx
        call    start_busy_thread
        inc     ebx
        cmp     ebx, [nr_cpu_ids]
        jb      .next
        announce "two_panics"
        call    sched_clock
        add     rax, TWO_PANICS_LEAD_NS
        mov     [busy_until], rax
        call    give_sign
        xor     eax, eax
        pop     rbx
        return
endfunction

function two_panics_thread
        call    busy_until_sign
        string  rdi, "two_panics"
        call    panic
endfunction

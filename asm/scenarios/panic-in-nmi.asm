; title: NMIs that want to panic hit a CPU that is panicking already: the first panic goes on to its end
; mirrors: unknown_nmi_panic=1 and an NMI in the middle of panic() (nmi_panic() returns on its own CPU)
; until: 20s
; config: unknown_nmi_panic
; expect: panic@0s..1s,cpu=0,line="Kernel panic - not syncing: panic_in_nmi" then says="---[ end Kernel panic - not syncing: panic_in_nmi ]---" then none
; expect[pmu=off]: panic@0s..1s,cpu=0,line="Kernel panic - not syncing: panic_in_nmi" then says="---[ end Kernel panic - not syncing: panic_in_nmi ]---" then none
;
; The other CPU sends NMIs until it is stopped. None of them belongs to anybody, so each wants to panic, finds that this CPU does it
; already, and lets it.

        scenario panic_in_nmi, panic_in_nmi_init, 0, elsewhere

; panic_in_nmi_init -- on the other CPU; until it is stopped
function panic_in_nmi_init
        lea     rdi, [panic_in_nmi_thread]
        string  rsi, "panic/%u"
        mov     edx, [scenario_cpu]
        call    start_busy_thread
        announce "panic_in_nmi"
        call    give_sign
.wait:  cmp     dword [panic_cpu], PANIC_CPU_INVALID
        je      .wait
.send:  call    send_unknown_nmi
        mov     edi, 20
        call    mdelay
        jmp     .send
endfunction

function panic_in_nmi_thread
        call    busy_until_sign
        string  rdi, "panic_in_nmi"
        call    panic
endfunction

; title: An NMI that nobody wanted: two lines, and life goes on
; mirrors: a stray NMI, as from the NMI button of a server
; until: 10s
; expect: says="Uhhuh. NMI received for unknown reason * on CPU 1." then says="Dazed and confused, but trying to continue" then none
; expect[unknown_nmi_panic]: says="Uhhuh." then panic@+0s..0.1s,cpu=1,line="Kernel panic - not syncing: NMI: Not continuing" then none
; expect[sysctl.kernel.panic_on_unrecovered_nmi=1]: says="Uhhuh." then panic,cpu=1,line="Kernel panic - not syncing: NMI: Not continuing"
; expect[report=5.4]: says="Uhhuh." then says="Do you have a strange power saving mode enabled?" then says="Dazed and confused"
; expect[pmu=off]: says="Uhhuh." then says="Dazed and confused" then none
;
; No local handler says that it was its own, and port 0x61 tells of no error.

        scenario nmi_unknown, nmi_unknown_init, 1, elsewhere

; nmi_unknown_init -- out: eax = 0    uses: all caller-saved
function nmi_unknown_init
        announce "nmi_unknown"
        call    send_unknown_nmi
        xor     eax, eax
        return
endfunction

; send_unknown_nmi -- to scenario_cpu    uses: all caller-saved
function send_unknown_nmi
        mov     edi, [scenario_cpu]
        cpu_pointer rdi, rdi
        mov     esi, APIC_DM_NMI | APIC_ICR_ASSERT
        call    __default_send_IPI
        return
endfunction

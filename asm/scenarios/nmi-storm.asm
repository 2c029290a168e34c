; title: A thousand unknown NMIs: ten of them are told, the others counted, and no detector is disturbed
; mirrors: a broken device or firmware that raises NMIs without end
; until: 40s
; expect: says="Uhhuh. NMI received for unknown reason * on CPU 1." then says="unknown_nmi_error: * callbacks suppressed" then says="nmi_storm: over" then none
; expect[pmu=off]: says="Uhhuh." then says="nmi_storm: over" then none
;
; Ten lines in five seconds are the limit (lib/ratelimit.c). The CPU that is hit goes on taking its ticks in between.

        scenario nmi_storm, nmi_storm_init, 1, elsewhere
NMI_STORM_COUNT equ 1000
NMI_STORM_GAP_MS equ 10

; nmi_storm_init -- out: eax = 0    uses: all caller-saved
function nmi_storm_init
        push    rbx
        announce "nmi_storm"
        mov     ebx, NMI_STORM_COUNT
.next:  call    send_unknown_nmi
        mov     edi, NMI_STORM_GAP_MS
        call    msleep
        dec     ebx
        jnz     .next
        printk  KERN_INFO, "nmi_storm: over"
        xor     eax, eax
        pop     rbx
        return
endfunction

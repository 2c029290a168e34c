; title: A loop of 18 s: below the threshold, nothing is reported
; mirrors: a driver that waits for its device for 18 s by mdelay()
; until: 60s
; expect: none
; expect[preempt=none|full]: none
; expect[watchdog_thresh=5]: soft@12s..15s,cpu=0,stuck=13

        scenario soft_18s, soft_18s_init

SOFT_18S_MS     equ 18000

; soft_18s_init -- out: eax = 0    uses: all caller-saved
function soft_18s_init
        announce "soft_18s"
        mov     edi, SOFT_18S_MS
        call    mdelay
        xor     eax, eax
        return
endfunction

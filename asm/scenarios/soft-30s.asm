; title: A loop of 30 s: reported once, then everything goes on
; mirrors: a driver that waits for its device for 30 s by mdelay()
; until: 75s
; expect: soft@24s..28s,cpu=0,stuck=26..27 then says="soft_30s: over" then none
; expect[preempt=full]: says="soft_30s: over" then none

        scenario soft_30s, soft_30s_init

SOFT_30S_MS     equ 30000

; soft_30s_init -- out: eax = 0    uses: all caller-saved
function soft_30s_init
        announce "soft_30s"
        mov     edi, SOFT_30S_MS
        call    mdelay
        printk  KERN_INFO, "soft_30s: over"
        xor     eax, eax
        return
endfunction

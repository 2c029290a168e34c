; title: NMIs that come faster than the tick, as with turbo: the filter keeps a healthy CPU from being reported
; mirrors: a CPU above its nominal frequency, whose cycle counter is through its period long before the threshold
; until: 60s
; config: nmi_period_percent=30
; expect: none
; expect[nmi_period_percent=10]: none
; expect[nmi_period_percent=300]: none
;
; The counter's period is 3 s here, the tick's 4 s: two NMIs in a row may well find the same tick count. So an NMI that comes less than two
; sample periods (8 s) after the last one that counted does not count (watchdog_check_timestamp).

        scenario turbo, turbo_init, 1, elsewhere

; turbo_init -- out: eax = 0    uses: all caller-saved
function turbo_init
        lea     rdi, [busy_until_sign]          ; for ever
        string  rsi, "busy/%u"
        mov     edx, [scenario_cpu]
        call    start_busy_thread
        announce "turbo"
        xor     eax, eax
        return
endfunction

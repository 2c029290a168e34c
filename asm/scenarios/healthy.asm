; title: Nothing is wrong: every CPU idles, wakes for its ticks, and idles on
; expect: none
; until: 60s
;
; The control experiment. Each tick finds the CPU halted, has migration/N write its time stamp, and no detector says a word.

        scenario healthy, healthy_init

; healthy_init -- out: eax = 0
function healthy_init
        xor     eax, eax
        return
endfunction

; title: A user program of SCHED_RR 99 loops for ever: no lockup in any design, its slices end
; mirrors: chrt -r 99 sh -c 'while :; do :; done'
; until: 60s
; expect: none
; expect[detector=thread]: none

        scenario user_rr_99, user_rr_99_init

; user_rr_99_init -- out: eax = 0    uses: all caller-saved
function user_rr_99_init
        announce "user_rr_99"
        lea     rdi, [rt_loop_program]
        mov     rsi, SCHED_RR << 32 | 99
        string  rdx, "rr"
        mov     ecx, [scenario_cpu]
        call    run_user_program
        xor     eax, eax
        return
endfunction

; title: A user program loops for ever: no lockup, user mode is always preempted
; mirrors: while (1); in a program
; until: 60s
; expect: none
; expect[preempt=none|full]: none

        scenario user_loop, user_loop_init

; user_loop_init -- out: eax = 0    uses: all caller-saved
function user_loop_init
        announce "user_loop"
        lea     rdi, [loop_program]
        xor     esi, esi
        string  rdx, "loop"
        mov     ecx, [scenario_cpu]
        call    run_user_program
        xor     eax, eax
        return
endfunction

; title: A user program prints and sleeps for ever: no lockup
; mirrors: while (1) { printf("..."); sleep(1); }
; until: 40s
; expect: none

        scenario user_printf, user_printf_init

; user_printf_init -- out: eax = 0    uses: all caller-saved
function user_printf_init
        lea     rdi, [print_program]
        xor     esi, esi
        string  rdx, "print"
        mov     ecx, [scenario_cpu]
        call    run_user_program
        xor     eax, eax
        return
endfunction

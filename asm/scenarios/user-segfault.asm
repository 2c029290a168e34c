; title: A user program reads the kernel's memory: it ends, and nothing else happens
; mirrors: a segmentation fault
; until: 30s
; expect: says="segfault at ffffffff80100000" then none

        scenario user_segfault, user_segfault_init

; user_segfault_init -- out: eax = 0    uses: all caller-saved
function user_segfault_init
        lea     rdi, [nosy_program]
        xor     esi, esi
        string  rdx, "nosy"
        mov     ecx, [scenario_cpu]
        call    run_user_program
        xor     eax, eax
        return
endfunction

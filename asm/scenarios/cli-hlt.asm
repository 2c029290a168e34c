; title: cli; hlt: a CPU that halts for ever with interrupts off is never noticed
; mirrors: while (1) asm volatile("cli; hlt");
; until: 60s
; expect: none
; expect[pmu=off]: none
;
; The NMI counts cycles, and a halted CPU has none. Only the buddy detector, another CPU's RCU stall or a hardware watchdog notices.

        scenario cli_hlt, cli_hlt_init, 1, elsewhere

; cli_hlt_init -- out: eax = 0    uses: all caller-saved
function cli_hlt_init
        lea     rdi, [cli_hlt_thread]
        string  rsi, "halted/%u"
        mov     edx, [scenario_cpu]
        call    start_busy_thread
        call    let_them_be_busy
        announce "cli_hlt"
        call    give_sign
        xor     eax, eax
        return
endfunction

function cli_hlt_thread
        call    busy_until_sign
.halt:  cli
        hlt
        jmp     .halt
endfunction

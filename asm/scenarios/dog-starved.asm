; title: The CPU of the watchdog daemon is stuck: reported at 26 s, and at 30 s the hardware resets the machine
; mirrors: the same, with the daemon on the stuck CPU
; until: 75s
; expect: soft@24s..28s,cpu=0,stuck=26..27 then reset@28s..30.1s
; expect[preempt=full]: soft@24s..28s,cpu=0 then reset@28s..30.1s
; expect[nowatchdog]: reset@28s..30.1s

        scenario dog_starved, dog_starved_init

DOG_STARVED_MS  equ 500                 ; until it has been fed for the first time

; dog_starved_init -- never comes back
function dog_starved_init
        lea     rdi, [dog_program]
        xor     esi, esi
        string  rdx, "watchdogd"
        mov     ecx, [scenario_cpu]
        call    run_user_program
        mov     edi, DOG_STARVED_MS
        call    msleep
        announce "dog_starved"
        preempt_disable
.spin:  pause
        jmp     .spin
endfunction

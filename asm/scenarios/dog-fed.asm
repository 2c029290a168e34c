; title: One CPU is stuck, and the daemon on another goes on feeding the hardware watchdog: reported, but no reset
; mirrors: a soft lockup on a machine with a watchdog daemon
; until: 50s
; expect: soft@20s..24.1s,cpu=1,stuck=22..23 then none
; expect[preempt=full]: soft@20s..24.1s,cpu=1 then none
; expect[cpus=1]: soft@24s..28s,cpu=0 then reset
;
; Feeding the dog and scheduling are two things: the dog watches one user task, the detectors watch CPUs.

        scenario dog_fed, dog_fed_init, 1, elsewhere

; dog_fed_init -- out: eax = 0    uses: all caller-saved
function dog_fed_init
        lea     rdi, [dog_program]
        xor     esi, esi
        string  rdx, "watchdogd"
        xor     ecx, ecx
        call    run_user_program
        lea     rdi, [dog_fed_thread]
        string  rsi, "hog/%u"
        mov     edx, [scenario_cpu]
        call    start_busy_thread
        call    let_them_be_busy
        announce "dog_fed"
        call    give_sign
        xor     eax, eax
        return
endfunction

function dog_fed_thread
        call    busy_until_sign
        preempt_disable
.spin:  pause
        jmp     .spin
endfunction

; title: A CPU waits for the answer of one that is deaf: hard lockup there, soft lockup here
; mirrors: smp_call_function_single(), a TLB flush or a module load while another CPU has its interrupts off for ever
; until: 70s
; expect: hard@6s..20s,cpu=1 then soft@20s..30s,cpu=0,in=smp_call_function_single
; expect[preempt=full]: hard@6s..20s,cpu=1 then soft@20s..30s,cpu=0,in=smp_call_function_single
; expect[pmu=off]: soft@20s..30s,cpu=0,in=smp_call_function_single
; expect[cpus=1]: hard@6s..30s,cpu=0
;
; Without a PMU the waiting CPU is the only one that says something, and it is not the one to blame.

        scenario smp_call_wait, smp_call_wait_init, 1, elsewhere

SMP_CALL_WAIT_MS equ 100                ; until the other is deaf for sure

; smp_call_wait_init -- never comes back
function smp_call_wait_init
        lea     rdi, [smp_call_wait_thread]
        string  rsi, "deaf/%u"
        mov     edx, [scenario_cpu]
        call    start_busy_thread
        call    let_them_be_busy
        announce "smp_call_wait"
        call    give_sign
        mov     edi, SMP_CALL_WAIT_MS
        call    msleep
        mov     edi, [scenario_cpu]
        lea     rsi, [smp_call_wait_function]
        xor     edx, edx
        mov     ecx, 1
        call    smp_call_function_single
        return
endfunction

function smp_call_wait_thread
        call    busy_until_sign
        cli
.spin:  pause
        jmp     .spin
endfunction

function smp_call_wait_function
        return
endfunction

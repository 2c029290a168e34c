; title: A user program of SCHED_FIFO 99 loops for ever: no lockup, for the stopper is above it; up to Linux 4.18 there is one
; mirrors: chrt -f 99 sh -c 'while :; do :; done'
; until: 75s
; expect: none
; expect[preempt=none|full]: none
; expect[sysctl.kernel.sched_rt_runtime_us=-1]: none
; expect[detector=thread]: soft@20s..28s,cpu=0
;
; With detector=thread the feeder is a thread of the same priority, and FIFO means that it waits until the first one sleeps.

        scenario user_fifo_99, user_fifo_99_init

; user_fifo_99_init -- out: eax = 0    uses: all caller-saved
function user_fifo_99_init
        announce "user_fifo_99"
        lea     rdi, [rt_loop_program]
        mov     rsi, SCHED_FIFO << 32 | 99
        string  rdx, "fifo"
        mov     ecx, [scenario_cpu]
        call    run_user_program
        xor     eax, eax
        return
endfunction

; title: A timer function that never ends: soft lockup, for timers are softirqs
; mirrors: while (1); in the function of a struct timer_list
; until: 60s
; expect: soft@20s..28s,cpu=0,in=timer_loop_function
; expect[preempt=full]: soft@20s..28s,cpu=0

        scenario timer_loop, timer_loop_init

TIMER_LOOP_JIFFIES equ HZ

; timer_loop_init -- out: eax = 0    uses: all caller-saved
function timer_loop_init
        announce "timer_loop"
        call    get_jiffies
        lea     rsi, [rax + TIMER_LOOP_JIFFIES]
        lea     rdi, [timer_loop_timer]
        call    add_timer
        xor     eax, eax
        return
endfunction

function timer_loop_function
.spin:  pause
        jmp     .spin
endfunction

        section .data
        align   8, db 0
timer_loop_timer:
        istruc timer_list
        at timer_list.function, dq timer_loop_function
        iend
        section .text

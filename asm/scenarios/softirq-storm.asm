; title: 1.5 ms of softirq work every 2 ms: no lockup, the stopper always gets in
; mirrors: a flood of received packets
; until: 60s
; expect: none
; expect[preempt=full]: none
;
; A pass of softirqs ends after ten rounds, after 2 ms, or as soon as somebody waits for the CPU.

        scenario softirq_storm, softirq_storm_init

SOFTIRQ_STORM_PERIOD equ 2 * NSEC_PER_MSEC
SOFTIRQ_STORM_WORK_US equ 1500

; softirq_storm_init -- out: eax = 0    uses: all caller-saved
function softirq_storm_init
        announce "softirq_storm"
        mov     edi, NET_RX_SOFTIRQ
        lea     rsi, [softirq_storm_action]
        call    open_softirq
        call    sched_clock
        lea     rsi, [rax + SOFTIRQ_STORM_PERIOD]
        lea     rdi, [softirq_storm_timer]
        call    hrtimer_start
        xor     eax, eax
        return
endfunction

; softirq_storm_packet -- in: rdi = timer    out: eax = HRTIMER_RESTART    uses: all caller-saved
function softirq_storm_packet
        push    rdi
        mov     edi, NET_RX_SOFTIRQ
        call    raise_softirq_irqoff
        pop     rdi
        mov     esi, SOFTIRQ_STORM_PERIOD
        call    hrtimer_forward_now
        mov     eax, HRTIMER_RESTART
        return
endfunction

function softirq_storm_action
        mov     edi, SOFTIRQ_STORM_WORK_US
        call    udelay
        return
endfunction

        section .data
        align   8, db 0
softirq_storm_timer:
        istruc hrtimer
        at hrtimer.function, dq softirq_storm_packet
        iend
        section .text

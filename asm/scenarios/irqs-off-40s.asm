; title: Interrupts off for 40 s, then on: hard lockup in between; without a PMU a soft lockup at the moment of enabling
; mirrors: local_irq_disable(); a slow loop of 40 s; local_irq_enable();
; until: 70s
; expect: hard@6s..20s,cpu=1 then none
; expect[pmu=off]: soft@39.9s..41s,cpu=1,stuck=37..41
; expect[preempt=full]: hard@6s..20s,cpu=1 then none
; expect[nmi_watchdog=0]: soft@39.9s..41s,cpu=1,stuck=37..41
; expect[cpus=1]: hard@6s..30s,cpu=0 then none
;
; The tick that has been waiting comes at once and finds a stamp that is 40 s old. But the trace of a hard lockup's report has touched
; the watchdog, and then this tick only begins the count anew.

        scenario irqs_off_40s, irqs_off_40s_init, 1, elsewhere

IRQS_OFF_MS     equ 40000

; irqs_off_40s_init -- out: eax = 0    uses: all caller-saved
function irqs_off_40s_init
        lea     rdi, [irqs_off_40s_thread]
        string  rsi, "slow/%u"
        mov     edx, [scenario_cpu]
        call    start_busy_thread
        call    let_them_be_busy
        announce "irqs_off_40s"
        call    give_sign
        xor     eax, eax
        return
endfunction

function irqs_off_40s_thread
        call    busy_until_sign
        cli
        mov     edi, IRQS_OFF_MS
        call    mdelay
        sti
        nop                             ; STI holds the tick for one instruction more
        return
endfunction

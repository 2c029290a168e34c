; title: The same with interrupts off: hard lockup on both CPUs
; mirrors: CPU 0: spin_lock_irqsave(&a, f); spin_lock(&b);  CPU 1: spin_lock_irqsave(&b, f); spin_lock(&a);
; until: 70s
; expect: hard@6s..30s,cpu=0 then hard,cpu=1 | hard@6s..20s,cpu=1 then hard,cpu=0
; expect[pmu=off]: none
; expect[cpus=1]: none
;
; CPU 0 has announced the start, which touches it, so that it may take an NMI (10 s) longer.

        scenario abba_irq, abba_irq_init

; abba_irq_init -- out: eax = 0    uses: all caller-saved
function abba_irq_init
        lea     rdi, [abba_irq_first_thread]
        string  rsi, "abba/%u"
        xor     edx, edx
        call    start_busy_thread
        cmp     dword [nr_cpu_ids], 1
        je      .busy
        lea     rdi, [abba_irq_second_thread]
        string  rsi, "baab/%u"
        mov     edx, 1
        call    start_busy_thread
.busy:  call    let_them_be_busy
        announce "abba_irq"
        call    give_sign
        xor     eax, eax
        return
endfunction

function abba_irq_first_thread
        call    busy_until_sign
        cli
        lea     rdi, [abba_a]
        lea     rsi, [abba_b]
        call    abba_take_both
        sti
        return
endfunction

function abba_irq_second_thread
        call    busy_until_sign
        cli
        lea     rdi, [abba_b]
        lea     rsi, [abba_a]
        call    abba_take_both
        sti
        return
endfunction

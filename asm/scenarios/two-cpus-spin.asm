; title: Two CPUs loop for ever: a soft lockup on each, each at its own time
; mirrors: two kthreads with preempt_disable(); while (1);
; until: 60s
; expect: soft@20s..28s,cpu=0 then soft@20s..28s,cpu=1 | soft@20s..28s,cpu=1 then soft@20s..28s,cpu=0
; expect[preempt=full]: soft@20s..28s,cpu=0 then soft@20s..28s,cpu=1 | soft@20s..28s,cpu=1 then soft@20s..28s,cpu=0
; expect[cpus=1]: soft@20s..28s,cpu=0

        scenario two_cpus_spin, two_cpus_spin_init

; two_cpus_spin_init -- out: eax = 0    uses: all caller-saved
function two_cpus_spin_init
        push    rbx
        xor     ebx, ebx
.next:  lea     rdi, [two_cpus_spin_thread]
        string  rsi, "spin/%u"
        mov     edx, ebx
        call    start_busy_thread
        inc     ebx
        cmp     ebx, [nr_cpu_ids]
        jae     .busy
        cmp     ebx, 2
        jb      .next
.busy:  call    let_them_be_busy
        announce "two_cpus_spin"
        call    give_sign
        xor     eax, eax
        pop     rbx
        return
endfunction

function two_cpus_spin_thread
        call    busy_until_sign
        preempt_disable
.spin:  pause
        jmp     .spin
endfunction

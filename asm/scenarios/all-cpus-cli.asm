; title: Every CPU is deaf: with counters each is reported by its own NMI
; mirrors: on every CPU a kthread with local_irq_disable(); while (1);
; until: 60s
; expect: hard@6s..30s,cpu=0 then hard,cpu=1 | hard@6s..20s,cpu=1 then hard,cpu=0
; expect[pmu=off]: none
; expect[hardlockup=buddy|buddy-7.1]: none
; expect[cpus=4]: hard@6s..20s then hard then hard then hard
; expect[cpus=16]: hard@6s..20s then hard then hard then hard then hard then hard then hard then hard then hard then hard then hard then hard then hard then hard then hard then hard
;
; The CPU that has announced the start was touched by that and may take one NMI longer. The buddy detector would say nothing.

        scenario all_cpus_cli, all_cpus_cli_init

; all_cpus_cli_init -- out: eax = 0    uses: all caller-saved
function all_cpus_cli_init
        push    rbx
        xor     ebx, ebx
.next:  lea     rdi, [all_cpus_cli_thread]
        string  rsi, "deaf/%u"
        mov     edx, ebx
        call    start_busy_thread
        inc     ebx
        cmp     ebx, [nr_cpu_ids]
        jb      .next
        call    let_them_be_busy
        announce "all_cpus_cli"
        call    give_sign
        xor     eax, eax
        pop     rbx
        return
endfunction

function all_cpus_cli_thread
        call    busy_until_sign
        cli
.spin:  pause
        jmp     .spin
endfunction

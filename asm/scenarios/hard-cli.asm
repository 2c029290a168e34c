; title: A kernel thread loops with interrupts off: hard lockup
; expect: hard@6s..20s,cpu=1
; until: 60s
;
; Linux: a kthread that does local_irq_disable(); while (1);. Its CPU takes no more ticks; only the NMI of the cycle counter gets
; through, and the second one after the last tick finds that the tick counter stands still. Without a PMU there is silence.
; insmod announces the start from another CPU, since a line on the serial console touches the watchdog of the CPU that writes it;
; with one CPU there is no other, and the report takes one NMI (10 s) longer.

        scenario hard_cli, hard_cli_init, 1, elsewhere

HARD_CLI_WORK_MS equ 4500                ; long enough for a tick that the counter remembers

; hard_cli_init -- starts the thread, lets it run as a busy thread does, then gives the sign
;   out: eax = 0    uses: all caller-saved
function hard_cli_init
        lea     rdi, [hard_cli_thread]
        xor     esi, esi
        string  rdx, "hard_cli/%u"
        mov     ecx, [scenario_cpu]
        call    kthread_create_on_cpu
        mov     rdi, rax
        call    wake_up_process
        mov     edi, HARD_CLI_WORK_MS
        call    msleep
        printk  KERN_INFO, "hard_cli: start"
        mov     dword [hard_cli_go], 1
        xor     eax, eax
        return
endfunction

; hard_cli_thread -- busy and well-behaved until the sign, then deaf
function hard_cli_thread
.busy:  pause
        call    cond_resched
        cmp     dword [hard_cli_go], 0
        je      .busy
        cli
.spin:  pause
        jmp     .spin
endfunction

        section .data
        align   4, db 0
hard_cli_go:    dd 0
        section .text

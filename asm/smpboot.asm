; smpboot.asm -- the other CPUs, one after the other: INIT, start-up IPI, and they meet us in start_secondary.
; After: arch/x86/kernel/smpboot.c, kernel/smp.c, kernel/pcpu.c.

; smp_init -- brings up every CPU that the firmware told of
;   uses: all caller-saved
ANNOUNCEMENT_ITEM equ 16                ; more than " #15" and the first indentation need
ANNOUNCEMENT_SIZE equ ANNOUNCEMENT_ITEM * MAX_CPUS
function smp_init
        push    rbx
        push    r12
        push    r13
        sub     rsp, ANNOUNCEMENT_SIZE
        mov     r12d, 1                 ; CPUs online
        mov     ebx, 1
        cmp     ebx, [nr_cpu_ids]
        jae     .done
        printk  KERN_INFO, "smp: Bringing up secondary CPUs ..."
        call    setup_trampoline
        printk  KERN_INFO, "smpboot: x86: Booting SMP configuration:"
        mov     r13, rsp
.next:  mov     edi, ebx
        call    do_boot_cpu
        add     r12d, eax
        mov     rdi, r13
        mov     esi, ebx
        call    announce_cpu
        mov     r13, rax
        inc     ebx
        cmp     ebx, [nr_cpu_ids]
        jb      .next
        mov     rax, rsp
        printk  KERN_INFO, ".... node  #0, CPUs:  %s", rax
.done:  string  rax, ""
        cmp     r12d, 1
        je      .print
        string  rax, "s"
.print: printk  KERN_INFO, "smp: Brought up 1 node, %d CPU%s", r12, rax
        add     rsp, ANNOUNCEMENT_SIZE
        pop     r13
        pop     r12
        pop     rbx
        return
endfunction

; announce_cpu -- its number in the list of those brought up, in columns as wide as the highest number; the first is indented
;   by the boot CPU's column
;   in: rdi = end of the list, esi = CPU number    out: rax = the new end    uses: all caller-saved
function announce_cpu
        push    rbx
        mov     rbx, rdi
        mov     eax, 2                  ; digits of a number and its #
        cmp     dword [nr_cpu_ids], 10
        setae   cl
        add     al, cl
        mov     edx, eax                ; the blanks in front of #
        cmp     esi, 10
        sbb     ecx, ecx                ; -1 if one digit
        add     edx, -2
        sub     edx, ecx
        cmp     esi, 1
        jne     .print
        lea     edx, [rdx + rax + 1]
.print: string  rax, ""
        scnprintf rbx, ANNOUNCEMENT_ITEM, "%*s#%d", rdx, rax, rsi
        add     rax, rbx
        pop     rbx
        return
endfunction

; setup_trampoline -- copies the real-mode code below 1 MiB
;   uses: rcx, rdi, rsi
function setup_trampoline
        mov     rsi, PAGE_OFFSET + trampoline
        mov     rdi, PAGE_OFFSET + TRAMPOLINE_PHYS
        mov     ecx, trampoline_end - trampoline
        rep movsb
        return
endfunction

INIT_US         equ 10000               ; SDM vol. 3, 8.4.4.1: INIT, 10 ms, start-up IPI, 200 us, once more
STARTUP_US      equ 200
BOOT_TIMEOUT_US equ 10000000

; do_boot_cpu -- one CPU
;   in: edi = CPU number    out: eax = 1 if it came up, else 0    uses: all caller-saved
function do_boot_cpu
        push    rbx
        push    r12
        push    r13
        mov     r12d, edi
        lea     rax, [cpu_apic_ids]
        mov     esi, [rax + r12 * 4]
        call    cpu_setup
        mov     rbx, rax
        mov     [initial_gs], rbx
        mov     rdi, rbx
        call    init_idle
        mov     rax, [rbx + pcpu.idle]
        mov     rax, [rax + task.stack]
        add     rax, THREAD_SIZE
        mov     [initial_stack], rax
        lea     rax, [start_secondary]
        mov     [initial_code], rax
        mov     rdi, rbx
        call    cpu_stop_create
        mov     rdi, rbx
        call    workqueue_prepare_cpu
        mov     rdi, rbx
        call    watchdog_thread_create
        mov     rdi, rbx
        call    spawn_ksoftirqd

        mov     rdi, rbx
        mov     esi, APIC_DM_INIT | APIC_ICR_ASSERT
        call    __default_send_IPI
        mov     edi, INIT_US
        call    udelay
        mov     rdi, rbx
        call    send_startup_ipi
        cmp     dword [rbx + pcpu.online], 0
        jne     .online
        mov     rdi, rbx
        call    send_startup_ipi
        mov     r13d, BOOT_TIMEOUT_US / STARTUP_US
.wait:  cmp     dword [rbx + pcpu.online], 0
        jne     .online
        mov     edi, STARTUP_US
        call    udelay
        dec     r13d
        jnz     .wait
        printk  KERN_ERR, "smpboot: CPU%d failed to report alive state", r12
        xor     eax, eax
        jmp     .done
.online:
        mov     eax, 1
.done:  pop     r13
        pop     r12
        pop     rbx
        return
endfunction

; send_startup_ipi -- in: rdi = CPU's block    uses: all caller-saved
function send_startup_ipi
        mov     esi, APIC_DM_STARTUP | TRAMPOLINE_PAGE
        call    __default_send_IPI
        mov     edi, STARTUP_US
        call    udelay
        return
endfunction

; start_secondary -- where common_startup_64 takes another CPU; becomes its idle loop
;   in: gs = its block, interrupts off    after: arch/x86/kernel/smpboot.c
function start_secondary
        call    cpu_init
        call    setup_local_APIC
        call    apic_timer_init
        call    perf_event_cpu_init
        call    lockup_detector_online_cpu
        call    rcu_cpu_starting
        mov     dword [gs:pcpu.online], 1
        call    cpu_startup_entry
endfunction

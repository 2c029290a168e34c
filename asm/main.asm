; main.asm -- the order in which everything comes to life on the boot CPU.
; After: init/main.c. Boot lines are printed where Linux prints them.

; start_kernel -- the first routine in the higher half; becomes CPU 0's idle loop
;   in: gs = CPU 0's zeroed block, interrupts off
function start_kernel
        xor     edi, edi
        xor     esi, esi                ; its APIC id is found out by apic_init
        call    cpu_setup
        call    cpu_init
        mov     dword [gs:pcpu.online], 1
        call    sched_init
        call    serial_init
        call    setup_command_line
        printk  KERN_NOTICE, {"Linux version ", UTS_RELEASE, " (clispin) (nasm) ", UTS_VERSION, " SMP PREEMPT_DYNAMIC"}
        lea     rax, [command_line]
        printk  KERN_INFO, "Command line: %s", rax
        call    parse_params
        call    apic_init
        call    tsc_init
        call    acpi_boot_init
        call    apic_timer_init
        call    preempt_dynamic_init
        call    rest_init
endfunction

; rest_init -- a task for the rest of the boot, and this one idles
function rest_init
        lea     rdi, [kernel_init]
        xor     esi, esi
        string  rdx, "swapper/0"
        xor     ecx, ecx
        call    kthread_create_on_cpu
        mov     rdi, rax
        call    wake_up_process
        call    cpu_startup_entry
endfunction

; kernel_init -- task 1: detectors, other CPUs, then "user space"
;   after: init/main.c kernel_init(), kernel_init_freeable()
function kernel_init
        call    cpu_stop_init
        call    workqueue_init
        mov     rdi, [gs:pcpu.self]
        call    spawn_ksoftirqd
        call    init_hw_perf_events
        call    lockup_detector_init
        call    rcu_cpu_starting
        call    smp_init
        mov     edi, USER_START_MS
        call    msleep
        call    hung_task_init
        call    wq_watchdog_init
        call    do_sysctl_args
        call    run_scenario
        xor     eax, eax
        return
endfunction

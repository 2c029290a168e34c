; reboot.asm -- stopping the other CPUs, and restarting the machine.
; After: arch/x86/kernel/smp.c native_stop_other_cpus(), arch/x86/kernel/reboot.c, process.c; lockup-detector spec 4.2.

        kernel_param nonmi_ipi, parse_set, smp_no_nmi_ipi

; smp_send_stop -- asks the other CPUs to stop, and forces those that do not listen by NMI
;   uses: all caller-saved
function smp_send_stop
        push    rbx
        mov     ecx, [gs:pcpu.number]
        mov     eax, PANIC_CPU_INVALID
        lock cmpxchg [stopping_cpu], ecx
        jne     .done                   ; somebody does it already
        call    num_other_online_cpus
        test    eax, eax
        jz      .alone
        mov     esi, REBOOT_VECTOR
        call    default_send_IPI_allbutself
        mov     edi, STOP_WAIT_MS
        call    wait_for_others
        test    eax, eax
        jz      .alone
        cmp     dword [smp_no_nmi_ipi], 0
        jne     .alone
        lea     rdi, [smp_stop_action]
        call    register_nmi_handler
        mov     dword [nmi_stop_installed], 1
        printk  KERN_EMERG, "Shutting down cpus with NMI"
        xor     ebx, ebx
.next:  cpu_pointer_if_other rbx, .skip
        mov     esi, APIC_DM_NMI
        call    __default_send_IPI
.skip:  inc     ebx
        cmp     ebx, [nr_cpu_ids]
        jb      .next
        mov     edi, STOP_NMI_WAIT_MS
        call    wait_for_others
.alone: call    disable_local_APIC
.done:  pop     rbx
        return
endfunction

; num_other_online_cpus -- out: eax    uses: rcx, rdi, flags
function num_other_online_cpus
        xor     eax, eax
        xor     ecx, ecx
.next:  cpu_pointer_if_other rcx, .skip
        inc     eax
.skip:  inc     ecx
        cmp     ecx, [nr_cpu_ids]
        jb      .next
        return
endfunction

; wait_for_others -- until they have stopped, or time is up
;   in: edi = milliseconds    out: eax = how many still run    uses: all caller-saved
function wait_for_others
        push    rbx
        mov     ebx, edi
        imul    rbx, rbx, NSEC_PER_MSEC
        call    sched_clock
        add     rbx, rax                ; a time, not a number of delays: a virtual CPU's may last
.wait:  call    num_other_online_cpus
        test    eax, eax
        jz      .done
        mov     edi, 1
        call    mdelay
        call    sched_clock
        cmp     rax, rbx
        jb      .wait
        call    num_other_online_cpus
.done:  pop     rbx
        return
endfunction

; smp_stop_nmi_callback -- NMI handler: this CPU did not listen to REBOOT_VECTOR
;   in: rdi = regs    out: eax = 0 on the CPU that stops the others
function smp_stop_nmi_callback
        mov     eax, [gs:pcpu.number]
        cmp     eax, [stopping_cpu]
        je      .mine
        call    crash_save_cpu
        call    stop_this_cpu
.mine:  xor     eax, eax
        return
endfunction

; stop_this_cpu -- for ever
function stop_this_cpu
        cli
        mov     dword [gs:pcpu.online], 0
        call    disable_local_APIC
.halt:  hlt
        jmp     .halt
endfunction

; disable_local_APIC -- no more interrupts for this CPU; INIT, NMI and start-up IPIs still arrive
;   uses: all caller-saved
function disable_local_APIC
        cmp     dword [x86_pmu_version], 0
        je      .timer
        call    intel_pmu_disable_all
        mov     edi, APIC_LVT_PC
        mov     esi, APIC_LVT_MASKED
        call    apic_write
.timer: mov     edi, APIC_LVT_TIMER
        mov     esi, APIC_LVT_MASKED
        call    apic_write
        mov     edi, APIC_SVR
        mov     esi, SPURIOUS_APIC_VECTOR
        call    apic_write
        return
endfunction

; emergency_restart -- the chipset's reset port, the keyboard controller, and an exception that nobody can take
;   after: native_machine_emergency_restart()
function emergency_restart
        mov     dx, PORT_RESET
        mov     al, RESET_ARM
        out     dx, al
        mov     edi, RESET_WAIT_US
        call    udelay
        mov     dx, PORT_RESET
        mov     al, RESET_GO
        out     dx, al
        mov     edi, RESET_WAIT_US
        call    udelay
        mov     al, KBC_PULSE_RESET
        out     PORT_KBC, al
        mov     edi, RESET_WAIT_US
        call    udelay
        lidt    [.no_idt]
        int3
        section .rodata
        align   8, db 0
.no_idt:
        dw      0
        dq      0
        section .text
endfunction
RESET_WAIT_US   equ 50

        section .data
        align   4, db 0
                align   8, db 0
smp_stop_action: dq 0, smp_stop_nmi_callback, 0
stopping_cpu:   dd PANIC_CPU_INVALID
nmi_stop_installed: dd 0
smp_no_nmi_ipi: dd 0
        section .text

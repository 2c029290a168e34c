; nmi-backtrace.asm -- "what are you doing?": an NMI to other CPUs, each of which prints where it was. It works with interrupts
; off, and answers one request at a time. After: lib/nmi_backtrace.c, arch/x86/kernel/apic/hw_nmi.c; lockup-detector spec 2.6.

BACKTRACE_WAIT_MS equ 10000

; trigger_single_cpu_backtrace -- in: edi = CPU number    uses: all caller-saved
function trigger_single_cpu_backtrace
        mov     ecx, edi
        mov     edi, 1
        shl     edi, cl
        mov     esi, -1
        call    nmi_trigger_cpumask_backtrace
        return
endfunction

; trigger_allbutcpu_cpu_backtrace -- every CPU that is online but one
;   in: edi = that one's number, or -1    uses: all caller-saved
function trigger_allbutcpu_cpu_backtrace
        mov     esi, edi
        xor     edi, edi
        xor     ecx, ecx
.next:  cpu_pointer rax, rcx
        cmp     dword [rax + pcpu.online], 0
        je      .skip
        bts     edi, ecx
.skip:  inc     ecx
        cmp     ecx, [nr_cpu_ids]
        jb      .next
        call    nmi_trigger_cpumask_backtrace
        return
endfunction

; nmi_trigger_cpumask_backtrace -- asks the CPUs of a mask and waits for them, but not for ever
;   in: edi = mask, esi = a CPU to leave out, or -1    uses: all caller-saved
function nmi_trigger_cpumask_backtrace
        push    rbx
        lock bts dword [backtrace_flag], 0
        jc      .done                   ; somebody asks already
        cmp     esi, -1
        je      .mask
        btr     edi, esi
.mask:  mov     [backtrace_mask], edi
        mov     eax, [gs:pcpu.number]
        bt      edi, eax
        jnc     .others
        xor     edi, edi                ; this CPU needs no NMI
        call    nmi_cpu_backtrace
.others:
        cmp     dword [backtrace_mask], 0
        je      .end
        mov     ecx, [gs:pcpu.number]
        lea     rax, [backtrace_mask]
        printk  KERN_INFO, "Sending NMI from CPU %d to CPUs %*pbl:", rcx, MAX_CPUS, rax
        call    nmi_raise_cpu_backtrace
        mov     ebx, BACKTRACE_WAIT_MS
.wait:  cmp     dword [backtrace_mask], 0
        je      .end
        mov     edi, 1
        call    mdelay
        call    touch_softlockup_watchdog
        dec     ebx
        jnz     .wait
.end:   mov     dword [backtrace_flag], 0
.done:  pop     rbx
        return
endfunction

; nmi_raise_cpu_backtrace -- uses: all caller-saved
function nmi_raise_cpu_backtrace
        push    rbx
        push    r12
        mov     r12d, [backtrace_mask]  ; a copy: CPUs take themselves off while this goes on
        xor     ebx, ebx
.next:  bt      r12d, ebx
        jnc     .skip
        cpu_pointer rdi, rbx
        mov     esi, APIC_DM_NMI | APIC_ICR_ASSERT
        call    __default_send_IPI
.skip:  inc     ebx
        cmp     ebx, MAX_CPUS
        jb      .next
        pop     r12
        pop     rbx
        return
endfunction

; nmi_cpu_backtrace_handler -- the NMI handler arch_bt
;   in: rdi = regs    out: eax = 1 if this CPU was asked    uses: all caller-saved
function nmi_cpu_backtrace_handler
        call    nmi_cpu_backtrace
        return
endfunction

; nmi_cpu_backtrace -- where this CPU is, if it was asked
;   in: rdi = regs, or 0 for the caller's own place    out: eax = 1 if it was asked    uses: all caller-saved
function nmi_cpu_backtrace
        push    rbx
        push    r12
        mov     rbx, rdi
        mov     r12d, [gs:pcpu.number]
        xor     eax, eax
        bt      [backtrace_mask], r12d
        jnc     .done
        call    printk_cpu_sync_get
        test    rbx, rbx
        jz      .here
        mov     rdi, [rbx + pt_regs.ip]
        call    cpu_in_idle
        jnc     .idle
        printk  KERN_WARNING, "NMI backtrace for cpu %d", r12
        mov     rdi, rbx
        call    show_regs
        jmp     .put
.here:  printk  KERN_WARNING, "NMI backtrace for cpu %d", r12
        call    dump_stack
        jmp     .put
.idle:  printk  KERN_WARNING, "NMI backtrace for cpu %d skipped: idling at %pS", r12, qword [rbx + pt_regs.ip]
.put:   call    printk_cpu_sync_put
        lock btr [backtrace_mask], r12d
        mov     eax, 1
.done:  pop     r12
        pop     rbx
        return
endfunction

; cpu_in_idle -- is this address where an idle CPU halts?
;   in: rdi = address    out: CF clear if so    uses: rax, flags
naked cpu_in_idle
        lea     rax, [default_idle]
        cmp     rdi, rax
        jb      .no
        lea     rax, [default_idle.end - 1]
        cmp     rax, rdi                ; CF set above the end
.no:    ret
endfunction

        section .data
        align   4, db 0
backtrace_flag: dd 0                    ; bit 0: a request is being answered
backtrace_mask: dd 0                    ; who still has to
        section .text

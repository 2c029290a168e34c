; traps.asm -- exceptions: repaired if the code that made them expected that, else an oops, and here every oops is a panic.
; After: arch/x86/kernel/traps.c, arch/x86/mm/fault.c, arch/x86/kernel/dumpstack.c.

; exc_entry -- from the stubs of idt.asm
;   in: rdi = regs, rsi = error code, edx = vector    uses: all caller-saved
function exc_entry
        push    rbx
        push    r12
        push    r13
        mov     rbx, rdi
        mov     r12, rsi
        mov     r13d, edx
        test    byte [rdi + pt_regs.cs], SELECTOR_RPL
        jnz     .user
        call    fixup_exception
        test    eax, eax
        jnz     .fixed
        mov     rdi, rbx
        mov     rsi, r12
        cmp     r13d, VECTOR_PF
        je      .page_fault
        cmp     r13d, VECTOR_DF
        je      .double_fault
        lea     rax, [trap_names]
        mov     rdx, [rax + r13 * 8]
        call    die
.page_fault:
        call    page_fault_oops
.double_fault:
        call    exc_double_fault
.user:  mov     edx, r13d
        call    force_sig_fault
.fixed: pop     r13
        pop     r12
        pop     rbx
        return
endfunction

; fixup_exception -- does the faulting instruction have an entry in the exception table? Then go on there
;   in: rdi = regs    out: eax = 1 if so    uses: rcx, rdx, flags    after: arch/x86/mm/extable.c
function fixup_exception
        lea     rcx, [__start_ex_table]
        lea     rdx, [__stop_ex_table]
.next:  cmp     rcx, rdx
        jae     .none
        mov     rax, [rcx + exception_table_entry.faulting]
        cmp     rax, [rdi + pt_regs.ip]
        je      .found
        add     rcx, exception_table_entry_size
        jmp     .next
.found: mov     rax, [rcx + exception_table_entry.fixup]
        mov     [rdi + pt_regs.ip], rax
        mov     eax, 1
        return
.none:  xor     eax, eax
        return
endfunction

; page_fault_oops -- in: rdi = regs, rsi = error code    after: arch/x86/mm/fault.c show_fault_oops()
function page_fault_oops
        push    rbx
        push    r12
        mov     rbx, rdi
        mov     r12, rsi
        mov     rax, cr2
        cmp     rax, PAGE_SIZE
        jae     .address
        printk  KERN_ALERT, "BUG: kernel NULL pointer dereference, address: %016lx", rax
        jmp     .access
.address:
        printk  KERN_ALERT, "BUG: unable to handle page fault for address: %016lx", rax
.access:
        string  rax, "write access"
        test    r12d, PF_W
        jnz     .mode
        string  rax, "read access"
        test    r12d, PF_I
        jz      .mode
        string  rax, "instruction fetch"
.mode:  printk  KERN_ALERT, "#PF: supervisor %s in kernel mode", rax
        string  rax, "not-present page"
        test    r12d, PF_P
        jz      .cause
        string  rax, "permissions violation"
        test    r12d, PF_RSVD
        jz      .cause
        string  rax, "reserved bit violation"
.cause: printk  KERN_ALERT, "#PF: error_code(0x%04lx) - %s", r12, rax
        mov     rdi, rbx
        mov     rsi, r12
        string  rdx, "Oops"
        call    die
endfunction

; exc_double_fault -- in: rdi = regs, rsi = error code
function exc_double_fault
        push    rdi
        push    rsi
        printk  KERN_EMERG, "traps: PANIC: double fault, error_code: 0x%lx", rsi
        pop     rsi
        pop     rdi
        string  rdx, "double fault"
        call    die
endfunction

; die -- the oops: what, modules, registers, trace; never comes back
;   in: rdi = regs, rsi = error code, rdx = what    after: arch/x86/kernel/dumpstack.c die(), oops_end()
function die
        push    rbx
        push    r12
        cli
        mov     rbx, rdi
        mov     eax, 1
        lock xadd [die_counter], eax
        inc     eax
        printk  KERN_DEFAULT, "Oops: %s: %04lx [#%d] PREEMPT SMP NOPTI", rdx, rsi, rax
        call    print_modules
        mov     rdi, rbx
        call    show_regs
        mov     edi, TAINT_DIE
        call    add_taint
        printk  KERN_WARNING, "---[ end trace 0000000000000000 ]---"
        mov     rdi, rbx                ; once more, for a screen from which the first has gone
        call    show_regs_short
        mov     rdi, rbx
        call    show_regs_all
        string  rdi, "Fatal exception"
        test    dword [gs:pcpu.preempt_count], HARDIRQ_MASK | NMI_MASK
        jz      .panic
        string  rdi, "Fatal exception in interrupt"
.panic: call    panic
endfunction

; trap_name TEXT -- an entry of the table below
%macro trap_name 1
        section .rodata
%%text: db      %1, 0
        section .data
        dq      %%text
%endmacro

        section .data
        align   8, db 0
trap_names:                             ; by vector
        trap_name "divide error"
        trap_name "debug"
        trap_name "nmi"
        trap_name "int3"
        trap_name "overflow"
        trap_name "bounds"
        trap_name "invalid opcode"
        trap_name "device not available"
        trap_name "double fault"
        trap_name "coprocessor segment overrun"
        trap_name "invalid TSS"
        trap_name "segment not present"
        trap_name "stack segment"
        trap_name "general protection fault"
        trap_name "page fault"
        trap_name "spurious interrupt bug"
        trap_name "fpu exception"
        trap_name "alignment check"
        trap_name "machine check"
        trap_name "simd exception"
die_counter:    dd 0
        section .text

; entry.asm -- system calls: SYSCALL comes here. After: arch/x86/entry/entry_64.S, common.c, arch/x86/kernel/cpu/common.c.

SYSCALL_MASK    equ RFLAGS_TF | RFLAGS_IF | RFLAGS_DF | RFLAGS_IOPL | RFLAGS_NT | RFLAGS_AC      ; cleared on entry

; syscall_init -- this CPU's system call registers    uses: rax, rcx, rdx, flags
function syscall_init
        mov     ecx, IA32_STAR
        xor     eax, eax
        mov     edx, USER32_CS << 16 | KERNEL_CS
        wrmsr
        mov     ecx, IA32_LSTAR
        lea     rax, [entry_SYSCALL_64]
        mov     rdx, rax
        shr     rdx, 32
        wrmsr
        mov     ecx, IA32_FMASK
        mov     eax, SYSCALL_MASK
        xor     edx, edx
        wrmsr
        return
endfunction

; entry_SYSCALL_64 -- on the user's stack, with the user's GS base; makes the frame that an interrupt would have made
;   in: rcx = user rip, r11 = user flags, rax = number, rdi, rsi, rdx, r10, r8, r9 = arguments
naked entry_SYSCALL_64
        swapgs
        mov     [gs:pcpu.user_sp], rsp
        mov     rsp, [gs:pcpu.tss + tss.rsp0]
        push    USER_DS
        push    qword [gs:pcpu.user_sp]
        push    r11
        push    USER_CS
        push    rcx
        jmp     entry_SYSCALL_64_after_hwframe
endfunction

naked entry_SYSCALL_64_after_hwframe
        push    rax                     ; orig_ax
        push_regs
        mov     qword [rsp + pt_regs.ax], -ENOSYS
        mov     rdi, rsp
        call    do_syscall_64
        jmp     restore_regs            ; by IRETQ, which needs no care for odd addresses
endfunction

; do_syscall_64 -- in: rdi = regs, interrupts off; off again at the end    uses: all caller-saved
function do_syscall_64
        push    rbx
        mov     rbx, rdi
        sti
        call    sys_call_lookup
        test    rax, rax
        jz      .done                   ; the result stays -ENOSYS
        call    rax
        mov     [rbx + pt_regs.ax], rax
.done:  cli
        call    exit_to_user_mode_loop
        pop     rbx
        return
endfunction

; sys_call_lookup -- in: rdi = regs    out: rax = the function of their number (rdi = regs) -> rax, or 0    uses: rcx, rdx, flags
function sys_call_lookup
        mov     rax, [rdi + pt_regs.orig_ax]
        lea     rcx, [sys_call_table]
        lea     rdx, [sys_call_table_end]
.next:  cmp     rcx, rdx
        jae     .none
        cmp     rax, [rcx + sys_call.number]
        je      .found
        add     rcx, sys_call_size
        jmp     .next
.found: mov     rax, [rcx + sys_call.function]
        return
.none:  xor     eax, eax
        return
endfunction

struc sys_call
.number         resq 1
.function       resq 1
endstruc

        section .rodata
        align   8, db 0
sys_call_table:                         ; arch/x86/entry/syscalls/syscall_64.tbl
        dq      1, __x64_sys_write
        dq      2, __x64_sys_open
        dq      24, __x64_sys_sched_yield
        dq      35, __x64_sys_nanosleep
        dq      39, __x64_sys_getpid
        dq      60, __x64_sys_exit
        dq      144, __x64_sys_sched_setscheduler
        dq      313, __x64_sys_finit_module
sys_call_table_end:
        section .text

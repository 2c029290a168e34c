; user.asm -- user tasks: ring 3, page tables of their own. The kernel's half of the map is the same in all of them and closed
; to user mode; the user's half is one page table: the user programs, read-only, and a stack. After: fs/exec.c, kernel/exit.c,
; arch/x86/mm.

PTE_USER_TABLE  equ PTE_P | PTE_W | PTE_U | PTE_A
PTE_USER_TEXT   equ PTE_P | PTE_U | PTE_A
PTE_USER_STACK  equ PTE_P | PTE_W | PTE_U | PTE_A | PTE_D
USER_PD_ENTRY   equ (USER_BASE >> 21) & (ENTRIES - 1)

struc user_mm                           ; pages
.pml4           resq ENTRIES
.pdpt           resq ENTRIES
.pd             resq ENTRIES
.pt             resq ENTRIES
.stack          resb USER_STACK_PAGES * PAGE_SIZE
endstruc

; user_task_create -- a task that runs a user program; wake_up_process starts it
;   in: rdi = program, in .user, rsi = its argument, rdx = comm as a format for the CPU, ecx = CPU
;   out: rax = task    uses: all caller-saved
function user_task_create
        push    rbx
        push    r12
        lea     rax, [__start_user]
        lea     rbx, [rdi + USER_BASE]  ; where it lies for the user
        sub     rbx, rax
        mov     r12, rsi
        lea     rdi, [start_thread]
        mov     rsi, rbx
        call    kthread_create_on_cpu
        mov     rbx, rax
        mov     [rbx + task.user_arg], r12
        call    mm_alloc
        mov     [rbx + task.pgd], rax
        mov     rax, rbx
        pop     r12
        pop     rbx
        return
endfunction

; run_user_program -- the same, and it runs    in: as above    out: rax = task    uses: all caller-saved
function run_user_program
        push    rbx
        call    user_task_create
        mov     rbx, rax
        mov     rdi, rax
        call    wake_up_process
        mov     rax, rbx
        pop     rbx
        return
endfunction

; mm_alloc -- page tables    out: rax = physical address of the topmost    uses: rcx, rdx, rdi, rsi, r8, flags
;   the lack of them is a mistake of this kernel, hence the #UD
function mm_alloc
        mov     ecx, 1
        lock xadd [nr_user_mm], ecx
        cmp     ecx, MAX_USER_TASKS
        jb      .free
        ud2
.free:  imul    r8, rcx, user_mm_size
        add     r8, user_mms
        lea     rdi, [r8 + user_mm.pml4 + ENTRIES / 2 * 8]
        lea     rsi, [swapper_pml4 + ENTRIES / 2 * 8]
        mov     ecx, ENTRIES / 2
        rep movsq
        mov     rdx, KERNEL_VIRT
        lea     rax, [r8 + user_mm.pdpt + PTE_USER_TABLE]
        sub     rax, rdx
        mov     [r8 + user_mm.pml4], rax
        lea     rax, [r8 + user_mm.pd + PTE_USER_TABLE]
        sub     rax, rdx
        mov     [r8 + user_mm.pdpt], rax
        lea     rax, [r8 + user_mm.pt + PTE_USER_TABLE]
        sub     rax, rdx
        mov     [r8 + user_mm.pd + USER_PD_ENTRY * 8], rax
        lea     rax, [__start_user + PTE_USER_TEXT]
        sub     rax, rdx
        lea     rdi, [r8 + user_mm.pt]
        lea     rcx, [__stop_user]
        lea     rsi, [__start_user]
        sub     rcx, rsi
        shr     ecx, 12
.text:  stosq
        add     rax, PAGE_SIZE
        dec     ecx
        jnz     .text
        lea     rax, [r8 + user_mm.stack + PTE_USER_STACK]
        sub     rax, rdx
        bts     rax, 63                 ; PTE_NX
        mov     [r8 + user_mm.pt + (ENTRIES - USER_STACK_PAGES) * 8], rax
        lea     rax, [r8 + user_mm.pml4]
        sub     rax, rdx
        return
endfunction

; start_thread -- the last kernel code of a new user task: to ring 3 by the way that interrupts go back
;   in: rdi = user rip
naked start_thread
        cli
        mov     rcx, [gs:pcpu.current]
        mov     rsp, [gs:pcpu.tss + tss.rsp0]
        push    USER_DS
        push    USER_STACK_TOP
        push    RFLAGS_IF | RFLAGS_RESERVED
        push    USER_CS
        push    rdi
        push    -1                      ; orig_ax
        push    qword [rcx + task.user_arg]     ; rdi
  %rep (pt_regs.di - pt_regs.r15) / 8
        push    0
  %endrep
        jmp     restore_regs
endfunction

; do_exit -- the end of the running task
function do_exit
        mov     rax, [gs:pcpu.current]
        mov     dword [rax + task.state], TASK_DEAD
        call    schedule
endfunction

; force_sig_fault -- a user program made an exception: it ends
;   in: rdi = regs, rsi = error code, edx = vector
;   after: arch/x86/mm/fault.c show_signal_msg(), arch/x86/kernel/traps.c show_signal()
function force_sig_fault
        push    rbx
        mov     rbx, rdi
        mov     rcx, [gs:pcpu.current]
        mov     eax, [rcx + task.pid]
        add     rcx, task.comm
        cmp     edx, VECTOR_PF
        je      .page_fault
        lea     rdi, [trap_names]
        printk  KERN_INFO, "traps: %s[%d] trap %s ip:%lx sp:%lx error:%lx", rcx, rax, qword [rdi + rdx * 8], \
                qword [rbx + pt_regs.ip], qword [rbx + pt_regs.sp], rsi
        jmp     .exit
.page_fault:
        mov     rdx, cr2
        printk  KERN_INFO, "%s[%d]: segfault at %lx ip %016lx sp %016lx error %lx", rcx, rax, rdx, \
                qword [rbx + pt_regs.ip], qword [rbx + pt_regs.sp], rsi
.exit:  sti
        call    do_exit
endfunction

        section .data
        align   4, db 0
nr_user_mm:     dd 0
        section .bss
        bss_align 4096
user_mms:       resb MAX_USER_TASKS * user_mm_size
        section .text

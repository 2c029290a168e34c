; dumpstack.asm -- who runs here and what its registers hold.
; After: arch/x86/kernel/dumpstack.c, process_64.c __show_regs(), lib/dump_stack.c; formats in the lockup-detector spec 4.4, 4.5.

        kernel_param report, parse_choice, report_format, report_names
        choices report_names, "6.12", "5.4"
REPORT_6_12     equ 0                   ; the numbers of the words
REPORT_5_4      equ 1

CODE_PROLOGUE   equ 42                  ; bytes shown before RIP
CODE_BYTES      equ 64

; dump_stack -- header and trace of the caller
;   uses: all caller-saved    after: lib/dump_stack.c
function dump_stack
        call    dump_stack_print_info
        xor     edi, edi                ; no register set to start from ...
        mov     rsi, rbp                ; ... but this frame
        mov     rdx, [gs:pcpu.current]
        call    show_trace_log_lvl
        return
endfunction

; show_regs -- header, all registers and the trace of an interrupted context; user code has no trace
;   in: rdi = regs    uses: all caller-saved    after: arch/x86/kernel/dumpstack.c
function show_regs
        push    rbx
        mov     rbx, rdi
        call    dump_stack_print_info
        mov     rdi, rbx
        call    show_regs_short
        test    byte [rbx + pt_regs.cs], SELECTOR_RPL
        jnz     .user
        mov     rdi, rbx
        call    show_regs_all
        mov     rdi, rbx
        mov     rsi, [rbx + pt_regs.bp]
        mov     rdx, [gs:pcpu.current]
        call    show_trace_log_lvl
        pop     rbx
        return
.user:  call    show_regs_user
        pop     rbx
        return
endfunction

; show_regs_user -- the bases of user segments    uses: all caller-saved    after: process_64.c __show_regs(SHOW_REGS_USER)
function show_regs_user
        mov     ecx, IA32_KERNEL_GS_BASE        ; SWAPGS has put the user's there
        call    read_base
        push    rax
        mov     ecx, IA32_FS_BASE
        call    read_base
        pop     rcx
        printk  KERN_DEFAULT, "FS:  %016lx GS:  %016lx", rax, rcx
        return
endfunction

; read_base -- in: ecx = MSR    out: rax    uses: rdx
function read_base
        rdmsr
        shl     rdx, 32
        or      rax, rdx
        return
endfunction

; dump_stack_print_info -- CPU, task, taint, release, machine
;   uses: all caller-saved
function dump_stack_print_info
        sub     rsp, PRINT_TAINTED_SIZE
        mov     rdi, rsp
        call    print_tainted
        mov     r8, rsp
        mov     edx, [gs:pcpu.number]
        mov     rcx, [gs:pcpu.current]
        mov     eax, [rcx + task.pid]
        add     rcx, task.comm
        cmp     dword [report_format], REPORT_5_4
        je      .old
        printk  KERN_DEFAULT, {"CPU: %d UID: 0 PID: %d Comm: %.20s %s ", UTS_RELEASE, " ", UTS_VERSION}, rdx, rax, rcx, r8
        cmp     qword [tainted_mask], 0
        je      .clean
        mov     rdi, rsp
        call    print_tainted_verbose
        mov     r8, rsp
        printk  KERN_DEFAULT, "Tainted: %s", r8
        jmp     .clean
.old:   printk  KERN_DEFAULT, {"CPU: %d PID: %d Comm: %.20s %s ", UTS_RELEASE, " ", UTS_VERSION}, rdx, rax, rcx, r8
.clean: printk  KERN_DEFAULT, {"Hardware name: ", HARDWARE_NAME}
        add     rsp, PRINT_TAINTED_SIZE
        return
endfunction

%define reg(field) qword [rbx + pt_regs. %+ field]

; show_regs_short -- RIP, Code, RSP and the general registers
;   in: rdi = regs    uses: all caller-saved    after: process_64.c __show_regs(SHOW_REGS_SHORT)
function show_regs_short
        push    rbx
        mov     rbx, rdi
        test    byte [rbx + pt_regs.cs], SELECTOR_RPL
        jnz     .user
        printk  KERN_DEFAULT, "RIP: %04x:%pS", reg(cs), reg(ip)
        jmp     .code
.user:  printk  KERN_DEFAULT, "RIP: %04x:0x%x", reg(cs), reg(ip)
.code:
        mov     rdi, [rbx + pt_regs.ip]
        call    show_opcodes
        cmp     reg(orig_ax), -1
        je      .plain
        jg      .orig_ax                ; a system call's number
        cmp     dword [report_format], REPORT_5_4       ; an interrupt's vector, inverted: 6.12 no longer tells it
        je      .orig_ax
.plain: printk  KERN_DEFAULT, "RSP: %04x:%016lx EFLAGS: %08lx", reg(ss), reg(sp), reg(flags)
        jmp     .general
.orig_ax:
        printk  KERN_DEFAULT, "RSP: %04x:%016lx EFLAGS: %08lx ORIG_RAX: %016lx", reg(ss), reg(sp), reg(flags), \
                reg(orig_ax)
.general:
        printk  KERN_DEFAULT, "RAX: %016lx RBX: %016lx RCX: %016lx", reg(ax), reg(bx), reg(cx)
        printk  KERN_DEFAULT, "RDX: %016lx RSI: %016lx RDI: %016lx", reg(dx), reg(si), reg(di)
        printk  KERN_DEFAULT, "RBP: %016lx R08: %016lx R09: %016lx", reg(bp), reg(r8), reg(r9)
        printk  KERN_DEFAULT, "R10: %016lx R11: %016lx R12: %016lx", reg(r10), reg(r11), reg(r12)
        printk  KERN_DEFAULT, "R13: %016lx R14: %016lx R15: %016lx", reg(r13), reg(r14), reg(r15)
        pop     rbx
        return
endfunction

; show_regs_all -- segments and control registers, as they are now
;   in: rdi = regs    uses: all caller-saved    after: process_64.c __show_regs(SHOW_REGS_ALL)
function show_regs_all
        push    rbx
        mov     rbx, rdi
        mov     ecx, IA32_GS_BASE
        rdmsr
        shl     rdx, 32
        or      rax, rdx
        xor     edx, edx                ; FS base and the user's GS base: nobody sets them
        printk  KERN_DEFAULT, "FS:  %016lx(%04x) GS:%016lx(%04x) knlGS:%016lx", rdx, rdx, rax, rdx, rdx
        mov     eax, ds
        mov     ecx, es
        mov     rdx, cr0
        printk  KERN_DEFAULT, "CS:  %04x DS: %04x ES: %04x CR0: %016lx", qword [rbx + pt_regs.cs], rax, rcx, rdx
        mov     rax, cr2
        mov     rcx, cr3
        mov     rdx, cr4
        printk  KERN_DEFAULT, "CR2: %016lx CR3: %016lx CR4: %016lx", rax, rcx, rdx
        pop     rbx
        return
endfunction

; show_opcodes -- the bytes around an address, the one at it in angle brackets
;   in: rdi = address    uses: all caller-saved    after: dumpstack.c show_opcodes()
function show_opcodes
        push    rbx
        push    r12
        push    r13
        sub     rsp, CODE_BYTES + CODE_TEXT_SIZE
        lea     r13, [rdi - CODE_PROLOGUE]
        mov     rdi, rsp
        mov     rsi, r13
        mov     ecx, CODE_BYTES
        call    copy_from_kernel_nofault
        test    eax, eax
        jnz     .unreadable
        lea     r12, [rsp + CODE_BYTES] ; the text grows here
        xor     ebx, ebx
.byte:  movzx   eax, byte [rsp + rbx]
        cmp     ebx, CODE_PROLOGUE
        je      .marked
        scnprintf r12, CODE_TEXT_ITEM, " %02x", rax
        jmp     .next
.marked:
        scnprintf r12, CODE_TEXT_ITEM, " <%02x>", rax
.next:  add     r12, rax
        inc     ebx
        cmp     ebx, CODE_BYTES
        jb      .byte
        lea     rax, [rsp + CODE_BYTES]
        printk  KERN_DEFAULT, "Code:%s", rax
        jmp     .done
.unreadable:
        cmp     dword [report_format], REPORT_5_4
        je      .bad
        printk  KERN_DEFAULT, "Code: Unable to access opcode bytes at 0x%lx.", r13
        jmp     .done
.bad:   printk  KERN_DEFAULT, "Code: Bad RIP value."
.done:  add     rsp, CODE_BYTES + CODE_TEXT_SIZE
        pop     r13
        pop     r12
        pop     rbx
        return
endfunction
CODE_TEXT_ITEM  equ 8                   ; " <xx>" and its terminator
CODE_TEXT_SIZE  equ 3 * CODE_BYTES + CODE_TEXT_ITEM

; copy_from_kernel_nofault -- copies, or says that it cannot
;   in: rdi = to, rsi = from, ecx = bytes    out: eax = 0, or 1 after a fault    uses: rcx, rsi, rdi
function copy_from_kernel_nofault
        xor     eax, eax
.copy:  rep movsb
        return
.fault: mov     eax, 1
        return
        extable copy_from_kernel_nofault.copy, copy_from_kernel_nofault.fault
endfunction

        section .data
        align   4, db 0
report_format:  dd REPORT_6_12
        section .text

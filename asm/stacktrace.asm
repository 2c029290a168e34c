; stacktrace.asm -- call traces. Every word on the stack that points into code is printed; those that the chain of frame
; pointers confirms as return addresses plainly, the others after a question mark.
; After: arch/x86/kernel/dumpstack.c show_trace_log_lvl(), unwind_frame.c, dumpstack_64.c; lockup-detector spec 4.6.

struc unwind                            ; where the unwinder stands
.frame          resq 1                  ; the frame pointer that comes next
.return_address resq 1                  ; where on the stack the confirmed return address lies, or 0
.regs           resq 1                  ; the pt_regs there, if it is one
.task           resq 1                  ; whose stacks these are
; the stack being looked at
.end            resq 1
.next_sp        resq 1
.name           resq 1
endstruc

; show_stack -- where a task sleeps
;   in: rdi = task, which is not running    uses: all caller-saved
SWITCH_FRAME_BP equ 5 * 8               ; in what __switch_to_asm leaves: rbp, and behind it the way back
function show_stack
        mov     rdx, rdi
        mov     rsi, [rdi + task.sp]
        add     rsi, SWITCH_FRAME_BP
        xor     edi, edi
        call    show_trace_log_lvl
        return
endfunction

; show_trace_log_lvl -- a call trace
;   in: rdi = interrupted context or 0, rsi = frame pointer to begin with (and stack pointer, if there is no context), rdx = task
;   uses: all caller-saved
function show_trace_log_lvl
        push    rbx
        push    r12
        sub     rsp, unwind_size
        mov     r12, rsp
        mov     rbx, rsi                ; the stack word being looked at
        test    rdi, rdi
        jz      .start
        mov     rbx, [rdi + pt_regs.sp]
.start: mov     [r12 + unwind.frame], rsi
        mov     [r12 + unwind.task], rdx
        call    unwind_next_frame
        printk  KERN_DEFAULT, "Call Trace:"
.stack: add     rbx, 7
        and     rbx, -8
        mov     rdi, rbx
        mov     rsi, r12
        call    get_stack_info
        test    eax, eax
        jz      .done
        call    stack_is_named
        jc      .word
        printk  KERN_DEFAULT, " <%s>", qword [r12 + unwind.name]
.word:  cmp     rbx, [r12 + unwind.end]
        jae     .stack_done
        call    show_stack_word
        add     rbx, 8
        jmp     .word
.stack_done:
        call    stack_is_named
        jc      .unnamed
        printk  KERN_DEFAULT, " </%s>", qword [r12 + unwind.name]
.unnamed:
        mov     rbx, [r12 + unwind.next_sp]
        test    rbx, rbx
        jnz     .stack
.done:  add     rsp, unwind_size
        pop     r12
        pop     rbx
        return
endfunction

; stack_is_named -- is the stack's name printed? A task's was not before 6.1
;   in: r12 = unwind    out: CF clear if so    uses: flags
function stack_is_named
        cmp     dword [report_format], REPORT_5_4
        jne     .yes
        cmp     qword [r12 + unwind.next_sp], 0
        jne     .yes
        stc
        return
.yes:   clc
        return
endfunction

; show_stack_word -- prints the word if it points into code, and moves the unwinder on if it was the confirmed one
;   in: rbx = where it lies, r12 = unwind    uses: all caller-saved
function show_stack_word
        mov     rdi, [rbx]
        call    kernel_text_address
        jc      .done
        cmp     rbx, [r12 + unwind.return_address]
        jne     .unreliable
        cmp     qword [r12 + unwind.regs], 0    ; the RIP of a context: printed with its registers
        jne     .next
        mov     rdi, [rbx]
        string  rsi, ""
        call    printk_stack_address
.next:  call    unwind_next_frame
        mov     rdi, [r12 + unwind.regs]
        test    rdi, rdi
        jz      .done
        call    show_regs_short
        return
.unreliable:
        mov     rdi, [rbx]
        string  rsi, "? "
        call    printk_stack_address
.done:  return
endfunction

; printk_stack_address -- one line of a trace
;   in: rdi = address, rsi = mark    uses: all caller-saved    after: dumpstack.c
function printk_stack_address
        push    rdi
        push    rsi
        call    touch_nmi_watchdog
        pop     rsi
        pop     rdi
        printk  KERN_DEFAULT, " %s%pB", rsi, rdi
        return
endfunction

; unwind_next_frame -- follows the frame pointer
;   in: r12 = unwind    out: its frame, return_address and regs    uses: rax, rcx, rdx, rdi, flags
function unwind_next_frame
        mov     qword [r12 + unwind.regs], 0
        mov     qword [r12 + unwind.return_address], 0
        mov     rdi, [r12 + unwind.frame]
        call    on_kernel_stack
        test    eax, eax
        jz      .done
        test    edi, 1
        jnz     .regs
        lea     rax, [rdi + 8]
        mov     [r12 + unwind.return_address], rax
        mov     rax, [rdi]
        mov     [r12 + unwind.frame], rax
        return
.regs:  dec     rdi                     ; marked by push_regs
        mov     [r12 + unwind.regs], rdi
        lea     rax, [rdi + pt_regs.ip]
        mov     [r12 + unwind.return_address], rax
        mov     rax, [rdi + pt_regs.bp]
        mov     [r12 + unwind.frame], rax
.done:  return
endfunction

; on_kernel_stack -- may a frame pointer be followed?
;   in: rdi, r12 = unwind    out: eax = 1 or 0    uses: rcx, rdx
function on_kernel_stack
        push    rdi
        sub     rsp, unwind_size
        mov     rsi, rsp
        mov     rcx, [r12 + unwind.task]
        mov     [rsi + unwind.task], rcx
        call    get_stack_info
        add     rsp, unwind_size
        pop     rdi
        return
endfunction

; get_stack_info -- which stack of this CPU an address lies in
;   in: rdi = address, rsi = unwind, its task set    out: eax = 1 and end, next_sp, name; or 0    uses: rcx, rdx, flags
;   after: arch/x86/kernel/dumpstack_64.c
function get_stack_info
        mov     rcx, [rsi + unwind.task]
        mov     rdx, [rcx + task.stack]
        mov     ecx, THREAD_SIZE
        string  rax, "TASK"
        call    .within
        jnc     .task
        mov     rdx, [gs:pcpu.irq_stack_top]
        sub     rdx, IRQ_STACK_SIZE
        mov     ecx, IRQ_STACK_SIZE
        string  rax, "IRQ"
        call    .within
        jnc     .irq
        mov     ecx, IST_STACK_SIZE
        mov     rdx, [gs:pcpu.tss + tss.ist + (IST_NMI - 1) * 8]
        sub     rdx, rcx
        string  rax, "NMI"
        call    .within
        jnc     .exception
        mov     rdx, [gs:pcpu.tss + tss.ist + (IST_DF - 1) * 8]
        sub     rdx, rcx
        string  rax, "#DF"
        call    .within
        jnc     .exception
        mov     rdx, [gs:pcpu.tss + tss.ist + (IST_MC - 1) * 8]
        sub     rdx, rcx
        string  rax, "#MC"
        call    .within
        jnc     .exception
        xor     eax, eax
        return
.task:  mov     qword [rsi + unwind.next_sp], 0
        mov     eax, 1
        return
.irq:   mov     rax, [rdx - 8]          ; run_on_irqstack left the way back there
        mov     [rsi + unwind.next_sp], rax
        mov     eax, 1
        return
.exception:
        mov     rax, [rdx - 16]         ; the RSP that hardware pushed
        mov     [rsi + unwind.next_sp], rax
        mov     eax, 1
        return
.within:                                ; rdx = lowest, ecx = size, rax = name; out: CF clear if inside, rdx = end
        cmp     rdi, rdx
        jb      .outside
        add     rdx, rcx
        cmp     rdi, rdx
        jae     .outside
        mov     [rsi + unwind.name], rax
        mov     [rsi + unwind.end], rdx
        clc
        ret
.outside:
        stc
        ret
endfunction

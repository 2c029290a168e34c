; nmi-entry.asm -- the way into and out of the NMI handler.
;
; The NMI has a stack of its own, and hardware starts at its top every time. While an NMI is handled the CPU holds the next one
; back, but any IRETQ lets it go, also that of an exception inside the handler. Then a second NMI finds the first one's frame where
; its own is to go. So the first NMI copies its frame twice, and a nested one does nothing but bend the first one's way
; back: the first handler then runs once more. After: arch/x86/entry/entry_64.S asm_exc_nmi; lockup-detector spec 3.2.

struc nmi_stack                         ; the top of the stack, as the first NMI lays it out; lowest address first
.kept           resq 5                  ; the frame of the interrupted context; the upper end of its pt_regs
.iret           resq 5                  ; the frame that IRETQ will take: the interrupted context, or repeat_nmi
.executing      resq 1                  ; 1 while a handler runs
.rdx            resq 1                  ; the one register that is free before we know where we are
.rip            resq 1                  ; pushed by hardware
.cs             resq 1
.flags          resq 1
.rsp            resq 1
.ss             resq 1
endstruc

%define at_entry(field) rsp + nmi_stack. %+ field - nmi_stack.rdx    ; with rsp at .rdx
%define in_handler(field) rsp + nmi_stack. %+ field                  ; with rsp at .kept

naked asm_exc_nmi
        test    byte [rsp + 8], SELECTOR_RPL    ; CS
        jnz     .from_user
        push    rdx
        lea     rdx, [repeat_nmi]       ; in the stretch that rebuilds .iret from .kept: the first NMI is about to run
        cmp     [at_entry(rip)], rdx    ; its handler anyway, and .iret must be left alone
        jb      .not_repeating
        lea     rdx, [end_repeat_nmi]
        cmp     [at_entry(rip)], rdx
        jb      .nested_out
.not_repeating:
        cmp     qword [at_entry(executing)], 1
        je      .nested
        lea     rdx, [at_entry(ss) + 8] ; between clearing .executing and IRETQ: still on this stack, DF set as a sign
        cmp     rdx, [at_entry(rsp)]
        jb      .first
        sub     rdx, IST_STACK_SIZE
        cmp     rdx, [at_entry(rsp)]
        ja      .first
        test    qword [at_entry(flags)], RFLAGS_DF
        jz      .first

.from_user:                             ; the task's kernel stack is empty: a handler there cannot be overwritten
        swapgs
        push    rdx
        mov     rdx, rsp
        mov     rsp, [gs:pcpu.tss + tss.rsp0]
        push    qword [rdx + 5 * 8]
        push    qword [rdx + 4 * 8]
        push    qword [rdx + 3 * 8]
        push    qword [rdx + 2 * 8]
        push    qword [rdx + 1 * 8]
        mov     rdx, [rdx]
        push    -1                      ; orig_ax
        push_regs
        mov     rdi, rsp
        call    exc_nmi
        jmp     restore_regs

.nested:
        lea     rdx, [repeat_nmi]
        mov     [at_entry(iret + 0)], rdx
        mov     qword [at_entry(iret + 8)], KERNEL_CS
        mov     qword [at_entry(iret + 16)], RFLAGS_RESERVED
        lea     rdx, [at_entry(kept)]
        mov     [at_entry(iret + 24)], rdx
        mov     qword [at_entry(iret + 32)], KERNEL_DS
.nested_out:
        pop     rdx
        iretq                           ; into the first NMI; this opens the CPU to NMIs, and all of this may happen again

.first:
        mov     rdx, [rsp]
        sub     rsp, nmi_stack.rdx - nmi_stack.kept
        mov     qword [in_handler(executing)], 0
  %assign slot 0
  %rep 5
        push    qword [in_handler(rip + slot)]
        pop     qword [in_handler(kept + slot)]
    %assign slot slot + 8
  %endrep
repeat_nmi:
        mov     qword [in_handler(executing)], 1
  %assign slot 0
  %rep 5
        push    qword [in_handler(kept + slot)]
        pop     qword [in_handler(iret + slot)]
    %assign slot slot + 8
  %endrep
end_repeat_nmi:
        push    -1                      ; orig_ax; with .kept above it this is a pt_regs
        push_regs
        mov     ecx, IA32_GS_BASE       ; between SYSCALL and its SWAPGS the kernel runs with the user's GS base
        rdmsr
        xor     ebx, ebx
        test    edx, edx
        js      .kernel_gs              ; a kernel address
        swapgs
        inc     ebx
.kernel_gs:
        mov     rdi, rsp
        call    exc_nmi
        test    ebx, ebx
        jz      .kept_gs
        swapgs
.kept_gs:
        pop_regs
        add     rsp, 8 + nmi_stack.iret - nmi_stack.kept
        std                             ; the sign for the window that now opens; IRETQ restores the real flag
        mov     qword [rsp + nmi_stack.executing - nmi_stack.iret], 0
        iretq
endfunction

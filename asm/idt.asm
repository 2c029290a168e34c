; idt.asm -- the interrupt descriptor table and its entry stubs: whatever the vector, a pt_regs lies on the stack and a C-like
; handler is called with rdi pointing to it.

; push_regs / pop_regs -- the part of pt_regs that the CPU does not push; rbp then marks the frame for the unwinder:
; its low bit says "here lies a pt_regs" (arch/x86/include/asm/frame.h ENCODE_FRAME_POINTER)
%macro push_regs 0
        push    rdi
        push    rsi
        push    rdx
        push    rcx
        push    rax
        push    r8
        push    r9
        push    r10
        push    r11
        push    rbx
        push    rbp
        push    r12
        push    r13
        push    r14
        push    r15
        lea     rbp, [rsp + 1]
        cld
%endmacro

%macro pop_regs 0
        pop     r15
        pop     r14
        pop     r13
        pop     r12
        pop     rbp
        pop     rbx
        pop     r11
        pop     r10
        pop     r9
        pop     r8
        pop     rax
        pop     rcx
        pop     rdx
        pop     rsi
        pop     rdi
%endmacro

; swapgs_from_user -- the kernel's GS base, if user mode was interrupted; orig_ax and the CPU's frame are on the stack
%macro swapgs_from_user 0
        test    byte [rsp + pt_regs.cs - pt_regs.orig_ax], SELECTOR_RPL
        jz      %%kernel
        swapgs
%%kernel:
%endmacro

; idtentry VECTOR, NAME [, error] -- an exception stub; calls exc_entry(rdi = regs, rsi = error code, edx = vector)
%macro idtentry 2-3 none
naked asm_exc_%2
  %ifidn %3, none
        push    0                       ; one frame shape for all
  %endif
        swapgs_from_user
        push_regs
        mov     rdi, rsp
        mov     rsi, [rsp + pt_regs.orig_ax]
        mov     qword [rsp + pt_regs.orig_ax], -1
        mov     edx, %1
        call    exc_entry
        mov     rdi, rsp
        call    irqentry_exit
        jmp     restore_regs
endfunction
%endmacro

; sysvec NAME, VECTOR -- the stub of an external interrupt; calls sysvec_NAME(rdi = regs)
%macro sysvec 2
naked asm_sysvec_%1
        push    ~%2                     ; orig_ax: negative, not a system call
        swapgs_from_user
        push_regs
        mov     rdi, rsp
        call    sysvec_%1
        mov     rdi, rsp
        call    irqentry_exit
        jmp     restore_regs
endfunction
%endmacro

        idtentry VECTOR_DE, divide_error
        idtentry VECTOR_DB, debug
        idtentry VECTOR_BP, int3
        idtentry VECTOR_OF, overflow
        idtentry VECTOR_BR, bounds
        idtentry VECTOR_UD, invalid_op
        idtentry VECTOR_NM, device_not_available
        idtentry VECTOR_DF, double_fault, error
        idtentry VECTOR_TS, invalid_tss, error
        idtentry VECTOR_NP, segment_not_present, error
        idtentry VECTOR_SS, stack_segment, error
        idtentry VECTOR_GP, general_protection, error
        idtentry VECTOR_PF, page_fault, error
        idtentry VECTOR_MF, coprocessor_error
        idtentry VECTOR_AC, alignment_check, error
        idtentry VECTOR_MC, machine_check
        idtentry VECTOR_XM, simd_coprocessor_error

        sysvec  apic_timer_interrupt, LOCAL_TIMER_VECTOR
        sysvec  reschedule_ipi, RESCHEDULE_VECTOR
        sysvec  call_function, CALL_FUNCTION_VECTOR
        sysvec  call_function_single, CALL_FUNCTION_SINGLE_VECTOR
        sysvec  reboot, REBOOT_VECTOR
        sysvec  device, DEVICE_VECTOR
        sysvec  spurious_apic_interrupt, SPURIOUS_APIC_VECTOR
        sysvec  unexpected_interrupt, FIRST_EXTERNAL_VECTOR     ; whichever it was

; restore_regs -- back to what was interrupted    in: rsp = regs, interrupts off
naked restore_regs
        test    byte [rsp + pt_regs.cs], SELECTOR_RPL
        jnz     .user
        pop_regs
        add     rsp, 8                  ; orig_ax
        iretq
.user:  pop_regs
        add     rsp, 8
        swapgs
        iretq
endfunction

; ---- the table: gates in order of their vectors; `gate VECTOR, HANDLER [, IST [, more type bits]]` fills the gap before it
%macro gate 2-4 0, 0
        gate_descriptors %1 - next_vector, asm_sysvec_unexpected_interrupt, 0, GATE_INTERRUPT
        gate_descriptors 1, %2, %3, GATE_INTERRUPT | (%4)
  %assign next_vector %1 + 1
%endmacro

%macro gate_descriptors 4               ; the handler's address is known, so its parts can be computed here
  %define %%address (%2 - _stext + KERNEL_VIRT + KERNEL_PHYS + TEXT_OFFSET)
        times   %1 dq (%%address & 0xffff) | KERNEL_CS << 16 | (%3) << 32 | (%4) << 40 | (%%address >> 16 & 0xffff) << 48, %%address >> 32
%endmacro

        section .rodata
        align   16, db 0
  %assign next_vector 0
idt_table:
        gate    VECTOR_DE, asm_exc_divide_error
        gate    VECTOR_DB, asm_exc_debug
        gate    VECTOR_NMI, asm_exc_nmi, IST_NMI
        gate    VECTOR_BP, asm_exc_int3, 0, GATE_USER
        gate    VECTOR_OF, asm_exc_overflow, 0, GATE_USER
        gate    VECTOR_BR, asm_exc_bounds
        gate    VECTOR_UD, asm_exc_invalid_op
        gate    VECTOR_NM, asm_exc_device_not_available
        gate    VECTOR_DF, asm_exc_double_fault, IST_DF
        gate    VECTOR_TS, asm_exc_invalid_tss
        gate    VECTOR_NP, asm_exc_segment_not_present
        gate    VECTOR_SS, asm_exc_stack_segment
        gate    VECTOR_GP, asm_exc_general_protection
        gate    VECTOR_PF, asm_exc_page_fault
        gate    VECTOR_MF, asm_exc_coprocessor_error
        gate    VECTOR_AC, asm_exc_alignment_check
        gate    VECTOR_MC, asm_exc_machine_check, IST_MC
        gate    VECTOR_XM, asm_exc_simd_coprocessor_error
        gate    DEVICE_VECTOR, asm_sysvec_device
        gate    LOCAL_TIMER_VECTOR, asm_sysvec_apic_timer_interrupt
        gate    DEVICE_VECTOR_URGENT, asm_sysvec_device
        gate    REBOOT_VECTOR, asm_sysvec_reboot
        gate    CALL_FUNCTION_SINGLE_VECTOR, asm_sysvec_call_function_single
        gate    CALL_FUNCTION_VECTOR, asm_sysvec_call_function
        gate    RESCHEDULE_VECTOR, asm_sysvec_reschedule_ipi
        gate    SPURIOUS_APIC_VECTOR, asm_sysvec_spurious_apic_interrupt
idt_end:
idt_pointer:
        dw      idt_end - idt_table - 1
        dq      idt_table
        section .text

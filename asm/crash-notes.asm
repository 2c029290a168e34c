; crash-notes.asm -- what a panic leaves for whoever takes a dump of the memory: per CPU an ELF note with its registers, and one
; about the kernel. `crash_notes` holds MAX_CPUS notes of CRASH_NOTE_SIZE bytes, in CPU order, those of CPUs that left none are
; zero; `vmcoreinfo_note` holds one note. After: kernel/crash_core.c, kernel/vmcore_info.c, arch/x86/kernel/crash.c.
;
; The registers are those of the context that was stopped, not those of the handler that keeps them: the panicking CPU's too, if
; the panic came from an interrupt.

struc elf_note                          ; include/uapi/linux/elf.h, for a name of up to 12 bytes
.namesz         resd 1
.descsz         resd 1
.type           resd 1
.name           resb 8                  ; "CORE"
endstruc
NT_PRSTATUS     equ 1

struc elf_prstatus                      ; include/linux/elfcore.h
.info           resd 3
.cursig         resw 1
                resw 1
.sigpend        resq 2
.pid            resd 1
                resd 3
.times          resq 8
.reg            resq 27                 ; struct user_regs_struct: a pt_regs, then fs_base gs_base ds es fs gs
.fpvalid        resd 1
                resd 1
endstruc

struc crash_note
.note           resb elf_note_size
.status         resb elf_prstatus_size
.end            resb elf_note_size      ; an empty note
endstruc
CRASH_NOTE_SIZE equ 512
REGS_AS_QWORDS  equ pt_regs_size / 8
REG_FS_BASE     equ REGS_AS_QWORDS * 8  ; behind the pt_regs
REG_GS_BASE     equ REG_FS_BASE + 8

; crash_save_this_cpu -- keeps the context that this CPU's innermost interrupt stopped; without one, the caller's own
;   uses: all caller-saved
function crash_save_this_cpu
        mov     rdi, [gs:pcpu.crash_regs]       ; an NMI's
        test    rdi, rdi
        jnz     .save
        mov     rdi, [gs:pcpu.irq_regs]
        test    rdi, rdi
        jnz     .save
        sub     rsp, pt_regs_size       ; crash_setup_regs(): our caller, as it will be when it is back
        mov     rdi, rsp
        xor     eax, eax
        mov     ecx, REGS_AS_QWORDS
        rep stosq
        mov     rdi, rsp
        mov     [rdi + pt_regs.bx], rbx
        mov     [rdi + pt_regs.r12], r12
        mov     [rdi + pt_regs.r13], r13
        mov     [rdi + pt_regs.r14], r14
        mov     [rdi + pt_regs.r15], r15
        mov     rax, [rbp]
        mov     [rdi + pt_regs.bp], rax
        mov     rax, [rbp + 8]
        mov     [rdi + pt_regs.ip], rax
        lea     rax, [rbp + 16]
        mov     [rdi + pt_regs.sp], rax
        mov     qword [rdi + pt_regs.cs], KERNEL_CS
        mov     qword [rdi + pt_regs.ss], KERNEL_DS
        pushfq
        pop     qword [rdi + pt_regs.flags]
.save:  call    crash_save_cpu
        return
endfunction

; crash_save_cpu -- this CPU's note
;   in: rdi = regs    uses: all caller-saved
function crash_save_cpu
        mov     rsi, rdi
        mov     eax, [gs:pcpu.number]
        imul    rdx, rax, CRASH_NOTE_SIZE
        add     rdx, crash_notes
        mov     dword [rdx + elf_note.namesz], 5
        mov     dword [rdx + elf_note.descsz], elf_prstatus_size
        mov     dword [rdx + elf_note.type], NT_PRSTATUS
        mov     dword [rdx + elf_note.name], 'CORE'
        mov     rax, [gs:pcpu.current]
        mov     eax, [rax + task.pid]
        mov     [rdx + crash_note.status + elf_prstatus.pid], eax
        lea     rdi, [rdx + crash_note.status + elf_prstatus.reg]
        mov     ecx, REGS_AS_QWORDS
        rep movsq
        mov     rax, [gs:pcpu.self]
        mov     [rdx + crash_note.status + elf_prstatus.reg + REG_GS_BASE], rax
        return
endfunction

VMCOREINFO_BYTES equ 1024
VMCOREINFO_NAMESZ equ 11                ; "VMCOREINFO" and its terminator

; crash_save_vmcoreinfo -- what the kernel's note says
;   uses: all caller-saved
function crash_save_vmcoreinfo
        lea     r8, [vmcoreinfo_data]
        mov     eax, [nr_cpu_ids]
        lea     rcx, [crash_notes]
        lea     rdx, [_stext]
        lea     r9, [command_line]
        scnprintf r8, VMCOREINFO_BYTES, {"OSRELEASE=", UTS_RELEASE, 10, "PAGESIZE=%d", 10, "SYMBOL(_stext)=%lx", 10, \
                "SYMBOL(crash_notes)=%lx", 10, "SIZE(crash_note)=%d", 10, "NUMBER(nr_cpu_ids)=%d", 10, "KERNELOFFSET=0", 10, \
                "COMMANDLINE=%s", 10}, PAGE_SIZE, rdx, rcx, CRASH_NOTE_SIZE, rax, r9
        mov     [vmcoreinfo_note + elf_note.descsz], eax
        return
endfunction

        section .data
        align   8, db 0
vmcoreinfo_note:
        dd      VMCOREINFO_NAMESZ, 0, 0
        db      "VMCOREINFO", 0, 0
vmcoreinfo_data:
        times VMCOREINFO_BYTES db 0
        section .bss
        bss_align 64
crash_notes:    resb MAX_CPUS * CRASH_NOTE_SIZE
        section .text

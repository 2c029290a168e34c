; Every bit of every MSR and control register, one at a time: which are refused with #GP(0), which are ignored, which can be changed
; (SDM vol. 4, table 2-2; vol. 3, 2.5; vol. 2, MOV to control registers). What the bits of IA32_MISC_ENABLE do (SDM vol. 4).
; qemu: no, it refuses next to nothing
%include "guest.inc"

IA32_MISC_ENABLE equ 0x1a0
ALL     equ 0xffffffffffffffff
WORD_   equ 0xffffffff
CANONICAL equ 0x7fffffffffff

; text, bits to try, those that change, those that are ignored: the others are refused
%macro sweep 4
        mov     r10, %2
        mov     r11, %3
        mov     r12, %4
        call    sweep_bits
        mov     rax, r11
        or      rax, r12
        not     rax
        and     rax, r10
        check   "B2", {%1, ": bits that are #GP(0)"}, [refused], rax
        check   "B2", {%1, ": the others"}, [wrong], 0
%endmacro
%macro sweep_msr 4-5 ALL                ; text, index, as above
        mov     ebx, %2
        mov     esi, write_it
        mov     edi, read_it
        sweep   %1, %5, %3, %4
%endmacro
%macro sweep_register 5                 ; text, register, as above
        mov     esi, %%write
        mov     edi, %%read
        sweep   %1, %3, %4, %5
        jmp     %%end
%%write:
        mov     %2, rax
        ret
%%read: mov     rax, %2
        ret
%%end:
%endmacro

tests:
        sweep_msr "IA32_PLATFORM_ID", 0x17, 0, 0
        sweep_msr "IA32_APIC_BASE, but page and mode", IA32_APIC_BASE, 0, 0, 0xffffff00000002ff
        sweep_msr "IA32_TSC_ADJUST", IA32_TSC_ADJUST, ALL, 0
        sweep_msr "IA32_BIOS_SIGN_ID", 0x8b, ALL, 0
        sweep_msr "IA32_MTRRCAP", 0xfe, 0, 0
        sweep_msr "IA32_SYSENTER_CS", 0x174, WORD_, 0
        sweep_msr "IA32_SYSENTER_ESP", 0x175, CANONICAL, 0
        sweep_msr "IA32_SYSENTER_EIP", 0x176, CANONICAL, 0
        sweep_msr "IA32_MISC_ENABLE", IA32_MISC_ENABLE, 0x400400001, 0x1880
        sweep_msr "IA32_DEBUGCTL", 0x1d9, 2, 0
        write_msr 0x277, 0x0007040600070406
        sweep_msr "IA32_PAT", 0x277, 0x0503070305030703, 0
        sweep_msr "IA32_MTRR_DEF_TYPE", 0x2ff, 0x805, 0
        sweep_msr "IA32_TSC_DEADLINE outside of its mode", IA32_TSC_DEADLINE, 0, ALL
        sweep_msr "IA32_EFER", IA32_EFER, 0x801, 0x400
        sweep_msr "IA32_STAR", IA32_STAR, ALL, 0
        sweep_msr "IA32_LSTAR", IA32_LSTAR, CANONICAL, 0
        sweep_msr "IA32_CSTAR", IA32_CSTAR, CANONICAL, 0
        sweep_msr "IA32_FMASK", IA32_FMASK, WORD_, 0
        sweep_msr "IA32_FS_BASE", IA32_FS_BASE, CANONICAL, 0
        sweep_msr "IA32_GS_BASE", IA32_GS_BASE, CANONICAL, 0
        sweep_msr "IA32_KERNEL_GS_BASE", IA32_KERNEL_GS_BASE, CANONICAL, 0
        sweep_msr "IA32_TSC_AUX", IA32_TSC_AUX, WORD_, 0
        write_msr IA32_PERF_GLOBAL_CTRL, 0
%assign n 0
%rep 4
        sweep_msr "IA32_PMCx, bits below the sign", IA32_PMC0 + n, 0x7fffffff, 0xffffffff00000000, ~0x80000000
        sweep_msr "IA32_PERFEVTSELx", IA32_PERFEVTSEL0 + n, 0xffdfffff, 0
  %assign n n + 1
%endrep
%assign n 0
%rep 3
        sweep_msr "IA32_FIXED_CTRx", IA32_FIXED_CTR0 + n, 0xffffffffffff, 0
  %assign n n + 1
%endrep
        sweep_msr "IA32_FIXED_CTR_CTRL", IA32_FIXED_CTR_CTRL, 0xbbb, 0
        sweep_msr "IA32_PERF_GLOBAL_STATUS", IA32_PERF_GLOBAL_STATUS, 0, 0
        sweep_msr "IA32_PERF_GLOBAL_CTRL", IA32_PERF_GLOBAL_CTRL, 0x70000000f, 0
        sweep_msr "IA32_PERF_GLOBAL_OVF_CTRL", IA32_PERF_GLOBAL_OVF_CTRL, 0, 0xc00000070000000f
        sweep_register "CR0", cr0, ALL, 0x4005002e, 0x1ffaffd0
        sweep_register "CR2", cr2, ALL, ALL, 0
        sweep_register "CR3, but the address", cr3, 0xffffff0000000018, 0x18, 0
        sweep_register "CR4, but SMEP and SMAP", cr4, ~0x300000, 0x1019c, 0
        sweep_register "CR8", cr8, ALL, 15, 0

        ; IA32_MISC_ENABLE
        read_msr IA32_MISC_ENABLE
        mov     [first], rax
        check_bits "B2", "IA32_MISC_ENABLE: performance monitoring is available", [first], 1 << 7, 1 << 7
        check_bits "B2", "IA32_MISC_ENABLE: BTS is unavailable", [first], 1 << 11, 1 << 11
        check_bits "B2", "IA32_MISC_ENABLE: PEBS is unavailable", [first], 1 << 12, 1 << 12
        check_bits "B2", "IA32_MISC_ENABLE: MONITOR is enabled", [first], 1 << 18, 1 << 18
        bts     rax, 34
        call    write_misc
        mov     eax, 0x80000001
        cpuid
        check_bits "B2", "XD Bit Disable: CPUID does not show it", rdx, 1 << 20, 0
        mov     ecx, IA32_EFER
        rdmsr
        faults  "B2", "XD Bit Disable: EFER.NXE is #GP(0)", GP, 0, wrmsr
        mov     rax, [first]
        call    write_misc
        mov     eax, 0x80000001
        cpuid
        check_bits "B2", "XD Bit Disable: and clear again", rdx, 1 << 20, 1 << 20
        mov     rax, [first]
        bts     rax, 22
        call    write_misc
        xor     eax, eax
        cpuid
        check   "B2", "Limit CPUID Maxval: the last leaf is 2", rax, 2
        mov     eax, 7
        xor     ecx, ecx
        cpuid
        mov     r8, rbx
        mov     eax, 2
        cpuid
        check   "B2", "Limit CPUID Maxval: a leaf above it answers as that one", r8, rbx
        mov     rax, [first]
        call    write_misc
        xor     eax, eax
        cpuid
        check   "B2", "Limit CPUID Maxval: and clear again", rax, 0x16
        ret

write_misc:
        mov     rdx, rax
        shr     rdx, 32
        mov     ecx, IA32_MISC_ENABLE
        wrmsr
        ret

; RAX to or from the MSR of number EBX
write_it:
        mov     ecx, ebx
        mov     rdx, rax
        shr     rdx, 32
        wrmsr
        ret
read_it:
        mov     ecx, ebx
        rdmsr
        shl     rdx, 32
        or      rax, rdx
        ret

; Flips one bit after the other of R10 in what the routine at RDI reads and the one at RSI writes. [refused]: those with which the write
; was #GP(0); [wrong]: those after which not just the bits of R11 had changed.
sweep_bits:
        xor     eax, eax
        mov     [refused], rax
        mov     [wrong], rax
        call    rdi
        mov     r13, rax
        mov     r14d, 1
.bit:   test    r14, r10
        jz      .next
        forget
        mov     [resume_rsp], rsp
        mov     qword [resume], .after
        mov     rax, r13
        xor     rax, r14
        call    rsi
.after: mov     qword [resume], 0
        cmp     qword [count], 0
        je      .taken
        cmp     vector(0), GP
        jne     .bad
        cmp     error(0), 0
        jne     .bad
        or      [refused], r14
        jmp     .next
.taken: call    rdi
        xor     rax, r13
        mov     rdx, r14
        and     rdx, r11
        cmp     rax, rdx
        je      .right
.bad:   or      [wrong], r14
.right: mov     rax, r13
        call    rsi
.next:  add     r14, r14
        jnz     .bit
        ret
        finish
        absolute variables_end
refused: resq   1
wrong:  resq    1
first:  resq    1

; SYSCALL, SYSRET, SYSENTER, SYSEXIT (SDM vol. 2; vol. 3, 5.8.7, 5.8.8); MONITOR and MWAIT.
%include "guest.inc"

IA32_SYSENTER_CS equ 0x174
IA32_SYSENTER_ESP equ 0x175
IA32_SYSENTER_EIP equ 0x176

; index, an address
%macro msr_address 2
        mov     ecx, %1
        mov     eax, %2
        xor     edx, edx
        wrmsr
%endmacro
%macro sce 1
        mov     ecx, IA32_EFER
        rdmsr
        and     eax, ~1
        or      eax, %1
        wrmsr
%endmacro

tests:
        write_msr IA32_STAR, ((USER_CODE32 & ~3) << 48) | (CODE64 << 32)
        write_msr IA32_FMASK, FLAG_IF | FLAG_TF | FLAG_DF
        msr_address IA32_LSTAR, entered
        msr_address IA32_CSTAR, gone_astray

        ; SYSCALL from CPL 3
        user    FLAG_IF | FLAG_DF | FLAG_CF | 2
        xor     ecx, ecx
        xor     r11d, r11d
        stc
        std
        syscall
.next:  nop
        end_user
        check   "B5", "SYSCALL saves the next instruction in RCX", [seen_rcx], .next
        check_bits "B5", "and RFLAGS in R11", [seen_r11], FLAG_IF | FLAG_DF | FLAG_CF, FLAG_IF | FLAG_DF | FLAG_CF
        check_bits "B5", "FMASK clears flags", [seen_flags], FLAG_IF | FLAG_DF | FLAG_TF, 0
        check_bits "B5", "and leaves the others", [seen_flags], FLAG_CF, FLAG_CF
        check   "B5", "CS comes from STAR[47:32]", [seen_cs], CODE64
        check   "B5", "SS is the next selector", [seen_ss], CODE64 + 8
        check   "B5", "RSP is the program's: no stack is switched", [seen_rsp], user_stack
        mov     rax, saved_flags(0)
        check_bits "B5", "SYSRET restores the flags from R11", rax, FLAG_IF | FLAG_DF | FLAG_CF, FLAG_IF | FLAG_DF | FLAG_CF
        check   "B5", "SYSRET: CS = STAR[63:48] + 16, RPL 3", saved_cs(0), USER_CODE64
        check   "B5", "SYSRET: SS = STAR[63:48] + 8, RPL 3", saved_ss(0), USER_DATA
        cld

        ; SYSRET and what it refuses
        mov     rcx, 1 << 47
        mov     r11d, 2
        faults  "B5", "SYSRET to a non-canonical RCX is #GP(0), still at CPL 0", GP, 0, o64 sysret
        check   "B5", "on the stack of CPL 0", saved_cs(0), CODE64
        user
        o64 sysret
        end_user
        check   "B5", "SYSRET at CPL 3 is #GP", vector(0), GP
        forget
        mov     qword [resume], .sysret32
        mov     [resume_rsp], rsp
        mov     ecx, compatible
        mov     r11d, FLAG_RF | FLAG_CF | 2
        mov     esp, user_stack
        sysret
.sysret32:
        check   "B5", "SYSRET with 32-bit operands goes to compatibility mode", saved_cs(0), USER_CODE32
        check   "B5", "at ECX", saved_rip(0), compatible + 3
        check_bits "B7", "and does not set RF", saved_flags(0), FLAG_RF | FLAG_CF, FLAG_CF
        user32
        syscall
        end_user32
        check   "B2", "SYSCALL in compatibility mode is #UD on Intel's processors", vector(0), UD
        sce     0
        faults  "B2", "SYSCALL without EFER.SCE is #UD", UD, 0, syscall
        faults  "B2", "SYSRET without EFER.SCE is #UD", UD, 0, o64 sysret
        sce     1

        ; TF through SYSCALL
        user    FLAG_TF | 2
        syscall
        nop
        end_user
        check_bits "X5", "FMASK clears TF: SYSCALL is not followed by a trap in the kernel", saved_cs(0), 3, 3

        ; SYSENTER, SYSEXIT
        write_msr IA32_SYSENTER_CS, 0
        faults  "B2", "SYSENTER with a null IA32_SYSENTER_CS is #GP(0)", GP, 0, sysenter
        faults  "B2", "SYSEXIT with a null IA32_SYSENTER_CS is #GP(0)", GP, 0, o64 sysexit
        write_msr IA32_SYSENTER_CS, CODE64
        msr_address IA32_SYSENTER_EIP, sysentered
        msr_address IA32_SYSENTER_ESP, other_stack
        forget
        mov     qword [resume], .sysenter
        mov     [resume_rsp], rsp
        push    USER_DATA
        push    user_stack
        push    FLAG_IF | FLAG_CF | 2
        push    USER_CODE64
        push    .in_user
        iretq
.in_user:
        mov     edx, .back
        mov     ecx, user_stack - 64
        stc
        sysenter
.back:  int     EXIT_VECTOR
.sysenter:
        check   "B5", "SYSENTER: CS from IA32_SYSENTER_CS", [seen_cs], CODE64
        check   "B5", "SYSENTER: SS is the next selector", [seen_ss], CODE64 + 8
        check   "B5", "SYSENTER: RSP from IA32_SYSENTER_ESP", [seen_rsp], other_stack
        check_bits "B5", "SYSENTER clears IF", [seen_flags], FLAG_IF, 0
        check_bits "B5", "and leaves CF", [seen_flags], FLAG_CF, FLAG_CF
        check   "B5", "SYSEXIT: CS = IA32_SYSENTER_CS + 32, RPL 3", saved_cs(0), (CODE64 + 32) | 3
        check   "B5", "SYSEXIT: SS = IA32_SYSENTER_CS + 40, RPL 3", saved_ss(0), (CODE64 + 40) | 3
        check   "B5", "SYSEXIT: RSP = RCX", saved_rsp(0), user_stack - 64
        mov     rdx, 1 << 47
        xor     ecx, ecx
        faults  "B5", "SYSEXIT to a non-canonical RDX is #GP(0)", GP, 0, o64 sysexit
        xor     edx, edx
        mov     rcx, 1 << 47
        faults  "B5", "SYSEXIT with a non-canonical RCX is #GP(0)", GP, 0, o64 sysexit
        user
        o64 sysexit
        end_user
        check   "B5", "SYSEXIT at CPL 3 is #GP", vector(0), GP
        ret

gone_astray:                            ; where only SYSCALLs that should have been refused get
        int     EXIT_VECTOR

; What SYSCALL enters: notes what it finds and goes back.
entered:
        mov     [seen_rcx], rcx
        mov     [seen_r11], r11
        mov     [seen_rsp], rsp
        pushfq
        pop     qword [seen_flags]
        mov     eax, cs
        mov     [seen_cs], rax
        mov     eax, ss
        mov     [seen_ss], rax
        o64 sysret

sysentered:
        mov     [seen_rsp], rsp
        pushfq
        pop     qword [seen_flags]
        mov     eax, cs
        mov     [seen_cs], rax
        mov     eax, ss
        mov     [seen_ss], rax
        o64 sysexit

        bits    32
compatible:
        dec     eax                     ; a REX prefix in 64-bit mode
        int     EXIT_VECTOR
        bits    64

        section .data
        align   8
seen_rcx: dq    0
seen_r11: dq    0
seen_rsp: dq    0
seen_flags: dq  0
seen_cs: dq     0
seen_ss: dq     0
        finish

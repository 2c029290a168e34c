; Debug exceptions and what meets them: MOV SS, INT1, faults, SYSRET, branches (SDM vol. 3, 6.8.3, 17.2.3, 17.3.1, 17.4.3).
%include "guest.inc"

VECTOR  equ 0x40
B0      equ 1
B1      equ 2
B2      equ 4
BD      equ 1 << 13
BS      equ 1 << 14
GD      equ 1 << 13
ANY4    equ 15 << 16                    ; DR0: read or write, 4 bytes
ANY4_1  equ 15 << 20                    ; DR1: the same
IA32_DEBUGCTL equ 0x1d9
BTF     equ 2
ABSENT  equ 1 << 40                     ; no memory there

%macro step_on 0
        pushfq
        or      dword [rsp], FLAG_TF
        popfq
%endmacro
%macro step_off 0
        push    2
        popfq
%endmacro
%macro set_dr6 1
        mov     eax, 0xffff0ff0 | (%1)
        mov     dr6, rax
%endmacro
%macro set_dr7 1
        mov     eax, 0x400 | (%1)
        mov     dr7, rax
%endmacro
; DR0 watches the selector that MOV SS loads, DR1 a doubleword of the program's
%macro watch 0-1 0
        set_dr6 0
        set_dr7 1 | 4 | ANY4 | ANY4_1 | (%1)
        forget
%endmacro
%macro resume_at 1
        mov     [resume_rsp], rsp
        mov     qword [resume], %1
%endmacro
%macro branches_on 0
        set_dr6 0
        write_msr IA32_DEBUGCTL, BTF
        forget
        step_on
%endmacro

tests:
        hook    DB_, on_debug
        mov     eax, selector
        mov     dr0, rax
        mov     eax, watched
        mov     dr1, rax

        ; the single-step trap of MOV SS is suppressed
        set_dr6 0
        mov     ebx, ss
        forget
        step_on
        mov     ss, ebx
        int     VECTOR
.a:     nop
.b:     step_off
        check   "X5", "MOV SS; INT n: the first event is the INT", vector(0), VECTOR
        check   "X5", "MOV SS; INT n: the second is the step after the next instruction", saved_rip(1), .b
        check   "X5", "MOV SS; INT n: and it is #DB", vector(1), DB_
        set_dr6 0
        forget
        step_on
        mov     ss, ebx
        int3
.c:     nop
.d:     step_off
        check   "X5", "MOV SS; INT3: the first event is #BP", vector(0), BP_
        check   "X5", "MOV SS; INT3: the second is the step after the next instruction", saved_rip(1), .d
        set_dr6 0
        forget
        step_on
        mov     ss, ebx
        int1
.e:     nop
.f:     step_off
        check   "X5", "MOV SS; INT1: one #DB for the INT1, behind it", saved_rip(0), .e
        check_bits "X5", "MOV SS; INT1: no DR6.BS with it", [first_dr6], BS, 0
        check   "X5", "MOV SS; INT1: then the step after the next instruction", saved_rip(1), .f
        set_dr6 0
        forget
        resume_at .g
        step_on
        mov     ss, ebx
        ud2
.g:     check   "X5", "MOV SS; UD2: #UD", vector(0), UD
        check   "X5", "MOV SS; UD2: nothing else", [count], 1
        forget
        step_on
        mov     ss, ebx
        mov     ss, ebx
.h:     nop
        step_off
        check   "X5", "of two MOV SS in a row the trap of the second comes", saved_rip(0), .h
        user32  FLAG_TF | 2
        mov     eax, ss
        push    eax
        pop     ss
        nop
.i:     nop
        end_user32
        check   "X5", "POP SS suppresses its trap, at CPL 3 too (32-bit code)", saved_rip(2), .i
        mov     [far_pointer], esp
        forget
        step_on
        lss     esp, [far_pointer]
.j:     nop
        step_off
        check   "X5", "LSS does not suppress its trap", saved_rip(0), .j
        set_dr6 0
        mov     rax, .k
        mov     dr2, rax
        set_dr7 0x10
        forget
        lss     esp, [far_pointer]
.k:     nop
        check   "S5", "LSS does not suppress a breakpoint on the next instruction", [count], 1

        ; the data breakpoint of MOV SS is held through the next instruction, whatever that does
        watch
        mov     ss, [selector]
        int1
.l:     set_dr7 0
        check   "X5", "one #DB for INT1 and the breakpoint that MOV SS has held", [count], 1
        check   "X5", "behind the INT1", saved_rip(0), .l
        check_bits "X5", "with DR6.B0", [dr6_seen], 15, B0
        watch
        resume_at .m
        mov     ss, [selector]
.m_at:  ud2
.m:     set_dr7 0
        check   "S5", "if it faults, the trap is at the first instruction of the handler", saved_rip(0), stubs + UD * 16
        check   "S5", "which is #DB", vector(0), DB_
        check_bits "S5", "of DR0", [dr6_seen], 15 | BS, B0
        check   "S5", "then the handler runs for the fault", vector(1), UD
        check   "S5", "with the address of the instruction", saved_rip(1), .m_at
        check   "S5", "two events in all", [count], 2
        watch
        resume_at .n
        mov     rdi, ABSENT
        mov     ss, [selector]
        mov     [rdi], eax
.n:     set_dr7 0
        check   "S5", "#PF: the trap is at the first instruction of its handler", saved_rip(0), stubs + PF * 16
        check   "S5", "#PF: then the handler", vector(1), PF
        watch
        resume_at .o
        mov     esi, watched
        mov     rdi, ABSENT
        mov     ss, [selector]
        movsd
.o:     set_dr7 0
        check_bits "S5", "what the faulting instruction has met itself is forgotten", [dr6_seen], 15, B0
        watch
        resume_at .p
        mov     esi, watched
        mov     rdi, ABSENT
        movsd
.p:     set_dr7 0
        check   "S5", "so it is without MOV SS: #PF", vector(0), PF
        check   "S5", "and no #DB", [count], 1
        gate_options 0x30, 0, 0x0e
        watch
        resume_at .r
        mov     ss, [selector]
        int     0x30
.r:     set_dr7 0
        gate_options 0x30, 0, 0x8e
        check   "S5", "INT n whose gate is not present: the trap is at the handler of #NP", saved_rip(0), stubs + NP * 16
        check   "S5", "and #NP has come", vector(1), NP
        watch
        mov     ss, [selector]
        mov     eax, [watched]
.s:     set_dr7 0
        check   "S5", "two breakpoints, one held: one #DB", [count], 1
        check   "S5", "behind the second instruction", saved_rip(0), .s
        check_bits "S5", "with both bits", [dr6_seen], 15, B0 | B1
        watch   GD                      ; DR7 is written, and with the next access of a debug register ...
        mov     ss, [selector]
.t_at:  mov     rax, dr7
        set_dr7 0
        check   "S5", "general detect takes the held breakpoint along: one #DB", [count], 1
        check   "S5", "at the access", saved_rip(0), .t_at
        check_bits "S5", "with DR6.BD and B0", [dr6_seen], 15 | BD, BD | B0
        check_bits "B7", "RF is set in the flags that general detect saves", saved_flags(0), FLAG_RF, FLAG_RF
        watch
        lss     esp, [far_pointer]
        mov     eax, [watched]
.u:     nop
        set_dr7 0
        check   "S5", "LSS holds no breakpoint back", saved_rip(0), .u

        ; INT1 is a debug exception; INT n with vector 1 is not
        set_dr6 B1 | B2 | BS
        set_dr7 GD
        forget
        int1
.v:     check   "B2", "INT1 clears DR7.GD: its handler may use the debug registers", [count], 1
        check   "B2", "INT1 is a trap", saved_rip(0), .v
        check_bits "B2", "it clears DR6.B0 to B3 and leaves BS", [dr6_seen], 15 | BS, BS
        check_bits "B7", "RF is clear in the flags that INT1 saves", saved_flags(0), FLAG_RF, 0
        set_dr6 B1
        set_dr7 GD
        forget
        int     1
.w:     nop
        check   "B2", "INT n with vector 1 leaves DR7.GD: the handler's access is a second #DB", [count], 2
        check   "B2", "of general detect", saved_rip(1), on_debug.first
        check   "B2", "the one before it is behind the INT", saved_rip(0), .w

        ; each debug exception writes B0 to B3 of DR6 as a whole, and leaves the others
        mov     rax, .here
        mov     dr2, rax
        set_dr6 BS | B1
        set_dr7 1 << 5                  ; G2, execution
        forget
.here:  nop
        set_dr7 0
        check   "B2", "a breakpoint on an instruction: one #DB", [count], 1
        check_bits "B2", "DR6 has B2 and the BS that was there, and B1 no more", [dr6_seen], 0xe00f, BS | B2
        set_dr6 BD | B2
        forget
        step_on
        nop
        step_off
        check_bits "B2", "a single step: BS, and no B2 any more, but the BD that was there", [first_dr6], 0xe00f, BS | BD
        watch
        set_dr6 BS | B2
        mov     eax, [watched]
        set_dr7 0
        check_bits "B2", "a data breakpoint: B1 and the BS that was there", [dr6_seen], 0xe00f, BS | B1
        set_dr6 B2
        set_dr7 GD
        mov     rax, dr0
        check_bits "B2", "general detect: BD, and no B2 any more", [dr6_seen], 0xe00f, BD
        watch
        step_on
        mov     eax, [watched]
.x:     step_off
        set_dr7 0
        check   "X5", "a single step and a breakpoint are one #DB", saved_rip(0), .x
        check_bits "X5", "with both bits", [first_dr6], 0xe00f, BS | B1

        ; single steps across HLT, SYSENTER, SYSRET
        set_dr6 0
        forget
        step_on
        hlt
.y:     nop
        step_off
        check   "X5", "a trap behind HLT wakes", saved_rip(0), .y
        write_msr IA32_STAR, (CODE64 << 32) | ((USER_CODE32 & ~3) << 48)
        forget
        resume_at .z_end
        mov     [user_rsp], rsp
        mov     ecx, .z
        mov     r11d, FLAG_TF | 2
        o64 sysret
.z:     nop
.z2:    int     EXIT_VECTOR
.z_end: check   "X5", "SYSRET that sets TF: the trap is behind it at once", saved_rip(0), .z
        check   "X5", "then one behind each instruction", saved_rip(1), .z2
        check_bits "X5", "both at CPL 3", saved_cs(0), 3, 3
        write_msr 0x174, CODE64
        mov     eax, privileged_stack
        mov     ecx, 0x175
        wrmsr
        mov     eax, .enter
        mov     ecx, 0x176
        wrmsr
        mov     byte [no_more_steps], 1
        user    FLAG_TF | 2
        sysenter
.enter: int     EXIT_VECTOR
        end_user
        mov     byte [no_more_steps], 0
        check   "X5", "SYSENTER leaves TF: the trap is at its target", saved_rip(0), .enter
        check_bits "X5", "at CPL 0", saved_cs(0), 3, 0

        ; IA32_DEBUGCTL.BTF: single steps by branches
        branches_on
        nop
        xor     eax, eax
        jnz     .aa
        jmp     .aa
        nop
.aa:    nop
.ab:    step_off
        check   "X5", "BTF: the first trap is behind the first branch", saved_rip(0), .aa
        check_bits "X5", "BTF: with DR6.BS", [first_dr6], 0xe00f, BS
        check   "X5", "BTF: the #DB has cleared it, so the next is behind the next instruction", saved_rip(1), .ab
        read_msr IA32_DEBUGCTL
        check   "X5", "BTF: IA32_DEBUGCTL is 0", rax, 0
        branches_on
        call    .ac
        step_off
.ac:    pop     rax
        step_off
        check   "X5", "BTF: a CALL is a branch", saved_rip(0), .ac
        branches_on
        mov     edi, buffer
        mov     ecx, 3
        rep stosb
        mov     ss, ebx
        xor     eax, eax
        jz      .ad
        nop
.ad:    step_off
        check   "X5", "BTF: neither a REP string nor MOV SS is one, a Jcc that is taken is", saved_rip(0), .ad
        watch
        write_msr IA32_DEBUGCTL, BTF
        mov     eax, [watched]
        set_dr7 0
        read_msr IA32_DEBUGCTL
        check   "X5", "any #DB clears BTF", rax, 0
        mov     eax, BTF | (1 << 16)
        xor     edx, edx
        mov     ecx, IA32_DEBUGCTL
        faults  "B2", "a reserved bit of IA32_DEBUGCTL is #GP(0)", GP, 0, wrmsr
        ret

; Keeps DR6 as it is; a breakpoint on an instruction gets RF.
on_debug:
.first: mov     rax, dr7
        mov     rax, dr6
        mov     [dr6_seen], rax
        cmp     qword [count], 1
        jne     .more
        mov     [first_dr6], rax
.more:  cmp     byte [no_more_steps], 0
        je      .stepping
        and     dword [rbp + 16], ~FLAG_TF
.stepping:
        mov     rax, [rbp]
        mov     rcx, dr2
        cmp     rax, rcx
        jne     .end
        or      dword [rbp + 16], FLAG_RF
.end:   ret

        section .data
        align   16
selector:
        dd      DATA
        align   16
watched:
        dd      0
far_pointer:
        dd      0
        dw      DATA
        finish
        absolute variables_end
dr6_seen: resq  1
first_dr6: resq 1
user_rsp: resq  1
buffer: resb    16
no_more_steps: resb 1

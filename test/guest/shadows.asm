; Interrupt shadows and the interrupt flag: STI, MOV SS, POP SS, CLI, POPF, IRET (SDM vol. 3, 6.8).
%include "guest.inc"

VECTOR  equ 0x40
IOPL3   equ 0x3000

; An interrupt that waits for IF.
%macro pend 0
        forget
        ipi_self VECTOR
        settle
%endmacro

tests:
        pend
        sti
        nop
.s1:    nop
        cli
        check   "S1", "STI: a pending interrupt comes after exactly one more instruction", saved_rip(0), .s1
        check   "S1", "and it comes once", [count], 1
        check_bits "S1", "and saves IF = 1", saved_flags(0), FLAG_IF, FLAG_IF

        forget
        sti
        nop
        sti                             ; IF is 1 already
        ipi_self VECTOR
.s1b:   nop
        nop
        cli
        check   "S1", "STI with IF already 1 makes no shadow", saved_rip(0), .s1b

        pend
        sti
        jmp     .s1c                    ; the shadowed instruction may be a branch
        nop
.s1c:   nop
        cli
        check   "S1", "a branch in the shadow is complete: its target is saved", saved_rip(0), .s1c

        ; S2
        pend
        sti
        hlt
.s2a:   cli
        check   "S2", "STI;HLT: an interrupt pending before STI wakes the HLT", saved_rip(0), .s2a
        pend
        sti
        hlt
        cli
        check   "S2", "STI;HLT: and is taken once", [count], 1

        ; S3
        pend
        sti
        cli
        nop
        nop
        check   "S3", "STI;CLI: no interrupt between or after", [count], 0
        sti
        nop
        nop
        cli
        check   "S3", "STI;CLI: it is still pending afterwards", [count], 1

        ; S4
        pend
        sti
        sti
.s4:    nop
        nop
        cli
        check   "S4", "a second STI does not prolong the shadow", saved_rip(0), .s4
        pend
        sti
        cli
        sti                             ; IF changes from 0 to 1 again: a shadow of its own
        nop
.s4b:   nop
        cli
        check   "S4", "STI;CLI;STI: the second changes IF and makes a shadow", saved_rip(0), .s4b

        ; S5
        mov     ebx, ss
        pend
        sti
        mov     ss, ebx                 ; in the shadow of STI
        nop                             ; in that of MOV SS
.s5:    nop
        cli
        check   "S5", "MOV SS holds interrupts through the next instruction", saved_rip(0), .s5
        pend
        sti
        mov     ss, ebx
        mov     rsp, rsp
.s5b:   nop
        cli
        check   "S5", "MOV SS; MOV RSP is not separated", saved_rip(0), .s5b
        pend
        sti
        mov     ss, ebx
        mov     ss, ebx
.s5c:   nop
        nop
        cli
        check   "S5", "of two MOV SS in a row only the first shadows", saved_rip(0), .s5c
        pend
        sti
        mov     ds, ebx
.s5d:   nop
        cli
        check   "S5", "MOV DS makes no shadow", saved_rip(0), .s5d

        user32  IOPL3 | 2
        mov     eax, USER_DATA
        mov     ds, eax
        mov     dword [0xfee00300], ICR_SELF | ICR_ASSERT | VECTOR
        mov     ecx, 1000
.s5w:   loop    .s5w
        push    ss
        sti
        pop     ss
        nop
.s5e:   nop
        cli
        end_user32
        check   "S5", "POP SS holds interrupts through the next instruction (32-bit code)", saved_rip(0), .s5e

        ; S6
        pend
        push    FLAG_IF | 2
        popfq
.s6:    nop
        cli
        check   "S6", "POPFQ that sets IF has no shadow", saved_rip(0), .s6
        pend
        mov     rax, rsp
        push    DATA
        push    rax
        push    FLAG_IF | 2
        push    CODE64
        push    .s6b
        iretq
        nop
.s6b:   nop
        cli
        check   "S6", "IRETQ that sets IF has no shadow", saved_rip(0), .s6b

        ; S7
        forget
        sti
        nop
        cli
        ipi_self VECTOR
        settle
        check   "S7", "CLI: nothing gets in behind it", [count], 0
        sti
        nop
        nop
        cli
        check   "S7", "CLI: what came later waits for IF", [count], 1

        ; S8
        user
.s8a:   cli
        end_user
        check   "S8", "CLI at CPL 3 above IOPL 0 is a fault", vector(0), GP
        check   "S8", "with error code 0", error(0), 0
        check   "S8", "and its own address", saved_rip(0), .s8a
        user
        sti
        end_user
        check   "S8", "STI at CPL 3 above IOPL 0 is #GP", vector(0), GP
        check   "S8", "STI: error code 0", error(0), 0
        user    0x2002                  ; IOPL 2
        cli
        end_user
        check   "S8", "CLI at CPL 3 above IOPL 2 is #GP", vector(0), GP
        user    IOPL3 | FLAG_IF | 2
        cli
        end_user
        check   "S8", "CLI at CPL 3 with IOPL 3 works", vector(0), EXIT_VECTOR
        check_bits "S8", "and clears IF", saved_flags(0), FLAG_IF, 0
        user    IOPL3 | 2
        sti
        end_user
        check_bits "S8", "STI at CPL 3 with IOPL 3 sets IF", saved_flags(0), FLAG_IF, FLAG_IF
        user    FLAG_IF | 2
        push    2
        popfq
        end_user
        check_bits "S8", "POPFQ at CPL 3 above IOPL leaves IF set, without a fault", saved_flags(0), FLAG_IF, FLAG_IF
        user    2
        push    FLAG_IF | IOPL3 | FLAG_CF | 2
        popfq
        end_user
        check_bits "S8", "POPFQ at CPL 3 sets neither IF nor IOPL", saved_flags(0), FLAG_IF | IOPL3, 0
        check_bits "S8", "but the flags that are the program's", saved_flags(0), FLAG_CF, FLAG_CF
        user    IOPL3 | 2
        push    FLAG_IF | 2
        popfq
        end_user
        check_bits "S8", "POPFQ at CPL 3 with IOPL 3 sets IF and keeps IOPL", saved_flags(0), FLAG_IF | IOPL3, FLAG_IF | IOPL3
        push    IOPL3 | 2
        popfq
        pushfq
        pop     rdx
        push    2
        popfq
        check_bits "S8", "POPFQ at CPL 0 sets IOPL", rdx, IOPL3, IOPL3

        ; S9: NMI
        forget
        nmi_self
        settle
        check   "S9", "an NMI is not held by IF = 0", vector(0), NMI
        forget
        apic    APIC_TPR, 0xf0
        nmi_self
        settle
        apic    APIC_TPR, 0
        check   "S9", "nor by TPR", vector(0), NMI
        ret
        finish

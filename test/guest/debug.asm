; Single steps, breakpoints, debug registers (SDM vol. 3, 17.2 and 17.3).
%include "guest.inc"

VECTOR  equ 0x40
B0      equ 1
B1      equ 2
BD      equ 1 << 13
BS      equ 1 << 14
L0      equ 1
L1      equ 1 << 2
G0      equ 2
EXECUTE equ 0                           ; R/W and LEN of breakpoint 0
WRITE1  equ 1 << 16
WRITE2  equ 5 << 16
WRITE4  equ 13 << 16
WRITE8  equ 9 << 16
ANY1    equ 3 << 16
ANY4    equ 15 << 16
PORT1   equ 2 << 16
PORT2   equ 6 << 16

%macro step_on 0
        pushfq
        or      dword [rsp], FLAG_TF
        popfq
%endmacro
%macro step_off 0
        push    2
        popfq
%endmacro
; address or port, kind
%macro break_at 2
        mov     rax, %1
        mov     dr0, rax
        mov     eax, 0x400 | L0 | (%2)
        mov     dr7, rax
        forget
%endmacro
%macro break_off 0
        mov     eax, 0x400
        mov     dr7, rax
%endmacro
%macro clear_dr6 0
        mov     eax, 0xffff0ff0
        mov     dr6, rax
%endmacro

tests:
        hook    DB_, on_debug
        ; X5
        forget
        clear_dr6
        step_on
        nop
.x5a:   nop
.x5b:   push    2
.x5c:   popfq
.x5d:   check   "X5", "no trap after the POPF that sets TF, but after the next instruction", saved_rip(0), .x5a
        check   "X5", "one after every instruction", saved_rip(1), .x5b
        check   "X5", "the last after the instruction that clears TF", saved_rip(3), .x5d
        check   "X5", "four in all", [count], 4
        check_bits "X5", "DR6.BS is set", [dr6_seen], BS, BS
        check_bits "X5", "TF is set in the saved flags", saved_flags(0), FLAG_TF, FLAG_TF
        check_bits "X5", "and clear in the handler", [flags_seen], FLAG_TF, 0

        forget
        mov     rax, rsp
        push    DATA
        push    rax
        push    FLAG_TF | 2
        push    CODE64
        push    .x5e
        iretq
.x5e:   nop
.x5f:   step_off
        check   "X5", "no trap after the IRET that sets TF, but after the next instruction", saved_rip(0), .x5f

        forget
        mov     edi, buffer
        mov     ecx, 3
        step_on
.x5g:   rep stosb
.x5h:   step_off
        check   "X5", "after each REP iteration: at the instruction", saved_rip(0), .x5g
        check   "X5", "with RCX of the progress", event_rcx(0), 2
        check   "X5", "the second", event_rcx(1), 1
        check   "X5", "and behind it after the last", saved_rip(2), .x5h
        check_bits "X5", "RF is saved set between iterations", saved_flags(0), FLAG_RF, FLAG_RF
        check_bits "X5", "and clear after the last", saved_flags(2), FLAG_RF, 0

        forget
        mov     ebx, ss
        step_on
        mov     ss, ebx
        nop
.x5i:   step_off
        check   "X5", "MOV SS suppresses its trap; the next instruction has its own", saved_rip(0), .x5i

        forget
        step_on
        int     VECTOR
.x5j:   nop
.x5k:   step_off
        check   "X5", "INT n clears TF for its handler: no trap in it", vector(0), VECTOR
        check   "X5", "nor behind the INT, whose IRET brings TF back", saved_rip(1), .x5k
        forget
        mov     rax, .x5m
        mov     [resume], rax
        mov     [resume_rsp], rsp
        step_on
        ud2
.x5m:   check   "X5", "a fault is not followed by a trap", vector(0), UD
        check   "X5", "a fault is not followed by a trap: nothing else", [count], 1
        forget
        step_on
        int3
.x5n:   nop
.x5o:   step_off
        check   "X5", "INT3 is BP without a trap", vector(0), BP_
        check   "X5", "INT3: the next trap is after the next instruction", saved_rip(1), .x5o
        forget
        step_on
        jmp     .x5q
        nop
.x5q:   nop
        step_off
        check   "X5", "after a jump the trap is at its target", saved_rip(0), .x5q
        forget
        user    FLAG_TF | 2
        nop
.x5r:   nop
        end_user
        check   "X5", "user code is single-stepped from its first instruction on", saved_rip(0), .x5r
        check_bits "X5", "at CPL 3", saved_cs(0), 3, 3
        forget
        ipi_self VECTOR
        settle
        mov     rax, rsp
        push    DATA
        push    rax
        push    FLAG_TF | FLAG_IF | 2
        push    CODE64
        push    .x5s
        iretq
.x5s:   nop
.x5t:   step_off
        check   "X5", "an interrupt before the first step comes first", vector(0), VECTOR
        check   "X5", "and its handler is not stepped", saved_rip(1), .x5t

        ; B2: trap before interrupt
        forget
        mov     rax, rsp
        push    DATA
        push    rax
        push    FLAG_TF | FLAG_IF | 2
        push    CODE64
        push    .b2
        iretq
.b2:    apic    APIC_ICR, ICR_SELF | ICR_ASSERT | VECTOR
.b2b:   nop
        step_off
        check   "B2", "the trap of the instruction goes before the interrupt that it has raised", vector(0), DB_
        check   "B2", "then the interrupt", vector(1), VECTOR
        check   "B2", "at the same instruction", saved_rip(1), .b2b
        forget
        step_on
        apic    APIC_ICR, ICR_ASSERT | ICR_NMI
.b2c:   nop
        step_off
        check   "B2", "the trap goes before the NMI that the instruction has raised", saved_rip(1), .b2c
        check   "B2", "the NMI then comes before the first instruction of the trap's handler", saved_rip(0), stubs + DB_ * 16
        check   "B2", "and the trap's handler runs after it", vector(1), DB_

        ; breakpoints on instructions
        clear_dr6
        break_at .ib, EXECUTE
        xor     ebx, ebx
.ib:    inc     ebx
        break_off
        check   "B2", "an instruction breakpoint is a fault: its own address is saved", saved_rip(0), .ib
        check_bits "B2", "DR6.B0", [dr6_seen], B0 | BS, B0
        check   "B2", "the instruction runs once, after the handler", rbx, 1
        check   "B2", "which had to set RF: one #DB", [count], 1
        check_bits "B7", "RF is clear in the flags that an instruction breakpoint saves", saved_flags(0), FLAG_RF, 0
        break_at .ib2, EXECUTE
        mov     [resume_rsp], rsp
        mov     qword [resume], .ib2b
.ib2:   ud2
.ib2b:  break_off
        check   "B2", "an instruction breakpoint goes before the instruction's #UD", vector(0), DB_
        check   "B2", "which then comes", vector(1), UD
        break_at .ib3, EXECUTE
        ipi_self VECTOR
        settle
        sti
        nop
.ib3:   nop
        cli
        break_off
        check   "B2", "an interrupt goes before the breakpoint of the next instruction", vector(0), VECTOR
        check   "B2", "which then comes too", saved_rip(1), .ib3
        mov     ebx, ss
        break_at .ib4, EXECUTE
        mov     ss, ebx
.ib4:   nop
        break_off
        check   "S5", "MOV SS suppresses a breakpoint on the next instruction", [count], 0
        break_at .ib5, EXECUTE
        mov     edi, buffer
        mov     ecx, 4
.ib5:   rep stosb
        break_off
        check   "B2", "a breakpoint on a REP string comes once, before its first iteration", [count], 1
        check   "B2", "and the string runs to its end", rdi, buffer + 4
        mov     rax, .ib6
        mov     dr0, rax
        mov     eax, 0x400
        mov     dr7, rax
        forget
.ib6:   nop
        check   "B2", "a breakpoint that DR7 does not enable does not come", [count], 0
        mov     rax, .ib7
        mov     dr1, rax
        mov     eax, 0x400 | (2 << 2)   ; G1
        mov     dr7, rax
        forget
        clear_dr6
.ib7:   nop
        break_off
        check_bits "B2", "G1 enables as L1 does: DR6.B1", [dr6_seen], B0 | B1, B1

        ; breakpoints on data
        clear_dr6
        break_at buffer, WRITE4
        mov     dword [buffer], 1
.db1:   nop
        break_off
        check   "B5", "a data breakpoint is a trap: the next instruction is saved", saved_rip(0), .db1
        check_bits "B2", "DR6.B0 of a data breakpoint", [dr6_seen], B0 | BS, B0
        break_at buffer, WRITE4
        mov     eax, [buffer]
        break_off
        check   "B2", "a write breakpoint is not for reads", [count], 0
        break_at buffer, ANY4
        mov     eax, [buffer]
.db2:   nop
        break_off
        check   "B2", "a read or write breakpoint is", saved_rip(0), .db2
        break_at buffer + 4, WRITE4
        mov     qword [buffer], 0
        break_off
        check   "B2", "an access that overlaps is enough", [count], 1
        break_at buffer + 4, WRITE1
        mov     dword [buffer], 0
        mov     byte [buffer + 5], 0
        break_off
        check   "B2", "one beside it is not", [count], 0
        break_at buffer + 8, WRITE8
        mov     byte [buffer + 15], 0
        break_off
        check   "B2", "8 bytes are watched", [count], 1
        break_at buffer + 3, WRITE2     ; aligned down to 2
        mov     byte [buffer + 2], 0
        break_off
        check   "B2", "the address is aligned down to the length", [count], 1
        break_at buffer, WRITE4
        push    qword 0
        pop     qword [buffer]
        break_off
        check   "B2", "POP to memory", [count], 1
        break_at buffer + 2, WRITE1
        mov     edi, buffer
        mov     ecx, 5
.db3:   rep stosb
        break_off
        check   "B2", "in a REP string between iterations", saved_rip(0), .db3
        check   "B2", "after the iteration that has written", event_rcx(0), 2
        mov     ebx, ss
        mov     dword [buffer], 0x18
        break_at buffer, ANY4
        mov     ss, [buffer]
        nop
.db4:   nop
        break_off
        check   "S5", "a data breakpoint of MOV SS is held through the next instruction", saved_rip(0), .db4
        break_at buffer, ANY4
        mov     ss, [buffer]
        int     VECTOR
        break_off
        check   "S5", "if that is INT n, the trap is at the handler's first instruction", vector(0), DB_
        break_at 1 << 40, WRITE4
        mov     rbx, 1 << 40
        mov     [resume_rsp], rsp
        mov     qword [resume], .db5
        mov     dword [rbx], 0
.db5:   break_off
        check   "B2", "an access that faults hits no breakpoint", vector(0), PF
        check   "B2", "an access that faults: nothing else", [count], 1

        ; breakpoints on ports
        mov     rax, cr4
        or      eax, 8                  ; DE
        mov     cr4, rax
        clear_dr6
        break_at 0x80, PORT1
        out     0x80, al
.io:    nop
        break_off
        check   "B5", "an I/O breakpoint is a trap: the next instruction is saved", saved_rip(0), .io
        check_bits "B2", "DR6.B0 of an I/O breakpoint", [dr6_seen], B0, B0
        break_at 0x80, PORT1
        mov     dword [0x80], 0
        break_off
        check   "B2", "memory at that address is something else", [count], 0
        mov     rax, cr4
        and     eax, ~8
        mov     cr4, rax
        break_at 0x80, PORT1
        out     0x80, al
        break_off
        check   "B2", "without CR4.DE there are no I/O breakpoints", [count], 0

        ; the registers
        mov     eax, -1
        mov     dr6, rax
        mov     rax, dr6
        mov     ecx, 0xffffefff
        check   "X5", "DR6: bit 12 is 0, bits 4 to 11 and 16 to 31 are 1", rax, rcx
        clear_dr6
        xor     eax, eax
        mov     dr7, rax
        mov     rax, dr7
        check   "X5", "DR7: bit 10 is 1", rax, 0x400
        mov     rax, 1 << 32
        faults  "X5", "a bit above 31 of DR6 is #GP(0)", GP, 0, mov dr6, rax
        mov     rax, 1 << 32
        faults  "X5", "a bit above 31 of DR7 is #GP(0)", GP, 0, mov dr7, rax
        mov     eax, 0x12345678
        mov     dr3, rax
        mov     rbx, dr3
        check   "X5", "DR3 holds an address", rbx, 0x12345678
        mov     rax, dr6
        mov     rbx, dr4
        check   "X5", "without CR4.DE DR4 is DR6", rbx, rax
        mov     rax, cr4
        or      eax, 8
        mov     cr4, rax
        faults  "X5", "with CR4.DE DR4 is #UD", UD, 0, mov rax, dr4
        faults  "X5", "with CR4.DE DR5 is #UD", UD, 0, mov dr5, rax
        mov     rax, cr4
        and     eax, ~8
        mov     cr4, rax
        user
        mov     rax, dr7
        end_user
        check   "X5", "debug registers at CPL 3 are #GP", vector(0), GP
        clear_dr6
        mov     eax, 0x400 | (1 << 13)  ; GD
        forget
        mov     dr7, rax
.gd:    mov     rax, dr0
        check   "B2", "DR7.GD: an access to a debug register is a #DB before it", saved_rip(0), .gd
        check_bits "B2", "with DR6.BD", [dr6_seen], BD, BD
        check_bits "B2", "and GD clear for the handler", [dr7_seen], 1 << 13, 0
        clear_dr6
        break_at .gd2, EXECUTE | (1 << 13)
.gd2:   nop
        check_bits "B2", "any #DB clears GD for its handler", [dr7_seen], 1 << 13, 0
        check   "B2", "one #DB", [count], 1
        break_off
        ret

; The handler looks at the debug registers; a breakpoint on an instruction gets RF.
on_debug:
        pushfq
        pop     rax
        mov     [flags_seen], rax
        mov     rax, dr7
        mov     [dr7_seen], rax
        mov     rax, dr6
        mov     [dr6_seen], rax
        test    eax, BS | BD
        jnz     .end
        mov     rax, [rbp]              ; is it where DR0 or DR1 says?
        mov     rcx, dr0
        cmp     rax, rcx
        je      .resume
        mov     rcx, dr1
        cmp     rax, rcx
        jne     .end
.resume:
        or      dword [rbp + 16], FLAG_RF
.end:   mov     eax, 0xffff0ff0
        mov     dr6, rax
        ret

        section .data
        align   16
buffer: times 4 dq 0
dr6_seen: dq    0
dr7_seen: dq    0
flags_seen: dq  0
        finish

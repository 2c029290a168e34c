; What DR0 to DR7 hold, and which accesses meet a breakpoint (SDM vol. 3, 17.2, 17.3.1).
%include "guest.inc"

VECTOR  equ 0x40
B0      equ 1
B1      equ 2
BS      equ 1 << 14
BD      equ 1 << 13
GD      equ 1 << 13
L0      equ 1
L1      equ 1 << 2
EXECUTE equ 0
WRITE1  equ 1 << 16
WRITE4  equ 13 << 16
WRITE8  equ 9 << 16
ANY1    equ 3 << 16
PORT1   equ 2 << 16
PORT4   equ 14 << 16
CR4_DE  equ 1 << 3
PORTS   equ 0x600                       ; nobody's

%macro step_on 0
        pushfq
        or      dword [rsp], FLAG_TF
        popfq
%endmacro
; address or port, kind
%macro break_at 2
        mov     rax, %1
        mov     dr0, rax
        mov     eax, 0x400 | L0 | (%2)
        mov     dr7, rax
        mov     eax, 0xffff0ff0
        mov     dr6, rax
        forget
%endmacro
%macro break_off 0
        mov     eax, 0x400
        mov     dr7, rax
%endmacro
%macro debug_extensions 2               ; or, CR4_DE; and, ~CR4_DE
        mov     rax, cr4
        %1      eax, %2
        mov     cr4, rax
%endmacro
; text, kind, address, instruction: it meets a breakpoint there once, behind itself
%macro meets 4+
        break_at %3, %2
        %4
%%after:
        break_off
        check   "B2", %1, saved_rip(0), %%after
        check   "B2", %1, [count], 1
%endmacro
%macro misses 4+
        break_at %3, %2
        %4
        break_off
        check   "B2", %1, [count], 0
%endmacro

tests:
        hook    DB_, on_debug
        ; what the registers hold
        mov     eax, 0xffffdfff
        mov     dr7, rax
        mov     rbx, dr7
        mov     ecx, 0xffff07ff
        break_off
        check   "X5", "DR7: bits 11, 12, 14 and 15 stay 0, LE and GE are kept", rbx, rcx
        xor     eax, eax
        mov     dr6, rax
        mov     rax, dr6
        mov     ecx, 0xffff0ff0
        check   "X5", "DR6: what is not BT, BS, BD, B0 to B3 cannot be cleared", rax, rcx
        mov     eax, 0xe00f
        mov     dr6, rax
        mov     rax, dr6
        mov     ecx, 0xffffefff
        check   "X5", "DR6: those can be set", rax, rcx
        mov     eax, 0xffff0ff0
        mov     dr6, rax
%assign bit 32
%rep 32
        mov     rax, 1 << bit
        faults  "X5", "a bit above 31 of DR6 is #GP(0), each", GP, 0, mov dr6, rax
        mov     rax, 1 << bit
        faults  "X5", "a bit above 31 of DR7 is #GP(0), each", GP, 0, mov dr7, rax
  %assign bit bit + 1
%endrep
        mov     rax, dr6
        mov     ecx, 0xffff0ff0
        check   "X5", "and DR6 is as before", rax, rcx
        mov     rax, 0x8123456789abcdef
        mov     rbx, ~0x8123456789abcdef
        works   "X5", "DR0 takes any address, canonical or not", mov dr0, rax
        mov     dr1, rbx
        mov     rcx, dr0
        check   "X5", "and holds it", rcx, rax
        mov     rcx, dr1
        check   "X5", "as DR1 does", rcx, rbx
        mov     dr2, rax
        mov     rcx, dr2
        check   "X5", "DR2", rcx, rax
        mov     dr3, rbx
        mov     rcx, dr3
        check   "X5", "DR3", rcx, rbx
        mov     eax, 0x401
        mov     dr5, rax
        mov     rcx, dr7
        break_off
        check   "X5", "without CR4.DE DR5 is DR7", rcx, 0x401
        mov     eax, 0xffff4ff0
        mov     dr4, rax
        mov     rcx, dr6
        check   "X5", "and a write to DR4 is one to DR6", rcx, rax
        mov     eax, 0x400 | GD
        mov     dr7, rax
        forget
.dr5:   mov     rcx, dr5
        check   "X5", "GD guards DR5 too", saved_rip(0), .dr5
        debug_extensions or, CR4_DE
        mov     eax, 0x400 | GD
        mov     dr7, rax
        faults  "X5", "with CR4.DE: #UD of DR4 comes before GD", UD, 0, mov rcx, dr4
        mov     eax, 0x400
        mov     dr7, rax                ; which GD makes a #DB first
        mov     dr7, rax
        debug_extensions and, ~CR4_DE
        faults  "X5", "there is no DR8", UD, 0, db 0x44, 0x0f, 0x21, 0xc0
        faults  "X5", "nor DR15", UD, 0, db 0x44, 0x0f, 0x23, 0xf8
        mov     eax, 0x400 | GD
        mov     dr7, rax
        user
        mov     rcx, dr0
        end_user
        check   "X5", "at CPL 3 #GP comes before GD", vector(0), GP
        mov     rax, dr7                ; #DB, which clears GD

        ; lengths and alignments: every length at eight addresses, accesses of every size around it
        xor     r8d, r8d                ; mistakes
        xor     r9d, r9d                ; accesses
        xor     ebp, ebp                ; kind of length
.length:
        mov     r10d, [lengths + rbp * 4]       ; LEN, in DR7's place for DR0
        mov     r11d, [bytes + rbp * 4]
        xor     ebx, ebx                ; address
.address:
        lea     rax, [buffer + 8 + rbx]
        mov     dr0, rax
        mov     eax, r10d
        or      eax, 0x400 | L0 | WRITE1
        mov     dr7, rax
        lea     r12d, [ebx + 8]         ; where the watch begins: aligned down
        mov     eax, r11d
        neg     eax
        and     r12d, eax
        mov     r13d, 1                 ; size
.size:  xor     r14d, r14d              ; where
.access:
        mov     qword [count], 0
        lea     rdi, [buffer + r14]
        cmp     r13d, 2
        jb      .one
        je      .two
        cmp     r13d, 4
        je      .four
        mov     qword [rdi], 0
        jmp     .done
.one:   mov     byte [rdi], 0
        jmp     .done
.two:   mov     word [rdi], 0
        jmp     .done
.four:  mov     dword [rdi], 0
.done:  inc     r9d
        lea     eax, [r14d + r13d]      ; overlap: where < watch + bytes, watch < where + size
        lea     edx, [r12d + r11d]
        cmp     r14d, edx
        setl    cl
        cmp     r12d, eax
        setl    al
        and     al, cl
        movzx   eax, al
        cmp     rax, [count]
        je      .right
        inc     r8d
.right: inc     r14d
        cmp     r14d, 16
        jbe     .access
        add     r13d, r13d
        cmp     r13d, 8
        jbe     .size
        inc     ebx
        cmp     ebx, 8
        jb      .address
        inc     ebp
        cmp     ebp, 4
        jb      .length
        break_off
        check   "B2", "every length, address and size of a write: all tried", r9, 4 * 8 * 4 * 17
        check   "B2", "every length, address and size of a write: #DB where they overlap, and only there", r8, 0

        ; what is an access
        meets   "a read-modify-write is met once", ANY1, buffer, inc byte [buffer]
        meets   "CMPXCHG writes although the comparison fails", WRITE1, buffer, lock cmpxchg [buffer], ecx
        meets   "XCHG", WRITE1, buffer, xchg [buffer], ecx
        misses  "CMP does not write", WRITE1, buffer, cmp [buffer], cl
        misses  "LEA does not access", ANY1, buffer, lea rax, [buffer]
        lea     rbx, [rsp - 8]
        meets   "PUSH", WRITE8, rbx, push rax
        pop     rax
        push    rax
        meets   "POP", ANY1, rsp, pop rax
        break_at rbx, WRITE8
        call    .called
.called:
        break_off
        check   "B2", "CALL: the trap is at its target", saved_rip(0), .called
        pop     rax
        push    .returned
        break_at rsp, ANY1
        ret
        nop
.returned:
        break_off
        check   "B2", "RET: the trap is where it returns to", saved_rip(0), .returned
        mov     rbx, rsp
        and     rbx, -16
        sub     rbx, 8                  ; SS
        break_at rbx, WRITE8
        int     VECTOR
        break_off
        check   "B2", "what INT n pushes: the trap is at the handler's first instruction", saved_rip(0), stubs + VECTOR * 16
        write_msr IA32_FS_BASE, 0x1000
        meets   "the segment's base counts", ANY1, buffer + 0x1000, mov al, [fs:buffer]
        misses  "the offset alone does not", ANY1, buffer, mov al, [fs:buffer]
        write_msr IA32_FS_BASE, 0
        mov     esi, buffer
        mov     edi, buffer + 64
        meets   "MOVS: the source", ANY1, buffer, movsb
        meets   "MOVS: the destination", WRITE1, buffer + 65, movsb
        mov     esi, buffer
        mov     edi, buffer
        break_at buffer + 1, ANY1
        mov     ecx, 4
.cmps:  rep cmpsb
        break_off
        check   "B2", "REP CMPS: between iterations", saved_rip(0), .cmps
        check_bits "B7", "RF is set in what that saves", saved_flags(0), FLAG_RF, FLAG_RF
        check   "B2", "REP CMPS: once", [count], 1
        mov     rax, buffer + 1
        mov     dr1, rax
        break_at buffer, WRITE1 | L1 | (1 << 20)
        mov     word [buffer], 0
        break_off
        check   "B2", "one access that meets two: one #DB", [count], 1
        check_bits "B2", "with both bits", [dr6_seen], 15, B0 | B1
        break_at buffer, WRITE1 | (1 << 20)
        mov     word [buffer], 0
        break_off
        check_bits "B2", "that of one which is not enabled stays clear: a choice", [dr6_seen], 15, B0
        break_at buffer, WRITE1
        user32
        mov     eax, USER_DATA
        mov     ds, eax
        mov     byte [buffer], 0
.compat:
        nop
        end_user32
        break_off
        check   "B2", "32-bit code at CPL 3", saved_rip(0), .compat
        mov     rbx, buffer + (1 << 32)
        break_at rbx, WRITE1
        user32
        mov     eax, USER_DATA
        mov     ds, eax
        mov     byte [buffer], 0
        end_user32
        break_off
        check   "B2", "all 64 bits of the address count", vector(0), EXIT_VECTOR

        ; instructions
        break_at .ia + 1, EXECUTE
.ia:    mov     eax, 0x12345678
        break_off
        check   "B2", "a breakpoint within an instruction does not come", [count], 0
        break_at .ib, EXECUTE
.ib:    lock inc dword [buffer]
        break_off
        check   "B2", "its first byte may be a prefix", saved_rip(0), .ib
        mov     rax, .ic
        mov     dr1, rax
        break_at .ic, EXECUTE | L1
.ic:    nop
        break_off
        check_bits "B2", "two breakpoints on one instruction: both bits", [dr6_seen], 15, B0 | B1
        check   "B2", "in one #DB", [count], 1
        mov     ecx, 3
        break_at .id, EXECUTE
.id:    dec     ecx
        jnz     .id
        break_off
        check   "B7", "RF is good for one instruction: #DB each time round", [count], 3
        break_at .ie, EXECUTE
        pushfq
        or      dword [rsp], FLAG_RF
        popfq
.ie:    nop
        break_off
        check   "B7", "POPF does not set RF", [count], 1
        mov     rbx, rsp
        break_at .if, EXECUTE
        push    DATA
        push    rbx
        push    FLAG_RF | 2
        push    CODE64
        push    .if
        iretq
.if:    pushfq
        break_off
        pop     rax
        check   "B7", "IRET does: no #DB", [count], 0
        check_bits "B7", "and PUSHF shows it clear", rax, FLAG_RF, 0
        break_at .ig, EXECUTE
        mov     [resume_rsp], rsp
        mov     qword [resume], .ig_end
.ig:    ud2
.ig_end:
        break_off
        check_bits "B7", "a fault of the instruction that RF let pass saves RF set again", saved_flags(1), FLAG_RF, FLAG_RF
        mov     rbx, 1 << 40
        break_at rbx, EXECUTE
        mov     [resume_rsp], rsp
        mov     qword [resume], .ih
        jmp     rbx
.ih:    break_off
        check   "B2", "a breakpoint where nothing can be fetched: #DB first", vector(0), DB_
        check   "B2", "then #PF", vector(1), PF
        break_at .ii, EXECUTE
        step_on
.ii:    nop
        push    2
        popfq
        break_off
        check   "B2", "a breakpoint behind POPF that sets TF comes before the step", saved_rip(0), .ii
        check_bits "B2", "without BS", [first_dr6], BS | 15, B0
        break_at .ij, EXECUTE
        step_on
        nop
.ij:    nop
        push    2
        popfq
        break_off
        check   "B2", "the trap of an instruction goes before the breakpoint of the next", saved_rip(0), .ij
        check_bits "B2", "with BS alone", [first_dr6], BS | 15, BS
        check   "B2", "which then comes at the same address", saved_rip(1), .ij
        break_at .ik, EXECUTE
        user32
.ik:    nop
        end_user32
        break_off
        check   "B2", "32-bit code at CPL 3: instructions", saved_rip(0), .ik
        check_bits "B2", "and the handler is at CPL 0", saved_cs(0), 3, 3
        mov     rax, .il
        mov     dr0, rax
        mov     eax, 0x700 | L0         ; LE, GE
        mov     dr7, rax
        forget
.il:    nop
        break_off
        check   "B2", "LE and GE change nothing", [count], 1

        ; ports
        debug_extensions or, CR4_DE
        mov     edx, PORTS
        meets   "IN", PORT1, PORTS, in al, dx
        meets   "OUT", PORT1, PORTS, out dx, al
        meets   "a wider access that reaches the port", PORT1, PORTS + 3, in eax, dx
        misses  "one that does not", PORT1, PORTS + 4, in eax, dx
        meets   "four ports from an aligned one", PORT4, PORTS + 2, in al, dx
        mov     edi, buffer
        meets   "INS", PORT1, PORTS, insb
        mov     esi, buffer
        meets   "OUTS", PORT1, PORTS, outsb
        mov     esi, buffer
        mov     ecx, 3
        break_at PORTS, PORT1
.outs:  rep outsb
        break_off
        check   "B2", "REP OUTS: after each iteration", [count], 3
        check   "B2", "REP OUTS: at the instruction", saved_rip(0), .outs
        break_at PORTS, PORT1
        user
        mov     edx, PORTS
        in      al, dx
        end_user
        break_off
        check   "B2", "an IN that is not allowed meets nothing", vector(0), GP
        debug_extensions and, ~CR4_DE
        ret

; Keeps the first DR6; a breakpoint on an instruction gets RF.
on_debug:
        mov     rax, dr6
        mov     [dr6_seen], rax
        cmp     qword [count], 1
        jne     .more
        mov     [first_dr6], rax
.more:  mov     rcx, 0xffff0ff0
        mov     dr6, rcx
        test    eax, BS | BD
        jnz     .end
        mov     rax, [rbp]
        mov     rcx, dr0
        cmp     rax, rcx
        jne     .end
        or      dword [rbp + 16], FLAG_RF
.end:   ret

        section .data
lengths: dd     0, 1 << 18, 3 << 18, 2 << 18
bytes:  dd      1, 2, 4, 8
        align   16
buffer: times 16 dq 0
dr6_seen: dq    0
first_dr6: dq   0
        finish

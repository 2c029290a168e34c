; Descriptors, selectors, privilege; far transfers and returns in all directions (SDM vol. 3, chapter 5; vol. 2, IRET, RET).
%include "guest.inc"

VECTOR  equ 0x40
OTHER   equ SPARE                       ; a descriptor to play with
CODE_P  equ 0x00af9b000000ffff          ; 64-bit code, DPL 0
CODE_NP equ 0x00af1b000000ffff          ; not present
CONFORMING equ 0x00af9f000000ffff
CODE_LD equ 0x00ef9b000000ffff          ; L and D
DATA_P  equ 0x00cf93000000ffff
DATA_RO equ 0x00cf91000000ffff
DATA_NP equ 0x00cf13000000ffff
DATA_U  equ 0x00cff3000000ffff
DATA_EO equ 0x00cf99000000ffff          ; execute-only code
BYTES16 equ 0x0040930000000000 | 15     ; limit 15, base 0
CALL_GATE equ 0x00008c0000100000
USER_RPL0 equ USER_DATA & ~3
TSS_BUSY equ 0x00008b0000000067

%macro descriptor 1
        mov     rax, %1
        mov     [gdt + OTHER], rax
%endmacro
%macro frame 5                          ; SS, RSP, RFLAGS, CS, RIP
        mov     rcx, %5
        mov     rbx, %2
        push    %1
        push    rbx
        push    %3
        push    %4
        push    rcx
%endmacro
; number, text, error, SS, RSP, CS, RIP: an IRET that must be #GP
%macro iret_refuses 7
        mov     rsi, rsp
        frame   %4, %5, 2, %6, %7
        forget
        mov     [resume_rsp], rsi
        mov     qword [resume], %%after
%%at:   iretq
%%after:
        push    qword %%at
        call    sum_up
        check   %1, %2, [summary], (GP << 16) | (%3)
%endmacro

tests:
        ; loads of data segments
        mov     eax, 0
        works   "B2", "a null selector may be loaded into DS", mov ds, eax
        mov     eax, 0x200
        faults  "B2", "a selector beyond the GDT is #GP(selector)", GP, 0x200, mov ds, eax
        mov     ecx, ds
        check   "B2", "the segment register is as before", rcx, 0
        descriptor DATA_NP
        mov     eax, OTHER
        faults  "B2", "a data segment that is not present is #NP(selector)", NP, OTHER, mov es, eax
        faults  "B2", "a stack segment that is not present is #SS(selector)", SS_, OTHER, mov ss, eax
        descriptor DATA_EO
        mov     eax, OTHER
        faults  "B2", "execute-only code in DS is #GP(selector)", GP, OTHER, mov ds, eax
        descriptor DATA_RO
        mov     eax, OTHER
        works   "B2", "read-only data in DS works", mov ds, eax
        faults  "B2", "read-only data in SS is #GP(selector)", GP, OTHER, mov ss, eax
        descriptor DATA_U
        mov     eax, OTHER
        works   "B2", "data of DPL 3 in DS at CPL 0 works", mov ds, eax
        faults  "B2", "data of DPL 3 in SS at CPL 0 is #GP(selector)", GP, OTHER, mov ss, eax
        mov     eax, DATA | 3
        faults  "B2", "a stack segment whose RPL is not CPL is #GP(selector)", GP, DATA, mov ss, eax
        faults  "B2", "RPL 3 on data of DPL 0 is #GP(selector)", GP, DATA, mov ds, eax
        mov     eax, 4
        faults  "B2", "a selector of the LDT without an LDT is #GP(selector)", GP, 4, mov ds, eax
        mov     eax, TSS_SELECTOR
        faults  "B2", "a system descriptor in DS is #GP(selector)", GP, TSS_SELECTOR, mov ds, eax
        mov     eax, 0
        works   "B2", "a null SS may be loaded at CPL 0 in 64-bit mode", mov ss, eax
        mov     eax, DATA
        mov     ss, eax
        mov     ds, eax
        mov     es, eax
        faults  "B2", "MOV to CS is #UD", UD, 0, db 0x8e, 0xc8
        descriptor DATA_P & ~(1 << 40)
        mov     eax, OTHER
        mov     fs, eax
        mov     rax, [gdt + OTHER]
        mov     rbx, DATA_P
        check   "B2", "a load sets the descriptor's accessed bit", rax, rbx
        user
        mov     eax, DATA
        mov     ds, eax
        end_user
        check   "B2", "data of DPL 0 at CPL 3 is #GP", vector(0), GP
        check   "B2", "with the selector", error(0), DATA
        user
        xor     eax, eax
        mov     ss, eax
        end_user
        check   "B2", "a null SS at CPL 3 is #GP", vector(0), GP
        user
        mov     eax, USER_DATA
        mov     ds, eax
        mov     ss, eax
        end_user
        check   "B2", "data of DPL 3 at CPL 3 works, in SS too", vector(0), EXIT_VECTOR

        ; limits, in compatibility mode
        mov     rax, BYTES16 | (3 << 45)
        mov     [gdt + OTHER], rax
        user32
        mov     eax, OTHER | 3
        mov     ds, eax
        mov     al, [15]
        end_user32
        check   "B2", "32-bit code: the last byte within the limit", vector(0), EXIT_VECTOR
        user32
        mov     eax, OTHER | 3
        mov     ds, eax
        mov     ax, [15]
        end_user32
        check   "B2", "32-bit code: an access beyond the limit is #GP", vector(0), GP
        check   "B2", "with error code 0", error(0), 0
        user32
        mov     eax, OTHER | 3
        mov     ss, eax
        mov     esp, 32
.ss:    push    eax
        end_user32
        check   "B2", "32-bit code: beyond the limit of the stack is #SS", vector(0), SS_
        check   "B2", "32-bit code: #SS has error code 0", error(0), 0
        check   "B2", "32-bit code: at the PUSH", saved_rip(0), .ss
        user32
        xor     eax, eax
        mov     ds, eax
        mov     al, [0]
        end_user32
        check   "B2", "32-bit code: a null DS cannot be used: #GP", vector(0), GP
        user32
        mov     eax, USER_DATA
        mov     ds, eax
        mov     byte [cs:0x1000], 1
        end_user32
        check   "B2", "32-bit code: a write through CS is #GP", vector(0), GP
        mov     rax, DATA_RO | (3 << 45)
        mov     [gdt + OTHER], rax
        user32
        mov     eax, OTHER | 3
        mov     ds, eax
        mov     [buffer], eax
        end_user32
        check   "B2", "32-bit code: a write to read-only data is #GP", vector(0), GP
        mov     rax, 0x0040f70000000000 | (0xfff - 0) ; expand-down, limit FFFH
        mov     [gdt + OTHER], rax
        user32
        mov     eax, OTHER | 3
        mov     ds, eax
        mov     al, [0xfff]
        end_user32
        check   "B2", "32-bit code: expand-down, at the limit is #GP", vector(0), GP
        user32
        mov     eax, OTHER | 3
        mov     ds, eax
        mov     al, [0x1000]
        end_user32
        check   "B2", "32-bit code: expand-down, above the limit works", vector(0), EXIT_VECTOR
        user32
        jmp     dword CODE64:0
        end_user32
        check   "B2", "a far jump from CPL 3 to code of DPL 0 is #GP", vector(0), GP
        check   "B2", "with the target's selector", error(0), CODE64
        user32
        jmp     dword USER_CODE64:.now64
        bits    64
.now64: mov     rax, 1 << 40            ; an instruction of 64-bit mode only
        shr     rax, 40
        mov     [long_done], eax
        end_user32
        mov     eax, [long_done]
        check   "B2", "a far jump from 32-bit to 64-bit code", rax, 1

        ; far transfers
        descriptor CODE_P
        mov     qword [far_pointer], .far1
        mov     word [far_pointer + 8], OTHER
        o64 jmp far [far_pointer]
        ud2
.far1:  mov     eax, cs
        check   "B2", "a far jump loads CS", rax, OTHER
        mov     qword [far_pointer], far_routine
        mov     word [far_pointer + 8], CODE64
        mov     rbx, rsp
        o64 call far [far_pointer]
        mov     eax, cs
        check   "B2", "a far call and RETF come back to the old CS", rax, OTHER
        check   "B2", "with the stack as it was", rsp, rbx
        mov     qword [far_pointer], .far2
        o64 jmp far [far_pointer]
.far2:
        descriptor CODE_NP
        mov     qword [far_pointer], gone_astray
        mov     word [far_pointer + 8], OTHER
        faults  "B2", "a far jump to code that is not present is #NP(selector)", NP, OTHER, o64 jmp far [far_pointer]
        descriptor CODE_LD
        faults  "B2", "a far jump to code with L and D is #GP(selector)", GP, OTHER, o64 jmp far [far_pointer]
        descriptor DATA_P
        faults  "B2", "a far jump to data is #GP(selector)", GP, OTHER, o64 jmp far [far_pointer]
        descriptor CODE_P | (3 << 45)
        faults  "B2", "a far jump from CPL 0 to code of DPL 3 is #GP(selector)", GP, OTHER, o64 jmp far [far_pointer]
        mov     word [far_pointer + 8], 0
        faults  "B2", "a far jump to a null selector is #GP(0)", GP, 0, o64 jmp far [far_pointer]
        mov     word [far_pointer + 8], CODE64 | 3
        faults  "B2", "a far jump with RPL above CPL is #GP(selector)", GP, CODE64, o64 jmp far [far_pointer]
        mov     word [far_pointer + 8], CODE64
        mov     rax, 1 << 47
        mov     [far_pointer], rax
        faults  "B2", "a far jump to a non-canonical address is #GP(0)", GP, 0, o64 jmp far [far_pointer]
        descriptor CALL_GATE
        mov     qword [gdt + OTHER + 8], 0
        mov     word [far_pointer + 8], OTHER
        faults  "B2", "call gates are refused: #GP(selector)", GP, OTHER, o64 call far [far_pointer]
        descriptor TSS_BUSY
        faults  "B2", "a far jump to a TSS is #GP(selector) in long mode", GP, OTHER, o64 jmp far [far_pointer]
        descriptor CONFORMING
        mov     qword [far_pointer], .conforming
        user
        o64 jmp far [far_pointer]
.conforming:
        mov     eax, cs
        end_user
        check   "B2", "conforming code keeps the CPL: CS has RPL 3", saved_cs(0), OTHER | 3
        mov     word [far_pointer + 8], OTHER | 3
        mov     qword [far_pointer], .conforming0
        o64 jmp far [far_pointer]
.conforming0:
        mov     eax, cs
        check   "B2", "the RPL of a selector of conforming code does not matter", rax, OTHER
        mov     word [far_pointer + 8], CODE64
        mov     qword [far_pointer], .back
        o64 jmp far [far_pointer]
.back:
        ; RETF
        mov     rsi, rsp
        push    USER_DATA
        push    user_stack
        push    USER_CODE64
        push    .outer
        forget
        mov     qword [resume], .outer_end
        mov     [resume_rsp], rsi
        o64 retf
.outer: int     EXIT_VECTOR
.outer_end:
        check   "B2", "RETF to an outer ring loads SS:RSP too", saved_rsp(0), user_stack
        check   "B2", "RETF to an outer ring: CS", saved_cs(0), USER_CODE64
        user
        push    CODE64
        push    .outer
.retf:  o64 retf
        end_user
        check   "B2", "RETF to an inner ring is #GP", vector(0), GP
        check   "B2", "with the selector of that ring", error(0), CODE64
        check   "B2", "at the RETF", saved_rip(0), .retf

        ; IRET
        mov     rsi, rsp
        frame   DATA, rsp, 2, CODE64, .iret_same
        iretq
.iret_same:
        check   "B8", "IRET in 64-bit mode pops SS:RSP without a change of privilege", rsp, rsi
        mov     rsi, rsp
        frame   0, rsp, 2, CODE64, .iret_null
        iretq
.iret_null:
        mov     eax, ss
        check   "B8", "IRET to CPL 0 in 64-bit mode may load a null SS", rax, 0
        mov     eax, DATA
        mov     ss, eax
        mov     rsp, rsi
        iret_refuses "B5", "IRET with a null CS is #GP(0)", 0, DATA, rsp, 0, .iret_null
        iret_refuses "B5", "IRET to a selector beyond the GDT is #GP(selector)", 0x200, DATA, rsp, 0x200, .iret_null
        iret_refuses "B5", "IRET to a non-canonical RIP is #GP(0), at the IRET", 0, DATA, rsp, CODE64, 1 << 47
        iret_refuses "B5", "IRET to CPL 3 with a null SS is #GP(0)", 0, 0, rsp, USER_CODE64, .iret_null
        iret_refuses "B5", "IRET to CPL 3 with SS of DPL 0 is #GP(selector)", DATA, DATA | 3, rsp, USER_CODE64, .iret_null
        iret_refuses "B5", "IRET to CPL 3 with SS of RPL 0 is #GP(selector)", USER_RPL0, USER_RPL0, rsp, USER_CODE64, .iret_null
        iret_refuses "B5", "IRET to a data segment is #GP(selector)", DATA, DATA, rsp, DATA, .iret_null
        iret_refuses "B5", "IRET to CPL 3 in code of DPL 0 is #GP(selector)", CODE64, DATA, rsp, CODE64 | 3, .iret_null
        check_bits "B5", "and privilege is as before", saved_cs(0), 0xffff, CODE64
        sub     rsi, 40
        check   "B5", "and the stack", saved_rsp(0), rsi
        push    FLAG_NT | 2
        popfq
        faults  "B5", "IRET with NT in long mode is #GP(0)", GP, 0, iretq
        push    2
        popfq
        user
        push    USER_DATA
        push    user_stack
        push    2
        push    CODE64
        push    .outer
        iretq
        end_user
        check   "B5", "IRET from CPL 3 to CPL 0 is #GP", vector(0), GP
        user
        mov     rbx, rsp
        push    USER_DATA
        push    rbx
        push    FLAG_IF | 0x3000 | FLAG_CF | 2
        push    USER_CODE64
        push    .iret_user
        iretq
.iret_user:
        end_user
        check_bits "S8", "IRET at CPL 3 leaves IF and IOPL, loads the rest", saved_flags(0), FLAG_IF | 0x3000 | FLAG_CF, FLAG_CF
        mov     rsi, rsp
        frame   USER_DATA, user_stack, 2, USER_CODE32, .iret32
        forget
        mov     [resume_rsp], rsi
        mov     qword [resume], .iret32_end
        iretq
        bits    32
.iret32:
        dec     eax                     ; a REX prefix in 64-bit mode
        int     EXIT_VECTOR
        bits    64
.iret32_end:
        check   "B8", "IRET to compatibility mode", saved_cs(0), USER_CODE32
        check   "B8", "whose RIP has 32 bits", saved_rip(0), .iret32 + 3
        ; data segments on the way out
        mov     eax, DATA
        mov     ds, eax
        mov     eax, USER_DATA
        mov     es, eax
        user
        mov     ebx, ds
        mov     ecx, es
        end_user
        mov     rax, event_rcx(0)
        check   "B8", "IRET to CPL 3 keeps data segments of DPL 3", rax, USER_DATA
        mov     eax, ds
        check   "B8", "and makes those of DPL 0 null", rax, 0

        ; questions about descriptors
        mov     eax, CODE64
        verr    ax
        setz    cl
        verw    ax
        setz    ch
        movzx   ecx, cx
        check   "B2", "VERR says that code can be read, VERW that it cannot be written", rcx, 1
        lar     ebx, eax
        and     ebx, 0xf0ff00
        check   "B2", "LAR gives the access rights", rbx, 0xa09b00
        mov     eax, DATA
        lsl     ebx, eax
        mov     ecx, 0xffffffff
        check   "B2", "LSL gives the limit in bytes", rbx, rcx
        mov     eax, 0x200
        lar     ebx, eax
        setnz   al
        movzx   eax, al
        check   "B2", "LAR of a selector beyond the GDT clears ZF", rax, 1
        str     ax
        movzx   eax, ax
        check   "B2", "STR gives the task register's selector", rax, TSS_SELECTOR
        mov     eax, TSS_SELECTOR
        faults  "B2", "LTR of a busy TSS is #GP(selector)", GP, TSS_SELECTOR, ltr ax
        mov     eax, DATA
        faults  "B2", "LTR of data is #GP(selector)", GP, DATA, ltr ax
        xor     eax, eax
        faults  "B2", "LTR of a null selector is #GP(0)", GP, 0, ltr ax
        works   "B2", "LLDT of a null selector works", lldt ax
        sgdt    [bad_table]
        mov     rax, [bad_table + 2]
        check   "B2", "SGDT gives the base", rax, gdt

        ; privilege stacks of the TSS
        mov     rbx, [tss + 4]
        mov     rax, 1 << 47
        or      rax, 0x1000
        mov     [tss + 4], rax
        mov     dword [tss + 0x24], other_stack
        gate_options SS_, 1, 0x8e
        user
        int3
        end_user
        gate_options SS_, 0, 0x8e
        mov     [tss + 4], rbx
        check   "B8", "a non-canonical RSP0 is #SS", vector(0), SS_
        check_bits "B8", "from CPL 3: privilege had not changed", saved_cs(0), 3, 3
        call    short_tss
        mov     rax, 1 << 47
        mov     [bad_table + 2], rax
        faults  "B2", "LGDT of a non-canonical base is #GP(0)", GP, 0, lgdt [bad_table]
        faults  "B2", "LIDT of a non-canonical base is #GP(0)", GP, 0, lidt [bad_table]
        ret

; A TSS that ends within RSP0: an INT that needs it is #TS. Its handler can have no stack but the program's, so it is conforming code, at
; CPL 3, and SYSCALL leads out of it.
short_tss:
        mov     rax, [gdt + TSS_SELECTOR]
        mov     rcx, [gdt + TSS_SELECTOR + 8]
        mov     rdx, ~((0xff << 40) | 0xffff)
        and     rax, rdx
        mov     rdx, (0x89 << 40) | 10  ; not busy
        or      rax, rdx
        mov     [gdt + SPARE], rax
        mov     [gdt + SPARE + 8], rcx
        mov     rax, 0x00af9e000000ffff ; 64-bit code, conforming, DPL 0
        mov     [gdt + SPARE + 0x10], rax
        mov     rsi, [idt + TS * 16]
        mov     eax, .no_tss
        mov     [idt + TS * 16], ax
        shr     eax, 16
        mov     [idt + TS * 16 + 6], ax
        mov     word [idt + TS * 16 + 2], SPARE + 0x10
        write_msr IA32_STAR, CODE64 << 32
        mov     eax, .back
        xor     edx, edx
        mov     ecx, IA32_LSTAR
        wrmsr
        mov     qword [ts_error], -1
        mov     ebx, 3
.again: user
.int:   int     EXIT_VECTOR
        end_user
        dec     ebx                     ; three times with the usual one
        jnz     .again
        cmp     qword [ts_error], -1
        jne     .ended
        mov     eax, SPARE
        ltr     ax
        mov     ebx, 1
        jmp     .again
.no_tss:
        pop     qword [ts_error]
        pop     qword [ts_rip]
        syscall
.back:  mov     rsp, [resume_rsp]
        mov     qword [resume], 0
.ended: and     byte [gdt + TSS_SELECTOR + 5], ~2
        mov     eax, TSS_SELECTOR
        ltr     ax
        mov     [idt + TS * 16], rsi
        check   "B8", "RSP0 beyond the limit of the TSS: #TS(TSS)", [ts_error], SPARE
        check   "B8", "at the INT", [ts_rip], .int
        ret

gone_astray:                            ; where only a jump that should have been refused gets
        ud2

far_routine:
        o64 retf

        section .data
        align   16
buffer: dq      0
far_pointer: dq 0
        dw      0
long_done: dd   0
bad_table: dw   0xff
        dq      0
ts_error: dq    0
ts_rip: dq      0
        finish

; Which prefixes an opcode takes, and what they do to it (SDM vol. 2, 2.1, 2.2.1 and the pages of the instructions). What is no instruction
; is #UD, one of B2's faults.
%include "guest.inc"
SS16    equ     SPARE                   ; a stack segment of 16 bits, for users

tests:
        mov     edx, 0x80
        xor     eax, eax
        works   "B2", "OUT DX, EAX with REX.W: still 32 bits", db 0x48, 0xef
        works   "B2", "IN EAX, DX with REX.W", db 0x48, 0xed
        works   "B2", "IN EAX, imm8 with REX.W", db 0x48, 0xe5, 0x80
        works   "B2", "OUT imm8, EAX with REX.W", db 0x48, 0xe7, 0x80
        mov     edi, scratch
        works   "B2", "INSD with REX.W", db 0x48, 0x6d
        check   "B2", "and it is 4 bytes long", rdi, scratch + 4
        mov     esi, scratch
        works   "B2", "OUTSD with REX.W", db 0x48, 0x6f
        check   "B2", "and it is 4 bytes long, too", rsi, scratch + 4
        works   "B2", "IN AL, DX with REX.W", db 0x48, 0xec
        works   "B2", "IN EAX, DX with REX.B", db 0x41, 0xed

        mov     ebx, scratch
        works   "B2", "MOVBE", db 0x0f, 0x38, 0xf0, 0x03
        works   "B2", "MOVBE with 66", db 0x66, 0x0f, 0x38, 0xf0, 0x03
        faults  "B2", "F3 0F 38 F0 is no MOVBE", UD, 0, db 0xf3, 0x0f, 0x38, 0xf0, 0x03
        faults  "B2", "F3 0F 38 F1 is no MOVBE", UD, 0, db 0xf3, 0x0f, 0x38, 0xf1, 0x03
        faults  "B2", "66 F3 0F 38 F0 is no MOVBE", UD, 0, db 0x66, 0xf3, 0x0f, 0x38, 0xf0, 0x03

        mov     rax, cr4
        bts     rax, 16
        mov     cr4, rax
        works   "B2", "RDFSBASE with 66, which does nothing", db 0x66, 0xf3, 0x0f, 0xae, 0xc0
        works   "B2", "RDGSBASE with 66 and REX.W", db 0x66, 0xf3, 0x48, 0x0f, 0xae, 0xc8
        mov     ecx, 0xc0000100
        mov     eax, 0x55667788
        mov     edx, 0x1234
        wrmsr
        or      rax, -1
        db      0x66, 0xf3, 0x0f, 0xae, 0xc0
        check   "B2", "and reads 32 bits", rax, 0x55667788

        mov     eax, stack16
        mov     word [gdt + SS16], 0xffff
        mov     [gdt + SS16 + 2], ax
        shr     eax, 16
        mov     [gdt + SS16 + 4], al
        mov     byte [gdt + SS16 + 5], 0xf2
        mov     byte [gdt + SS16 + 6], 0
        mov     [gdt + SS16 + 7], ah
        user32
        mov     eax, SS16 + 3
        mov     ss, eax
        mov     esp, 0x56780100
        mov     ebp, 0x9abc0200
        enter   0x10, 1
        mov     ecx, esp
        mov     esi, ebp
        mov     edi, [ss:bp - 4]
        end_user32
        check   "B2", "ENTER of 32 bits on a 16-bit stack: ESP", event_rcx(0), 0x567800e8
        check   "B2", "EBP is all of ESP", event_rsi(0), 0x567800fc
        check   "B2", "and so is the frame pointer that is pushed", event_rdi(0), 0x567800fc
        ret
        finish
        absolute variables_end
        alignb  4096
stack16:
        resb    0x10000

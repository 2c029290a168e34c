; String instructions: progress, prefixes, directions, interrupts and faults in between (SDM vol. 2, REP; vol. 3, 6.6).
%include "guest.inc"

VECTOR  equ 0x40

tests:
        mov     edi, buffer
        mov     ecx, 8
        mov     al, 0x5a
        rep stosb
        mov     rax, [buffer]
        mov     rbx, 0x5a5a5a5a5a5a5a5a
        check   "B1", "REP STOSB fills", rax, rbx
        check   "B1", "RCX is 0 afterwards", rcx, 0
        check   "B1", "RDI is behind", rdi, buffer + 8
        xor     ecx, ecx
        mov     edi, buffer
        rep stosq
        check   "B1", "RCX = 0: nothing", rdi, buffer
        mov     rdi, 1 << 40
        works   "X6", "RCX = 0: no access, so no fault", rep stosq
        mov     ecx, 2
        mov     edi, buffer + 15
        std
        rep stosb
        cld
        check   "B1", "DF = 1: downwards", rdi, buffer + 13
        mov     esi, source
        mov     edi, buffer
        mov     ecx, 4
        rep movsd
        mov     rax, [buffer + 8]
        mov     rbx, [source + 8]
        check   "B1", "REP MOVSD copies", rax, rbx
        mov     esi, source
        mov     edi, buffer
        mov     byte [buffer + 5], 0xff
        mov     ecx, 16
        repe cmpsb
        check   "B1", "REPE CMPSB stops behind the first difference", rcx, 10
        check   "B1", "with RSI behind it", rsi, source + 6
        setnz   al
        movzx   eax, al
        check   "B1", "and ZF clear", rax, 1
        mov     edi, source
        mov     ecx, 16
        mov     al, 5
        repne scasb
        check   "B1", "REPNE SCASB stops behind the match", rdi, source + 5
        mov     esi, source
        mov     ecx, 3
        rep lodsb
        check   "B1", "REP LODSB loads the last", rax, 3

        ; prefixes
        mov     rdi, (1 << 32) + buffer
        mov     rcx, (1 << 32) + 2
        mov     al, 1
        a32 rep stosb
        check   "B1", "address size 32: ECX counts, the upper half becomes 0", rcx, 0
        check   "B1", "and EDI is the address", rdi, buffer + 2
        mov     rdi, (1 << 32) + buffer
        mov     rcx, 1 << 32
        a32 rep stosb
        mov     rax, (1 << 32) + buffer
        check   "B1", "ECX = 0 is no iteration whatever RCX is", rdi, rax
        mov     ecx, IA32_FS_BASE
        mov     eax, source
        xor     edx, edx
        wrmsr
        mov     esi, 1
        fs lodsb
        movzx   eax, al
        check   "B1", "the source may have a segment prefix", rax, 2
        mov     edi, buffer
        mov     byte [buffer], 0
        mov     al, 0x77
        fs stosb
        mov     al, [buffer]
        movzx   eax, al
        check   "B1", "the destination may not", rax, 0x77
        write_msr IA32_FS_BASE, 0

        ; faults: progress of the iterations before
        and     byte [window_pt + 8], 0xfe
        mov     eax, WINDOW + 0x1000
        invlpg  [rax]
        mov     edi, WINDOW + 0x1000 - 4
        mov     ecx, 10
        faults  "X6", "REP STOSB into a missing page", PF, 2, rep stosb
        check   "X6", "the iterations before are done: RCX", event_rcx(0), 6
        check   "X6", "RDI is at the missing page", event_rdi(0), WINDOW + 0x1000
        check   "X6", "CR2 too", event_cr2(0), WINDOW + 0x1000
        mov     edi, WINDOW + 0x1000 - 6
        mov     ecx, 10
        mov     rax, 0x1122334455667788
        faults  "X7", "a split STOSQ", PF, 2, rep stosq
        check   "X7", "has not begun", event_rcx(0), 10
        mov     esi, WINDOW + 0x1000 - 2
        mov     edi, buffer
        mov     ecx, 10
        faults  "X6", "REP MOVSB from a missing page", PF, 0, rep movsb
        check   "X6", "RSI", event_rsi(0), WINDOW + 0x1000
        check   "X6", "RDI goes with it", event_rdi(0), buffer + 2
        mov     esi, WINDOW + 0x1000 - 3
        mov     edi, buffer
        mov     qword [WINDOW + 0x1000 - 8], 0
        mov     qword [buffer], 0
        mov     ecx, 10
        faults  "X6", "REPE CMPSB into a missing page", PF, 0, repe cmpsb
        check   "X6", "REPE CMPSB: progress", event_rcx(0), 7
        check_bits "X6", "with the flags of the last comparison", saved_flags(0), FLAG_ZF, FLAG_ZF
        mov     edi, WINDOW + 0x1000 - 1
        mov     ecx, 3
        mov     edx, 0x80
        faults  "X6", "REP INSB into a missing page", PF, 2, rep insb
        check   "X6", "REP INSB: progress", event_rcx(0), 2
        or      byte [window_pt + 8], 1

        ; B1: an interrupt between iterations, and what it saves
        forget
        ipi_self VECTOR
        settle
        mov     edi, buffer
        mov     ecx, 16
        sti
        nop
.rep:   rep stosb
        cli
        check   "B1", "an interrupt that waits comes before the first iteration", event_rcx(0), 16
        check   "B1", "at the instruction", saved_rip(0), .rep
        forget
        mov     edi, long_buffer
        mov     ecx, 4096
        apic    APIC_DIVIDE, 0xb
        apic    APIC_LVT_TIMER, VECTOR
        apic    APIC_INITIAL, 1000
        sti
        nop
.rep2:  rep stosb
        cli
        check   "B1", "an interrupt comes between iterations: the RIP of the REP", saved_rip(0), .rep2
        mov     rax, event_rcx(0)
        add     rax, event_rdi(0)
        check   "B1", "RCX and RDI agree about the progress", rax, long_buffer + 4096
        mov     rax, event_rcx(0)
        dec     rax
        cmp     rax, 4094
        setb    al
        movzx   eax, al
        check   "B1", "which is neither the beginning nor the end", rax, 1
        check_bits "B7", "RF is saved set", saved_flags(0), FLAG_RF, FLAG_RF
        check   "B1", "the string goes on afterwards to its end", rdi, long_buffer + 4096
        ret

        section .data
        align   16
source: db 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16
buffer: times 32 db 0
        absolute WINDOW_PHYS - 0x10000
long_buffer: resb 0x2000
        section .text
        finish

; The I/O permission bitmap, the LDT, MONITOR and MWAIT, HLT under single step, and other corners.
; cpus: 2
%include "guest.inc"

TSS2    equ SPARE                       ; with a bitmap; two entries
LDT     equ SPARE + 0x10                ; two entries
VECTOR  equ 0x40

tests:
        ; I/O permission bitmap (SDM vol. 1, 19.5.2): one bit a port, and a byte of ones behind it
        mov     esi, tss
        mov     edi, tss2
        mov     ecx, 0x68
        rep movsb
        mov     word [tss2 + 0x66], 0x68
        mov     eax, tss2
        mov     qword [gdt + TSS2], 0x68 + 0x20 ; limit
        mov     [gdt + TSS2 + 2], ax
        shr     eax, 16
        mov     [gdt + TSS2 + 4], al
        mov     byte [gdt + TSS2 + 5], 0x89
        mov     [gdt + TSS2 + 7], ah
        mov     qword [gdt + TSS2 + 8], 0
        mov     eax, TSS2
        ltr     ax
        test    byte [gdt + TSS2 + 5], 2
        setnz   al
        movzx   eax, al
        check   "B2", "LTR makes the TSS busy", rax, 1
        mov     byte [tss2 + 0x68 + 0x80 / 8], 0xfe     ; port 80H only
        user
        in      al, 0x80
        end_user
        check   "B2", "a port whose bit is clear may be used at CPL 3", vector(0), EXIT_VECTOR
        user
.in:    in      al, 0x81
        end_user
        check   "B2", "one whose bit is set is #GP", vector(0), GP
        check   "B2", "at the IN", saved_rip(0), .in
        user
        in      ax, 0x80
        end_user
        check   "B2", "a word needs the bits of both ports", vector(0), GP
        mov     byte [tss2 + 0x68 + 0x80 / 8], 0xfc
        user
        in      ax, 0x80
        end_user
        check   "B2", "and with both clear works", vector(0), EXIT_VECTOR
        user
        mov     edx, 0x400
        in      al, dx
        end_user
        check   "B2", "a port beyond the limit of the TSS is #GP", vector(0), GP
        user
        mov     edx, 0x81
        mov     rsi, tss2
        outsb
        end_user
        check   "B2", "OUTS is asked as well", vector(0), EXIT_VECTOR
        user
        mov     edx, 0x82
        mov     rdi, scratch
        insb
        end_user
        check   "B2", "INS too", vector(0), GP

        ; LDT
        mov     rax, 0x00cff3000000ffff
        mov     [ldt + 8], rax
        mov     eax, ldt
        mov     qword [gdt + LDT], 15
        mov     [gdt + LDT + 2], ax
        shr     eax, 16
        mov     [gdt + LDT + 4], al
        mov     byte [gdt + LDT + 5], 0x82
        mov     [gdt + LDT + 7], ah
        mov     qword [gdt + LDT + 8], 0
        mov     eax, LDT
        works   "B2", "LLDT", lldt ax
        sldt    ax
        movzx   eax, ax
        check   "B2", "SLDT gives its selector", rax, LDT
        mov     eax, 8 | 4 | 3
        works   "B2", "a selector of the LDT", mov fs, eax
        mov     eax, 16 | 4
        faults  "B2", "one beyond its limit is #GP(selector)", GP, 16 | 4, mov fs, eax
        mov     byte [gdt + LDT + 5], 0x02
        mov     eax, LDT
        faults  "B2", "an LDT that is not present is #NP(selector)", NP, LDT, lldt ax
        mov     eax, 8 | 4
        faults  "B2", "LLDT of a selector of the LDT is #GP(selector)", GP, 8 | 4, lldt ax
        xor     eax, eax
        lldt    ax
        mov     fs, eax

        ; operands that must be aligned, addresses that nothing is done with
        mov     ebx, wide
        xor     eax, eax
        xor     edx, edx
        xor     ecx, ecx
        works   "B2", "CMPXCHG16B of an aligned operand", cmpxchg16b [rbx]
        mov     ebx, wide + 8
        faults  "B2", "CMPXCHG16B of an unaligned one is #GP(0)", GP, 0, cmpxchg16b [rbx]
        mov     rbx, 1 << 47
        works   "B2", "INVLPG of a non-canonical address does nothing", invlpg [rbx]
        works   "B2", "PREFETCH of an address that is not mapped does nothing", prefetcht0 [rbx]
        mov     rbx, 1 << 40
        faults  "X6", "CLFLUSH of one is #PF", PF, 0, clflush [rbx]
        faults  "B2", "UD2 is #UD", UD, 0, ud2
        faults  "B2", "LOCK INC of a register is #UD", UD, 0, db 0xf0, 0xff, 0xc0
        works   "B2", "XCHG with memory needs no LOCK", xchg [scratch], eax
        works   "B2", "LOCK BTS of memory", lock bts dword [scratch], 3

        ; a divide that overflows, and an interrupt in its handler's place
        mov     edx, 1
        xor     eax, eax
        mov     ecx, 1
        faults  "B5", "a quotient that does not fit is #DE", DE, 0, div ecx
        mov     eax, 1 << 31
        cdq
        mov     ecx, -1
        faults  "B5", "IDIV of the most negative number by -1 is #DE", DE, 0, idiv ecx

        ; MONITOR and MWAIT
        mov     eax, 1
        cpuid
        bt      ecx, 3
        jnc     .no_monitor
        user
        mov     eax, line
        xor     ecx, ecx
        xor     edx, edx
        monitor
        end_user
        check   "B2", "MONITOR at CPL 3 is #UD", vector(0), UD
        mov     eax, line
        mov     ecx, 1
        xor     edx, edx
        faults  "B2", "MONITOR with an extension that does not exist is #GP(0)", GP, 0, monitor
        xor     ecx, ecx
        monitor
        mov     dword [line], 0         ; the store ends the monitoring
        mwait
        check   "H1", "MWAIT after a store to the line does not wait", rcx, 0
        mov     edi, waiter
        call    start_others
        await   waiting, 1
        settle
        mov     eax, [woken]
        check   "H1", "MWAIT waits", rax, 0
        mov     dword [line], 1
        await   woken, 1
        mov     eax, [woken]
        check   "H1", "until another CPU writes the line", rax, 1
        await   waiting, 2
        settle
        apic    APIC_ICR_HIGH, 1 << 24
        apic    APIC_ICR, ICR_ASSERT | ICR_NMI
        await   woken, 2
        mov     eax, [woken]
        check   "N4", "an NMI ends MWAIT with IF = 0", rax, 2
.no_monitor:
        ; HLT under single step: the trap behind it ends it
        forget
        pushfq
        or      dword [rsp], FLAG_TF
        popfq
        hlt
.hlt:   push    2
        popfq
        check   "X5", "HLT under single step goes on with the trap", saved_rip(0), .hlt
        check   "X5", "without an interrupt", vector(0), DB_

        ret

waiter: mov     eax, line
        xor     ecx, ecx
        xor     edx, edx
        monitor
        mov     dword [waiting], 1
        mwait
        mov     dword [woken], 1
        mov     eax, line
        monitor
        mov     dword [waiting], 2
        mwait
        mov     dword [woken], 2
        ret

        section .data
        align   64
line:   times 16 dd 0
wide:   dq      0, 0, 0
waiting: dd     0
woken:  dd      0
        align   8
ldt:    dq      0, 0
tss2:   times 0x68 db 0
        times 0x21 db 0xff
        finish

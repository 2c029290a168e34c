; A Multiboot 1 kernel in an ELF32 file, linked at 4 MiB with 124 MiB of its own, which goes to 64-bit mode by itself. It asks everyone
; who could know how large the machine is, and leaves with 32 + the number of its CPUs if they agree, else with the number of the check.

bits 32
org 0x400000
SIZE    equ     124 << 20
APIC    equ     0xfee00000
COUNTER equ     0x600
ANSWER  equ     0x608
TABLES  equ     0x500000                ; PML4, PDPT, four page directories
STACK   equ     0x600000

header: db      0x7f, "ELF", 1, 1, 1
        times 9 db 0
        dw      2, 3                    ; an executable for the 80386
        dd      1, start, program - header, 0, 0
        dw      0x34, 0x20, 1, 0, 0, 0
program: dd     1, 0, header, header, file_end - header, SIZE, 7, 0x1000

align 4
multiboot: dd   0x1badb002, 3, -(0x1badb002 + 3)

%macro check 2                          ; number of the check, condition under which it is good
        j%2     %%good
        mov     eax, %1
        jmp     leave_with
%%good:
%endmacro

start:  mov     esp, STACK
        cmp     eax, 0x2badb002
        check   1, e
        mov     ebp, ebx
        lgdt    [gdtr]
        mov     dword [TABLES], TABLES + 0x1003
        mov     edi, TABLES + 0x1000
        mov     eax, TABLES + 0x2003
.pdpt:  mov     [edi], eax
        add     edi, 8
        add     eax, 0x1000
        cmp     edi, TABLES + 0x1020
        jb      .pdpt
        mov     edi, TABLES + 0x2000
        mov     eax, 0x83
.pd:    mov     [edi], eax
        add     edi, 8
        add     eax, 1 << 21
        jnc     .pd
        call    go_long
        jmp     0x08:main

go_long:
        mov     eax, cr4
        or      eax, 0x20
        mov     cr4, eax
        mov     eax, TABLES
        mov     cr3, eax
        mov     ecx, 0xc0000080
        rdmsr
        or      eax, 0x100
        wrmsr
        mov     eax, cr0
        or      eax, 0x80000001
        mov     cr0, eax
        ret

leave_with:                             ; eax: what to write to the debug-exit port
        out     0xf4, eax
        cli
        hlt
        jmp     leave_with

align 8
gdt:    dq      0, 0x00af9b000000ffff, 0x00cf93000000ffff, 0x00cf9b000000ffff
gdtr:   dw      gdtr - gdt - 1
        dd      gdt

bits 64
main:   mov     ax, 0x10
        mov     ds, ax
        mov     es, ax
        mov     ss, ax

        mov     eax, [rbp]              ; flags: memory, command line, modules
        and     eax, 0x0d
        cmp     eax, 0x0d
        check   2, e
        mov     r8d, [rbp + 8]          ; mem_upper, in KiB above 1 MiB
        shl     r8, 10
        add     r8, 1 << 20
        cmp     r8, 128 << 20
        check   3, ae

        mov     esi, [rbp + 16]         ; the command line, to the console
        call    print
        mov     al, 10
        call    put

        cmp     dword [rbp + 20], 1     ; one module, an environment with CPUS=n
        check   4, e
        mov     ebx, [rbp + 24]
        mov     esi, [rbx]
        mov     ecx, [rbx + 4]
        sub     ecx, esi
        cmp     ecx, 6
        check   5, ae
        cmp     dword [rsi], "CPUS"
        check   6, e
        movzx   r9d, byte [rsi + 5]
        sub     r9d, "0"

        mov     ax, 0                   ; fw_cfg: its signature, its interface, memory, CPUs
        call    ask
        cmp     eax, "QEMU"
        check   7, e
        mov     ax, 1
        call    ask
        test    al, 1
        check   8, nz
        mov     ax, 3
        call    ask
        cmp     rax, r8                 ; a firmware may keep some for itself
        check   9, ae
        mov     ax, 5
        call    ask
        movzx   eax, ax
        cmp     eax, r9d
        check   10, e
        mov     ax, 0x11                ; the file itself
        call    ask
        cmp     eax, [header]
        check   11, e

        mov     al, 0x5a                ; the test device: a latch; and a port that nobody has
        out     0xe1, al
        in      eax, 0xe0
        cmp     ah, 0x5a
        check   12, e
        mov     dx, 0x1234
        in      eax, dx
        inc     eax
        check   13, z

        mov     dword [COUNTER], 1
        mov     esi, other
        xor     edi, edi
        mov     ecx, other_end - other
        rep movsb
        mov     edi, APIC
        mov     dword [rdi + 0x300], 0xc4500
        mov     dword [rdi + 0x300], 0xc0600
.wait:  pause
        cmp     [COUNTER], r9d
        jb      .wait
        mov     esi, done
        call    print
        lea     eax, [r9 + 32]
        jmp     leave_with

ask:    mov     dx, 0x510               ; ax: key; out: rax: the first eight bytes
        out     dx, ax
        inc     dx
        mov     edi, ANSWER
        mov     ecx, 8
        rep insb
        mov     rax, [ANSWER]
        ret

print:  lodsb                           ; rsi: text, up to a zero
        test    al, al
        jz      .end
        call    put
        jmp     print
.end:   ret

put:    mov     ah, al
        mov     dx, 0x3fd
.busy:  in      al, dx
        test    al, 0x20
        jz      .busy
        mov     al, ah
        mov     dx, 0x3f8
        out     dx, al
        ret

bits 32
other_32:
        mov     esp, STACK - 0x1000     ; all of them use it to return once, with the same
        call    go_long
        jmp     0x08:other_64
bits 64
other_64:
        lock inc dword [COUNTER]
        cli
        hlt

bits 16
other:  xor     ax, ax
        mov     ds, ax
        o32 lgdt [dword gdtr_low - other]
        mov     eax, cr0
        or      al, 1
        mov     cr0, eax
        jmp     dword 0x18:other_32
gdtr_low: dw    gdtr - gdt - 1
        dd      gdt
other_end:
done:   db      "all here", 10, 0
file_end:

; A boot sector: says hello through the serial port and port E9h, starts the other CPUs from real mode with segments that reach the
; local APIC, waits for them and leaves with 16 + their number.

bits 16
org 0x7c00
APIC    equ     0xfee00000
COUNTER equ     0x600

        cli
        cmp     dl, 0x80                ; the disk that a BIOS starts from
        jne     fail
        xor     ax, ax
        mov     ds, ax
        mov     es, ax
        int     0x12                    ; returns, whether or not anyone serves it

        mov     si, hello
.next:  lodsb
        test    al, al
        jz      .said
        out     0xe9, al
        mov     ah, al
        mov     dx, 0x3fd
.busy:  in      al, dx
        test    al, 0x20
        jz      .busy
        mov     al, ah
        mov     dx, 0x3f8
        out     dx, al
        jmp     .next

.said:  mov     ax, 5                   ; fw_cfg: the number of CPUs
        mov     dx, 0x510
        out     dx, ax
        inc     dx
        in      al, dx
        mov     bl, al

        lgdt    [gdtr]                  ; a limit of 4 GiB stays with DS back in real mode
        mov     eax, cr0
        or      al, 1
        mov     cr0, eax
        mov     cx, 8
        mov     ds, cx
        and     al, 0xfe
        mov     cr0, eax
        xor     cx, cx
        mov     ds, cx

        mov     byte [COUNTER], 1
        mov     si, other
        xor     di, di
        mov     cx, other_end - other
        rep movsb                       ; to physical 0, where vector 0 of a start-up IPI begins
        mov     edi, APIC
        mov     dword [edi + 0x300], 0xc4500
        mov     dword [edi + 0x300], 0xc0600
.wait:  pause
        cmp     [COUNTER], bl
        jb      .wait
        mov     al, bl
        add     al, 16
        out     0xf4, al
fail:   mov     al, 1
        out     0xf4, al
        cli
        hlt

other:  xor     ax, ax
        mov     ds, ax
        lock inc byte [COUNTER]
        cli
        hlt
other_end:

gdt:    dq      0, 0x00cf93000000ffff
gdtr:   dw      gdtr - gdt - 1
        dd      gdt
hello:  db      "hello from 7C00h", 10, 0
        times 510 - ($ - $$) db 0
        dw      0xaa55

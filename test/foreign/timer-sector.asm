; A boot sector that lives on the 8259As and the 8254 as a BIOS leaves them: the clock's tick by vector 8, by 1CH and at 40:6C, HLT; then both
; controllers moved to other vectors, a faster clock, masks, the UART's line, one of the slave. Leaves with 64 + the number of CPUs, or
; with the number of the step that failed.

bits 16
org 0x7c00
TICKS   equ     0x46c                   ; of the BIOS's clock
COUNT   equ     0x600                   ; words: what own handlers have counted
USER    equ     0x602
UART    equ     0x604
SLAVE   equ     0x606
STEP    equ     0x608

%macro vector 2                         ; number, handler
        mov     word [(%1) * 4], %2
        mov     [(%1) * 4 + 2], ds
%endmacro
%macro step 1
        mov     byte [STEP], %1
%endmacro

start:  xor     ax, ax                  ; interrupts are on since the BIOS
        mov     ds, ax
        mov     es, ax
        mov     di, COUNT
        mov     cx, 16
        rep stosw
        step    1                       ; the BIOS's own clock wakes, and counts
        mov     bx, [TICKS]
        mov     cx, 3
.halt:  hlt
        cmp     [TICKS], bx
        jne     .woken
        loop    .halt
        jmp     fail
.woken: step    2                       ; 1CH is called
        cli
        vector  0x1c, on_user
        sti
        mov     si, USER
        call    halt_for
        step    3                       ; vector 8 before the BIOS's handler
        cli
        mov     eax, [8 * 4]
        mov     [chained], eax
        vector  8, on_clock
        mov     bx, [TICKS]
        sti
        mov     si, COUNT
        call    halt_for
        cmp     [TICKS], bx
        je      fail

        step    4                       ; both controllers at other vectors
        cli
        mov     al, 0x11
        out     0x20, al
        out     0xa0, al
        mov     al, 0x20
        out     0x21, al
        mov     al, 0x28
        out     0xa1, al
        mov     al, 4
        out     0x21, al
        mov     al, 2
        out     0xa1, al
        mov     al, 1
        out     0x21, al
        out     0xa1, al
        mov     al, 0xfe
        out     0x21, al
        mov     al, 0xff
        out     0xa1, al
        vector  0x20, on_timer
        vector  0x24, on_uart
        vector  0x2c, on_slave
        mov     al, 0x34                ; channel 0: mode 2, 1 kHz
        out     0x43, al
        mov     al, 1193 & 0xff
        out     0x40, al
        mov     al, 1193 >> 8
        out     0x40, al
        mov     word [COUNT], 0
        sti
.many:  hlt
        cmp     word [COUNT], 20
        jb      .many
        step    5                       ; IF holds it back, and it comes after
        cli
        mov     word [COUNT], 0
        call    pause
        cmp     word [COUNT], 0
        jne     fail
        sti
        mov     si, COUNT
        call    wait_for
        step    6                       ; so does the mask
        mov     al, 0xff
        out     0x21, al
        mov     word [COUNT], 0
        call    pause
        cmp     word [COUNT], 0
        jne     fail

        step    7                       ; the UART: its transmitter is empty
        mov     al, 0xef
        out     0x21, al
        mov     dx, 0x3fc               ; OUT2 opens its line
        mov     al, 8
        out     dx, al
        mov     dx, 0x3f9
        mov     al, 2
        out     dx, al
        mov     si, UART
        call    wait_for
        mov     al, 0
        out     dx, al
        step    8                       ; line 12, by way of the slave
        mov     al, 0xfb
        out     0x21, al
        mov     al, 0xef
        out     0xa1, al
        mov     dx, 0x200c
        mov     al, 1
        out     dx, al
        mov     si, SLAVE
        call    wait_for
        xor     ax, ax
        out     dx, al

        mov     ax, 5                   ; fw_cfg: the number of CPUs
        mov     dx, 0x510
        out     dx, ax
        inc     dx
        in      al, dx
        add     al, 64
leave:  out     0xf4, al
        cli
        hlt
fail:   mov     al, [STEP]
        jmp     leave

; SI: a word that is not to stay 0; while the clock runs, and while it does not
halt_for:
        mov     cx, 5
.next:  hlt
        cmp     word [si], 0
        jne     .end
        loop    .next
        jmp     fail
.end:   ret
wait_for:
        mov     cx, 0x20
.next:  cmp     word [si], 0
        jne     .end
        call    pause
        loop    .next
        jmp     fail
.end:   ret

; two milliseconds: the upper half of the counter of channel 0 changes every 215 us
pause:  push    ax
        push    cx
        mov     cx, 9
.next:  mov     al, 0
        out     0x43, al
        in      al, 0x40
        in      al, 0x40
        cmp     al, ah
        mov     ah, al
        je      .next
        loop    .next
        pop     cx
        pop     ax
        ret

on_user:
        inc     word [cs:USER]
        iret
on_clock:
        inc     word [cs:COUNT]
        jmp     far [cs:chained]
on_uart:
        push    ax
        push    dx
        mov     dx, 0x3fa               ; reading what it wants ends its request
        in      al, dx
        inc     word [cs:UART]
        pop     dx
        jmp     end_of_interrupt
on_slave:
        push    ax
        inc     word [cs:SLAVE]
        mov     al, 0x20
        out     0xa0, al
        jmp     end_of_interrupt
on_timer:
        push    ax
        inc     word [cs:COUNT]
end_of_interrupt:
        mov     al, 0x20
        out     0x20, al
        pop     ax
        iret

        align   4
chained: dd     0
        times 510 - ($ - $$) db 0
        dw      0xaa55

; console.asm -- the serial port, by polling: every line written touches the watchdogs of the writing CPU, as in Linux.
; After: drivers/tty/serial/8250/8250_port.c.

; serial_init -- 115200 baud, 8N1, FIFO on, no interrupts
;   uses: rax, rdx, flags
function serial_init
        mov     dx, COM1 + UART_IER
        xor     eax, eax
        out     dx, al
        mov     dx, COM1 + UART_LCR
        mov     al, UART_LCR_8N1 | UART_LCR_DLAB
        out     dx, al
        mov     dx, COM1 + UART_DLL
        mov     al, 1
        out     dx, al
        mov     dx, COM1 + UART_DLM
        xor     eax, eax
        out     dx, al
        mov     dx, COM1 + UART_LCR
        mov     al, UART_LCR_8N1
        out     dx, al
        mov     dx, COM1 + UART_FCR
        mov     al, UART_FCR_ENABLE
        out     dx, al
        mov     dx, COM1 + UART_MCR
        mov     al, UART_MCR_DTR_RTS
        out     dx, al
        return
endfunction

; serial8250_console_write -- writes bytes, each \n as \r\n
;   in: rdi = text, esi = length    uses: rax, rcx, rdx, rdi, rsi, flags
function serial8250_console_write
        call    touch_nmi_watchdog
.next:  sub     esi, 1
        jb      .done
        movzx   ecx, byte [rdi]
        inc     rdi
        cmp     cl, 10
        jne     .put
        mov     ecx, 13
        call    serial8250_console_putchar
        mov     ecx, 10
.put:   call    serial8250_console_putchar
        jmp     .next
.done:  return
endfunction

; serial8250_console_putchar -- waits for room, then one byte
;   in: ecx = byte    uses: rax, rdx, flags
function serial8250_console_putchar
        mov     dx, COM1 + UART_LSR
.wait:  in      al, dx                  ; wait_for_lsr()
        test    al, UART_LSR_THRE
        jnz     .ready
        pause
        call    touch_nmi_watchdog
        jmp     .wait
.ready: mov     dx, COM1 + UART_TX
        mov     eax, ecx
        out     dx, al
        return
endfunction

; ib700.asm -- a hardware watchdog: a card that resets the machine unless it is written to in time. Feeding it is the work of a
; user task, and says nothing about any CPU but that task's. After: drivers/watchdog/ib700wdt.c, watchdog_dev.c; lockup-detector
; spec 7.4.

PORT_WDT_STOP   equ 0x441
PORT_WDT_START  equ 0x443
WDT_TIMEOUT_30S equ 0                   ; 30 s less 2 s for each

; watchdog_open -- the first use: from now on it must be fed    uses: all caller-saved
function watchdog_open
        cmp     dword [watchdog_is_open], 0
        jne     .ping
        mov     dword [watchdog_is_open], 1
        printk  KERN_INFO, "ib700wdt: watchdog0: timeout=%d sec", 30
.ping:  call    watchdog_ping
        return
endfunction

; watchdog_ping -- 30 s more    uses: rax, rdx    after: ibwdt_ping()
function watchdog_ping
        mov     dx, PORT_WDT_START
        mov     al, WDT_TIMEOUT_30S
        out     dx, al
        return
endfunction

        section .data
        align   4, db 0
watchdog_is_open: dd 0
        section .text

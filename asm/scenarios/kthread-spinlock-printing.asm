; title: A kernel thread prints for ever with a spinlock held: nothing, for each line touches the watchdog
; mirrors: a kthread's spin_lock(&lock); while (1) printk(KERN_INFO "...");
; until: 50s
; expect: none
; expect[loglevel=6]: soft@24s..28s,cpu=0
; expect[preempt=full]: none
; expect[preempt=full, loglevel=6]: soft@24s..28s,cpu=0

        scenario kthread_spinlock_printing, kthread_spinlock_printing_init

; kthread_spinlock_printing_init -- out: eax = 0    uses: all caller-saved
function kthread_spinlock_printing_init
        lea     rdi, [kthread_spinlock_printing_thread]
        string  rsi, "softlockup/%u"
        mov     edx, [scenario_cpu]
        call    start_busy_thread
        call    let_them_be_busy
        printk  KERN_NOTICE, "kthread_spinlock_printing: start"
        call    give_sign
        xor     eax, eax
        return
endfunction

KTHREAD_PRINTING_MS equ 50              ; between two lines

function kthread_spinlock_printing_thread
        call    busy_until_sign
        lea     rdi, [kthread_spinlock_printing_lock]
        call    _raw_spin_lock
.spin:  printk  KERN_INFO, "kthread_spinlock_printing: holding it"
        mov     edi, KTHREAD_PRINTING_MS
        call    mdelay
        jmp     .spin
endfunction

        section .data
        align   4, db 0
kthread_spinlock_printing_lock: dd 0
        section .text

; title: A kernel thread loops with a spinlock held: soft lockup in every preemption model
; mirrors: a kthread's spin_lock(&lock); while (1);
; until: 60s
; expect: soft@20s..24.1s,cpu=1,stuck=22..23
; expect[preempt=none|full|lazy]: soft@20s..24.1s,cpu=1,stuck=22..23
; expect[watchdog_thresh=5]: soft@10s..12.2s,cpu=1,stuck=11..12
; expect[watchdog_thresh=30]: soft@60s..84.2s,cpu=1,stuck=67..78
; until[watchdog_thresh=30]: 120s
; expect[watchdog_thresh=60]: soft@120s..168.2s,cpu=1,stuck=134..156
; until[watchdog_thresh=60]: 200s
; expect[cpus=1]: soft@24s..28s,cpu=0
;
; Nothing touches this CPU: the start is announced by another. So the report comes six ticks after the last feed and says 22 or 23 s.

        scenario kthread_spinlock, kthread_spinlock_init, 1, elsewhere

; kthread_spinlock_init -- out: eax = 0    uses: all caller-saved
function kthread_spinlock_init
        lea     rdi, [kthread_spinlock_thread]
        string  rsi, "hog/%u"
        mov     edx, [scenario_cpu]
        call    start_busy_thread
        call    let_them_be_busy
        announce "kthread_spinlock"
        call    give_sign
        xor     eax, eax
        return
endfunction

function kthread_spinlock_thread
        call    busy_until_sign
        lea     rdi, [kthread_spinlock_lock]
        call    _raw_spin_lock
.spin:  pause
        jmp     .spin
endfunction

        section .data
        align   4, db 0
kthread_spinlock_lock: dd 0
        section .text

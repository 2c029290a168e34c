; title: The run queue's lock is never released: hard lockup, and so on every CPU that wakes a task there
; mirrors: a scheduler bug that leaves with rq->lock held
; until: 70s
; expect: hard@6s..20s,cpu=1 then hard@6s..32s,cpu=0,in=native_queued_spin_lock_slowpath
; expect[preempt=full]: hard@6s..20s,cpu=1 then hard@6s..32s,cpu=0
; expect[pmu=off]: none
; expect[cpus=1]: hard@6s..30s,cpu=0
;
; The lock is held with interrupts off. Reports are printed by NMIs and need no scheduler.

        scenario rq_lock_lost, rq_lock_lost_init, 1, elsewhere

RQ_LOCK_LOST_WAKE_MS equ 1000

; rq_lock_lost_init -- loses the lock on one CPU, then wakes a task there from another
;   out: eax = 0    uses: all caller-saved
function rq_lock_lost_init
        push    rbx
        lea     rdi, [rq_lock_lost_sleeper]
        xor     esi, esi
        string  rdx, "sleeper/%u"
        mov     ecx, [scenario_cpu]
        call    kthread_create_on_cpu
        mov     rbx, rax
        lea     rdi, [rq_lock_lost_thread]
        string  rsi, "loser/%u"
        mov     edx, [scenario_cpu]
        call    start_busy_thread
        call    let_them_be_busy
        announce "rq_lock_lost"
        call    give_sign
        mov     edi, RQ_LOCK_LOST_WAKE_MS
        call    msleep
        mov     rdi, rbx
        call    wake_up_process
        xor     eax, eax
        pop     rbx
        return
endfunction

function rq_lock_lost_thread
        call    busy_until_sign
        mov     rdi, [gs:pcpu.self]
        add     rdi, pcpu.rq_lock
        call    _raw_spin_lock_irqsave
.spin:  pause
        jmp     .spin
endfunction

function rq_lock_lost_sleeper
        return
endfunction

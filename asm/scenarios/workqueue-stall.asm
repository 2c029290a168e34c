; title: Work is queued on a CPU that does not schedule: soft lockup, and a workqueue lockup if nothing touches
; mirrors: schedule_work_on() for a CPU in an endless loop with preemption disabled
; until: 100s
; config: nosoftlockup
; expect: workqueue@25s..65s,cpu=1,stuck=30..60
; expect[workqueue.panic_on_stall=1]: workqueue@25s..65s,cpu=1 then panic@+0s..0.5s,line="Kernel panic - not syncing: workqueue stall" then none
; expect[workqueue.watchdog_thresh=10]: workqueue@8s..25s,cpu=1,stuck=10..20
; expect[workqueue.watchdog_thresh=0]: none
;
; Every 30 s a timer looks at the pools that have work. Each touch of the CPU excuses its pool too, so with the soft detector on (whose
; report touches) this one may wait for ever; hence the configuration.

        scenario workqueue_stall, workqueue_stall_init, 1, elsewhere

; workqueue_stall_init -- out: eax = 0    uses: all caller-saved
function workqueue_stall_init
        lea     rdi, [workqueue_stall_thread]
        string  rsi, "stuck/%u"
        mov     edx, [scenario_cpu]
        call    start_busy_thread
        call    let_them_be_busy
        announce "workqueue_stall"
        call    give_sign
        mov     edi, 100
        call    msleep
        mov     edi, [scenario_cpu]
        cpu_pointer rdi, rdi
        lea     rsi, [workqueue_stall_work]
        call    queue_work_on
        xor     eax, eax
        return
endfunction

function workqueue_stall_thread
        call    busy_until_sign
        preempt_disable
.spin:  pause
        jmp     .spin
endfunction

; workqueue_stall_work_fn -- in: rdi = work
function workqueue_stall_work_fn
        return
endfunction

        section .data
        align   8, db 0
workqueue_stall_work:
        dq      0, workqueue_stall_work_fn
        section .text

; title: A tasklet that never ends: soft lockup
; mirrors: while (1); in a tasklet
; until: 60s
; expect: soft@20s..28s,cpu=1,in=tasklet_loop_function
; expect[preempt=full]: soft@20s..28s,cpu=1

        scenario tasklet_loop, tasklet_loop_init, 1, elsewhere

; tasklet_loop_init -- out: eax = 0    uses: all caller-saved
function tasklet_loop_init
        lea     rdi, [tasklet_loop_handler]
        call    request_irq
        lea     rdi, [tasklet_loop_thread]
        string  rsi, "victim/%u"
        mov     edx, [scenario_cpu]
        call    start_busy_thread
        call    let_them_be_busy
        announce "tasklet_loop"
        call    give_sign
        xor     eax, eax
        return
endfunction

function tasklet_loop_thread
        call    busy_until_sign
        mov     esi, DEVICE_VECTOR
        call    trigger_irq
        return
endfunction

function tasklet_loop_handler
        lea     rdi, [tasklet_loop_tasklet]
        call    tasklet_schedule
        return
endfunction

function tasklet_loop_function
.spin:  pause
        jmp     .spin
endfunction

        section .data
        align   8, db 0
tasklet_loop_tasklet:
        istruc tasklet
        at tasklet.function, dq tasklet_loop_function
        iend
        section .text

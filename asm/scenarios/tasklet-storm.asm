; title: A tasklet that always schedules itself again: no lockup, ksoftirqd takes over
; mirrors: tasklet_schedule() in the tasklet's own function
; until: 60s
; expect: none
; expect[preempt=full]: none

        scenario tasklet_storm, tasklet_storm_init

TASKLET_STORM_WORK_US equ 1500

; tasklet_storm_init -- out: eax = 0    uses: all caller-saved
function tasklet_storm_init
        announce "tasklet_storm"
        lea     rdi, [tasklet_storm_tasklet]
        call    tasklet_schedule
        xor     eax, eax
        return
endfunction

function tasklet_storm_function
        mov     edi, TASKLET_STORM_WORK_US
        call    udelay
        lea     rdi, [tasklet_storm_tasklet]
        call    tasklet_schedule
        return
endfunction

        section .data
        align   8, db 0
tasklet_storm_tasklet:
        istruc tasklet
        at tasklet.function, dq tasklet_storm_function
        iend
        section .text

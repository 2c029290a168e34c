; tasklet.asm -- small functions run by a softirq, each on one CPU at a time, as often as they were scheduled between two runs:
; once. After: kernel/softirq.c.

TASKLET_STATE_SCHED equ 0               ; bit numbers: waits to run
TASKLET_STATE_RUN   equ 1               ; runs

; tasklet_schedule -- on this CPU, soon; nothing if it waits already    in: rdi = tasklet    uses: all caller-saved
function tasklet_schedule
        lock bts dword [rdi + tasklet.state], TASKLET_STATE_SCHED
        jc      .done
        pushfq
        cli
        mov     rdx, [gs:pcpu.self]
        lea     rsi, [rdx + pcpu.tasklet_head]
        lea     rdx, [rdx + pcpu.tasklet_tail]
        call    tasklet_append
        mov     edi, TASKLET_SOFTIRQ
        call    raise_softirq_irqoff
        popfq
.done:  return
endfunction

; tasklet_hi_schedule -- the same before everything else    in: rdi = tasklet    uses: all caller-saved
function tasklet_hi_schedule
        lock bts dword [rdi + tasklet.state], TASKLET_STATE_SCHED
        jc      .done
        pushfq
        cli
        mov     rdx, [gs:pcpu.self]
        lea     rsi, [rdx + pcpu.tasklet_hi_head]
        lea     rdx, [rdx + pcpu.tasklet_hi_tail]
        call    tasklet_append
        mov     edi, HI_SOFTIRQ
        call    raise_softirq_irqoff
        popfq
.done:  return
endfunction

; tasklet_append -- in: rdi = tasklet, rsi = the list's head, rdx = its tail, interrupts off    uses: rax, flags
function tasklet_append
        mov     qword [rdi + tasklet.next], 0
        mov     rax, [rdx]
        cmp     qword [rsi], 0
        cmove   rax, rsi                ; a tasklet's first field is its link
        mov     [rax], rdi
        mov     [rdx], rdi
        return
endfunction

; tasklet_action, tasklet_hi_action -- the softirqs: all that wait now; those that come meanwhile have to wait for the next round
;   uses: all caller-saved
function tasklet_action
        mov     rdi, [gs:pcpu.self]
        add     rdi, pcpu.tasklet_head
        call    tasklet_action_common
        return
endfunction

function tasklet_hi_action
        mov     rdi, [gs:pcpu.self]
        add     rdi, pcpu.tasklet_hi_head
        call    tasklet_action_common
        return
endfunction

; tasklet_action_common -- in: rdi = the list's head    uses: all caller-saved
function tasklet_action_common
        push    rbx
        push    r12
        xor     ebx, ebx
        xchg    rbx, [rdi]              ; one instruction: no interrupt gets in between
.next:  test    rbx, rbx
        jz      .done
        mov     r12, [rbx + tasklet.next]
        lock bts dword [rbx + tasklet.state], TASKLET_STATE_RUN
        jc      .elsewhere
        lock btr dword [rbx + tasklet.state], TASKLET_STATE_SCHED
        mov     rdi, [rbx + tasklet.data]
        call    [rbx + tasklet.function]
        lock btr dword [rbx + tasklet.state], TASKLET_STATE_RUN
        jmp     .step
.elsewhere:                             ; another CPU runs it: try again in the next round
        lock btr dword [rbx + tasklet.state], TASKLET_STATE_SCHED
        mov     rdi, rbx
        call    tasklet_schedule
.step:  mov     rbx, r12
        jmp     .next
.done:  pop     r12
        pop     rbx
        return
endfunction

; completion.asm -- one task waits for an event, another context tells it. After: kernel/sched/completion.c, for one waiter.

struc completion                        ; include/linux/completion.h
.done           resd 1
                resd 1
.waiter         resq 1
endstruc

; wait_for_completion -- sleeps until it is done; it may be used once
;   in: rdi = completion, zeroed    uses: all caller-saved
function wait_for_completion
        push    rbx
        mov     rbx, rdi
        mov     rax, [gs:pcpu.current]
        mov     [rbx + completion.waiter], rax
.again: mov     rax, [gs:pcpu.current]
        mov     dword [rax + task.state], TASK_UNINTERRUPTIBLE  ; before the look: a wake-up after it is not lost
        cmp     dword [rbx + completion.done], 0
        jne     .done
        call    schedule
        jmp     .again
.done:  mov     rax, [gs:pcpu.current]
        mov     dword [rax + task.state], TASK_RUNNING
        pop     rbx
        return
endfunction

; complete -- in: rdi = completion    uses: all caller-saved
function complete
        mov     rax, [rdi + completion.waiter]
        mov     dword [rdi + completion.done], 1        ; from here on it may be gone
        test    rax, rax
        jz      .done
        mov     rdi, rax
        call    wake_up_process
.done:  return
endfunction

; Who runs when several want to: order and shares within and between the classes.
%include "kernel.asm"

; note LETTER -- one more letter of what happened
%macro note 1
        mov     ecx, [noted]
        lea     rdx, [notes]
        mov     byte [rdx + rcx], %1
        inc     dword [noted]
%endmacro

; tell NAME -- says what was noted, and forgets it
%macro tell 1
        mov     ecx, [noted]
        lea     rdx, [notes]
        mov     byte [rdx + rcx], 0
        printk  KERN_INFO, {"classes: ", %1, " %s"}, rdx
        mov     dword [noted], 0
%endmacro

; rt_task -- in: rdi = function, esi = policy, edx = priority    out: rax = task, woken
function rt_task
        push    rbx
        push    r12
        push    r13
        mov     r12d, esi
        mov     r13d, edx
        xor     esi, esi
        string  rdx, "rt"
        xor     ecx, ecx
        call    kthread_create_on_cpu
        mov     rbx, rax
        mov     rdi, rax
        mov     esi, r12d
        mov     edx, r13d
        call    sched_setscheduler_nocheck
        mov     rdi, rbx
        call    wake_up_process
        mov     rax, rbx
        pop     r13
        pop     r12
        pop     rbx
        return
endfunction

function task_a
        note    'a'
        call    cond_resched
        note    'A'
        return
endfunction
function task_b
        note    'b'
        call    cond_resched
        note    'B'
        return
endfunction

; c wakes a (priority 30, as c) and b (priority 40) and asks who is next
function task_c
        note    'c'
        lea     rdi, [task_a]
        mov     esi, SCHED_FIFO
        mov     edx, 30
        call    rt_task
        call    cond_resched
        note    'C'
        lea     rdi, [task_b]
        mov     esi, SCHED_FIFO
        mov     edx, 40
        call    rt_task
        call    cond_resched
        note    '.'
        return
endfunction

; d gives way to its equal e
function task_d
        note    'd'
        lea     rdi, [task_a]
        mov     esi, SCHED_FIFO
        mov     edx, 20
        call    rt_task
        call    yield
        note    'D'
        return
endfunction

; spinners: they count in slots until the time is over
COUNT_MS        equ 2000
function count_first
        lea     rdi, [counts]
        call    count_until_end
        return
endfunction
function count_second
        lea     rdi, [counts + 8]
        call    count_until_end
        return
endfunction
; count_until_end -- in: rdi = counter, of milliseconds of run time
function count_until_end
        push    rbx
        push    r12
        mov     rbx, rdi
        call    sched_clock
        mov     r12, rax
.next:  push    r12
        call    sched_clock
        pop     rcx
        mov     rdx, rax
        sub     rdx, rcx
        mov     r12, rax
        cmp     rdx, 1000000            ; longer than a ms between two looks: somebody else ran
        ja      .look
        add     [rbx], rdx
.look:  mov     edi, 100
        call    udelay
        call    cond_resched
        cmp     r12, [count_end]
        jb      .next
        pop     r12
        pop     rbx
        return
endfunction

; share -- in: edi = policy, esi = priority of the first; edx, ecx of the second; waits and leaves the counts in ms
function share
        push    rbx
        push    r12
        push    r13
        push    r14
        push    r15
        mov     r12d, edi
        mov     r13d, esi
        mov     r14d, edx
        mov     r15d, ecx
        mov     qword [counts], 0
        mov     qword [counts + 8], 0
        call    sched_clock
        mov     rcx, COUNT_MS * NSEC_PER_MSEC
        add     rax, rcx
        mov     [count_end], rax
        preempt_disable                 ; both first, then nobody
        lea     rdi, [count_first]
        mov     esi, r12d
        mov     edx, r13d
        call    rt_task
        lea     rdi, [count_second]
        mov     esi, r14d
        mov     edx, r15d
        call    rt_task
        preempt_enable
        mov     edi, COUNT_MS + 500
        call    msleep
        mov     rax, [counts]
        xor     edx, edx
        mov     ecx, NSEC_PER_MSEC
        div     rcx
        mov     rbx, rax
        mov     rax, [counts + 8]
        xor     edx, edx
        div     rcx
        printk  KERN_INFO, "classes: share %u %u", rbx, rax
        pop     r15
        pop     r14
        pop     r13
        pop     r12
        pop     rbx
        return
endfunction

        scenario classes, classes_init
function classes_init
        lea     rdi, [task_c]
        mov     esi, SCHED_FIFO
        mov     edx, 30
        call    rt_task
        mov     edi, 50
        call    msleep
        tell    "fifo"
        lea     rdi, [task_d]
        mov     esi, SCHED_FIFO
        mov     edx, 20
        call    rt_task
        mov     edi, 50
        call    msleep
        tell    "yield"
        xor     edi, edi                ; fair, fair
        xor     esi, esi
        xor     edx, edx
        xor     ecx, ecx
        call    share
        mov     edi, SCHED_RR
        mov     esi, 10
        mov     edx, SCHED_RR
        mov     ecx, 10
        call    share
        mov     edi, SCHED_FIFO
        mov     esi, 10
        mov     edx, SCHED_FIFO
        mov     ecx, 10
        call    share
        mov     edi, SCHED_FIFO
        mov     esi, 10
        xor     edx, edx
        xor     ecx, ecx
        call    share
        printk  KERN_INFO, "classes: done"
        return
endfunction

        scenario atomic, atomic_init
function atomic_init
        preempt_disable
        mov     edi, 10
        call    msleep
        printk  KERN_INFO, "atomic: goes on"
        return
endfunction

        section .bss
        bss_align 8
counts:         resq 2
count_end:      resq 1
noted:          resd 1
notes:          resb 64
        section .text

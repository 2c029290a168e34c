; preempt.asm -- preempt=none|voluntary|full|lazy: where a runnable, more urgent task really gets the CPU.
;
;                                             none      voluntary  full      lazy
;   schedule(), return to user mode           yes       yes        yes       yes
;   cond_resched()                            yes       yes        -         -
;   might_sleep()                             -         yes        -         -
;   interrupt's return to kernel code         -         -          yes       immediate requests
;   preempt_enable() and what contains it     -         -          yes       immediate requests
;
; Never with preempt_count != 0 or interrupts off. "Lazy" is what the fair class asks for under preempt=lazy
; (TIF_NEED_RESCHED_LAZY); everybody else's requests are immediate. After: kernel/sched/core.c, kernel/entry/common.c;
; lockup-detector spec 6.1.

PREEMPT_NONE      equ 0
PREEMPT_VOLUNTARY equ 1
PREEMPT_FULL      equ 2
PREEMPT_LAZY      equ 3

        kernel_param preempt, parse_choice, preempt_dynamic_mode, preempt_modes
        choices preempt_modes, "none", "voluntary", "full", "lazy"

; preempt_dynamic_init -- makes the model known
;   uses: all caller-saved    after: core.c sched_dynamic_update()
function preempt_dynamic_init
        mov     ecx, [preempt_dynamic_mode]
        xor     eax, eax
        cmp     ecx, PREEMPT_FULL
        setae   al
        mov     [preempt_dynamic_enabled], eax
        lea     rdi, [preempt_modes]
.next:  sub     ecx, 1                  ; the words of the list, one behind the other
        jb      .found
.skip:  inc     rdi
        cmp     byte [rdi - 1], 0
        jne     .skip
        jmp     .next
.found: printk  KERN_INFO, "Dynamic Preempt: %s", rdi
        return
endfunction

; cond_resched -- lets a more urgent task run, if there is one; with full preemption it has run already
;   uses: all caller-saved
function cond_resched
        cmp     dword [preempt_dynamic_enabled], 0
        jne     .done
        call    __cond_resched
.done:  return
endfunction

; __cond_resched -- uses: all caller-saved
function __cond_resched
        test    byte [gs:pcpu.need_resched], TIF_NEED_RESCHED
        jz      .done
        cmp     dword [gs:pcpu.preempt_count], 0
        jne     .done
        call    preempt_schedule_common
.done:  return
endfunction

; might_sleep -- a place that may sleep is a place to switch, for preempt=voluntary
;   uses: all caller-saved
function might_sleep
        cmp     dword [preempt_dynamic_mode], PREEMPT_VOLUNTARY
        jne     .done
        call    __cond_resched
.done:  return
endfunction

; preempt_schedule_thunk -- preempt_schedule for callers that want all their registers back
;   uses: flags    after: arch/x86/entry/thunk.S
function preempt_schedule_thunk
        push    rax
        push    rcx
        push    rdx
        push    rsi
        push    rdi
        push    r8
        push    r9
        push    r10
        push    r11
        call    preempt_schedule
        pop     r11
        pop     r10
        pop     r9
        pop     r8
        pop     rdi
        pop     rsi
        pop     rdx
        pop     rcx
        pop     rax
        return
endfunction

; preempt_schedule -- preempt_count has just come down to 0, and somebody waits
;   uses: all caller-saved
function preempt_schedule
        cmp     dword [preempt_dynamic_enabled], 0
        je      .done
        pushfq
        pop     rax
        test    eax, RFLAGS_IF
        jz      .done
        call    preempt_schedule_common
.done:  return
endfunction

; preempt_schedule_common -- uses: all caller-saved
function preempt_schedule_common
.again: preempt_disable
        mov     edi, SM_PREEMPT
        call    __schedule
        preempt_enable_no_resched
        test    byte [gs:pcpu.need_resched], TIF_NEED_RESCHED
        jnz     .again
        return
endfunction

; preempt_schedule_irq -- an interrupt found kernel code that may be preempted; interrupts are off before and after
;   uses: all caller-saved
function preempt_schedule_irq
.again: preempt_disable
        sti
        mov     edi, SM_PREEMPT
        call    __schedule
        cli
        preempt_enable_no_resched
        test    byte [gs:pcpu.need_resched], TIF_NEED_RESCHED
        jnz     .again
        return
endfunction

        section .data
        align   4, db 0
preempt_dynamic_mode: dd PREEMPT_VOLUNTARY
preempt_dynamic_enabled: dd 0           ; 1: full or lazy
        section .text

; smp-call.asm -- functions run on other CPUs, by IPI; the caller may wait, and then spins with preemption disabled: a target that
; does not take its interrupts makes the caller a soft lockup. After: kernel/smp.c; lockup-detector spec 6.5.

; smp_call_function_single -- runs a function on one CPU, interrupts off there
;   in: edi = CPU number, rsi = function (rdi = info), rdx = info, ecx = wait for its end?    uses: all caller-saved
function smp_call_function_single
        push    rbx
        push    r12
        sub     rsp, call_single_data_size
        mov     r12d, ecx
        preempt_disable
        cpu_pointer rax, rdi
        cmp     rax, [gs:pcpu.self]
        je      .here
        mov     rbx, rsp
        test    ecx, ecx
        jnz     .send
        mov     rbx, [gs:pcpu.self]
        add     rbx, pcpu.csd           ; it must outlive this call; its last one may still wait
        mov     rdi, rbx
        call    csd_lock_wait
.send:  mov     r8, rax
        mov     rdi, rbx
        call    __smp_call_single_queue
        jnz     .sent
        mov     rdi, r8
        mov     esi, CALL_FUNCTION_SINGLE_VECTOR
        call    __default_send_IPI
.sent:  test    r12d, r12d
        jz      .done
.wait:  cmp     dword [rbx + call_single_data.locked], 0        ; csd_lock_wait(), inlined: RIP is here
        je      .done
        pause
        jmp     .wait
.here:  pushfq
        cli
        mov     rdi, rdx
        call    rsi
        popfq
.done:  preempt_enable
        add     rsp, call_single_data_size
        pop     r12
        pop     rbx
        return
endfunction

; csd_lock_wait -- in: rdi = call data; back when its function has run
function csd_lock_wait
.wait:  cmp     dword [rdi + call_single_data.locked], 0
        je      .done
        pause
        jmp     .wait
.done:  return
endfunction

; __smp_call_single_queue -- puts a call into a CPU's queue
;   in: rdi = call data, r8 = CPU's block, rsi = function, rdx = info    out: ZF set if the queue was empty: send an IPI
;   uses: rax, flags
function __smp_call_single_queue
        mov     [rdi + call_single_data.function], rsi
        mov     [rdi + call_single_data.info], rdx
        mov     dword [rdi + call_single_data.locked], 1
        mov     rax, [r8 + pcpu.call_single_queue]
.try:   mov     [rdi + call_single_data.next], rax
        lock cmpxchg [r8 + pcpu.call_single_queue], rdi
        jne     .try
        test    rax, rax
        return
endfunction

; smp_call_function -- runs a function on all other CPUs
;   in: rdi = function (rdi = info), rsi = info, edx = wait for their ends?    uses: all caller-saved
function smp_call_function
        preempt_disable
        call    smp_call_function_many_cond
        preempt_enable
        return
endfunction

; smp_call_function_many_cond -- in: as smp_call_function, preemption disabled    uses: all caller-saved
function smp_call_function_many_cond
        push    rbx
        push    r12
        push    r13
        push    r14
        mov     r12, rdi
        mov     r13, rsi
        mov     r14d, edx
        xor     ebx, ebx
.next:  cpu_pointer_if_other rbx, .skip
        mov     r8, rdi
        call    call_data_of
        call    csd_lock_wait           ; of this CPU's last call to it
        mov     rsi, r12
        mov     rdx, r13
        call    __smp_call_single_queue
        jnz     .skip
        mov     rdi, r8
        mov     esi, CALL_FUNCTION_VECTOR
        call    __default_send_IPI
.skip:  inc     ebx
        cmp     ebx, [nr_cpu_ids]
        jb      .next
        test    r14d, r14d
        jz      .done
        xor     ebx, ebx
.target:
        cpu_pointer_if_other rbx, .answered
        call    call_data_of
.wait:  cmp     dword [rdi + call_single_data.locked], 0        ; csd_lock_wait(), inlined: RIP is here
        je      .answered
        pause
        jmp     .wait
.answered:
        inc     ebx
        cmp     ebx, [nr_cpu_ids]
        jb      .target
.done:  pop     r14
        pop     r13
        pop     r12
        pop     rbx
        return
endfunction

; call_data_of -- this CPU's call data for target ebx    out: rdi
naked call_data_of
        imul    rdi, rbx, call_single_data_size
        add     rdi, [gs:pcpu.self]
        add     rdi, pcpu.cfd
        ret
endfunction

; __flush_smp_call_function_queue -- runs what other CPUs have left here, oldest first; interrupts are off
;   uses: all caller-saved
function __flush_smp_call_function_queue
        push    rbx
        push    r12
        xor     eax, eax
        xchg    rax, [gs:pcpu.call_single_queue]
        xor     ebx, ebx
.reverse:
        test    rax, rax
        jz      .next
        mov     rcx, [rax + call_single_data.next]
        mov     [rax + call_single_data.next], rbx
        mov     rbx, rax
        mov     rax, rcx
        jmp     .reverse
.next:  test    rbx, rbx
        jz      .done
        mov     r12, [rbx + call_single_data.next]      ; after the unlock it is no longer ours
        mov     rdi, [rbx + call_single_data.info]
        call    [rbx + call_single_data.function]
        mov     dword [rbx + call_single_data.locked], 0        ; csd_unlock()
        mov     rbx, r12
        jmp     .next
.done:  pop     r12
        pop     rbx
        return
endfunction

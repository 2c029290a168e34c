; printk.asm -- kernel messages: time stamp, level, and one line after the other on the console.
;
; A line must come out whole, from any context, also from an NMI that stopped another line half way. So a CPU that is in the
; middle of a line (console_busy) only puts what an NMI says aside, and writes it when its line is finished; and CPUs
; exclude each other by a lock that its owner may take again. After: kernel/printk/printk.c; differences in README.md.

; _printk -- one line; use the printk macro
;   in: rdi = level digit and format, rsi = arguments    uses: all caller-saved
function _printk
        push    rbx
        push    r12
        push    r13
        sub     rsp, PRINTK_LINE
        mov     rbx, rdi
        mov     r12, rsi
        movzx   eax, byte [rdi]
        sub     eax, '0'
        cmp     eax, [console_loglevel]
        jge     .done                   ; less urgent than the console wants to know
        call    sched_clock
        mov     ecx, NSEC_PER_USEC
        xor     edx, edx
        div     rcx
        mov     ecx, USEC_PER_SEC
        xor     edx, edx
        div     rcx
        mov     r8, rsp
        scnprintf r8, PRINTK_LINE - 1, "[%5u.%06u] ", rax, rdx
        mov     r13, rax
        lea     rdi, [rsp + r13]
        mov     esi, PRINTK_LINE - 1
        sub     esi, r13d
        lea     rdx, [rbx + 1]
        mov     rcx, r12
        call    vscnprintf
        add     r13, rax
        mov     byte [rsp + r13], 10
        inc     r13
        mov     rdi, rsp
        mov     esi, r13d
        call    console_emit
.done:  add     rsp, PRINTK_LINE
        pop     r13
        pop     r12
        pop     rbx
        return
endfunction

; console_emit -- brings one line to the console now, or, from an NMI in the middle of a line, right after that line
;   in: rdi = text, esi = length    uses: all caller-saved
function console_emit
        pushfq
        cli
        cmp     dword [gs:pcpu.console_busy], 0
        jne     .defer
        mov     dword [gs:pcpu.console_busy], 1
        call    printk_cpu_sync_get
        call    serial8250_console_write
.drain: call    flush_deferred
        call    printk_cpu_sync_put
        mov     dword [gs:pcpu.console_busy], 0
        cmp     dword [gs:pcpu.defer_tail], 0    ; an NMI between the flush and here
        je      .done
        mov     dword [gs:pcpu.console_busy], 1
        call    printk_cpu_sync_get
        jmp     .drain
.defer: mov     ecx, [gs:pcpu.defer_tail]
        lea     eax, [rcx + rsi]
        cmp     eax, PRINTK_DEFERRED
        ja      .done                   ; full: the oldest words of an NMI are the ones that matter
        mov     r8d, eax
        call    deferred_buffer
        xchg    rsi, rdi                ; REP MOVSB from the line
        mov     rdx, rdi
        lea     rdi, [rax + rcx]
        mov     ecx, edx
        rep movsb
        mov     [gs:pcpu.defer_tail], r8d
.done:  popfq
        return
endfunction

; deferred_buffer -- this CPU's    out: rax    uses: flags
naked deferred_buffer
        mov     eax, [gs:pcpu.number]
        imul    rax, rax, PRINTK_DEFERRED
        add     rax, deferred_lines
        ret
endfunction

; flush_deferred -- writes what NMIs have put aside on this CPU; an NMI may add to it meanwhile
;   uses: rax, rcx, rdx, rdi, rsi, flags
function flush_deferred
        push    rbx
        xor     ebx, ebx                ; how far it is written
.next:  mov     esi, [gs:pcpu.defer_tail]
        cmp     esi, ebx
        je      .empty
        call    deferred_buffer
        lea     rdi, [rax + rbx]
        xchg    ebx, esi
        neg     esi
        add     esi, ebx
        call    serial8250_console_write
        jmp     .next
.empty: mov     eax, ebx
        xor     ecx, ecx
        cmpxchg [gs:pcpu.defer_tail], ecx        ; one instruction: no NMI gets in between
        jne     .next
        pop     rbx
        return
endfunction

; printk_cpu_sync_get / printk_cpu_sync_put -- a lock among CPUs, re-entrant on the CPU that owns it; interrupts are off
;   uses: rax, rcx    after: kernel/printk/printk.c __printk_cpu_sync_try_get()
function printk_cpu_sync_get
        mov     ecx, [gs:pcpu.number]
.try:   mov     eax, -1
        lock cmpxchg [printk_cpu_sync_owner], ecx
        je      .owned
        cmp     eax, ecx
        je      .owned
        cmp     dword [panic_others_stopped], 0 ; its owner will never give it back
        jne     .steal
        pause
        jmp     .try
.steal: mov     [printk_cpu_sync_owner], ecx
.owned: inc     dword [gs:pcpu.printk_sync_nested]
        return
endfunction

function printk_cpu_sync_put
        dec     dword [gs:pcpu.printk_sync_nested]
        jnz     .nested
        mov     eax, [gs:pcpu.number]    ; compared, for an NMI may just have given it back, and another CPU have it
        mov     ecx, -1
        lock cmpxchg [printk_cpu_sync_owner], ecx
.nested:
        return
endfunction

; bust_spinlocks -- a panic: nothing may hold its messages back, not even a line that this CPU was writing
;   uses: rax, rcx, rdx, rdi, rsi, flags    after: lib/bust_spinlocks.c
function bust_spinlocks
        cmp     dword [gs:pcpu.console_busy], 0
        je      .free
        string  rdi, 10
        mov     esi, 1
        call    serial8250_console_write
        call    flush_deferred
        mov     dword [gs:pcpu.console_busy], 0
.free:  mov     dword [console_loglevel], CONSOLE_LOGLEVEL_MOTORMOUTH   ; console_verbose()
        return
endfunction

        section .data
        align   4, db 0
console_loglevel:       dd CONSOLE_LOGLEVEL_DEFAULT
printk_cpu_sync_owner:  dd -1
        section .bss
deferred_lines: resb MAX_CPUS * PRINTK_DEFERRED
        section .text

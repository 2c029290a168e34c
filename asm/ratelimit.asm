; ratelimit.asm -- ten messages of a kind in five seconds, the others are counted. After: lib/ratelimit.c.

struc ratelimit_state                   ; include/linux/ratelimit_types.h; zeroed: not begun
.begin          resq 1                  ; ns; of the interval
.printed        resd 1
.missed         resd 1
endstruc
RATELIMIT_BURST equ 10                  ; DEFAULT_RATELIMIT_BURST, DEFAULT_RATELIMIT_INTERVAL
RATELIMIT_INTERVAL equ 5 * NSEC_PER_SEC

; ___ratelimit -- may this one be printed?
;   in: rdi = state, rsi = who asks, for the line that tells how many were not    out: eax = 1 or 0    uses: all caller-saved
function ___ratelimit
        push    rbx
        push    r12
        mov     rbx, rdi
        mov     r12, rsi
        call    sched_clock
        mov     rcx, rax
        sub     rcx, [rbx + ratelimit_state.begin]
        mov     rdx, RATELIMIT_INTERVAL
        cmp     qword [rbx + ratelimit_state.begin], 0
        je      .begin
        cmp     rcx, rdx
        jb      .count
.begin: mov     [rbx + ratelimit_state.begin], rax
        mov     dword [rbx + ratelimit_state.printed], 0
        xor     eax, eax
        xchg    eax, [rbx + ratelimit_state.missed]
        test    eax, eax
        jz      .count
        printk  KERN_WARNING, "%s: %d callbacks suppressed", r12, rax
.count: cmp     dword [rbx + ratelimit_state.printed], RATELIMIT_BURST
        jae     .no
        inc     dword [rbx + ratelimit_state.printed]
        mov     eax, 1
        jmp     .done
.no:    inc     dword [rbx + ratelimit_state.missed]
        xor     eax, eax
.done:  pop     r12
        pop     rbx
        return
endfunction

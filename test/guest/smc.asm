; Code that is written while it runs, by its own CPU and by another; locked accesses (SDM vol. 3, 8.1).
; cpus: 2
%include "guest.inc"

ROUNDS  equ 2000

%macro cross 3                          ; number, text, stretch: calls [code] until the other CPU has changed it
        mov     dword [wish], %3
        mov     ecx, 200000
%%again:
        pause
        call    code
        cmp     eax, %3
        loopne  %%again
        check   %1, %2, rax, %3
%endmacro

tests:
        ; X3: the next instruction
        mov     byte [.next + 1], 2
.next:  mov     al, 1                   ; its immediate was written just before
        movzx   eax, al
        check   "X3", "a store into the next instruction is seen", rax, 2
        mov     word [.patch], 0x00b0 + (7 << 8)        ; mov al, 7
        jmp     .patch
.patch: mov     al, 3
        movzx   eax, al
        check   "X3", "a store into code behind a jump is seen", rax, 7
        xor     ebx, ebx
        mov     ecx, 5
.loop:  add     byte [.inc + 2], 1      ; add ebx, imm8 grows from round to round
.inc:   add     ebx, 0
        loop    .loop
        check   "X3", "in a loop, each time", rbx, 1 + 2 + 3 + 4 + 5
        mov     edi, .sled
        mov     ecx, 8
        mov     al, 0x90
        xor     ebx, ebx
        rep stosb
.sled:  times 8 inc al                  ; 2 bytes each: the first four become NOPs
        movzx   eax, al
        check   "X3", "REP STOSB over the code that follows is seen", rax, 0x94
        mov     edi, copy
        mov     esi, routine
        mov     ecx, routine_end - routine
        rep movsb
        mov     ebx, copy
        call    rbx
        mov     esi, eax
        mov     dword [copy + 1], 0x77
        call    rbx
        check   "X3", "code that was copied runs", rsi, 0x55
        check   "X3", "and runs as changed", rax, 0x77
        mov     eax, WINDOW + 0xffd     ; an instruction on two pages, its second part written
        mov     byte [rax], 0xb8
        mov     dword [rax + 1], 0x1234
        mov     byte [rax + 5], 0xc3
        mov     ebx, eax
        call    rbx
        mov     esi, eax
        mov     byte [WINDOW + 0x1000], 0x56
        call    rbx
        check   "X3", "an instruction on two pages runs", rsi, 0x1234
        check   "X3", "and is seen changed in its second page", rax, 0x561234
        mov     byte [WINDOW + 0xffd + 1], 0x99
        call    rbx
        check   "X3", "and in its first", rax, 0x561299
        ; the same memory through another address
        mov     byte [WINDOW_PHYS + 0xffd + 1], 0x11
        call    rbx
        check   "X3", "a store through another linear address is seen", rax, 0x561211
        mov     rax, [window_pt + 0x5 * 8]
        mov     dword [WINDOW + 0x5000], 0xc3c031       ; xor eax, eax; ret
        mov     dword [WINDOW + 0x6000], 0xc301b0       ; mov al, 1; ret
        mov     ebx, WINDOW + 0x5000
        call    rbx
        mov     rcx, [window_pt + 0x6 * 8]
        mov     [window_pt + 0x5 * 8], rcx
        invlpg  [rbx]
        mov     eax, 0
        call    rbx
        check   "X3", "another frame behind the same address is other code", rax, 1

        ; the other CPU changes what this one runs
        mov     edi, changer
        call    start_others
        cross   "X3", "another CPU's store into code is seen", 2
        cross   "X3", "again", 3
        cross   "X3", "and again", 4

        ; X4
        mov     dword [wish], 100
        await   ready, 1
        mov     ecx, ROUNDS
.add:   lock inc dword [counter]
        loop    .add
        await   ready, 2
        mov     eax, [counter]
        check   "X4", "LOCK INC of two CPUs: none is lost", rax, 2 * ROUNDS
        mov     ecx, ROUNDS
.lock:  mov     eax, 1
.take:  xchg    [spinlock], eax
        test    eax, eax
        jz      .mine
        pause
        jmp     .take
.mine:  mov     eax, [guarded]
        inc     eax
        mov     [guarded], eax
        mov     dword [spinlock], 0
        loop    .lock
        await   ready, 3
        mov     eax, [guarded]
        check   "X4", "a spin lock of XCHG guards", rax, 2 * ROUNDS
        mov     ecx, ROUNDS
.cas:   mov     eax, [swapped]
.retry: lea     edx, [rax + 3]
        lock cmpxchg [swapped], edx
        jnz     .retry
        loop    .cas
        await   ready, 4
        mov     eax, [swapped]
        check   "X4", "LOCK CMPXCHG of two CPUs", rax, 2 * 3 * ROUNDS
        mov     ecx, ROUNDS
.xadd:  mov     eax, 1
        lock xadd [tickets], eax
        lock bts dword [seen + rcx], 0  ; something else to do
        loop    .xadd
        await   ready, 5
        mov     eax, [tickets]
        check   "X4", "LOCK XADD of two CPUs", rax, 2 * ROUNDS
        faults  "X4", "LOCK before an instruction that does not write memory is #UD", UD, 0, db 0xf0, 0x8b, 0x03
        faults  "X4", "LOCK before CMP is #UD", UD, 0, db 0xf0, 0x39, 0x03
        ret

code:   mov     eax, 1
        ret

routine:
        mov     eax, 0x55
        ret
routine_end:

changer:
        mov     ebx, 1
.wish:  mov     eax, [wish]
        cmp     eax, 100
        je      .count
        cmp     eax, ebx
        je      .pause
        mov     ebx, eax
        mov     [code + 1], al
.pause: pause
        jmp     .wish
.count: mov     dword [ready], 1
        mov     ecx, ROUNDS
.add:   lock inc dword [counter]
        loop    .add
        mov     dword [ready], 2
        mov     ecx, ROUNDS
.lock:  mov     eax, 1
.take:  xchg    [spinlock], eax
        test    eax, eax
        jz      .mine
        pause
        jmp     .take
.mine:  mov     eax, [guarded]
        inc     eax
        mov     [guarded], eax
        mov     dword [spinlock], 0
        loop    .lock
        mov     dword [ready], 3
        mov     ecx, ROUNDS
.cas:   mov     eax, [swapped]
.retry: lea     edx, [rax + 3]
        lock cmpxchg [swapped], edx
        jnz     .retry
        loop    .cas
        mov     dword [ready], 4
        mov     ecx, ROUNDS
.xadd:  mov     eax, 1
        lock xadd [tickets], eax
        loop    .xadd
        mov     dword [ready], 5
        ret

        section .data
        align   8
wish:   dd      1
ready:  dd      0
counter: dd     0
spinlock: dd    0
guarded: dd     0
swapped: dd     0
tickets: dd     0
copy:   times 16 db 0
seen:   times ROUNDS + 8 db 0
        finish

; The sieve of Eratosthenes over 64 KiB: short loops, byte stores, well predicted branches.
; unit: passes    ring3: yes    scale: 20
%include "bench.inc"

OPS     equ SCALE
SIZE    equ 65536
PRIMES  equ 6542                        ; below 65536: OEIS A007053(16)

work:   mov     ebp, OPS
.pass:  mov     edi, heap
        mov     ecx, SIZE / 4
        mov     eax, 0x01010101
.clear: mov     [xdi], eax
        add     edi, 4
        dec     ecx
        jnz     .clear
        mov     esi, heap
        mov     ecx, 2
        xor     ebx, ebx
.next:  cmp     byte [xsi + xcx], 0
        je      .composite
        inc     ebx
        mov     eax, ecx
        imul    eax, ecx
        jo      .composite
        cmp     eax, SIZE
        jae     .composite
.mark:  mov     byte [xsi + xax], 0
        add     eax, ecx
        cmp     eax, SIZE
        jb      .mark
.composite:
        inc     ecx
        cmp     ecx, SIZE
        jb      .next
        cmp     ebx, PRIMES
        jne     .wrong
        dec     ebp
        jnz     .pass
        xor     eax, eax
        ret
.wrong: mov     eax, 1
        ret

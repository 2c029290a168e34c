; A counted delay: nothing but DEC and JNZ, for about SCALE milliseconds of a clock of 1 GHz.
; unit: ms of guest time    scale: 4
%include "bench.inc"

OPS     equ SCALE

work:   mov     edx, SCALE
.more:  mov     ecx, 500000
.count: dec     ecx
        jnz     .count
        dec     edx
        jnz     .more
        xor     eax, eax
        ret

; mdelay(): one CPU looks at the time-stamp counter until SCALE milliseconds of a clock of 1 GHz are over.
; unit: ms of guest time    scale: 4
%include "bench.inc"

OPS     equ SCALE

work:   rdtsc
%ifdef LONG
        shl     rdx, 32
        or      rax, rdx
        mov     rcx, SCALE * 1000000
        add     rcx, rax
.poll:  pause
        rdtsc
        shl     rdx, 32
        or      rax, rdx
        cmp     rax, rcx
        jb      .poll
%else
        mov     ebx, eax
        mov     ebp, edx
        add     ebx, (SCALE * 1000000) & 0xffffffff
        adc     ebp, (SCALE * 1000000) >> 32
.poll:  pause
        rdtsc
        cmp     edx, ebp
        jb      .poll
        ja      .over
        cmp     eax, ebx
        jb      .poll
.over:
%endif
        xor     eax, eax
        ret

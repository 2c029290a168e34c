; The same routine in each of PAGES pages, a power of two up to 4096, called one after the other again and again.
; unit: calls    scale: 40    needs: PAGES=16
%include "bench.inc"

ROUNDS  equ SCALE * 8192 / PAGES
OPS     equ ROUNDS * PAGES

work:   xor     ebx, ebx
        mov     edi, heap
.copy:  mov     edx, edi
        mov     esi, routine
        mov     ecx, routine_end - routine
        rep movsb
        lea     edi, [xdx + 0x1000 + 64]        ; not all on the same lines
        and     edi, -64
        cmp     edi, heap + PAGES * (0x1000 + 64)
        jb      .copy
        mov     ebp, ROUNDS
        xor     edx, edx
.round: mov     esi, heap
        mov     ecx, PAGES
.call:  call    xsi
        add     esi, 0x1000 + 64
        dec     ecx
        jnz     .call
        dec     ebp
        jnz     .round
        xor     eax, eax
        cmp     edx, OPS * 3
        setne   al
        ret

routine:
        mov     eax, edx
        add     eax, 7
        xor     eax, ebx
        lea     eax, [xax + xax - 7]
        cmp     eax, ebx
        je      .zero
        inc     edx
.zero:  add     edx, 2
        jz      .wrapped
        nop
.wrapped:
        ret
routine_end:

; One store to each page of the first TOUCH MiB from the heap on, again and again.
; unit: pages touched    scale: 4    needs: TOUCH=4
%include "bench.inc"

OPS     equ SCALE * COUNT
COUNT   equ TOUCH * 256

work:   mov     ebp, SCALE
.round: mov     edi, heap
        mov     ecx, COUNT
.page:  inc     dword [xdi + xcx * 4]
        add     edi, 0x1000
        dec     ecx
        jnz     .page
        dec     ebp
        jnz     .round
        xor     eax, eax
        cmp     dword [heap + COUNT * 4], SCALE
        setne   al
        ret

; A routine is written to PLACES places in turn, up to 4096, each time another one, and called until it is worth a translation.
; unit: routines    scale: 20    needs: PLACES=4
%include "bench.inc"

OPS     equ SCALE * 8
CALLS   equ 2500

work:   mov     dword [expected], 0
        xor     ebx, ebx                ; what the routines have added
        mov     edi, heap
        mov     ebp, OPS
.next:  mov     edx, edi
        mov     esi, routine
        mov     ecx, routine_end - routine
        rep movsb
        mov     [xdx + 1], ebp          ; the number in it
        mov     ecx, CALLS
.call:  call    xdx
        dec     ecx
        jnz     .call
        imul    eax, ebp, CALLS
        add     [expected], eax
        lea     edi, [xdx + 0x1000 + 64]        ; not all on the same lines
        cmp     edi, heap + PLACES * (0x1000 + 64)
        jb      .placed
        mov     edi, heap
.placed:
        dec     ebp
        jnz     .next
        xor     eax, eax
        cmp     ebx, [expected]
        setne   al
        ret

routine:
        mov     eax, strict dword 0
        add     ebx, eax
        ret
routine_end:

        absolute variables_end
expected:
        resd    1

; Indirect calls through a table of sixteen functions, chosen by random numbers, and as many jumps through another table.
; unit: calls    ring3: yes    scale: 60
%include "bench.inc"

OPS     equ SCALE * 20000

work:   mov     ecx, OPS
        mov     eax, 1                  ; random
        xor     edx, edx                ; what the functions do
        xor     ebx, ebx                ; what the jumps do
.next:  random  eax
        mov     esi, eax
        shr     esi, 20
        and     esi, 15
        mov     edi, esi
        call    [functions + xsi * WORD_BYTES]
        jmp     [places + xdi * WORD_BYTES]
%assign number 0
%rep 16
place_%[number]:
        add     ebx, number * 2 + 1
        jmp     work.join
  %assign number number + 1
%endrep
work.join:
        dec     ecx
        jnz     work.next
        xor     eax, eax                ; they did the same
        cmp     ebx, edx
        setne   al
        ret

%assign number 0
%rep 16
        align   16
function_%[number]:
        lea     esi, [xsi + xsi + 1]
        add     edx, esi
        ret
  %assign number number + 1
%endrep

        section .data
        align   16
functions:
%assign number 0
%rep 16
        dx_     function_%[number]
  %assign number number + 1
%endrep
places:
%assign number 0
%rep 16
        dx_     place_%[number]
  %assign number number + 1
%endrep

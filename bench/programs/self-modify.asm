; Code that changes: an immediate in a loop's own line, a routine written anew elsewhere, each executed at once.
; unit: changes    scale: 40
%include "bench.inc"

OPS     equ SCALE * 4000
ROUTINE equ heap

work:   mov     ebp, OPS / 2
        xor     ebx, ebx                ; what the changed code has added
        xor     ecx, ecx                ; what it should have
.next:  mov     [.patch + 2], ebp
.patch: add     ebx, 0x12345678         ; 81 C3 and the immediate
        add     ecx, ebp
        mov     edi, ROUTINE            ; add ebx, number: four of them, and ret
  %assign part 0
  %rep 4
        mov     word [xdi + part * 6], 0xc381
        lea     eax, [xbp + part]
        mov     [xdi + part * 6 + 2], eax
        add     ecx, eax
    %assign part part + 1
  %endrep
        mov     byte [xdi + 24], 0xc3
        mov     eax, ROUTINE
        call    xax
        dec     ebp
        jnz     .next
        xor     eax, eax
        cmp     ebx, ecx
        setne   al
        ret

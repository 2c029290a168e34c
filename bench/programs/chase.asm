; A chain of pointers with one link in each of 4096 pages, in an order that no prefetcher guesses: every step misses any TLB of a
; processor's size.
; unit: steps    ring3: yes    scale: 100
%include "bench.inc"

OPS     equ SCALE * ROUNDS * LINKS
ROUNDS  equ 16
LINKS   equ 4096

; The link after link n is 5 n + 1 modulo 4096, which visits all (Hull and Dobell); it lies somewhere in page n.
%macro place 2                          ; address of link number %2 to %1
        mov     %1, %2
        imul    %1, %1, 0x1000 + 64
        and     %1, 0xfc0 + ((LINKS - 1) << 12)
        add     %1, heap
%endmacro

work:   xor     ecx, ecx
.link:  lea     ebx, [xcx + xcx * 4 + 1]
        and     ebx, LINKS - 1
        place   esi, ecx
        place   edi, ebx
        mov     [xsi], edi
        inc     ecx
        cmp     ecx, LINKS
        jb      .link
        mov     ecx, SCALE * ROUNDS * LINKS / 8
        mov     esi, heap
.step:
  %rep 8
        mov     esi, [xsi]
  %endrep
        dec     ecx
        jnz     .step
        xor     eax, eax
        cmp     esi, heap               ; all rounds are whole
        setne   al
        ret

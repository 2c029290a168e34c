; Quicksort of 4096 random numbers: recursion, data-dependent branches, swaps.
; unit: sorts    ring3: yes    scale: 40
%include "bench.inc"

OPS     equ SCALE
COUNT   equ 4096

work:   mov     ebp, OPS
        mov     eax, 1
.sort:  mov     edi, heap
        xor     edx, edx                ; their sum
.fill:  random  eax
        mov     ecx, eax
        shr     ecx, 8
        mov     [xdi], ecx
        add     edx, ecx
        add     edi, 4
        cmp     edi, heap + COUNT * 4
        jb      .fill
        push    xax
        push    xdx
        push    xbp
        mov     esi, heap
        mov     edi, heap + (COUNT - 1) * 4
        call    sort
        pop     xbp
        pop     xdx
        pop     xax
        mov     esi, heap
        xor     ebx, ebx                ; the one before
.check: mov     ecx, [xsi]
        cmp     ecx, ebx
        jb      .wrong
        sub     edx, ecx
        mov     ebx, ecx
        add     esi, 4
        cmp     esi, heap + COUNT * 4
        jb      .check
        test    edx, edx
        jnz     .wrong
        dec     ebp
        jnz     .sort
        xor     eax, eax
        ret
.wrong: mov     eax, 1
        ret

; sort -- the numbers from ESI to EDI, both included; Hoare's partition around the middle one
sort:   cmp     esi, edi
        jae     .done
        mov     ebx, esi
        mov     ecx, edi
        lea     eax, [xsi + xdi]
        shr     eax, 1
        and     eax, -4
        mov     edx, [xax]
.split: cmp     [xbx], edx
        jae     .right
        add     ebx, 4
        jmp     .split
.right: cmp     [xcx], edx
        jbe     .both
        sub     ecx, 4
        jmp     .right
.both:  cmp     ebx, ecx
        ja      .parts
        mov     eax, [xbx]
        mov     ebp, [xcx]
        mov     [xbx], ebp
        mov     [xcx], eax
        add     ebx, 4
        sub     ecx, 4
        cmp     ebx, ecx
        jbe     .split
.parts: push    xdi
        push    xbx
        mov     edi, ecx
        call    sort
        pop     xsi
        pop     xdi
        jmp     sort
.done:  ret

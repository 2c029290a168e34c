; Scanning text: length with REPNE SCASB and in a loop, a search for a letter, comparison of two texts.
; unit: bytes    ring3: yes    scale: 100
%include "bench.inc"

OPS     equ SCALE * ROUNDS * LENGTH * 4
ROUNDS  equ 8
LENGTH  equ 4000
TEXT    equ heap
COPY    equ heap + 0x2000
LAST    equ 'z'                         ; the only one of its kind, at the end

work:   mov     eax, 1
        xor     ecx, ecx
        mov     esi, TEXT
        mov     edi, COPY
.fill:  random  eax
        mov     edx, eax
        shr     edx, 16
        and     edx, 15
        add     edx, 'a'
        mov     [xsi + xcx], dl
        mov     [xdi + xcx], dl
        inc     ecx
        cmp     ecx, LENGTH - 1
        jb      .fill
        mov     word [xsi + xcx], LAST
        mov     word [xdi + xcx], LAST
        mov     ebp, SCALE * ROUNDS
.round: mov     edi, TEXT
        xor     eax, eax
        or      ecx, -1
        repne scasb
        not     ecx
        cmp     ecx, LENGTH + 1
        jne     .wrong
        mov     esi, TEXT - 1
.length:
        inc     esi
        cmp     byte [xsi], 0
        jne     .length
        cmp     esi, TEXT + LENGTH
        jne     .wrong
        mov     esi, TEXT
.find:  lodsb
        test    al, al
        jz      .wrong
        cmp     al, LAST
        jne     .find
        cmp     esi, TEXT + LENGTH
        jne     .wrong
        mov     esi, TEXT
        mov     edi, COPY
.compare:
        movzx   eax, byte [xsi]
        movzx   edx, byte [xdi]
        cmp     eax, edx
        jne     .wrong
        inc     esi
        inc     edi
        test    eax, eax
        jnz     .compare
        cmp     esi, TEXT + LENGTH + 1
        jne     .wrong
        dec     ebp
        jnz     .round
        xor     eax, eax
        ret
.wrong: mov     eax, 1
        ret

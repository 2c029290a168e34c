; Copying in loops: by bytes, by words, by four words at a time.
; unit: bytes    ring3: yes    scale: 40
%include "bench.inc"

OPS     equ SCALE * ROUNDS * SIZE * 3
ROUNDS  equ 4
SIZE    equ 16384
ORIGINAL    equ heap
COPY      equ heap + 0x40000

work:   mov     edi, ORIGINAL
        mov     eax, 1
.fill:  random  eax
        mov     [xdi], eax
        add     edi, 4
        cmp     edi, ORIGINAL + SIZE
        jb      .fill
        mov     ebp, SCALE * ROUNDS
.round: mov     esi, ORIGINAL
        mov     edi, COPY
.bytes: mov     al, [xsi]
        mov     [xdi], al
        inc     esi
        inc     edi
        cmp     esi, ORIGINAL + SIZE
        jne     .bytes
        mov     esi, COPY
        xor     ecx, ecx
.words: mov     xax, [xsi + xcx * WORD_BYTES]
        mov     [xsi + xcx * WORD_BYTES + SIZE], xax
        inc     ecx
        cmp     ecx, SIZE / WORD_BYTES
        jne     .words
        mov     esi, COPY + SIZE
        mov     edi, COPY + 2 * SIZE
        mov     ecx, SIZE / WORD_BYTES / 4
.fours: mov     xax, [xsi]
        mov     xbx, [xsi + WORD_BYTES]
        mov     [xdi], xax
        mov     [xdi + WORD_BYTES], xbx
        mov     xax, [xsi + 2 * WORD_BYTES]
        mov     xbx, [xsi + 3 * WORD_BYTES]
        mov     [xdi + 2 * WORD_BYTES], xax
        mov     [xdi + 3 * WORD_BYTES], xbx
        add     esi, 4 * WORD_BYTES
        add     edi, 4 * WORD_BYTES
        dec     ecx
        jnz     .fours
        dec     ebp
        jnz     .round
        mov     esi, ORIGINAL
        mov     edi, COPY + 2 * SIZE
        mov     ecx, SIZE / 4
.check: mov     eax, [xsi]
        cmp     eax, [xdi]
        jne     .wrong
        add     esi, 4
        add     edi, 4
        dec     ecx
        jnz     .check
        xor     eax, eax
        ret
.wrong: mov     eax, 1
        ret

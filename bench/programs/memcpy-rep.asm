; Copying with REP MOVS: blocks of 16 bytes to 64 KiB, by bytes and by words, then a REP CMPS that finds no difference.
; unit: bytes    ring3: yes    scale: 8
%include "bench.inc"

OPS     equ SCALE * ROUNDS * 65536 * 4
ROUNDS  equ 4
ORIGINAL    equ heap
COPY      equ heap + 0x40000

work:   mov     edi, ORIGINAL
        mov     eax, 1
.fill:  random  eax
        mov     [xdi], eax
        add     edi, 4
        cmp     edi, ORIGINAL + 65536
        jb      .fill
        mov     ebp, SCALE * ROUNDS
.round: mov     ebx, 16                 ; 64 KiB in blocks of this
.size:  mov     esi, ORIGINAL
        mov     edi, COPY
.block: mov     ecx, ebx
%ifdef LONG
        shr     ecx, 3
        rep movsq
%else
        shr     ecx, 2
        rep movsd
%endif
        cmp     esi, ORIGINAL + 65536
        jb      .block
        shl     ebx, 6
        cmp     ebx, 65536
        jbe     .size                   ; 16, 1 KiB, 64 KiB
        mov     esi, ORIGINAL
        mov     edi, COPY + 0x20000
        mov     ecx, 65536
        rep movsb
        dec     ebp
        jnz     .round
        mov     esi, COPY
        mov     edi, COPY + 0x20000
        mov     ecx, 65536 / 4
        repe cmpsd
        jne     .wrong
        mov     esi, ORIGINAL
        mov     edi, COPY
        mov     ecx, 65536 / 4
        repe cmpsd
        jne     .wrong
        xor     eax, eax
        ret
.wrong: mov     eax, 1
        ret

; Stores to pages that are not there: the handler maps each one, the store is done again. Then all are taken away.
; unit: page faults    scale: 60
%include "bench.inc"

OPS     equ SCALE * PAGES * 8
PAGES   equ 512

work:   gate    14, on_fault
        mov     dword [faults], 0
        mov     ebp, SCALE * 8
.round: mov     edi, WINDOW
        mov     ecx, PAGES
.touch: mov     [xdi], edi
        mov     [xdi + 8], ecx
        add     edi, 0x1000
        dec     ecx
        jnz     .touch
        mov     esi, heap
        mov     ecx, PAGES
.check: mov     eax, [xsi]
        sub     eax, WINDOW
        add     eax, heap
        cmp     eax, esi
        jne     .wrong
        cmp     [xsi + 8], ecx
        jne     .wrong
        mov     dword [xsi], 0
        add     esi, 0x1000
        dec     ecx
        jnz     .check
        mov     edi, window_pt
        xor     eax, eax
        mov     ecx, 0x1000 / 4
        rep stosd
        mov     xax, cr3
        mov     cr3, xax
        dec     ebp
        jnz     .round
        xor     eax, eax
        cmp     dword [faults], OPS
        setne   al
        ret
.wrong: mov     eax, 1
        ret

on_fault:
        push    xax
        push    xbx
        mov     xax, cr2
        sub     eax, WINDOW
        shr     eax, 12
        mov     ebx, eax
        shl     ebx, 12
        add     ebx, heap + 7
        mov     [window_pt + xax * WORD_BYTES], xbx
        inc     dword [faults]
        pop     xbx
        pop     xax
        add     xsp, WORD_BYTES         ; the error code
        xiret

        absolute variables_end
faults: resd    1

; Constants from labels that lie further down; immediates and displacements that settle late.
        bits    32
        mov     eax, [ebx + size]
        mov     ecx, size
        add     ecx, size
size    equ     end - start
start:  jmp     end
        jnz     start
        add     dx, end - start
        times 116 nop
end:
double  equ     size * 2
        dd      double, other
other   equ     double + 1

;> 0000: 8b 43 7c b9 7c 00 00 00 83 c1 7c eb 7a 75 fc 66
;> 0010: 83 c2 7c 90 90 90 90 90 90 90 90 90 90 90 90 90
;> 0020: 90 90 90 90 90 90 90 90 90 90 90 90 90 90 90 90
;> 0030: 90 90 90 90 90 90 90 90 90 90 90 90 90 90 90 90
;> 0040: 90 90 90 90 90 90 90 90 90 90 90 90 90 90 90 90
;> 0050: 90 90 90 90 90 90 90 90 90 90 90 90 90 90 90 90
;> 0060: 90 90 90 90 90 90 90 90 90 90 90 90 90 90 90 90
;> 0070: 90 90 90 90 90 90 90 90 90 90 90 90 90 90 90 90
;> 0080: 90 90 90 90 90 90 90 f8 00 00 00 f9 00 00 00

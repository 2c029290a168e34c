; Which of two registers is the base: the one that is written so, unless numbers are added to each other in the address.
        bits    32
l0:
        mov     ecx, [esi + ebp + 7]
        mov     ecx, [esi + ebp + (3+4)]
        mov     ecx, [esi + ebp + 3+4]
        mov     ecx, [3+4+esi + ebp]
        mov     ecx, [esi + 3 + ebp - 4]
        mov     ecx, [esi + ebp + $$]
        mov     ecx, [esi + ebp + $$+4]
        mov     ecx, [esi + ebp + (end-$$)]
        mov     ecx, [esi + ebp + end-$$]
        mov     ecx, [esi + ebp + (3*4)]
        mov     ecx, [esi + ebp + (3<4)]
        mov     ecx, [esi + ebp - 4]
        mov     ecx, [esi + ebp + size+4]
        mov     ecx, [esi + ebp + size]
        mov     ecx, [esi + edi*1 + 6]
        mov     ecx, [esi + edi*1 + 6+0]
        mov     ecx, [esi*1 + ebp + (2 ? 3 : 4)]
        mov     ecx, [esi*1 + ebp + (2-1 ? 3 : 4)]
        mov     ecx, [edi*2 + esi + 1+2]
        mov     ecx, [esi + edi + (4-4)+5]
        mov     ecx, [esi + edi + (l0-$$)]
        mov     ecx, [esi + edi + l0-l0+5]
        mov     ecx, [esi + edi + (0+0)+5]
        mov     ecx, [esi + edi + 0+5]
        mov     ecx, [esi + edi + 5-5]
        mov     ecx, [esi + edi + (1=2)]
        mov     ecx, [esi + edi + (3=3)]
        mov     ecx, [byte edi*8 + 1198298418]
size    equ     4+8
        bits    64
        mov     rcx, [rsi + r10 + 7+8]
        mov     rcx, [r9 + r10 + 7+8]
        mov     rcx, [rsp + rax + 7+8]
        mov     rcx, [rax + rsp + 7+8]
        mov     rcx, [r13 + rbp + 7 + size]
        default rel
        mov     [qword 0x2bfab70aa96a10b5], rax
        a32 mov ax, [0x80]
        a32 mov [abs 0x80], eax
        mov     rax, [qword 5]
        mov     rax, [qword abs 0x2bfab70aa96a10b5]
end:

;> 0000: 8b 4c 2e 07 8b 4c 35 07 8b 4c 35 07 8b 4c 35 07
;> 0010: 8b 4c 35 ff 8b 8c 2e 00 00 00 00 8b 8c 35 04 00
;> 0020: 00 00 8b 8c 35 be 00 00 00 8b 8c 35 be 00 00 00
;> 0030: 8b 4c 2e 0c 8b 4c 35 01 8b 4c 2e fc 8b 4c 35 10
;> 0040: 8b 4c 2e 0c 8b 4c 3e 06 8b 4c 37 06 8b 4c 35 03
;> 0050: 8b 4c 35 03 8b 4c 7e 03 8b 4c 3e 05 8b 0c 3e 8b
;> 0060: 4c 3e 05 8b 4c 3e 05 8b 4c 37 05 8b 0c 3e 8b 0c
;> 0070: 37 8b 4c 3e 01 8b 0c fd 32 95 6c 47 49 8b 4c 32
;> 0080: 0f 4b 8b 4c 0a 0f 48 8b 4c 04 0f 48 8b 4c 04 0f
;> 0090: 49 8b 4c 2d 13 48 89 04 25 b5 10 6a a9 66 67 8b
;> 00a0: 04 25 80 00 00 00 67 a3 80 00 00 00 48 8b 04 25
;> 00b0: 05 00 00 00 48 a1 b5 10 6a a9 0a b7 fa 2b

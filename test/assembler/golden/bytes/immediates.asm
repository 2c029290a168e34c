; Immediates: numbers take the short forms, addresses never do, differences of labels are numbers.
        bits    64
start:  add     eax, 1
        add     eax, 127
        add     eax, 128
        add     rax, -128
        add     eax, strict dword 1
        add     eax, end - start
        add     eax, later - start
        add     ax, 0xffff
        add     eax, 0xffffffff
        push    1
        push    start
        push    strict dword 1
        push    word 5
        mov     rax, 5
        mov     rax, -5
        mov     rax, 0xffffffff
        mov     rax, 0x100000000
        mov     rax, start
        mov     eax, start
        mov     rax, qword 5
        mov     rax, strict qword 5
        imul    eax, ebx, 3
        imul    eax, 300
        shl     eax, 1
        shl     eax, one
        shl     eax, later - later + 1
        test    al, 3
        cmp     dword [rbx], 5
        cmp     qword [rbx], end - start
        mov     byte [rbx], later - end
one     equ     1
        enter   16, 0
        int     0x80
        out     0x70, al
        ret     8
end:    times 100 nop
later:

;> 0000: 83 c0 01 83 c0 7f 05 80 00 00 00 48 83 c0 80 05
;> 0010: 01 00 00 00 05 96 00 00 00 05 fa 00 00 00 66 83
;> 0020: c0 ff 83 c0 ff 6a 01 68 00 00 00 00 68 01 00 00
;> 0030: 00 66 6a 05 b8 05 00 00 00 48 c7 c0 fb ff ff ff
;> 0040: b8 ff ff ff ff 48 b8 00 00 00 00 01 00 00 00 48
;> 0050: b8 00 00 00 00 00 00 00 00 b8 00 00 00 00 b8 05
;> 0060: 00 00 00 48 b8 05 00 00 00 00 00 00 00 6b c3 03
;> 0070: 69 c0 2c 01 00 00 d1 e0 d1 e0 d1 e0 a8 03 83 3b
;> 0080: 05 48 81 3b 96 00 00 00 c6 03 64 c8 10 00 00 cd
;> 0090: 80 e6 70 c2 08 00 90 90 90 90 90 90 90 90 90 90
;> 00a0: 90 90 90 90 90 90 90 90 90 90 90 90 90 90 90 90
;> 00b0: 90 90 90 90 90 90 90 90 90 90 90 90 90 90 90 90
;> 00c0: 90 90 90 90 90 90 90 90 90 90 90 90 90 90 90 90
;> 00d0: 90 90 90 90 90 90 90 90 90 90 90 90 90 90 90 90
;> 00e0: 90 90 90 90 90 90 90 90 90 90 90 90 90 90 90 90
;> 00f0: 90 90 90 90 90 90 90 90 90 90

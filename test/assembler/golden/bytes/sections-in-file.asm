; Sections: order of the file, alignment, gaps; labels count from vstart, the file from start.
        org     0x1000
        bits    64
        section .data
value:  dq      value, section..data.start, section..data.vstart
        section .text
code:   mov     eax, [rel value]
        mov     rax, value
        lea     rdi, [high]
        section high vstart=0xffffffff80000000 align=64
high:   dq      high, section.high.start, $ - $$
        section .bss
buffer: resb    100
        section tail follows=.text align=32 valign=128
tail:   dd      tail, buffer
        section .text
        call    high

;> 0000: 8b 05 22 00 00 00 48 b8 28 10 00 00 00 00 00 00
;> 0010: 48 8d 3c 25 00 00 00 80 e8 e3 ef ff 7f 00 00 00
;> 0020: 80 10 00 00 18 00 00 80 28 10 00 00 00 00 00 00
;> 0030: 28 10 00 00 00 00 00 00 28 10 00 00 00 00 00 00
;> 0040: 00 00 00 80 ff ff ff ff 40 10 00 00 00 00 00 00
;> 0050: 00 00 00 00 00 00 00 00

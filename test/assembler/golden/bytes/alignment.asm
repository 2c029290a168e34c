; ALIGN and ALIGNB: with code, with another filler, in a section that is aligned by it.
        bits    64
        db      1
        align   8
        db      2
        align   16, db 0
        db      3
        align   4, int3
        section .data
        db      4
        align   32, db 0xff
        dq      $, $$
        section .bss
        resb    1
        alignb  64
buffer: resb    1
        section .text
        dd      buffer

;> 0000: 01 90 90 90 90 90 90 90 02 00 00 00 00 00 00 00
;> 0010: 03 cc cc cc c0 00 00 00 00 00 00 00 00 00 00 00
;> 0020: 04 ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff
;> 0030: ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff
;> 0040: 40 00 00 00 00 00 00 00 20 00 00 00 00 00 00 00

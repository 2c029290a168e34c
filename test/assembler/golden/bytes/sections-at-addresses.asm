; Sections at fixed addresses in any order; the file begins at the lowest.
        section second start=0x140
        db      2
        section .text start=0x100
        db      1
        section third start=0x180 vstart=0x8000
here:   dw      here, section.third.start
        section zeros nobits vfollows=third
z:      resw    3
        section after nobits align=16
a:      resb    1
        section .text
        dd      z, a
        align   16
        db      0xee

;> 0000: 01 04 80 00 00 10 80 00 00 90 90 90 90 90 90 90
;> 0010: ee 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
;> 0020: 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
;> 0030: 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
;> 0040: 02 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
;> 0050: 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
;> 0060: 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
;> 0070: 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
;> 0080: 00 80 80 01

; Data: widths, strings padded to them, character constants, lists that repeat, addresses.
        org     0x400
start:  db      1, -1, 255, 'a', 'ab', "quotes 'inside'", `\n\t\x41\u263a\0`, start - start + 5
        dw      1, 'a', 'ab', 'abc', start, $
        dd      'abcd', 'abcde', 0xdeadbeef, start, -1
        dq      'abcdefgh', 0x123456789abcdef0, start, 1 << 40
        db      3 dup (1, 2), 2 dup 7, 2 dup ('xy', 2 dup (9))
        db      word (1, 2), %(5, 6)
        dw      2 dup ?
        dt      'tenbytes'
        do      'sixteen bytes...'
        db      'a' + 1, 'b' - 'a', "",
        dd      next - start, (next - start) * 4, ~(next - start)
        db      0b1010, 0o17, 1_000 & 0xff, 0ffh, $0a, 10d, 0x_f
next:   resb    3
        resw    2
        db      $ - $$
        incbin  "four.bin"
        incbin  "four.bin", 1
        incbin  "four.bin", 1, 2

;> 0000: 01 ff ff 61 61 62 71 75 6f 74 65 73 20 27 69 6e
;> 0010: 73 69 64 65 27 0a 09 41 e2 98 ba 00 05 01 00 61
;> 0020: 00 61 62 61 62 63 00 00 04 1d 04 61 62 63 64 61
;> 0030: 62 63 64 65 00 00 00 ef be ad de 00 04 00 00 ff
;> 0040: ff ff ff 61 62 63 64 65 66 67 68 f0 de bc 9a 78
;> 0050: 56 34 12 00 04 00 00 00 00 00 00 00 00 00 00 00
;> 0060: 01 00 00 01 02 01 02 01 02 07 07 78 79 09 09 78
;> 0070: 79 09 09 01 00 02 00 05 06 00 00 00 00 74 65 6e
;> 0080: 62 79 74 65 73 00 00 73 69 78 74 65 65 6e 20 62
;> 0090: 79 74 65 73 2e 2e 2e 62 01 ac 00 00 00 b0 02 00
;> 00a0: 00 53 ff ff ff 0a 0f e8 ff 0a 0a 0f 00 00 00 00
;> 00b0: 00 00 00 b3 01 02 03 04 02 03 04 02 03

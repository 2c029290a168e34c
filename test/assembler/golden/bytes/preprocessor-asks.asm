; What the preprocessor knows of symbols: constants above, structures' sizes, distances, places.
        bits    32
COUNT   equ     3
        struc   pair
.a:     resd    1
.b:     resw    1
        endstruc
start:
  %rep COUNT
        dw      pair_size
  %endrep
  %assign so_far $ - start
        db      so_far
  %if pair.b != 4
    %error wrong
  %endif
        jmp     later
        times 130 nop
later:
  %assign distance later - start        ; not what it was when the jump was still short
        dw      distance, later - start
  %if distance > 140
        db      "far"
  %else
        db      "near"
  %endif

;> 0000: 06 00 06 00 06 00 06 e9 82 00 00 00 90 90 90 90
;> 0010: 90 90 90 90 90 90 90 90 90 90 90 90 90 90 90 90
;> 0020: 90 90 90 90 90 90 90 90 90 90 90 90 90 90 90 90
;> 0030: 90 90 90 90 90 90 90 90 90 90 90 90 90 90 90 90
;> 0040: 90 90 90 90 90 90 90 90 90 90 90 90 90 90 90 90
;> 0050: 90 90 90 90 90 90 90 90 90 90 90 90 90 90 90 90
;> 0060: 90 90 90 90 90 90 90 90 90 90 90 90 90 90 90 90
;> 0070: 90 90 90 90 90 90 90 90 90 90 90 90 90 90 90 90
;> 0080: 90 90 90 90 90 90 90 90 90 90 90 90 90 90 8e 00
;> 0090: 8e 00 66 61 72

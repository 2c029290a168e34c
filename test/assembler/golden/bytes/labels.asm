; Labels: local ones belong to the one before; `..@` ones to nobody; names that look like something else.
        bits    32
first:
.loop:  jmp     .loop
        dd      .loop, first.loop, second.loop
..@own: nop
.again: jmp     first.again
        jmp     ..@own
second:
.loop:  jmp     first.loop
.value  equ     $ - second
        db      .value, second.value
constant equ    17
.more:  dd      second.more
$eax:   dd      $eax
add:    call    add
CaseMatters:
casematters:
        jmp     CaseMatters
        global  first, second
        static  casematters
alone
        dd      alone

;> 0000: eb fe 00 00 00 00 00 00 00 00 13 00 00 00 90 eb
;> 0010: fe eb fb eb eb 02 02 17 00 00 00 1b 00 00 00 e8
;> 0020: fb ff ff ff eb fe 26 00 00 00

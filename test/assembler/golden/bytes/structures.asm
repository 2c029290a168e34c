; STRUC in absolute space, ISTRUC, ABSOLUTE after a label, $ and $$ there.
        bits    32
        struc   task, 8
.next:  resd    1
.name:  resb    5
        alignb  4
.stack: resq    1
        endstruc
        struc   list
list.first: resd 1
list.last:  resd 1
        endstruc
        mov     eax, [ebx + task.stack]
        mov     al, task_size
        mov     ecx, [ebx + list.last]
one:    istruc  task
        at      task.next, dd one
        at      task.name, db "init"
        iend
        absolute 0x500
flag:   resb    1
        resb    2
word_at: resw   1
size    equ     $ - $$
        section .text
        db      size
        dw      flag, word_at
        mov     [word_at], ax
        absolute one + 4
inside: resb    4
        section .text
        dd      inside, task.next

;> 0000: 8b 43 14 b0 14 8b 4b 04 08 00 00 00 69 6e 69 74
;> 0010: 00 00 00 00 00 00 00 00 00 00 00 00 05 00 05 03
;> 0020: 05 66 a3 03 05 00 00 0c 00 00 00 08 00 00 00

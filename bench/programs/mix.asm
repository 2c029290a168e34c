; The integer mix: what a small embedded program does all day. A linked list is built, searched, reversed and sorted, two matrices are
; multiplied, a state machine reads numbers of several notations, a CRC of every result goes into the next step.
; unit: iterations    ring3: yes    scale: 60
%include "bench.inc"

OPS     equ SCALE * 10
RESULT  equ 0x6ee0                      ; of every iteration, on a real processor too
NODES   equ 48
ROWS    equ 12                          ; and columns

struc node                              ; addresses are below 4 GiB in all worlds
.next   resd 1
.value  resd 1
endstruc

LIST    equ heap
LEFT    equ heap + 0x1000               ; matrices of 32-bit numbers
RIGHT   equ heap + 0x2000
PRODUCT equ heap + 0x3000

work:   mov     dword [rounds], OPS
.round: mov     dword [crc], 0xffff
        call    list
        call    matrix
        call    machine
        cmp     dword [crc], RESULT
        jne     .wrong
        dec     dword [rounds]
        jnz     .round
        xor     eax, eax
        ret
.wrong: mov     eax, 1
        ret

; add_crc -- EAX's low 16 bits into the CRC (polynomial A001, as Modbus has it); changes EAX, EDX
add_crc:
        movzx   eax, ax
        mov     edx, [crc]
        xor     edx, eax
        mov     eax, 16
.bit:   shr     edx, 1
        jnc     .even
        xor     edx, 0xa001
.even:  dec     eax
        jnz     .bit
        mov     [crc], edx
        ret

; ---- the list
list:   mov     edi, LIST
        mov     eax, [crc]
        mov     ecx, NODES
.build: random  eax
        lea     edx, [xdi + node_size]
        mov     [xdi + node.next], edx
        mov     edx, eax
        shr     edx, 16
        mov     [xdi + node.value], edx
        mov     edi, [xdi + node.next]
        dec     ecx
        jnz     .build
        mov     dword [xdi - node_size + node.next], 0

        xor     ebx, ebx                ; the first value that ends in each of sixteen digits, if there is one
.find:  mov     esi, LIST
        xor     ecx, ecx
.walk:  mov     eax, [xsi + node.value]
        and     eax, 15
        cmp     eax, ebx
        je      .found
        inc     ecx
        mov     esi, [xsi + node.next]
        test    esi, esi
        jnz     .walk
.found: mov     eax, ecx
        call    add_crc
        inc     ebx
        cmp     ebx, 16
        jb      .find

        mov     esi, LIST               ; reversed
        xor     ebx, ebx
.turn:  mov     edx, [xsi + node.next]
        mov     [xsi + node.next], ebx
        mov     ebx, esi
        mov     esi, edx
        test    esi, esi
        jnz     .turn

        mov     dword [sorted], 0       ; moved one by one to where they belong; EBX = what is left
.sort:  mov     esi, ebx
        mov     ebx, [xbx + node.next]
        mov     eax, [xsi + node.value]
        mov     edi, sorted             ; where the address of the next one is
.place: mov     ecx, [xdi]
        test    ecx, ecx
        jz      .here
        cmp     [xcx + node.value], eax
        jae     .here
        lea     edi, [xcx + node.next]
        jmp     .place
.here:  mov     [xsi + node.next], ecx
        mov     [xdi], esi
        test    ebx, ebx
        jnz     .sort

        mov     esi, [sorted]
        mov     ecx, 6                  ; one of eight
.sum:   mov     eax, [xsi + node.value]
        call    add_crc
  %rep 8
        mov     esi, [xsi + node.next]
  %endrep
        dec     ecx
        jnz     .sum
        ret

; ---- the matrices
matrix: mov     edi, LEFT
        mov     eax, [crc]
.fill:  random  eax
        mov     ecx, eax
        sar     ecx, 20
        mov     [xdi], ecx
        shl     ecx, 3
        sub     ecx, eax
        movsx   ecx, cx
        mov     [xdi + RIGHT - LEFT], ecx
        add     edi, 4
        cmp     edi, LEFT + ROWS * ROWS * 4
        jb      .fill

        mov     esi, LEFT
        mov     edi, PRODUCT
.row:   xor     ebx, ebx
.column:
        xor     ecx, ecx
        xor     ebp, ebp                ; the sum
        lea     eax, [xbx * 4 + RIGHT]
.term:  mov     edx, [xsi + xcx * 4]
        imul    edx, [xax]
        add     ebp, edx
        add     eax, ROWS * 4
        inc     ecx
        cmp     ecx, ROWS
        jb      .term
        mov     [xdi + xbx * 4], ebp
        inc     ebx
        cmp     ebx, ROWS
        jb      .column
        add     esi, ROWS * 4
        add     edi, ROWS * 4
        cmp     edi, PRODUCT + ROWS * ROWS * 4
        jb      .row

        mov     esi, PRODUCT            ; the sum of the middle bits of each, clipped at a limit
        xor     ebx, ebx
.clip:  mov     eax, [xsi]
        sar     eax, 5
        movsx   eax, ax
        cmp     eax, 9000
        jle     .small
        mov     eax, 9000
.small: add     ebx, eax
        add     esi, 4
        cmp     esi, PRODUCT + ROWS * ROWS * 4
        jb      .clip
        mov     eax, ebx
        call    add_crc
        shr     ebx, 16
        mov     eax, ebx
        jmp     add_crc

; ---- the state machine: what kind of number is it?
EMPTY   equ 0
SIGN    equ 1
INTEGER equ 2
POINT   equ 3
EXPONENT equ 4
POWER   equ 5
BAD     equ 6
STATES  equ 7

machine:
        xor     eax, eax
        mov     edi, counts
        mov     ecx, STATES
.clear: mov     [xdi], eax
        add     edi, 4
        dec     ecx
        jnz     .clear
        mov     esi, text
        xor     ebx, ebx                ; EMPTY
.next:  movzx   eax, byte [xsi]
        inc     esi
        cmp     eax, ','
        je      .end
        test    eax, eax
        jz      .last
        jmp     [states + xbx * WORD_BYTES]
.end:   inc     dword [counts + xbx * 4]
        xor     ebx, ebx
        jmp     .next
.last:  inc     dword [counts + xbx * 4]
        mov     edi, counts
        mov     ebp, STATES
.sum:   mov     eax, [xdi]
        imul    eax, ebp
        call    add_crc
        add     edi, 4
        dec     ebp
        jnz     .sum
        ret

in_empty:
        cmp     eax, '-'
        je      go_sign
        cmp     eax, '+'
        je      go_sign
in_sign:
        call    is_digit
        jc      go_integer
        cmp     eax, '.'
        je      go_point
        jmp     go_bad
in_integer:
        call    is_digit
        jc      machine.next
        cmp     eax, '.'
        je      go_point
        or      eax, 0x20
        cmp     eax, 'e'
        je      go_exponent
        jmp     go_bad
in_point:
        call    is_digit
        jc      machine.next
        or      eax, 0x20
        cmp     eax, 'e'
        je      go_exponent
        jmp     go_bad
in_exponent:
        cmp     eax, '-'
        je      go_power
        cmp     eax, '+'
        je      go_power
in_power:
        call    is_digit
        jc      go_power
        jmp     go_bad
in_bad: jmp     machine.next

%macro go 2                             ; name, state
go_%1:  mov     ebx, %2
        jmp     machine.next
%endmacro
        go      sign, SIGN
        go      integer, INTEGER
        go      point, POINT
        go      exponent, EXPONENT
        go      power, POWER
        go      bad, BAD

is_digit:                               ; CF = whether EAX is one
        lea     edx, [xax - '0']
        cmp     edx, 10
        ret

        section .data
        align   16
states: dx_     in_empty, in_sign, in_integer, in_point, in_exponent, in_power, in_bad
text:   db      '5012,1234,-874,+122,35.54400,.1234500,-110.700,+0.64400,5.500e+3,-.123e-2,-87e+832,+0.6e-12,'
        db      'T0.3e-1F,-T.T++Tq,1T3.4e4z,34.0e-T^,0,-,+1,7.,.e3,12E4,1e,99999999', 0
        align   4
counts: times STATES dd 0
rounds: dd      0
crc:    dd      0
sorted: dd      0
        section .text

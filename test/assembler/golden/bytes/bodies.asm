; Lines of macros' bodies are read many times, each time with what is in force there.

%macro body 0
        mov     ax, word_or_not         ; the same line in three modes,
        push    word 5
        jmp     .near                   ; its label another one each time,
        lea     ebx, [number]           ; and a number that is known only at the end
        nop                             ; no macro yet, then one
.near:
%endmacro

word_or_not equ late - early

bits 16
first:  body
bits 32
%define ax eax
second: body
%undef ax
%macro nop 0
        inc     eax
%endmacro
bits 64
default rel
third:  body
default abs
fourth: body

%macro stc 0
        cmc                             ; an instruction if the macro of this name is what has called, else that macro
        sti
%endmacro
%macro cmc 0
        cli
        stc
%endmacro
        cmc
        stc
        cmc

number  equ another + 1
early:  times 3 cld
        mov     eax, number
        add     rax, number
        mov     [number], eax
late:
another equ late - early + 120

        times   -($ - $$) & 15 cld
        times   (8 - ($ - $$) % 8) % 8 cld
        db      5
        times   -($ - $$) & 15 dw 7

;> 0000: b8 15 00 6a 05 eb 06 66 8d 1e 8e 00 90 b8 15 00
;> 0010: 00 00 66 6a 05 eb 07 8d 1d 8e 00 00 00 90 66 b8
;> 0020: 15 00 66 6a 05 eb 09 8d 1c 25 8e 00 00 00 ff c0
;> 0030: 66 b8 15 00 66 6a 05 eb 09 8d 1c 25 8e 00 00 00
;> 0040: ff c0 fa f5 fb fa f9 fb fa f5 fb fc fc fc b8 8e
;> 0050: 00 00 00 48 05 8e 00 00 00 89 04 25 8e 00 00 00
;> 0060: 05 07 00 07 00 07 00 07 00 07 00 07 00 07 00 07
;> 0070: 00 07 00 07 00 07 00 07 00 07 00 07 00 07 00

; the standard macros: structures, alignment, sections, plain directives (4.12, chapter 7)
section .text
align 4
align 8, db 0
alignb 8
alignb 8, db 5
align 16, resb 1
struc a
.x: resd 1
.y resb 2
endstruc
istruc a
 at .x, dd 5
 at a.y, db 1, 2
iend
struc foo, 5
.a resd 1
b: resw 1
endstruc
section .data align=4
x: istruc foo
at .a
 dd 1
at b, dw 2
iend
absolute 100
__SECT__
section .bss nobits
[section .text]
__?SECT?__
__SECT__
global foo
global c, d:function
extern bar, baz
static z
common y 4
bits 32
use16
USE64
[bits 32]
org 7
default rel
cpu 386
float daz
segment .data
sectalign 8
required k
 dd __LINE__, __FILE__, __?LINE?__, __?FILE?__
 dd __NASM_MAJOR__, __NASM_MINOR__, __NASM_SUBMINOR__, __NASM_VERSION_ID__, __NASM_VER__
 db __OUTPUT_FORMAT__
%defstr format __?OUTPUT_FORMAT?__
 db format
%macro m 0
 dd __LINE__
%endmacro
 m
 foo: section .bar
%define L __LINE__
 dd L
%ifdef __NASM_VER__
 dd 1
%endif

;> [section.text]
;> [sectalign 4]
;> times(((4)-(($-$$)%(4)))%(4))nop
;> [sectalign 8]
;> times(((8)-(($-$$)%(8)))%(8))db 0
;> [sectalign 8]
;> resb(((8)-(($-$$)%(8)))%(8))
;> [sectalign 8]
;> times(((8)-(($-$$)%(8)))%(8))db 5
;> [sectalign 16]
;> times(((16)-(($-$$)%(16)))%(16))resb 1
;> [absolute 0]
;> a:
;> .x:resd 1
;> .y resb 2
;> a_size equ($-a)
;> [section.text]
;> ..@0.strucstart:
;> times(a.x-a)-($-..@0.strucstart)db 0
;> dd 5
;> times(a.y-a)-($-..@0.strucstart)db 0
;> db 1,2
;> times a_size-($-..@0.strucstart)db 0
;> [absolute 5]
;> foo:
;> .a resd 1
;> b:resw 1
;> foo_size equ($-foo)
;> [section.text]
;> [section.data align=4]
;> x:
;> ..@1.strucstart:
;> times(foo.a-foo)-($-..@1.strucstart)db 0
;> dd 1
;> times(b-foo)-($-..@1.strucstart)db 0
;> dw 2
;> times foo_size-($-..@1.strucstart)db 0
;> [absolute 100]
;> [absolute 100]
;> [section.bss nobits]
;> [section.text]
;> [section.bss nobits]
;> [section.bss nobits]
;> [global foo]
;> [global c]
;> [global d:function]
;> [extern bar]
;> [extern baz]
;> [static z]
;> [common y 4]
;> [bits 32]
;> [bits 16]
;> [bits 64]
;> [bits 32]
;> [org 7]
;> [default rel]
;> [cpu 386]
;> [float daz]
;> [segment.data]
;> [sectalign 8]
;> [required k]
;> dd 48,'test/assembler/golden/preprocessor/standard.asm',48,'test/assembler/golden/preprocessor/standard.asm'
;> dd 2,16,1,002100100h,"2.16.01"
;> db bin
;> db'bin'
;> dd 54
;> foo:
;> [section.bar]
;> dd 59
;> dd 1

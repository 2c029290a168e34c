; Rarer directives of the preprocessor.
%if 0
        db      1
%else
        db      2
%elif 1 nothing is asked here
        db      3
%else
        db      4
%endif
%macro early 1
        db      1
%if %1
%exitmacro
%else
        db      3
%endif
        db      2
%endmacro
        early   1
        early   0
%rep 2
        early   1
%exitrep
%endrep
%define a 5
%defalias b a
        db      b
%define b 6
        db      a, b
%undef b
%ifdef a
        db      9
%endif
%undefalias b
%define b 7
        db      b
%define p q
%idefalias Q r
%define r 7
        db      p, q
%aliases off
%define q 3
        db      q
%aliases on
        db      q
%ifdefalias q
        db      9
%endif
%require "require.inc"
%require "require.inc"
%pathsearch where "nowhere.inc"
        db      where
%ifusable "altreg"
        db      1
%endif
%ifusing altreg
        db      2
%endif
%ifnusable "what is this"
        db      3
%endif
%use altreg
%use "AltReg"
%ifusing altreg
        db      4
%endif
        [bits 64]
        mov     r3, r9
        mov     r0l, r1h
        mov     r4b, r15l
        mov     r5d, r6d
        mov     R7w, r2w
%use ifunc
        db      ilog2e(16), ilog2f(17), ilog2c(17), ilog2w(8), ILOG2(32)
%idefine d dword
%xdefine g(d) (d+2)
        db      g(8)
%define first(x,) x
%define middle(,x,) x
%define none(,) 7
        db      first(1,2), middle(3,4,5), none(6,7)
%ifdef __?PTR?__
        mov     __?PTR?__ [rax], 1
        [bits 32]
        mov     __PTR__ [eax], 1
%endif
%ifdef __?PASS?__
        db      __PASS__
%endif
%ifdef __?POSIX_TIME?__
        db      1
%endif
%ifdef __UTC_DATE_NUM__
        db      2
%endif
%strlen length __DATE__
        db      length
%strlen length __?UTC_TIME?__
        db      length
%define nothing() 1
        db      nothing(2), nothing()
%push context
%ifctx
        db      9
%endif
%pop
%ifmacro early 1 and more
        db      1
%endif
%define both 1
%idefine BOTH 2
        db      both, Both
%define both 3
        db      both, BOTH
        global  start:, other
start:  nop
other:
%line 10+1 other.c
        db      __?LINE?__, __FILE__
        db      __?LINE?__
%line 20
        db      __?LINE?__
        db      __?LINE?__
%line 30+2 "a b.c"
        db      __?LINE?__, __FILE__
        db      __?LINE?__

;> 0000: 02 01 01 03 02 01 05 06 06 07 07 07 03 03 77 77
;> 0010: 6e 6f 77 68 65 72 65 2e 69 6e 63 01 03 04 4c 89
;> 0020: cb 88 e8 44 88 fc 89 f5 66 89 d7 04 04 05 03 05
;> 0030: 0a 01 04 07 48 c7 00 01 00 00 00 c7 00 01 00 00
;> 0040: 00 02 01 02 0a 08 01 01 01 02 02 03 02 90 0b 6f
;> 0050: 74 68 65 72 2e 63 0c 15 16 20 61 20 62 2e 63 22

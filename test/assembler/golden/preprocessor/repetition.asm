; %rep, %exitrep, nested, inside macros (4.5)
%assign i 0
%rep 4
%assign i i+1
%if i == 3
%exitrep
 dd 99
%endif
 dd i
%rep 2
 db i
%exitrep
 db 5
%endrep
%endrep
 dd i
%rep 0
 dd no
%endrep
%rep -1
 dd no
%endrep
%macro ex 0
%exitrep
 hi
%endmacro
%rep 3
 a1
 ex
 b1
%endrep
%macro lots 2
%rep %1
 db %2
%%l:
%endrep
%rotate 1
 db %1
%endmacro
 lots 2,3
%rep 2
%macro inrep 1
 inrep1 %1
%endmacro
 inrep 3
%unmacro inrep 1
%endrep
%rep 2
%rep 1+1
 nested
%endrep
%if 0
%rep 5
%endrep
%endif
%endrep
%macro table 2-*
%assign %%sum 0
%rep %0
%assign %%sum %%sum + %1
%rotate 1
%endrep
 dd %%sum
%endmacro
 table 1,2,3,4

;> dd 1
;> db 1
;> dd 2
;> db 2
;> dd 3
;> a1
;> hi
;> db 3
;> ..@0.l:
;> db 3
;> ..@0.l:
;> db 3
;> inrep1 3
;> inrep1 3
;> nested
;> nested
;> nested
;> nested
;> dd 10

; %push, %pop, %repl, %$name (4.7)
%push foo
%define %$x 5
%$l: dd %$x, %$l, %$y
%push bar
 dd %$x, %$$x, %$$l
%$z:
%repl baz
 dd %$z
%pop baz
 dd %$x
%pop
%push
%assign %$i 3
 dd %$i
%macro m 0
 dd %$i
%push m
 dd %$i, %$$i
%pop
%endmacro
 m
%xdefine y %$z
%push d
 dd y
%define %$z 3
 dd y, %$$z, %{$z}, a%$z, b%{$z}c
%pop
%pop
%macro if 1
%push if
 j%-1 %$ifnot
%endmacro
%macro else 0
%ifctx if
%repl else
 jmp %$ifend
%$ifnot:
%endif
%endmacro
%macro endif 0
%ifctx if
%$ifnot:
%pop
%elifctx else
%$ifend:
%pop
%endif
%endmacro
 if ae
 nop
 if z
 hlt
 endif
 else
 sti
 endif

;> ..@0.l:dd 5,..@0.l,..@0.y
;> dd..@1.x,5,..@0.l
;> ..@1.z:
;> dd..@1.z
;> dd 5
;> dd 3
;> dd 3
;> dd..@2.i,3
;> dd..@3.z
;> dd 3,..@4.z,3,a3,b3c
;> jnae..@5.ifnot
;> nop
;> jnz..@6.ifnot
;> hlt
;> ..@6.ifnot:
;> jmp..@5.ifend
;> ..@5.ifnot:
;> sti
;> ..@5.ifend:

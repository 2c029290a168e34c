; %+, %[...], and what touches after a substitution (4.1.3, 4.1.4)
%define foobar 77
 dd foo%+bar, foo %+ bar
%define foo fu
%define fubar 66
 dd foo%+bar, foo %+ bar
%define j(x,y) x%+y
%define one 1
 dd j(a,one), j(one,one), j(foo,bar)
%define member(x) table. %+ x + table.%+x
 dd member(one)
%define x5 55
%assign i 5
 dd x%[i], [x%[x%[i]]], mov%[i]b, %[ i ], 0x%[i]f
%define early x%[i]
%assign i 6
 dd early
%xdefine q%[i] 7
 dd q6
%define x x+1
 dd x, a%+b
%macro m 3
 dd x%2y, %2.foo, foo.%2, %{2}5, %2%3, 5%3, 0x%3, $%2, %1%%1, %1%[%3]
%{1}: dd %{1}x, a%{1}b, [%1+%1], %1.%1
%endmacro
 m lbl, bb, 3
%define %[foo]%[one] 12
%macro gap 2
 dd a %2%1, a%2%1, x%[ i]
%endmacro
 gap 7,{}
 dd fu1

;> dd 77,77
;> dd 66,66
;> dd a1,11,66
;> dd table.1+table.1
;> dd 55,[x55],mov5b,5,0x5f
;> dd 55
;> dd 7
;> dd x+1+1,ab
;> dd xbby,bb.foo,foo.bb,bb5,bb3,53,0x3,$bb,lbl..@0.1,lbl3
;> lbl:dd lblx,alblb,[lbl+lbl],lbl.lbl
;> dd a 7,a7,x+1 6
;> dd 12

; %macro: how many arguments, defaults, greedy, braces, labels, rotation (4.3)
%macro a 0
 zero %0
%endmacro
%macro a 1
 one %0 %1
%endmacro
%macro a 2-3 x
 twothree %0 %1 %2 %3
%endmacro
 a
 a 5
 a 5,6
 a 5,6,7
%macro b 1+
 b1 [%1], %0
%endmacro
 b 1
 b 1,2 , 3
 b {1,2}
%macro c 1-*
%rep %0
 c1 %1
%rotate 1
%endrep
%endmacro
 c 1
 c 1,{2,3},4
 c 1,,2
%macro d 0-2+ q,r,s
 d1 %0 <%1> <%2>
%endmacro
 d
 d 1
 d 1,2,3
%macro e 1-2+ d,e
 e1 %0 <%1> <%2>
%endmacro
 e 1
 e 1, 2 , 3 ; a comment
 e 1,{2,3}
%macro f 0-5
 f1 %0 <%1> <%2>
%endmacro
 f {}
 f { a , b },{{c}}
 f "{",'b,c'
 f (a,b),c
%macro local 0
%%x: jmp %%x
 inner
%endmacro
%macro inner 0
%%x: call %%x
%endmacro
lbl: local
lbl2 local
.x: local
%macro labelled 0
%00: foo
%endmacro
lbl3: labelled
lbl4 labelled
%macro push 1-*
%rep %0
 push %1
%rotate 1
%endrep
%endmacro
 push eax, ebx
%imacro AnyCase 1
 dd 1+%?, %??, %1
%endmacro
 ANYCASE foo
 anycase foo
%macro blank 2
 dd x%1y%2z
%endmacro
 blank { q}, 2
%macro dollar 1
 dd $%1, %%$x
%endmacro
 dollar name
%macro cc 3
 j%+1 <%-1 %{1} %{2:3} %{3:1} %{1:3}>
%endmacro
 cc e,bb,3
 cc NE,{b,b},3
 cc nae,1,2
 cc pe,1,2
%macro rot 3
%rotate -1
 dd rot1, %1%2%3
%rotate 5
 dd rot1, %1 %2 %3
%rotate 0
%endmacro
 rot a,b,c
%macro maker 1
%macro %1 1
 made %%1 %1
%endmacro
%endmacro
 maker zork
 zork 5
%macro quiet 1-2+.nolist 5
 dd %1
%endmacro
 quiet 1,2
%macro gone 1
%endmacro
%macro gone 2
 two
%endmacro
%unmacro gone 1
 gone 1,2
%define name quiet
 name 1,2
lab: name 3
%macro blind 2
 dd %1 %2
%endmacro
%define both 1,2
 blind both
%define args {1,2},3
 blind args
%macro indirect 1
 blind %1,%1%[%1]
%endmacro
 indirect w
%MACRO SHOUT 0
 dd 'loud'
%EndMacro
 SHOUT

;> zero 0
;> one 1 5
;> twothree 3 5 6 x
;> twothree 3 5 6 7
;> b1[1],1
;> b1[1,2,3],1
;> b1[1,2],1
;> c1 1
;> c1 1
;> c1 2,3
;> c1 4
;> c1 1
;> c1
;> c1 2
;> d1 2<q><r,s>
;> d1 2<1><r,s>
;> d1 2<1><2,3>
;> e1 2<1><d,e>
;> e1 2<1><2,3>
;> e1 2<1><2,3>
;> f1 1<><>
;> f1 2<a,b><{c}>
;> f1 2<"{"><'b,c'>
;> f1 3<(a><b)>
;> lbl:
;> ..@0.x:jmp..@0.x
;> ..@1.x:call..@1.x
;> lbl2:
;> ..@2.x:jmp..@2.x
;> ..@3.x:call..@3.x
;> .x:
;> ..@4.x:jmp..@4.x
;> ..@5.x:call..@5.x
;> lbl3:foo
;> lbl4:foo
;> push eax
;> push ebx
;> dd 1+ANYCASE,AnyCase,foo
;> dd 1+anycase,AnyCase,foo
;> dd x qy2z
;> dd$name,..@6.$x
;> je<ne e bb,3 3,bb,e e,bb,3>
;> jne<e NE b,b,3 3,b,b,NE NE,b,b,3>
;> jnae<ae nae 1,2 2,1,nae nae,1,2>
;> jpe<po pe 1,2 2,1,pe pe,1,2>
;> dd rot1,cab
;> dd rot1,b c a
;> made..@7.1 5
;> dd 1
;> two
;> dd 1
;> lab:
;> dd 3
;> dd 1 2
;> dd 1,2 3
;> dd w ww
;> dd'loud'

; joined lines, comments, numbers and names as they are written (3.1-3.4)
 dd 1, \
   2
%define a \
  1 \
 + 2
 dd a ; a comment \
 dd 5
 dd __LINE__
%macro m 1 ; a comment \
 that goes on
 dd %1
%endmacro
 m 5 ; x
 db "a;b" ; c
 dd 0x5, $0f, 5h, 0ffh, 1_000, 0b1, 10b, 0y1, 0q7, 10o, 0d10, 10t
 dd $, $$, $a, a.b, .c, ..@d, ?, _e, f$g, h#i, j~k, @l
 dd 1 << 2 >> 3 <<< 4 >>> 5, 6 <= 7 >= 8 == 9 != 1 <> 2 && 3 || 4 ^^ 5, 6 // 7 %% 8 % 9, ~1, !2, -3
	lbl:dd	1 ,2
 mov eax,[ebx+ecx*4-8]
 db `a\n\`b`, 'a\', "it's"

;> dd 1,2
;> dd 1+2
;> dd 9
;> dd 5
;> db"a;b"
;> dd 0x5,$0f,5h,0ffh,1_000,0b1,10b,0y1,0q7,10o,0d10,10t
;> dd$,$$,$a,a.b,.c,..@d,?,_e,f$g,h#i,j~k,@l
;> dd 1<<2>>3<<<4>>>5,6<=7>=8==9!=1<>2&&3||4^^5,6//7%%8%9,~1,!2,-3
;> lbl:dd 1,2
;> mov eax,[ebx+ecx*4-8]
;> db`a\n\`b`,'a\',"it's"

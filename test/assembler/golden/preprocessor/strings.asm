; %strlen, %substr, %strcat, %defstr, %deftok (4.1.8, 4.1.9, 4.2)
%define s 'abc'
%strlen n s
%strlen m `\n\x41`
 dd n, m
%substr c s 2
%substr d s 2,2
%substr e s 2,-1
%substr f s 2,-2
%substr g s 9
%substr h s 0
%substr i "abcdef" -2, 2
%substr j "abcdef" 2,-2
%substr k "abcdef" 3,0
%substr l "abcdef" 5,9
%substr o "abcdef" 1,-7
%substr p "abcdef",2,3
%substr q "abcdef" 6,-1
%substr r "abcdef" 0,-1
 db c,d,e,f,g,h,i,j,k,l,o,p,q,r
%strcat t "a",'b"' s
 db t
%strcat t 'x' , "y" 'z'
 db t
%strcat t
 db t
%defstr z  foo  bar 1 + 2, %[n] 'q'
 db z
%deftok w "a + b, 12"
 db w
%defstr zz
 db zz, 1
%ideftok Tok 'eax'
 mov tok, 1
%assign len n*2
%rep len - 4
 db 'x'
%endrep
%macro each 1
%strlen %%n %1
%assign %%i 1
%rep %%n
%substr %%c %1 %%i
 db %%c
%assign %%i %%i + 1
%endrep
%endmacro
 each 'hey'

;> dd 3,2
;> db'b','bc','bc','b','','a','ab','bcde','','ef','','bcd','f','abcdef'
;> db'ab"abc'
;> db'xyz'
;> db''
;> db"foo bar 1+2,3'q'"
;> db a+b,12
;> db'',1
;> mov eax,1
;> db'x'
;> db'x'
;> db'h'
;> db'e'
;> db'y'

; %define and its kin: redefinition, parameters, what is expanded when (NASM manual 4.1)
%define a 1
%define b a
%xdefine c a
%define a 2
 dd b, c
%define f(x) (x+1)
%define g(x) f(x)*g(x)
 dd f(f(2)), g(g(1))
%define p q
%define q p
 dd p, q
%define one(x) <x>
 dd one (3), one( 3 ), one ({3,4}), one((3,4)), one(), one
%define over(x) 1:x
%define over(x,y) 2:x:y
 dd over(1), over(1,2), over
%define spaced (x) y
 dd spaced, spaced(3)
%define opens one(
 dd opens 5)
%xdefine frozen(x) x+a
%define a 3
 dd frozen(1)
%idefine Mixed 9
 dd mixed, MIXED, $mixed
%define none()  zz
 dd none(), none
%define foo %?:%??
 dd foo
%idefine Bar %?:%??
 dd BAR, bar
%define empty
 dd x empty y empty, empty
%define two(x,x2) x x2 xx
 dd two( a , {a,3}), two((1,2),[3])
%define x x+1
 dd x
%undef a
 dd a, b
%define value(=x) <x>
%define string(&x) <x>
%define greedy(x+) <x>
%define greedy2(x,y+) <x|y>
%define raw(!x) <x>
%define i 3
 dd value(1+2*i), string(a+i), greedy(1,2 , 3), greedy2(1,2,3), raw({a,b})
%define recursive(x) x recursive(y)
 dd recursive(1)
%define mov lea
 mov eax, [mov]

;> dd 2,1
;> dd(f(2)+1),(g(1)+1)*g(g(1))
;> dd p,q
;> dd<3>,<3>,<3,4>,<(3,4)>,<>,one
;> dd 1:1,2:1:2,over
;> dd(x)y,(x)y(3)
;> dd<5>
;> dd 1+2
;> dd 9,9,$mixed
;> dd zz,none
;> dd foo:foo
;> dd BAR:Bar,bar:Bar
;> dd x y,
;> dd 3 3,3 xx,(1,2)[3]xx
;> dd x+1
;> dd a,a
;> dd<7>,<'a+3'>,<1,2,3>,<1|2,3>,<{a,a}>
;> dd 1 recursive(y)
;> lea eax,[lea]

; %if and its kin, their negations and %elif forms (4.4)
%if 1 == 1 && 2
 db 1
%elif foo
 db 2
%endif
%ifdef a
 db 3
%elifndef b
 db 4
%else
 db 5
%endif
%define e
%ifdef e
 db 6
%endif
%ifidn a b,a  b
 db 7
%endif
%ifidn "ab", 'ab'
 db 8
%endif
%ifidni AB,ab
 db 9
%endif
%ifidn {a,b},{a,b}
 db 10
%endif
%ifidn a+b,a + b
 db 11
%endif
%ifidn a ,a
 db 'NASM counts a blank in front of the comma'
%endif
%ifidn ,
 db 12
%endif
%ifidn 5,05
 db 13
%endif
%ifnidn a,b
 db 14
%endif
%ifempty e
 db 15
%endif
%ifnempty 3
 db 16
%endif
%define five 5
%ifnum five
 db 17
%endif
%ifnum -5
 db 18
%endif
%ifnum 5+5
 db 19
%endif
%ifnum $5
 db 20
%endif
%ifid foo
 db 21
%endif
%ifid five
 db 22
%endif
%ifid foo bar
 db 23
%endif
%ifid $foo
 db 24
%endif
%ifid $
 db 25
%endif
%ifid ..@foo
 db 26
%endif
%ifstr "a"
 db 27
%endif
%ifnstr a
 db 28
%endif
%iftoken -5
 db 29
%endif
%iftoken five
 db 30
%endif
%macro m 1-2
%endmacro
%macro g 2+
%endmacro
%ifmacro m
 db 31
%endif
%ifmacro m 1
 db 32
%endif
%ifmacro m 3
 db 33
%endif
%ifmacro m 2-5
 db 34
%endif
%ifmacro m 2-*
 db 35
%endif
%ifmacro M 1
 db 36
%endif
%ifmacro g 7+
 db 37
%endif
%ifnmacro g 1
 db 38
%endif
%push foo
%ifctx foo
 db 39
%endif
%ifctx bar
 db 40
%endif
%ifctx baz foo
 db 41
%endif
%define %$x
%ifdef %$x
 db 42
%endif
%pop
%ifn 0
 db 43
%endif
%ifndef a five
 db 44
%endif
%ifdef a five
 db 45
%endif
%if 0
%if 1
 db 46
%else
 db 47
%endif
%elif 0
 db 48
%elifn 1
 db 49
%elifidn a,a
 db 50
%elif 1
 db 51
%else
 db 52
%endif
%ifndef __FILE__
 db 53
%endif
%if "a" == 'a'
 db 54
%endif
%macro whole 0-3
%ifempty %1
 empty1 %0
%endif
%ifnempty %2
 second
%endif
%if %0 > 1
 many
%elif %0 == 1 && 0%1 == 3
 three
%else
 other
%endif
%endmacro
 whole
 whole 3
 whole 4
 whole 1,2
%if (5 > 3) ; a comment
 db 55
%endif
%if 1
%if 0
%foo in a branch that is not read, isn't it
%else
 db 56
%endif
%endif
%ifdef five
%else
 db 57
%endif

;> db 1
;> db 4
;> db 6
;> db 7
;> db 8
;> db 9
;> db 11
;> db 14
;> db 15
;> db 16
;> db 17
;> db 18
;> db 19
;> db 20
;> db 21
;> db 23
;> db 24
;> db 26
;> db 27
;> db 28
;> db 30
;> db 31
;> db 32
;> db 34
;> db 35
;> db 37
;> db 38
;> db 39
;> db 41
;> db 42
;> db 43
;> db 45
;> db 50
;> db 54
;> empty1 0
;> other
;> three
;> other
;> second
;> many
;> db 55
;> db 56

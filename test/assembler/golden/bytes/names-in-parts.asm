; Names that are put together from pieces before a directive looks at them.
foo_n equ 1
%push outer
%assign %$n_%[foo] 5
        db      %$n_foo
%assign %$i 0
%rep 2
%assign %$r%$i %$i+7
        db      %$r%$i
%assign %$i %$i+1
%endrep
%assign %$k 1
%rep 3
%$line%$k: dw   %$line%$k - $$
%assign %$k %$k+1
%endrep
        dw      %$line1 - $$, %$line3 - $$
%define x%$k 9
        db      x4
%ifdef x%$k
        db      1
%endif
%macro m%$k 0
        db      8
%endmacro
        m4
%pop
%macro make 2
%define %1_x %2
%define y%1 %2+1
        db      %1_x, y%1
%%at%2: db      %%at%2 - $$
%endmacro
        make    b, 6

;> 0000: 05 07 08 03 00 05 00 07 00 03 00 07 00 09 01 08
;> 0010: 06 07 12

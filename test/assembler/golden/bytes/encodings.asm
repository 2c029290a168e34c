; café ‚¥ in three encodings: cafÃ©
        db      "é", 'Ã©', `‚\nÿ`, 1
été:    dw      été - $$
%define „ 4
        db      „
%strlen n "â‚¬"
        db      n
%substr s "â‚¬", 2
        db      s
%defstr t é„
        db      t
%deftok k "été"
        dw      k - $$
%ifidn "é", "Ã©"
        db      0
%endif
        mov     ax, "é"
        db      1         db      2


;> 0000: e9 c3 a9 82 0a ff 01 07 00 04 03 82 e9 84 07 00
;> 0010: b8 e9 00 01 02

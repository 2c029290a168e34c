; DEC keeps the carry flag, whatever it was.
bits 64
        dec     rcx
        jnz     $
;> local.get kind
;> i32.const 24
;> i32.lt_u
;> if
;>   local.get rest
;> else
;>   local.get kind
;>   local.get a
;>   local.get b
;>   local.get r
;>   local.get rest
;>   call 2
;> end
;> i32.const 1
;> i32.and
;> local.set rest
;> local.get rcx
;> local.set a
;> i64.const 1
;> local.set b
;> local.get a
;> local.get b
;> i64.sub
;> local.set r
;> local.get r
;> local.set rcx
;> i32.const 11
;> local.set kind
;> local.get r
;> i64.eqz
;> i32.eqz

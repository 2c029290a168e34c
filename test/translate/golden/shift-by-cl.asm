; With a count of 0 the flags stay.
bits 64
        shl     rdx, cl
;> local.get rdx
;> local.set t
;> local.get rcx
;> i32.wrap_i64
;> i32.const 255
;> i32.and
;> i32.const 63
;> i32.and
;> i64.extend_i32_u
;> local.set u
;> local.get t
;> local.get u
;> i64.shl
;> local.set linear
;> local.get u
;> i64.eqz
;> if
;> else
;>   local.get t
;>   i64.const 64
;>   local.get u
;>   i64.sub
;>   i64.shr_u
;>   i32.wrap_i64
;>   i32.const 1
;>   i32.and
;>   local.set rest
;>   local.get linear
;>   local.set r
;>   i32.const 15
;>   local.set kind
;> end
;> local.get linear
;> local.set rdx

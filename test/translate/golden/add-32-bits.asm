; A 32-bit result clears the upper half.
bits 64
        add     eax, 5
;> local.get rax
;> i32.wrap_i64
;> i64.extend_i32_u
;> local.set a
;> i32.const 5
;> i64.extend_i32_u
;> local.set b
;> local.get a
;> i32.wrap_i64
;> local.get b
;> i32.wrap_i64
;> i32.add
;> i64.extend_i32_u
;> local.set r
;> local.get r
;> i32.wrap_i64
;> i64.extend_i32_u
;> local.set rax
;> i32.const 26
;> local.set kind

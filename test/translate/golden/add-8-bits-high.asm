; A byte goes into the middle of its register.
bits 64
        add     ah, cl
;> local.get rax
;> i32.wrap_i64
;> i32.const 8
;> i32.shr_u
;> i32.const 255
;> i32.and
;> i64.extend_i32_u
;> local.set a
;> local.get rcx
;> i32.wrap_i64
;> i32.const 255
;> i32.and
;> i64.extend_i32_u
;> local.set b
;> local.get a
;> i32.wrap_i64
;> local.get b
;> i32.wrap_i64
;> i32.add
;> i32.const 255
;> i32.and
;> i64.extend_i32_u
;> local.set r
;> local.get r
;> i32.wrap_i64
;> i64.extend_i32_u
;> i64.const 255
;> i64.and
;> i64.const 8
;> i64.shl
;> local.get rax
;> i64.const -65281
;> i64.and
;> i64.or
;> local.set rax
;> i32.const 24
;> local.set kind

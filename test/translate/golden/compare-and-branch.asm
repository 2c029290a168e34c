; A condition of a known comparison is that comparison.
bits 64
        cmp     ecx, edx
        jl      $
;> local.get rcx
;> i32.wrap_i64
;> i64.extend_i32_u
;> local.set a
;> local.get rdx
;> i32.wrap_i64
;> i64.extend_i32_u
;> local.set b
;> local.get a
;> i32.wrap_i64
;> local.get b
;> i32.wrap_i64
;> i32.sub
;> i64.extend_i32_u
;> local.set r
;> i32.const 34
;> local.set kind
;> local.get a
;> i32.wrap_i64
;> local.get b
;> i32.wrap_i64
;> i32.lt_s

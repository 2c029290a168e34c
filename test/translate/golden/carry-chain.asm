; ADC takes the carry of a known addition by one comparison.
bits 64
        add     rax, rcx
        adc     rdx, rbx
;> local.get rax
;> local.set a
;> local.get rcx
;> local.set b
;> local.get a
;> local.get b
;> i64.add
;> local.set r
;> local.get r
;> local.set rax
;> i32.const 27
;> local.set kind
;> local.get r
;> local.get a
;> i64.lt_u
;> local.set x
;> local.get rdx
;> local.set a
;> local.get rbx
;> local.set b
;> local.get a
;> local.get b
;> i64.add
;> local.get x
;> i64.extend_i32_u
;> i64.add
;> local.set r
;> local.get r
;> local.set rdx
;> i32.const 31
;> local.set kind

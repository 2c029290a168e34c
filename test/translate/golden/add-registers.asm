; Both operands and the result stay for the flags.
bits 64
        add     rax, rbx
;> local.get rax
;> local.set a
;> local.get rbx
;> local.set b
;> local.get a
;> local.get b
;> i64.add
;> local.set r
;> local.get r
;> local.set rax
;> i32.const 27
;> local.set kind

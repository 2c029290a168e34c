; What faults, and wide dividends, are left to the interpreter.
bits 64
        div     rcx
;> local.get rcx
;> local.tee u
;> i64.eqz
;> if
;>   local.get left
;>   i32.const 1
;>   i32.add
;>   local.set left
;>   i64.const 0
;>   local.set rip
;>   br 1
;> end
;> local.get rdx
;> i64.const 0
;> i64.ne
;> if
;>   local.get left
;>   i32.const 1
;>   i32.add
;>   local.set left
;>   i64.const 0
;>   local.set rip
;>   br 1
;> end
;> local.get rax
;> local.set t
;> local.get t
;> local.get u
;> i64.div_u
;> local.set linear
;> local.get t
;> local.get u
;> i64.rem_u
;> local.set t
;> local.get linear
;> local.set rax
;> local.get t
;> local.set rdx

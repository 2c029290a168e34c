; FS and GS add their base.
bits 64
        mov     rax, [gs:8]
;> i64.const 8
;> local.get state
;> i64_load +200
;> i64.add
;> local.tee linear
;> i32.wrap_i64
;> i32.const 8
;> i32.shr_u
;> i32.const 32752
;> i32.and
;> local.get tlb
;> i32.add
;> local.set entry
;> local.get entry
;> i64_load +0
;> local.get linear
;> i64.const 7
;> i64.add
;> i64.const 12
;> i64.shr_u
;> i64.ne
;> if
;>   local.get left
;>   i32.const 1073741825
;>   i32.add
;>   local.set left
;>   i64.const 0
;>   local.set rip
;>   br 1
;> end
;> local.get linear
;> i32.wrap_i64
;> local.get entry
;> i32_load +8
;> i32.add
;> local.set host
;> local.get host
;> i64_load +0
;> local.set rax

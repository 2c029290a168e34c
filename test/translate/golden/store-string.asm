; The direction is looked up where it is needed.
bits 64
        stosd
;> local.get rdi
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
;> i64_load +32768
;> local.get linear
;> i64.const 3
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
;> i32_load +32776
;> i32.add
;> local.set host
;> local.get host
;> i32.const 6
;> i32.shr_u
;> i32_load8_u +65536
;> local.get host
;> i32.const 3
;> i32.add
;> i32.const 6
;> i32.shr_u
;> i32_load8_u +65536
;> i32.or
;> if
;>   local.get left
;>   i32.const 1
;>   i32.add
;>   local.set left
;>   i64.const 0
;>   local.set rip
;>   br 1
;> end
;> local.get host
;> local.get rax
;> i32.wrap_i64
;> i32_store +0
;> i32.const 1
;> local.set x
;> i32.const 0
;> local.get x
;> i32.const 2
;> i32.shl
;> local.tee y
;> i32.sub
;> local.get y
;> local.get state
;> i32_load +544
;> i32.const 1024
;> i32.and
;> select
;> local.set y
;> local.get rdi
;> local.get y
;> i64.extend_i32_s
;> i64.add
;> local.set rdi

; LOCK needs nothing: CPUs take turns.
bits 64
        lock cmpxchg [rdi], ecx
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
;> local.get entry
;> i64_load +0
;> local.get linear
;> i64.const 3
;> i64.add
;> i64.const 12
;> i64.shr_u
;> i64.ne
;> i32.or
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
;> local.get rax
;> i32.wrap_i64
;> i64.extend_i32_u
;> local.set a
;> local.get host
;> i32_load +0
;> i64.extend_i32_u
;> local.set b
;> local.get rcx
;> i32.wrap_i64
;> i64.extend_i32_u
;> local.set u
;> local.get a
;> i32.wrap_i64
;> local.get b
;> i32.wrap_i64
;> i32.sub
;> i64.extend_i32_u
;> local.set r
;> local.get u
;> local.get b
;> local.get a
;> local.get b
;> i64.eq
;> select
;> local.set linear
;> local.get linear
;> i32.wrap_i64
;> local.set x
;> local.get host
;> local.get x
;> i32_store +0
;> local.get a
;> local.get b
;> i64.eq
;> if
;> else
;>   local.get b
;>   i32.wrap_i64
;>   i64.extend_i32_u
;>   local.set rax
;> end
;> i32.const 34
;> local.set kind

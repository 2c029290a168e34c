; The word is found by the signed index.
bits 64
        bts     [rsi], rax
;> local.get rsi
;> local.get rax
;> i64.const 3
;> i64.shr_s
;> i64.const -8
;> i64.and
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
;> i64_load +32768
;> local.get linear
;> i64.const 7
;> i64.add
;> i64.const 12
;> i64.shr_u
;> i64.ne
;> local.get entry
;> i64_load +0
;> local.get linear
;> i64.const 7
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
;> i32.const 7
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
;> local.get kind
;> local.get a
;> local.get b
;> local.get r
;> local.get rest
;> call 2
;> local.set rest
;> i32.const 0
;> local.set kind
;> i32.const 0
;> local.set kind
;> local.get rax
;> i64.const 63
;> i64.and
;> local.set u
;> local.get host
;> i64_load +0
;> local.set t
;> local.get t
;> local.get u
;> i64.shr_u
;> i32.wrap_i64
;> i32.const 1
;> i32.and
;> local.set y
;> local.get rest
;> i32.const -2
;> i32.and
;> local.get y
;> i32.or
;> local.set rest
;> local.get t
;> i64.const 1
;> local.get u
;> i64.shl
;> i64.or
;> local.set t
;> local.get host
;> local.get t
;> i64_store +0

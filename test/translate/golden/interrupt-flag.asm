; CLI and POPF are the interpreter's where they are not allowed, or an interrupt waits.
bits 64
        pushfq
        cli
        popfq
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
;> local.get state
;> i32_load +544
;> i32.const -198870
;> i32.and
;> local.get rest
;> i32.or
;> i64.extend_i32_u
;> local.set u
;> local.get rsp
;> i64.const -8
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
;> local.get host
;> local.get u
;> i64_store +0
;> local.get rsp
;> i64.const -8
;> i64.add
;> local.set rsp
;> local.get state
;> i32_load +548
;> local.get state
;> i32_load +544
;> i32.const 12
;> i32.shr_u
;> i32.const 3
;> i32.and
;> i32.gt_u
;> if
;>   local.get left
;>   i32.const 1
;>   i32.add
;>   local.set left
;>   i64.const 1
;>   local.set rip
;>   br 1
;> end
;> local.get state
;> local.get state
;> i32_load +544
;> i32.const -513
;> i32.and
;> i32_store +544
;> local.get rsp
;> i64.const 0
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
;>   i64.const 2
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
;> i32.wrap_i64
;> local.tee x
;> local.get state
;> i32_load +544
;> i32.xor
;> local.tee y
;> i32.const 274688
;> i32.and
;> if
;>   local.get left
;>   i32.const 1
;>   i32.add
;>   local.set left
;>   i64.const 2
;>   local.set rip
;>   br 1
;> end
;> local.get y
;> i32.const 512
;> i32.and
;> i32.const 0
;> i32.ne
;> local.get state
;> i32_load +548
;> local.get x
;> i32.const 512
;> i32.and
;> i32.const 0
;> i32.ne
;> local.get tlb
;> i32_load +196616
;> i32.and
;> i32.or
;> i32.const 0
;> i32.ne
;> i32.and
;> if
;>   local.get left
;>   i32.const 1
;>   i32.add
;>   local.set left
;>   i64.const 2
;>   local.set rip
;>   br 1
;> end
;> local.get state
;> local.get state
;> i32_load +544
;> local.get y
;> i32.const 2115072
;> i32.and
;> i32.xor
;> i32_store +544
;> local.get x
;> i32.const 2261
;> i32.and
;> local.set rest
;> i32.const 0
;> local.set kind
;> local.get rsp
;> i64.const 8
;> i64.add
;> local.set rsp

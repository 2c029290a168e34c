; The time is that at which the run ends, less the ticks that are left.
bits 64
        rdtsc
;> local.get state
;> i32_load +564
;> i32.const 4
;> i32.and
;> if
;>   local.get left
;>   i32.const 1
;>   i32.add
;>   local.set left
;>   i64.const 0
;>   local.set rip
;>   br 1
;> end
;> local.get tlb
;> f64_load +196608
;> local.get left
;> i32.const 1
;> i32.add
;> f64.convert_i32_s
;> f64.sub
;> i64.trunc_f64_u
;> local.get state
;> i64_load +496
;> i64.add
;> local.tee t
;> i32.wrap_i64
;> i64.extend_i32_u
;> local.set rax
;> local.get t
;> i64.const 32
;> i64.shr_u
;> i32.wrap_i64
;> i64.extend_i32_u
;> local.set rdx

; As many elements at once as lie in the two pages; each is an extra tick, but for the last.
bits 64
        rep movsq
;> local.get rcx
;> i64.eqz
;> i32.eqz
;> if
;>   local.get left
;>   i32.const 1
;>   i32.add
;>   local.set left
;>   loop
;>     local.get left
;>     i32.eqz
;>     if
;>       local.get left
;>       i32.const 0
;>       i32.add
;>       local.set left
;>       i64.const 0
;>       local.set rip
;>       br 3
;>     end
;>     local.get rcx
;>     local.get left
;>     i64.extend_i32_u
;>     local.get rcx
;>     local.get left
;>     i64.extend_i32_u
;>     i64.lt_u
;>     select
;>     i32.wrap_i64
;>     local.set x
;>     i32.const 1
;>     local.get x
;>     local.get state
;>     i32_load +544
;>     i32.const 1024
;>     i32.and
;>     select
;>     local.set x
;>     local.get rsi
;>     local.tee linear
;>     i32.wrap_i64
;>     i32.const 8
;>     i32.shr_u
;>     i32.const 32752
;>     i32.and
;>     local.get tlb
;>     i32.add
;>     local.set entry
;>     local.get entry
;>     i64_load +0
;>     local.get linear
;>     i64.const 7
;>     i64.add
;>     i64.const 12
;>     i64.shr_u
;>     i64.ne
;>     if
;>       local.get left
;>       i32.const 1073741824
;>       i32.add
;>       local.set left
;>       i64.const 0
;>       local.set rip
;>       br 3
;>     end
;>     local.get linear
;>     i32.wrap_i64
;>     local.get entry
;>     i32_load +8
;>     i32.add
;>     local.set host
;>     i32.const 4096
;>     local.get linear
;>     i32.wrap_i64
;>     i32.const 4095
;>     i32.and
;>     i32.sub
;>     i32.const 3
;>     i32.shr_u
;>     local.tee y
;>     local.get x
;>     local.get y
;>     local.get x
;>     i32.lt_u
;>     select
;>     local.set x
;>     local.get host
;>     local.set from
;>     local.get rdi
;>     local.tee linear
;>     i32.wrap_i64
;>     i32.const 8
;>     i32.shr_u
;>     i32.const 32752
;>     i32.and
;>     local.get tlb
;>     i32.add
;>     local.set entry
;>     local.get entry
;>     i64_load +32768
;>     local.get linear
;>     i64.const 7
;>     i64.add
;>     i64.const 12
;>     i64.shr_u
;>     i64.ne
;>     if
;>       local.get left
;>       i32.const 1073741824
;>       i32.add
;>       local.set left
;>       i64.const 0
;>       local.set rip
;>       br 3
;>     end
;>     local.get linear
;>     i32.wrap_i64
;>     local.get entry
;>     i32_load +32776
;>     i32.add
;>     local.set host
;>     local.get host
;>     i32.const 6
;>     i32.shr_u
;>     i32_load8_u +65536
;>     local.get host
;>     i32.const 7
;>     i32.add
;>     i32.const 6
;>     i32.shr_u
;>     i32_load8_u +65536
;>     i32.or
;>     if
;>       local.get left
;>       i32.const 0
;>       i32.add
;>       local.set left
;>       i64.const 0
;>       local.set rip
;>       br 3
;>     end
;>     i32.const 4096
;>     local.get linear
;>     i32.wrap_i64
;>     i32.const 4095
;>     i32.and
;>     i32.sub
;>     i32.const 3
;>     i32.shr_u
;>     local.tee y
;>     local.get x
;>     local.get y
;>     local.get x
;>     i32.lt_u
;>     select
;>     local.set x
;>     local.get host
;>     i32.const 6
;>     i32.shr_u
;>     local.set y
;>     local.get host
;>     local.get x
;>     i32.const 3
;>     i32.shl
;>     i32.add
;>     i32.const 1
;>     i32.sub
;>     i32.const 6
;>     i32.shr_u
;>     local.set entry
;>     loop
;>       local.get y
;>       i32_load8_u +65536
;>       if
;>         i32.const 1
;>         local.set x
;>       else
;>         local.get y
;>         i32.const 1
;>         i32.add
;>         local.tee y
;>         local.get entry
;>         i32.le_u
;>         if
;>           br 2
;>         end
;>       end
;>     end
;>     local.get host
;>     local.get from
;>     i32.sub
;>     local.tee y
;>     i32.const 1
;>     i32.sub
;>     local.get x
;>     i32.const 3
;>     i32.shl
;>     i32.const 1
;>     i32.sub
;>     i32.lt_u
;>     if
;>       local.get y
;>       i32.const 3
;>       i32.shr_u
;>       local.tee y
;>       i32.const 1
;>       local.get y
;>       select
;>       local.set x
;>     end
;>     local.get host
;>     local.get from
;>     local.get x
;>     i32.const 3
;>     i32.shl
;>     memory.copy
;>     i32.const 0
;>     local.get x
;>     i32.const 3
;>     i32.shl
;>     local.tee y
;>     i32.sub
;>     local.get y
;>     local.get state
;>     i32_load +544
;>     i32.const 1024
;>     i32.and
;>     select
;>     local.set y
;>     local.get rsi
;>     local.get y
;>     i64.extend_i32_s
;>     i64.add
;>     local.set rsi
;>     local.get rdi
;>     local.get y
;>     i64.extend_i32_s
;>     i64.add
;>     local.set rdi
;>     local.get rcx
;>     local.get x
;>     i64.extend_i32_u
;>     i64.sub
;>     local.set rcx
;>     local.get left
;>     local.get x
;>     i32.sub
;>     local.set left
;>     local.get state
;>     local.get state
;>     f64_load +152
;>     local.get x
;>     f64.convert_i32_s
;>     f64.add
;>     f64_store +152
;>     local.get state
;>     i32.const 1
;>     i32_store +612
;>     local.get rcx
;>     i64.eqz
;>     i32.eqz
;>     if
;>       br 1
;>     end
;>   end
;>   local.get state
;>   local.get state
;>   f64_load +152
;>   i32.const -1
;>   f64.convert_i32_s
;>   f64.add
;>   f64_store +152
;>   local.get state
;>   i32.const 0
;>   i32_store +612
;> end

; kallsyms.asm -- addresses to names, from the table that the `function` macro wrote while the kernel was assembled.
; After: kernel/kallsyms.c.

; kallsyms_lookup -- the function that an address lies in
;   in: rdi = address    out: rax = its record or 0, rcx = offset    uses: rdx, rsi, flags
function kallsyms_lookup
        lea     rsi, [__start_kallsyms]         ; lowest record that may be the one
        lea     rdx, [__stop_kallsyms]          ; first record that lies above
.halve: mov     rax, rdx
        sub     rax, rsi
        cmp     rax, ksym_size
        jbe     .last
        shr     rax, 1
        and     rax, -ksym_size
        add     rax, rsi
        cmp     rdi, [rax + ksym.address]
        jb      .above
        mov     rsi, rax
        jmp     .halve
.above: mov     rdx, rax
        jmp     .halve
.last:  mov     rcx, rdi
        sub     rcx, [rsi + ksym.address]
        cmp     rcx, [rsi + ksym.size]  ; one past the end belongs to it: where a last call would return to
        ja      .none
        mov     rax, rsi
        return
.none:  xor     eax, eax
        return
endfunction

; sprint_symbol -- writes name+0xoffset/0xsize [module], or 0xaddress if it lies in no function
;   in: rdi = address, dl = 'S', or 'B' (a return address: the call before it is meant), or 's' (the name alone), rsi = buffer,
;   rcx = its end
;   out: rax = end of the text    uses: all caller-saved
function sprint_symbol
        push    rbx
        push    r12
        push    r13
        push    r14
        mov     rbx, rdi
        mov     r12, rsi
        mov     r13, rcx
        push    rdx
        push    rdx
        xor     r14d, r14d
        cmp     dl, 'B'
        sete    r14b
        sub     rdi, r14
        call    kallsyms_lookup
        mov     rsi, r13
        sub     rsi, r12
        inc     rsi
        pop     rdx
        pop     rdx
        test    rax, rax
        jz      .unknown
        cmp     dl, 's'
        je      .name
        add     rcx, r14
        mov     rdx, [rax + ksym.module]
        test    rdx, rdx
        jnz     .module
        scnprintf r12, esi, "%s+0x%x/0x%x", qword [rax + ksym.name], rcx, qword [rax + ksym.size]
        jmp     .done
.module:
        scnprintf r12, esi, "%s+0x%x/0x%x [%s]", qword [rax + ksym.name], rcx, qword [rax + ksym.size], \
                qword [rdx + scenario_record.name]
        jmp     .done
.name:  scnprintf r12, esi, "%s", qword [rax + ksym.name]
        jmp     .done
.unknown:
        scnprintf r12, esi, "0x%x", rbx
.done:  add     rax, r12
        pop     r14
        pop     r13
        pop     r12
        pop     rbx
        return
endfunction

; kernel_text_address -- does an address lie in code?
;   in: rdi    out: CF clear if so    uses: rax
naked kernel_text_address
        lea     rax, [_stext]
        cmp     rdi, rax
        jb      .no
        lea     rax, [_etext - 1]
        cmp     rax, rdi                ; CF set above the end
.no:    ret
endfunction

; vsprintf.asm -- printf's formats, as far as the kernel's messages need them; every argument is 64 bits wide.
;
;   %[0][-][width or *][.precision]{c d u x s}    l is skipped
;   %pS  symbol+0xoffset/0xsize [module] of an address    %pB  the same for a return address    %ps  the symbol alone
;   %*pbl  the bits of a mask, as many as the width, as a list: 0-2,5
; After: lib/vsprintf.c.

; vscnprintf -- formats into a buffer, always zero-terminated
;   in: rdi = buffer, esi = its size, rdx = format, rcx = arguments    out: rax = characters written
;   uses: all caller-saved
function vscnprintf
        push    rbx
        push    r12
        push    r13
        push    r14
        push    r15
        push    rdi
        mov     rbx, rdi                ; where the next character goes
        lea     r12, [rdi + rsi - 1]    ; where the terminator must go at the latest
        mov     r13, rdx                ; format
        mov     r14, rcx                ; next argument
.next:  movzx   eax, byte [r13]
        inc     r13
        test    al, al
        jz      .end
        cmp     al, '%'
        je      .conversion
        call    emit_char
        jmp     .next
.conversion:
        call    format_one
        jmp     .next
.end:   mov     byte [rbx], 0
        pop     rdi
        mov     rax, rbx
        sub     rax, rdi
        pop     r15
        pop     r14
        pop     r13
        pop     r12
        pop     rbx
        return
endfunction

; The parts of vscnprintf share its registers: rbx = output, r12 = its end, r13 = format, r14 = arguments;
; in one conversion r8d = width, r9d = precision, r10d = fill character, r11d = nonzero to put the fill on the right.

; emit_char -- in: al
naked emit_char
        cmp     rbx, r12
        jae     .full
        mov     [rbx], al
        inc     rbx
.full:  ret
endfunction

; format_one -- one conversion; r13 is behind the %
;   uses: all caller-saved
function format_one
        xor     r8d, r8d
        mov     r9d, -1
        mov     r10d, ' '
        xor     r11d, r11d
.flag:  movzx   eax, byte [r13]
        inc     r13
        cmp     al, '0'
        jne     .not_zero
        mov     r10d, '0'
        jmp     .flag
.not_zero:
        cmp     al, '-'
        jne     .width
        inc     r11d
        jmp     .flag
.width: cmp     al, '*'
        je      .width_argument
        dec     r13
        call    format_number
        mov     r8d, ecx
.precision:
        cmp     byte [r13], '.'
        jne     .kind
        inc     r13
        call    format_number
        mov     r9d, ecx
.kind:  movzx   eax, byte [r13]
        inc     r13
        cmp     al, 'l'
        je      .kind
        cmp     al, 's'
        je      .s
        cmp     al, 'd'
        je      .d
        cmp     al, 'u'
        je      .u
        cmp     al, 'x'
        je      .x
        cmp     al, 'p'
        je      .p
        cmp     al, 'c'
        je      .c
        call    emit_char               ; %%, and whatever is not known: itself
        return
.width_argument:
        mov     r8d, [r14]
        add     r14, 8
        jmp     .precision
.c:     mov     rax, [r14]
        add     r14, 8
        call    emit_char
        return
.s:     mov     rsi, [r14]
        add     r14, 8
        call    format_string
        return
.d:     mov     rax, [r14]
        add     r14, 8
        xor     edi, edi
        test    rax, rax
        jns     .decimal
        neg     rax
        mov     edi, '-'
        jmp     .decimal
.u:     mov     rax, [r14]
        add     r14, 8
        xor     edi, edi
.decimal:
        mov     ecx, 10
        call    format_unsigned
        return
.x:     mov     rax, [r14]
        add     r14, 8
        xor     edi, edi
        mov     ecx, 16
        call    format_unsigned
        return
.p:     movzx   edx, byte [r13]         ; S, B, s or b
        inc     r13
        mov     rdi, [r14]
        add     r14, 8
        cmp     dl, 'b'
        je      .bitmap
        mov     rsi, rbx
        mov     rcx, r12
        call    sprint_symbol
        mov     rbx, rax
        return
.bitmap:
        inc     r13                     ; l
        mov     esi, r8d
        mov     edi, [rdi]
        call    bitmap_list_string
        return
endfunction

; bitmap_list_string -- in: edi = bits, esi = how many of them count, at most 31    uses: all caller-saved
;   after: lib/vsprintf.c
function bitmap_list_string
        push    r15
        mov     ecx, esi
        mov     r15d, 1
        shl     r15d, cl
        dec     r15d
        and     r15d, edi
        xor     r9d, r9d                ; nothing written yet
.next:  bsf     edi, r15d               ; the first of a run ...
        jz      .done
        mov     esi, edi                ; ... and its last
.run:   btr     r15d, esi
        inc     esi
        bt      r15d, esi
        jc      .run
        dec     esi
        push    rsi
        push    rdi
        test    r9d, r9d
        jz      .first
        mov     eax, ','
        call    emit_char
.first: mov     r9d, 1
        mov     eax, [rsp]
        call    .number
        pop     rdi
        pop     rsi
        cmp     edi, esi
        je      .next
        push    rsi
        mov     eax, '-'
        call    emit_char
        pop     rax
        call    .number
        jmp     .next
.done:  pop     r15
        return
.number:                                ; in: eax
        xor     r8d, r8d
        xor     r11d, r11d
        xor     edi, edi
        mov     ecx, 10
        call    format_unsigned
        ret
endfunction

; format_number -- a width or precision    out: ecx    uses: rax
naked format_number
        xor     ecx, ecx
.digit: movzx   eax, byte [r13]
        sub     eax, '0'
        cmp     eax, 9
        ja      .end
        imul    ecx, ecx, 10
        add     ecx, eax
        inc     r13
        jmp     .digit
.end:   ret
endfunction

; format_unsigned -- digits, right-aligned to the width    in: rax = value, ecx = base, edi = sign or 0
;   uses: rax, rcx, rdx, rsi, rdi, r8
function format_unsigned
        sub     rsp, 32                 ; digits are found last first
        mov     rsi, rbp
        cmp     rax, 9
        ja      .digit
        cmp     ecx, 16                 ; one digit, without a division; a third of all numbers
        jbe     .only
.digit: xor     edx, edx
        div     rcx
        add     dl, '0'
        cmp     dl, '9'
        jbe     .store
        add     dl, 'a' - '9' - 1
.store: dec     rsi
        mov     [rsi], dl
        test    rax, rax
        jnz     .digit
        jmp     .sign
.only:  dec     rsi
        add     al, '0'
        mov     [rsi], al
.sign:  test    edi, edi
        jz      .pad
        dec     rsi
        mov     [rsi], dil
.pad:   mov     rcx, rbp
        sub     rcx, rsi                ; length
        sub     r8d, ecx
        mov     edx, r11d
        call    format_fill             ; on the left, unless r11d
.copy:  mov     al, [rsi]
        call    emit_char
        inc     rsi
        dec     ecx
        jnz     .copy
        xor     edx, 1
        call    format_fill             ; and otherwise on the right
        return
endfunction

; format_fill -- r8d fill characters if edx is 0 (none if r8d is negative)    uses: rax, r8
naked format_fill
        test    edx, edx
        jnz     .done
.next:  sub     r8d, 1
        jl      .done
        mov     eax, r10d
        call    emit_char
        jmp     .next
.done:  ret
endfunction

; format_string -- in: rsi = text    uses: rax, rcx, rdx, rsi, r8
function format_string
        xor     ecx, ecx                ; length, at most the precision
.length:
        cmp     ecx, r9d
        je      .known
        cmp     byte [rsi + rcx], 0
        je      .known
        inc     ecx
        jmp     .length
.known: sub     r8d, ecx
        mov     edx, r11d
        call    format_fill
        jrcxz   .right
.copy:  mov     al, [rsi]
        call    emit_char
        inc     rsi
        dec     ecx
        jnz     .copy
.right: xor     edx, 1
        call    format_fill
        return
endfunction

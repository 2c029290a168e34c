; parsers.asm -- the text of a parameter's value -> a number, a choice. A value that does not fit changes nothing.
; All of them: in: rdi = text or 0, rsi = target, rdx = knob    out: eax = 0 or -EINVAL    uses: all caller-saved
; After: lib/kstrtox.c.

; parse_int -- a number between the knob's limits
function parse_int
        push    rsi
        call    parse_number
        pop     rsi
        jc      .invalid
        mov     [rsi], eax
        xor     eax, eax
        return
.invalid:
        mov     eax, -EINVAL
        return
endfunction

; parse_long -- a number that is not negative, of 64 bits
function parse_long
        push    rsi
        test    rdi, rdi
        jz      .invalid
        cmp     byte [rdi], '-'
        je      .invalid
        call    kstrtol
        jc      .invalid
        pop     rsi
        mov     [rsi], rax
        xor     eax, eax
        return
.invalid:
        pop     rsi
        mov     eax, -EINVAL
        return
endfunction

; parse_number -- in: rdi = text or 0, rdx = knob    out: rax, or CF set if it is no number or not within the limits
;   uses: rcx, rdi, rsi, r8, flags
function parse_number
        test    rdi, rdi
        jz      .no
        call    kstrtol
        jc      .no
        cmp     rax, [rdx + knob.min]
        jl      .no
        cmp     rax, [rdx + knob.max]
        jg      .no
        clc
        return
.no:    stc
        return
endfunction

; kstrtol -- a decimal or 0x number, perhaps with a sign, and nothing behind it
;   in: rdi = text    out: rax, or CF set    uses: rcx, rdi, rsi, r8, flags
KSTRTOL_MAX     equ 1 << 59             ; larger ones are refused before they can overflow
function kstrtol
        xor     eax, eax
        xor     esi, esi                ; negative?
        mov     r8d, 10
        cmp     byte [rdi], '-'
        jne     .base
        inc     esi
        inc     rdi
.base:  cmp     word [rdi], '0x'
        jne     .first
        mov     r8d, 16
        add     rdi, 2
.first: cmp     byte [rdi], 0
        je      .no
.digit: movzx   ecx, byte [rdi]
        test    ecx, ecx
        jz      .end
        call    hex_to_bin
        cmp     ecx, r8d
        jae     .no
        push    rcx
        mov     rcx, KSTRTOL_MAX
        cmp     rax, rcx
        pop     rcx
        jae     .no
        imul    rax, r8
        add     rax, rcx
        inc     rdi
        jmp     .digit
.end:   test    esi, esi
        jz      .done
        neg     rax
.done:  clc
        return
.no:    stc
        return
endfunction

; hex_to_bin -- in: ecx = character    out: ecx = its value, or a large number    uses: flags
naked hex_to_bin
        sub     ecx, '0'
        cmp     ecx, 9
        jbe     .done
        add     ecx, '0'
        or      ecx, 'a' - 'A'
        sub     ecx, 'a'
        cmp     ecx, 'f' - 'a'
        ja      .no
        add     ecx, 10
        ret
.no:    mov     ecx, INT_MAX
.done:  ret
endfunction

function parse_string
        mov     [rsi], rdi
        xor     eax, eax
        return
endfunction

function parse_set
        mov     dword [rsi], 1
        xor     eax, eax
        return
endfunction

function parse_clear
        mov     dword [rsi], 0
        xor     eax, eax
        return
endfunction

function parse_quiet
        mov     dword [rsi], CONSOLE_LOGLEVEL_QUIET
        xor     eax, eax
        return
endfunction

; parse_choice -- one of the knob's words: its number
function parse_choice
        push    rbx
        push    r12
        push    r13
        push    r14
        mov     r12, rsi
        mov     r13, [rdx + knob.choices]
        mov     r14, rdi
        xor     ebx, ebx
        test    rdi, rdi
        jz      .invalid
.next:  cmp     byte [r13], 0
        je      .invalid
        mov     rdi, r14
        mov     rsi, r13
        call    parameq
        test    eax, eax
        jnz     .found
.skip:  inc     r13
        cmp     byte [r13 - 1], 0
        jne     .skip
        inc     ebx
        jmp     .next
.found: mov     [r12], ebx
        xor     eax, eax
        jmp     .done
.invalid:
        mov     eax, -EINVAL
.done:  pop     r14
        pop     r13
        pop     r12
        pop     rbx
        return
endfunction

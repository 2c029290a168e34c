; parsers-lists.asm -- values that are lists: of CPUs, and that of nmi_watchdog=. As in parsers.asm: in: rdi = text or 0,
; rsi = target    out: eax = 0 or -EINVAL    uses: all caller-saved. After: lib/bitmap-str.c, kernel/watchdog.c.

; parse_cpulist -- 0-3,5: a mask; a CPU that this machine does not have is an error
function parse_cpulist
        push    rbx
        xor     ebx, ebx                ; the mask
        test    rdi, rdi
        jz      .invalid
.item:  call    .number
        jc      .invalid
        mov     r8d, eax                ; first
        mov     r9d, eax                ; last
        cmp     byte [rdi], '-'
        jne     .range
        inc     rdi
        call    .number
        jc      .invalid
        mov     r9d, eax
.range: cmp     r8d, r9d
        ja      .invalid
        cmp     r9d, [nr_cpu_ids]
        jae     .invalid
.set:   bts     ebx, r8d
        inc     r8d
        cmp     r8d, r9d
        jbe     .set
        movzx   eax, byte [rdi]
        inc     rdi
        cmp     al, ','
        je      .item
        test    al, al
        jnz     .invalid
        mov     [rsi], ebx
        xor     eax, eax
        pop     rbx
        return
.invalid:
        mov     eax, -EINVAL
        pop     rbx
        return
.number:                                ; out: eax, CF set if there is none; rdi behind it
        xor     eax, eax
        movzx   ecx, byte [rdi]
        sub     ecx, '0'
        cmp     ecx, 9
        ja      .none
.digit: imul    eax, eax, 10
        add     eax, ecx
        cmp     eax, MAX_CPUS
        ja      .none
        inc     rdi
        movzx   ecx, byte [rdi]
        sub     ecx, '0'
        cmp     ecx, 9
        jbe     .digit
        clc
        ret
.none:  stc
        ret
endfunction

; parse_nmi_watchdog -- panic, nopanic, 0, 1, separated by commas; the target is the switch, panic the other knob
;   after: kernel/watchdog.c hardlockup_panic_setup(); rNNN (a raw event) is not known here
function parse_nmi_watchdog
        push    rbx
        push    r12
        mov     rbx, rdi
        mov     r12, rsi
        test    rdi, rdi
        jz      .invalid
.next:  lea     rdx, [nmi_watchdog_words]
        mov     rdi, rbx
        call    match_word
        js      .invalid
        mov     rbx, rdi
        mov     rdx, r12
        lea     rcx, [hardlockup_panic]
        btr     eax, 1                  ; panic, nopanic come after 0, 1
        cmovc   rdx, rcx
        mov     [rdx], eax
        cmp     byte [rbx - 1], ','
        je      .next
        xor     eax, eax
        jmp     .done
.invalid:
        mov     eax, -EINVAL
.done:  pop     r12
        pop     rbx
        return
endfunction
        choices nmi_watchdog_words, "0", "1", "nopanic", "panic"

; match_word -- the word up to a comma or the end
;   in: rdi = text, rdx = choices    out: eax = its number, or SF set and -1; rdi = behind the comma or the end
;   uses: rcx, rdx, rsi, r8, flags
function match_word
        xor     eax, eax
.word:  cmp     byte [rdx], 0
        je      .none
        mov     rsi, rdi
.letter:
        movzx   ecx, byte [rsi]
        cmp     cl, ','
        jne     .compare
        xor     ecx, ecx
.compare:
        inc     rsi
        inc     rdx
        cmp     cl, [rdx - 1]
        jne     .differs
        test    ecx, ecx
        jnz     .letter
        mov     rdi, rsi
        test    eax, eax
        return
.differs:
        cmp     byte [rdx - 1], 0
        je      .following
.skip:  inc     rdx
        cmp     byte [rdx - 1], 0
        jne     .skip
.following:
        inc     eax
        jmp     .word
.none:  or      eax, -1
        return
endfunction

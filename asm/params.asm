; params.asm -- the boot loader's command line and the words in it that this kernel knows. Unknown words are left to others.
; After: kernel/params.c. Names may be written with - or _ alike.

        kernel_param loglevel,         parse_int, console_loglevel
        kernel_param quiet,            parse_quiet, console_loglevel
        kernel_param panic,            parse_int, panic_timeout
        kernel_param nowatchdog,       parse_clear, watchdog_user_enabled
        kernel_param nosoftlockup,     parse_clear, watchdog_softlockup_user_enabled
        kernel_param nmi_watchdog,     parse_nmi_watchdog, watchdog_hardlockup_user_enabled
        kernel_param watchdog_thresh,  parse_int, watchdog_thresh
        kernel_param softlockup_panic, parse_int, softlockup_panic
        kernel_param hardlockup_panic, parse_int, hardlockup_panic
        kernel_param unknown_nmi_panic, parse_set, unknown_nmi_panic
        kernel_param scenario,         parse_string, scenario_name
        kernel_param cpu,              parse_int, scenario_cpu

; setup_command_line -- copies what the boot loader left before anything else can overwrite it
;   out: command_line, zero-terminated    uses: rax, rcx, rdx, rsi, rdi, flags
function setup_command_line
        mov     eax, [multiboot_info]
        mov     rdx, PAGE_OFFSET
        add     rdx, rax
        test    dword [rdx + MULTIBOOT_INFO_FLAGS], MULTIBOOT_INFO_CMDLINE_BIT
        jz      .done
        mov     eax, [rdx + MULTIBOOT_INFO_CMDLINE]
        mov     rsi, PAGE_OFFSET
        add     rsi, rax
        lea     rdi, [command_line]
        mov     ecx, COMMAND_LINE_SIZE - 1
.copy:  lodsb
        stosb
        test    al, al
        jz      .done
        dec     ecx
        jnz     .copy
        mov     byte [rdi], 0
.done:  return
endfunction

; parse_params -- calls the parser of every known word
;   uses: all caller-saved
function parse_params
        push    rbx
        push    r12
        push    r13
        lea     rsi, [command_line]
        lea     rbx, [param_words]
.word:  lodsb                           ; words are cut out of a second copy: the first stays printable
        cmp     al, ' '
        je      .word
        test    al, al
        jz      .done
        mov     r12, rbx                ; the name
        xor     r13d, r13d              ; the value
.letter:
        mov     [rbx], al
        inc     rbx
        cmp     al, '='
        jne     .not_value
        test    r13, r13
        jnz     .not_value
        mov     byte [rbx - 1], 0
        mov     r13, rbx
.not_value:
        lodsb
        test    al, al
        jz      .last
        cmp     al, ' '
        jne     .letter
        inc     rsi
.last:  dec     rsi                     ; at the terminator, or behind the blank
        mov     byte [rbx], 0
        inc     rbx
        push    rsi
        mov     rdi, r12
        mov     rsi, r13
        call    parse_one
        pop     rsi
        jmp     .word
.done:  pop     r13
        pop     r12
        pop     rbx
        return
endfunction

; parse_one -- one word
;   in: rdi = name, rsi = value or 0    uses: all caller-saved
function parse_one
        push    rbx
        push    r12
        push    r13
        mov     r12, rdi
        mov     r13, rsi
        lea     rbx, [__start_params]
.next:  lea     rax, [__stop_params]
        cmp     rbx, rax
        jae     .done
        mov     rdi, r12
        mov     rsi, [rbx + kernel_parameter.name]
        call    parameq
        test    eax, eax
        jnz     .found
        add     rbx, kernel_parameter_size
        jmp     .next
.found: mov     rdi, r13
        mov     rsi, [rbx + kernel_parameter.target]
        call    [rbx + kernel_parameter.parser]
.done:  pop     r13
        pop     r12
        pop     rbx
        return
endfunction

; parameq -- are two names the same, - and _ being one?
;   in: rdi, rsi    out: eax = 1 or 0    uses: rcx, rdi, rsi, flags
function parameq
.next:  movzx   eax, byte [rdi]
        movzx   ecx, byte [rsi]
        cmp     al, '-'
        jne     .dash_of_second
        mov     al, '_'
.dash_of_second:
        cmp     cl, '-'
        jne     .compare
        mov     cl, '_'
.compare:
        cmp     al, cl
        jne     .differ
        inc     rdi
        inc     rsi
        test    al, al
        jnz     .next
        mov     eax, 1
        return
.differ:
        xor     eax, eax
        return
endfunction

; simple_strtol -- a decimal number, perhaps with a sign
;   in: rdi = text    out: eax = number, rdi = first character behind it    uses: rcx, rdx, flags
function simple_strtol
        xor     eax, eax
        xor     edx, edx
        cmp     byte [rdi], '-'
        jne     .digit
        inc     edx
        inc     rdi
.digit: movzx   ecx, byte [rdi]
        sub     ecx, '0'
        cmp     ecx, 9
        ja      .end
        imul    eax, eax, 10
        add     eax, ecx
        inc     rdi
        jmp     .digit
.end:   test    edx, edx
        jz      .done
        neg     eax
.done:  return
endfunction

; The parsers: in: rdi = value or 0, rsi = target    uses: all caller-saved

function parse_int
        test    rdi, rdi
        jz      .done
        movzx   eax, byte [rdi]
        test    al, al
        jz      .done
        call    simple_strtol
        mov     [rsi], eax
.done:  return
endfunction

function parse_string
        mov     [rsi], rdi
        return
endfunction

function parse_set
        mov     dword [rsi], 1
        return
endfunction

function parse_clear
        mov     dword [rsi], 0
        return
endfunction

function parse_quiet
        mov     dword [rsi], CONSOLE_LOGLEVEL_QUIET
        return
endfunction

; parse_nmi_watchdog -- panic, nopanic, 0 and 1, separated by commas
;   after: kernel/watchdog.c hardlockup_panic_setup()
function parse_nmi_watchdog
        test    rdi, rdi
        jz      .done
.next:  movzx   eax, byte [rdi]
        sub     al, '0'
        cmp     al, 1
        ja      .word
        movzx   eax, al
        mov     [rsi], eax
        jmp     .skip
.word:  cmp     byte [rdi], 'p'
        sete    al                      ; panic, or else nopanic
        movzx   eax, al
        cmp     byte [rdi], 'n'
        je      .panic
        test    eax, eax
        jz      .skip                   ; rNNN and others: not known here
.panic: mov     [hardlockup_panic], eax
.skip:  movzx   eax, byte [rdi]
        test    al, al
        jz      .done
        inc     rdi
        cmp     al, ','
        jne     .skip
        jmp     .next
.done:  return
endfunction

        section .bss
command_line:   resb COMMAND_LINE_SIZE
param_words:    resb COMMAND_LINE_SIZE
        section .text

; params.asm -- the boot loader's command line and the words in it that this kernel knows. A word that nobody knows is named, and
; so is a value that does not fit; the default then stays. After: kernel/params.c, init/main.c.

        kernel_param loglevel,         parse_int, console_loglevel, 0, CONSOLE_LOGLEVEL_MOTORMOUTH
        kernel_param quiet,            parse_quiet, console_loglevel
        kernel_param scenario,         parse_string, scenario_name
        kernel_param cpu,              parse_int, scenario_cpu, 0, MAX_CPUS - 1

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

; parse_params -- sets what the command line says, then names what nobody knew
;   uses: all caller-saved
function parse_params
        lea     rdi, [parse_one]
        call    parse_args
        cmp     dword [unknown_length], 0
        je      .done
        lea     rax, [unknown_words]
        printk  KERN_NOTICE, 'Unknown kernel command line parameters "%s", will be passed to user space.', rax
.done:  return
endfunction

; parse_args -- takes the command line apart
;   in: rdi = called for every word with rdi = name, rsi = value or 0    uses: all caller-saved
function parse_args
        push    rbx
        push    r12
        push    r13
        push    r14
        mov     r14, rdi
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
        push    rsi
        mov     rdi, r12
        mov     rsi, r13
        call    r14
        pop     rsi
        pop     rsi
        jmp     .word
.done:  pop     r14
        pop     r13
        pop     r12
        pop     rbx
        return
endfunction

; parse_one -- one word of the command line
;   in: rdi = name, rsi = value or 0    uses: all caller-saved
function parse_one
        push    rbx
        push    r12
        mov     rbx, rdi
        mov     r12, rsi
        string  rsi, "sysctl."
        call    starts_with
        test    eax, eax
        jnz     .done                   ; its turn comes in do_sysctl_args
        lea     rdx, [__start_params]
        lea     rcx, [__stop_params]
        mov     rdi, rbx
        call    find_knob
        test    rax, rax
        jz      .unknown
        mov     rdi, r12
        mov     rdx, rax
        call    turn_knob
        test    eax, eax
        jz      .done
        string  rax, ""
        test    r12, r12
        cmovnz  rax, r12
        printk  KERN_ERR, "Booting kernel: `%s' invalid for parameter `%s'", rax, rbx
        jmp     .done
.unknown:
        lea     rax, [param_words]
        cmp     rbx, rax
        jne     .note
        test    r12, r12
        jz      .done                   ; the first word, and no value: the image's name, as boot loaders put it there
.note:  mov     rdi, rbx
        mov     rsi, r12
        call    note_unknown
.done:  pop     r12
        pop     rbx
        return
endfunction

; note_unknown -- remembers a word that nobody knows
;   in: rdi = name, rsi = value or 0    uses: all caller-saved
function note_unknown
        push    rbx
        mov     ebx, [unknown_length]
        lea     r8, [unknown_words]
        add     r8, rbx
        mov     r9d, COMMAND_LINE_SIZE
        sub     r9d, ebx
        string  rax, ""                 ; between two words
        test    ebx, ebx
        jz      .first
        string  rax, " "
.first: string  rcx, "="
        string  rdx, ""
        test    rsi, rsi
        cmovz   rcx, rdx
        cmovz   rsi, rdx
        scnprintf r8, r9d, "%s%s%s%s", rax, rdi, rcx, rsi
        add     [unknown_length], eax
        pop     rbx
        return
endfunction

; find_knob -- in: rdi = name, rdx = first record of a table, rcx = its end    out: rax = record or 0    uses: all caller-saved
function find_knob
        push    rbx
        push    r12
        push    r13
        mov     rbx, rdx
        mov     r12, rcx
        mov     r13, rdi
.next:  cmp     rbx, r12
        jae     .none
        mov     rdi, r13
        mov     rsi, [rbx + knob.name]
        call    parameq
        test    eax, eax
        jnz     .found
        add     rbx, knob_size
        jmp     .next
.none:  xor     ebx, ebx
.found: mov     rax, rbx
        pop     r13
        pop     r12
        pop     rbx
        return
endfunction

; turn_knob -- in: rdi = value or 0, rdx = record    out: eax = 0 or an error    uses: all caller-saved
function turn_knob
        mov     rsi, [rdx + knob.target]
        call    [rdx + knob.parser]
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

; starts_with -- in: rdi = text, rsi = beginning    out: eax = 1 or 0, rdi = behind it if so    uses: rcx, rsi, flags
function starts_with
        xor     eax, eax
.next:  movzx   ecx, byte [rsi]
        test    ecx, ecx
        jz      .yes
        cmp     cl, [rdi]
        jne     .done
        inc     rsi
        inc     rdi
        jmp     .next
.yes:   mov     eax, 1
.done:  return
endfunction

        section .data
        align   4, db 0
unknown_length: dd 0
        section .bss
command_line:   resb COMMAND_LINE_SIZE
param_words:    resb COMMAND_LINE_SIZE
unknown_words:  resb COMMAND_LINE_SIZE
        section .text

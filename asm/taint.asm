; taint.asm -- what has happened to this kernel that a reader of its reports should know. After: kernel/panic.c; lockup-detector
; spec 4.4.

struc taint_flag
.name           resq 1
.set            resb 1                  ; its letter
.clear          resb 1                  ; what stands there if it is not set
endstruc

        kernel_param panic_on_taint, parse_taint_mask, panic_on_taint

; parse_taint_mask -- a number of flags that there are    in, out: as parsers.asm
function parse_taint_mask
        test    rdi, rdi
        jz      .invalid
        push    rsi
        call    kstrtol
        pop     rsi
        jc      .invalid
        cmp     rax, 1 << TAINT_FLAGS_COUNT
        jae     .invalid
        mov     [rsi], eax
        xor     eax, eax
        return
.invalid:
        mov     eax, -EINVAL
        return
endfunction

; add_taint -- in: edi = flag    uses: rax, flags; all caller-saved registers if that is a panic
function add_taint
        mov     eax, edi
        lock bts [tainted_mask], rax
        bt      [panic_on_taint], eax
        jnc     .done
        mov     dword [panic_on_taint], 0
        string  rdi, "panic_on_taint set ..."
        call    panic
.done:  return
endfunction

; print_tainted -- "Not tainted", or a letter or blank for each flag
;   in: rdi = buffer of PRINT_TAINTED_SIZE    uses: all caller-saved
function print_tainted
        cmp     qword [tainted_mask], 0
        jne     .tainted
        scnprintf rdi, PRINT_TAINTED_SIZE, "Not tainted"
        return
.tainted:
        push    rbx
        mov     rbx, rdi
        scnprintf rdi, PRINT_TAINTED_SIZE, "Tainted: "
        add     rbx, rax
        mov     r8d, TAINT_FLAGS_COUNT
        cmp     dword [report_format], REPORT_5_4
        jne     .count
        mov     r8d, TAINT_FLAGS_COUNT_5_4
.count: xor     ecx, ecx
        lea     rdx, [taint_flags]
.flag:  mov     al, [rdx + taint_flag.set]
        bt      [tainted_mask], rcx
        jc      .put
        mov     al, [rdx + taint_flag.clear]
.put:   mov     [rbx + rcx], al
        add     rdx, taint_flag_size
        inc     ecx
        cmp     ecx, r8d
        jb      .flag
        mov     byte [rbx + rcx], 0
        pop     rbx
        return
endfunction

; print_tainted_verbose -- "[O]=OOT_MODULE, [L]=SOFTLOCKUP"
;   in: rdi = buffer of PRINT_TAINTED_SIZE    uses: all caller-saved
function print_tainted_verbose
        push    rbx
        push    r12
        push    r13
        push    r14
        mov     r12, rdi                ; the text grows here
        lea     r13, [rdi + PRINT_TAINTED_SIZE]
        xor     ebx, ebx
        string  r14, ""                 ; in front of the first; later ", "
.flag:  bt      [tainted_mask], rbx
        jnc     .next
        imul    edx, ebx, taint_flag_size
        lea     rcx, [taint_flags]
        add     rdx, rcx
        movzx   eax, byte [rdx + taint_flag.set]
        mov     rcx, r13
        sub     rcx, r12
        scnprintf r12, ecx, "%s[%c]=%s", r14, rax, qword [rdx + taint_flag.name]
        add     r12, rax
        string  r14, ", "
.next:  inc     ebx
        cmp     ebx, TAINT_FLAGS_COUNT
        jb      .flag
        pop     r14
        pop     r13
        pop     r12
        pop     rbx
        return
endfunction
PRINT_TAINTED_SIZE equ 512              ; room for every flag's name

; taint SET, CLEAR, NAME -- an entry of the table below
%macro taint 3
        section .rodata
%%name: db      %3, 0
        section .data
        dq      %%name
        db      %1, %2
%endmacro

        section .data
        align   8, db 0
tainted_mask:   dq 0
panic_on_taint: dd 0
                dd 0
taint_flags:                            ; by number
        taint   'P', 'G', "PROPRIETARY_MODULE"
        taint   'F', ' ', "FORCED_MODULE"
        taint   'S', ' ', "CPU_OUT_OF_SPEC"
        taint   'R', ' ', "FORCED_RMMOD"
        taint   'M', ' ', "MACHINE_CHECK"
        taint   'B', ' ', "BAD_PAGE"
        taint   'U', ' ', "USER"
        taint   'D', ' ', "DIE"
        taint   'A', ' ', "OVERRIDDEN_ACPI_TABLE"
        taint   'W', ' ', "WARN"
        taint   'C', ' ', "CRAP"
        taint   'I', ' ', "FIRMWARE_WORKAROUND"
        taint   'O', ' ', "OOT_MODULE"
        taint   'E', ' ', "UNSIGNED_MODULE"
        taint   'L', ' ', "SOFTLOCKUP"
        taint   'K', ' ', "LIVEPATCH"
        taint   'X', ' ', "AUX"
        taint   'T', ' ', "RANDSTRUCT"
        taint   'N', ' ', "TEST"
        section .text

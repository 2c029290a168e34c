; sysctl.asm -- knobs that can be turned while the kernel runs: by sysctl.kernel.NAME=VALUE on the command line, which takes
; effect when the boot is over, and by a scenario. After: fs/proc/proc_sysctl.c process_sysctl_arg(), kernel/sysctl.c.

; write_sysctl -- what a write to /proc/sys/kernel/NAME does
;   in: rdi = name, rsi = value    out: eax = 0 or an error    uses: all caller-saved; may sleep
function write_sysctl
        push    rbx
        mov     rbx, rsi
        lea     rdx, [__start_sysctls]
        lea     rcx, [__stop_sysctls]
        call    find_knob
        test    rax, rax
        jz      .unknown
        mov     rdi, rbx
        mov     rdx, rax
        call    turn_knob
        jmp     .done
.unknown:
        mov     eax, -ENOENT
.done:  pop     rbx
        return
endfunction

; set_sysctl NAME, VALUE -- the same with constant texts
%macro set_sysctl 2
        string  rdi, %1
        string  rsi, %2
        call    write_sysctl
%endmacro

; do_sysctl_args -- the sysctls on the command line
;   uses: all caller-saved; may sleep
function do_sysctl_args
        lea     rdi, [process_sysctl_arg]
        call    parse_args
        return
endfunction

; process_sysctl_arg -- one word of the command line
;   in: rdi = name, rsi = value or 0    uses: all caller-saved
function process_sysctl_arg
        push    rbx
        push    r12
        mov     rbx, rdi
        mov     r12, rsi
        string  rsi, "sysctl."
        call    starts_with
        test    eax, eax
        jz      .done
        mov     rbx, rdi
        string  rax, ""
        test    r12, r12
        cmovz   r12, rax
        string  rsi, "kernel."
        call    starts_with
        test    eax, eax
        jz      .unknown
        mov     rsi, r12
        call    write_sysctl
        test    eax, eax
        jz      .done
        cmp     eax, -ENOENT
        je      .unknown
        cmp     eax, -EINVAL
        je      .invalid
        movsx   rax, eax
        printk  KERN_ERR, "Failed to set sysctl parameter '%s=%s': error %d", rbx, r12, rax
        jmp     .done
.unknown:
        printk  KERN_ERR, "Failed to set sysctl parameter '%s=%s': parameter not found", rbx, r12
        jmp     .done
.invalid:
        printk  KERN_ERR, "Failed to set sysctl parameter '%s=%s': invalid value", rbx, r12
.done:  pop     r12
        pop     rbx
        return
endfunction

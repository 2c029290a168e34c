; syscalls.asm -- what user tasks may ask for. Each: in: rdi = regs    out: rax = result, or a negative error    uses: all
; caller-saved

USER_BUFFER     equ 256                 ; bytes copied at a time
WATCHDOG_FD     equ 3                   ; the one file that can be opened
PATH_MAX        equ 32

struc timespec
.seconds        resq 1
.nanoseconds    resq 1
endstruc

; copy_from_user -- in: rdi = to, rsi = the user's address, ecx = bytes    out: eax = 0, or 1    uses: rcx, rdx, rsi, rdi, flags
function copy_from_user
        mov     edx, ecx
        add     rdx, rsi
        jc      .fault
        mov     rax, TASK_SIZE_MAX
        cmp     rdx, rax
        ja      .fault
        call    copy_from_kernel_nofault
        return
.fault: mov     eax, 1
        return
endfunction

; strncpy_from_user -- in: rdi = to, rsi = the user's address, ecx = room    out: eax = 0; 1 if it cannot be read or is too long
;   uses: all caller-saved
function strncpy_from_user
        push    rbx
        push    r12
        push    r13
        mov     rbx, rdi
        mov     r12, rsi
        mov     r13d, ecx
.next:  mov     rdi, rbx
        mov     rsi, r12
        mov     ecx, 1
        call    copy_from_user
        test    eax, eax
        jnz     .done
        cmp     byte [rbx], 0
        je      .done
        inc     rbx
        inc     r12
        dec     r13d
        jnz     .next
        mov     eax, 1
.done:  pop     r13
        pop     r12
        pop     rbx
        return
endfunction

; __x64_sys_write -- (fd, buffer, count): the terminal, which unlike the kernel's console touches no watchdog; or the dog is fed
function __x64_sys_write
        push    rbx
        push    r12
        sub     rsp, USER_BUFFER
        mov     rbx, [rdi + pt_regs.si]
        mov     r12, [rdi + pt_regs.dx]
        cmp     r12, USER_BUFFER
        jbe     .fits
        mov     r12d, USER_BUFFER       ; a short write
.fits:  mov     rax, [rdi + pt_regs.di]
        cmp     rax, WATCHDOG_FD
        je      .watchdog
        cmp     rax, 1                  ; standard output and error
        jb      .bad_file
        cmp     rax, 2
        ja      .bad_file
        mov     rdi, rsp
        mov     rsi, rbx
        mov     ecx, r12d
        call    copy_from_user
        test    eax, eax
        jnz     .fault
        mov     rdi, rsp
        mov     esi, r12d
        call    tty_write
        jmp     .written
.watchdog:
        call    watchdog_ping
.written:
        mov     rax, r12
        jmp     .done
.bad_file:
        mov     rax, -EBADF
        jmp     .done
.fault: mov     rax, -EFAULT
.done:  add     rsp, USER_BUFFER
        pop     r12
        pop     rbx
        return
endfunction

; __x64_sys_open -- (path): there is /dev/watchdog, and opening it starts it
function __x64_sys_open
        sub     rsp, PATH_MAX
        mov     rsi, [rdi + pt_regs.di]
        mov     rdi, rsp
        mov     ecx, PATH_MAX
        call    strncpy_from_user
        test    eax, eax
        jnz     .fault
        mov     rdi, rsp
        string  rsi, "/dev/watchdog"
        call    parameq
        test    eax, eax
        jz      .none
        call    watchdog_open
        mov     eax, WATCHDOG_FD
        jmp     .done
.fault: mov     rax, -EFAULT
        jmp     .done
.none:  mov     rax, -ENOENT
.done:  add     rsp, PATH_MAX
        return
endfunction

function __x64_sys_sched_yield
        call    yield
        xor     eax, eax
        return
endfunction

; __x64_sys_nanosleep -- (timespec)
function __x64_sys_nanosleep
        sub     rsp, timespec_size
        mov     rsi, [rdi + pt_regs.di]
        mov     rdi, rsp
        mov     ecx, timespec_size
        call    copy_from_user
        test    eax, eax
        jnz     .fault
        mov     eax, NSEC_PER_SEC
        cmp     [rsp + timespec.nanoseconds], rax
        jae     .invalid
        mul     qword [rsp + timespec.seconds]
        jo      .invalid
        add     rax, [rsp + timespec.nanoseconds]
        js      .invalid
        mov     rdi, rax
        mov     esi, TASK_INTERRUPTIBLE
        call    schedule_hrtimeout
        xor     eax, eax
        jmp     .done
.fault: mov     rax, -EFAULT
        jmp     .done
.invalid:
        mov     rax, -EINVAL
.done:  add     rsp, timespec_size
        return
endfunction

function __x64_sys_getpid
        mov     rax, [gs:pcpu.current]
        mov     eax, [rax + task.pid]
        return
endfunction

function __x64_sys_exit
        call    do_exit
endfunction

; __x64_sys_sched_setscheduler -- (pid, policy, pointer to priority): of the caller, pid 0
function __x64_sys_sched_setscheduler
        push    rbx
        push    0
        mov     rbx, rdi
        cmp     dword [rbx + pt_regs.di], 0
        jne     .invalid
        mov     rsi, [rbx + pt_regs.dx]
        mov     rdi, rsp
        mov     ecx, 4
        call    copy_from_user
        test    eax, eax
        jnz     .fault
        mov     esi, [rbx + pt_regs.si]
        mov     edx, [rsp]
        cmp     esi, SCHED_RR
        ja      .invalid
        xor     eax, eax
        cmp     esi, SCHED_NORMAL
        setne   al                      ; real-time policies have a priority, the other has none
        xor     ecx, ecx
        test    edx, edx
        setne   cl
        cmp     eax, ecx
        jne     .invalid
        cmp     edx, MAX_RT_PRIO
        jae     .invalid
        mov     rdi, [gs:pcpu.current]
        call    sched_setscheduler_nocheck
        xor     eax, eax
        jmp     .done
.fault: mov     rax, -EFAULT
        jmp     .done
.invalid:
        mov     rax, -EINVAL
.done:  pop     rcx
        pop     rbx
        return
endfunction

; tty_write -- in: rdi = text, esi = length    uses: rax, rcx, rdx, rdi, rsi, flags    after: drivers/tty: no console, no touch
function tty_write
.next:  sub     esi, 1
        jb      .done
        mov     dx, COM1 + UART_LSR
.wait:  in      al, dx
        test    al, UART_LSR_THRE
        jz      .wait
        mov     dx, COM1 + UART_TX
        mov     al, [rdi]
        out     dx, al
        inc     rdi
        jmp     .next
.done:  return
endfunction

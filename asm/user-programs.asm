; user-programs.asm -- what runs in ring 3. They see user addresses only, so everything here is relative to RIP. At the start
; rdi holds an argument, and a stack is there.

SYS_WRITE       equ 1
SYS_OPEN        equ 2
SYS_SCHED_YIELD equ 24
SYS_NANOSLEEP   equ 35
SYS_EXIT        equ 60
SYS_SCHED_SETSCHEDULER equ 144
SYS_FINIT_MODULE equ 313

        section .user

; loop_program -- while (1);
loop_program:
.spin:  pause
        jmp     .spin

; rt_loop_program -- sched_setscheduler(), then the same    in: rdi = policy << 32 | priority
rt_loop_program:
        push    rdi
        mov     rsi, rdi
        shr     rsi, 32
        xor     edi, edi
        mov     rdx, rsp
        mov     eax, SYS_SCHED_SETSCHEDULER
        syscall
        test    eax, eax
        jz      loop_program
        mov     edi, eax
        mov     eax, SYS_EXIT
        syscall

; print_program -- while (1) { printf(...); sleep(1); }
print_program:
        mov     edi, 1
        lea     rsi, [.text]
        mov     edx, .text_end - .text
        mov     eax, SYS_WRITE
        syscall
        lea     rdi, [.second]
        mov     eax, SYS_NANOSLEEP
        syscall
        jmp     print_program
.text:  db      "print: still here", 13, 10
.text_end:
        align   8, db 0
.second:
        dq      1, 0

; dog_program -- the watchdog daemon: open("/dev/watchdog"), then a write each second
dog_program:
        lea     rdi, [.path]
        mov     esi, 1                  ; O_WRONLY
        mov     eax, SYS_OPEN
        syscall
        mov     ebx, eax
.feed:  mov     edi, ebx
        lea     rsi, [.path]
        mov     edx, 1
        mov     eax, SYS_WRITE
        syscall
        lea     rdi, [print_program.second]
        mov     eax, SYS_NANOSLEEP
        syscall
        jmp     .feed
.path:  db      "/dev/watchdog", 0

; insmod_program -- finit_module(), and out
MODULE_FD       equ 3                   ; the module's file
insmod_program:
        mov     edi, MODULE_FD
        lea     rsi, [.parameters]
        xor     edx, edx
        mov     eax, SYS_FINIT_MODULE
        syscall
        mov     edi, eax
        mov     eax, SYS_EXIT
        syscall
.parameters:
        db      0

; nosy_program -- reads what is the kernel's, and does not survive it
nosy_program:
        mov     rax, KERNEL_VIRT + KERNEL_PHYS
        mov     rax, [rax]
        mov     eax, SYS_EXIT
        syscall
        section .text

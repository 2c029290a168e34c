; From user code into the kernel and back: SYSCALL and SYSRET in 64-bit mode, an interrupt gate and IRET in 32-bit mode.
; unit: round trips    scale: 60
%include "bench.inc"

OPS     equ SCALE * 10000
ENTER_KERNEL equ 0x80
QUIT         equ 0x81

IA32_STAR  equ 0xc0000081
IA32_LSTAR equ 0xc0000082
IA32_FMASK equ 0xc0000084

work:   mov     dword [calls], 0
        gate    ENTER_KERNEL, on_call
        gate    QUIT, on_quit
%ifdef LONG
        mov     ecx, IA32_STAR
        xor     eax, eax
        mov     edx, CODE64 | (0x23 << 16)
        wrmsr
        mov     ecx, IA32_LSTAR
        mov     eax, on_syscall
        xor     edx, edx
        wrmsr
        mov     ecx, IA32_FMASK
        mov     eax, 0x200
        wrmsr
%endif
        to_user user

user:   mov     ebx, OPS
.next:
%ifdef LONG
        syscall
%else
        int     ENTER_KERNEL
%endif
        dec     ebx
        jnz     .next
        int     QUIT

%ifdef LONG
on_syscall:
        inc     dword [calls]
        o64 sysret
%endif
on_call:
        inc     dword [calls]
        xiret
on_quit:
        xor     eax, eax
        cmp     dword [calls], OPS
        setne   al
        jmp     finish

        absolute variables_end
calls:  resd    1

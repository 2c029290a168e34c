; Four CPUs want one lock: BTS to take it, PAUSE and a look while another has it. A counter that the lock protects tells whether it did.
; unit: locks taken    cpus: 4    peers: qemu    scale: 40
%define CPUS 4
%include "bench.inc"

EACH    equ SCALE * 2000
OPS     equ CPUS * EACH

work:   xor     eax, eax
        mov     [lock_word], eax
        mov     [counter], eax
        mov     [done], eax
        mov     edx, CPUS - 1
        call    start_others
        call    contend
.wait:  pause
        cmp     dword [done], CPUS
        jne     .wait
        xor     eax, eax
        cmp     dword [counter], OPS
        setne   al
        ret

other:  call    contend
        jmp     stay

contend:
        mov     ecx, EACH
.take:  lock bts dword [lock_word], 0
        jnc     .taken
.spin:  pause
        test    dword [lock_word], 1
        jnz     .spin
        jmp     .take
.taken: mov     eax, [counter]
        inc     eax
        mov     [counter], eax
        mov     dword [lock_word], 0
        dec     ecx
        jnz     .take
        lock inc dword [done]
        ret

        absolute variables_end
lock_word: resd 16                      ; lines of their own
counter: resd   16
done:   resd    1

; The same arithmetic on each of CPUS processors, none of which needs another: what does one more cost?
; unit: rounds    scale: 40    needs: CPUS=4
%include "bench.inc"

EACH    equ SCALE * 5000
OPS     equ CPUS * EACH

work:   mov     dword [done], 0
        mov     edx, CPUS - 1
        call    start_others
        call    compute
        mov     edi, eax
.wait:  pause
        cmp     dword [done], CPUS
        jne     .wait
        xor     eax, eax
        cmp     edi, [result]
        setne   al
        ret

other:  call    compute
        mov     [result], eax
        jmp     stay

compute:
        mov     ecx, EACH
        mov     eax, 1
        xor     edx, edx
.next:  random  eax
        mov     ebx, eax
        shr     ebx, 13
        xor     edx, ebx
        rol     edx, 3
        lea     edx, [xdx + xbx * 2 + 5]
        dec     ecx
        jnz     .next
        mov     eax, edx
        mov     [result], eax
        lock inc dword [done]
        ret

        absolute variables_end
done:   resd    1
result: resd    1

; A CPU that sends NMIs to itself.
; unit: NMIs    peers: qemu    scale: 60
%include "bench.inc"

OPS     equ SCALE * 4000

work:   mov     dword [count], 0
        gate    2, on_nmi
        apic    APIC_ICR_HIGH, 0
        mov     ecx, OPS
        xor     ebx, ebx
.next:  inc     ebx
        apic    APIC_ICR, ICR_ASSERT | ICR_NMI
.wait:  cmp     [count], ebx
        jb      .wait
        ja      .wrong
        dec     ecx
        jnz     .next
        xor     eax, eax
        ret
.wrong: mov     eax, 1
        ret

on_nmi: inc     dword [count]
        xiret

        absolute variables_end
count:  resd    1

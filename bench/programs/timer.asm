; The local APIC's timer, set again and again for a moment that is near: a halted CPU, an interrupt, the next one.
; unit: interrupts    peers: qemu    scale: 60
%include "bench.inc"

OPS     equ SCALE * 4000
TICK    equ 0x40

work:   mov     dword [ticks], 0
        gate    TICK, on_tick
        apic    APIC_DIVIDE, 0xb        ; by 1
        apic    APIC_LVT_TIMER, TICK
        mov     ecx, OPS
        xor     ebx, ebx
.next:  inc     ebx
        apic    APIC_INITIAL, 100
.wait:  cmp     [ticks], ebx
        je      .over
        sti
        hlt
        cli
        jmp     .wait
.over:  dec     ecx
        jnz     .next
        xor     eax, eax
        ret

on_tick:
        inc     dword [ticks]
        apic    APIC_EOI, 0
        xiret

        absolute variables_end
ticks:  resd    1

; All CPUS processors spin for SCALE milliseconds of a clock of 1 GHz: the first polls memory that the handler of its timer
; changes every millisecond, the others are at `jmp $`.
; unit: ms of guest time    scale: 1000    needs: CPUS=4
%include "bench.inc"

OPS     equ SCALE
TICK    equ 0x40

work:   mov     dword [over], 0
        gate    TICK, on_tick
        mov     edx, CPUS - 1
        call    start_others
        mov     ebx, SCALE
        apic    APIC_DIVIDE, 0xb        ; by 1
        apic    APIC_LVT_TIMER, TICK | (1 << 17)
        apic    APIC_INITIAL, 1000000
        sti
.poll:  pause
        cmp     [over], ebx
        jb      .poll
        cli
        xor     eax, eax
        ret

other:  jmp     other

on_tick:
        inc     dword [over]
        apic    APIC_EOI, 0
        xiret

        absolute variables_end
over:   resd    1

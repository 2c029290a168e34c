; Two CPUs that wake each other by interrupts, and halt in between.
; unit: round trips    cpus: 2    peers: qemu    scale: 60
%define CPUS 2
%include "bench.inc"

OPS     equ SCALE * 2000
PING    equ 0x40
PONG    equ 0x41

work:   xor     eax, eax
        mov     [pings], eax
        mov     [pongs], eax
        mov     [listening], eax
        gate    PING, on_ping
        gate    PONG, on_pong
        mov     edx, 1
        call    start_others
.ready: pause
        cmp     dword [listening], 0
        je      .ready
        mov     ecx, OPS
        xor     ebx, ebx
.next:  inc     ebx
        apic    APIC_ICR_HIGH, 1 << 24
        apic    APIC_ICR, PING | ICR_ASSERT
.wait:  cmp     [pongs], ebx
        je      .back
        sti
        hlt
        cli
        jmp     .wait
.back:  dec     ecx
        jnz     .next
        xor     eax, eax
        cmp     dword [pings], OPS
        setne   al
        ret

other:  mov     dword [listening], 1
.sleep: sti
        hlt
        jmp     .sleep

on_ping:
        inc     dword [pings]
        apic    APIC_EOI, 0
        apic    APIC_ICR_HIGH, 0
        apic    APIC_ICR, PONG | ICR_ASSERT
        xiret
on_pong:
        inc     dword [pongs]
        apic    APIC_EOI, 0
        xiret

        absolute variables_end
pings:  resd    1
pongs:  resd    1
listening: resd 1

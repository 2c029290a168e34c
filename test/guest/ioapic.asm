; cpus: 16
; I/O APIC ID register: bits 27:24 are the id, all others are reserved and read 0 (82093AA data sheet, 3.2.1, IOAPICID).
; Bits 31:28 and 23:0 read 0, before and after a write.
%include "guest.inc"
IOAPIC  equ 0xfec00000
tests:
        mov     ebx, IOAPIC
        mov     dword [rbx], 0
        mov     eax, [rbx + 0x10]
        mov     [first], rax
        check_bits "A15", "reserved bits of the I/O APIC's ID read 0", [first], 0xf0ffffff, 0
        mov     eax, [first]
        not     eax
        mov     [rbx + 0x10], eax
        mov     eax, [rbx + 0x10]
        xor     eax, [first]
        mov     [first], rax
        check   "A15", "only its bits 27:24 change with a write", [first], 0x0f000000
        ret
        finish
        absolute variables_end
first:  resq    1

; The hard lockup detector's NMI, much more often than a detector wants it: a counter of cycles that overflows after 200.
; unit: NMIs    peers: none    scale: 40
%include "bench.inc"

OPS             equ SCALE * 2000
PERIOD          equ 200
APIC_LVT_PERF   equ 0x340
LVT_NMI         equ 4 << 8
IA32_PMC0       equ 0xc1
IA32_PERFEVTSEL0 equ 0x186
UNHALTED_CYCLES equ 0x53003c            ; enabled, interrupt, in rings 0 and 3
IA32_PERF_GLOBAL_CTRL equ 0x38f
IA32_PERF_GLOBAL_OVF_CTRL equ 0x390

%macro write_msr 3                      ; index, low half, high half
        mov     ecx, %1
        mov     eax, %2
        mov     edx, %3
        wrmsr
%endmacro

work:   mov     dword [count], 0
        gate    2, on_nmi
        apic    APIC_LVT_PERF, LVT_NMI
        write_msr IA32_PMC0, -PERIOD, 0
        write_msr IA32_PERFEVTSEL0, UNHALTED_CYCLES, 0
        write_msr IA32_PERF_GLOBAL_CTRL, 1, 0
        xor     ebx, ebx
.busy:  inc     ebx
        cmp     dword [count], OPS
        jb      .busy
        write_msr IA32_PERF_GLOBAL_CTRL, 0, 0
        xor     eax, eax
        ret

on_nmi: push    xax
        push    xcx
        push    xdx
        inc     dword [count]
        write_msr IA32_PERF_GLOBAL_OVF_CTRL, 1, 0
        write_msr IA32_PMC0, -PERIOD, 0
        apic    APIC_LVT_PERF, LVT_NMI
        pop     xdx
        pop     xcx
        pop     xax
        xiret

        absolute variables_end
count:  resd    1

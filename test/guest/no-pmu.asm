; A processor without performance counters (SDM vol. 2, CPUID leaf 0AH).
; pmu: off
%include "guest.inc"

%macro no_msr 2
        mov     ecx, %2
        faults  "P9", %1, GP, 0, rdmsr
%endmacro

tests:
        mov     eax, 0xa
        cpuid
        or      eax, ebx
        or      eax, edx
        check   "P9", "CPUID leaf 0AH is all zero", rax, 0
        no_msr  "IA32_PMC0 is #GP(0)", IA32_PMC0
        no_msr  "IA32_PERFEVTSEL0 is #GP(0)", IA32_PERFEVTSEL0
        no_msr  "IA32_FIXED_CTR0 is #GP(0)", IA32_FIXED_CTR0
        no_msr  "IA32_PERF_GLOBAL_CTRL is #GP(0)", IA32_PERF_GLOBAL_CTRL
        mov     ecx, IA32_PERF_GLOBAL_CTRL
        xor     eax, eax
        xor     edx, edx
        faults  "P9", "writing IA32_PERF_GLOBAL_CTRL is #GP(0)", GP, 0, wrmsr
        xor     ecx, ecx
        faults  "P9", "RDPMC is #GP(0)", GP, 0, rdpmc
        forget
        apic    APIC_LVT_PERF, LVT_NMI
        settle
        check   "P9", "LVTPC can be written, and nothing comes", [count], 0
        ret
        finish

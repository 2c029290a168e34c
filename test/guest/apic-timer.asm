; The local APIC's timer (SDM vol. 3, 10.5.4): modes, divide configuration, mask, deadline.
%include "guest.inc"

TIMER   equ 0x60
BIG     equ 0x10000000

%macro take 0
        sti
        nop
        nop
        nop
        nop
        cli
%endmacro

%macro settle_long 0
    %rep 8
        settle
    %endrep
%endmacro

tests:
        apic    APIC_DIVIDE, 0xb
        ; A7: the count
        apic    APIC_LVT_TIMER, LVT_MASKED | TIMER
        apic    APIC_INITIAL, BIG
        mov     eax, [r15 + APIC_INITIAL]
        check   "A7", "the initial count reads back", rax, BIG
        mov     eax, [r15 + APIC_CURRENT]
        mov     ecx, [r15 + APIC_CURRENT]
        cmp     eax, ecx
        seta    al
        movzx   eax, al
        check   "A7", "the current count falls", rax, 1
        mov     eax, [r15 + APIC_CURRENT]
        cmp     eax, BIG
        setb    al
        movzx   eax, al
        check   "A7a", "and falls while the LVT is masked", rax, 1
        apic    APIC_INITIAL, 0
        mov     eax, [r15 + APIC_CURRENT]
        check   "A7", "an initial count of 0 stops it", rax, 0
        apic    APIC_INITIAL, BIG
        settle
        apic    APIC_INITIAL, BIG
        mov     eax, [r15 + APIC_CURRENT]
        cmp     eax, BIG - 1000000
        seta    al
        movzx   eax, al
        check   "A7", "a write of the initial count starts it again", rax, 1
        apic    APIC_INITIAL, 0
        apic    APIC_DIVIDE, 0xffffffff
        mov     eax, [r15 + APIC_DIVIDE]
        apic    APIC_DIVIDE, 0xb
        check   "A7", "the divide configuration has bits 0, 1 and 3", rax, 0xb

        ; one-shot
        apic    APIC_LVT_TIMER, TIMER
        forget
        apic    APIC_INITIAL, 1000
        settle_long
        take
        settle_long
        take
        check   "A7", "one-shot: one interrupt", [count], 1
        mov     eax, [r15 + APIC_CURRENT]
        check   "A7", "one-shot: stops at 0", rax, 0

        ; periodic
        apic    APIC_LVT_TIMER, TIMER | LVT_PERIODIC
        forget
        apic    APIC_INITIAL, 20000
        sti
.three: hlt
        cmp     qword [count], 3
        jb      .three
        cli
        apic    APIC_LVT_TIMER, LVT_MASKED | TIMER | LVT_PERIODIC
        check   "A7", "periodic: again and again", [count], 3
        mov     eax, [r15 + APIC_CURRENT]
        dec     eax
        cmp     eax, 20000
        setb    al
        movzx   eax, al
        check   "A7", "periodic: the current count is reloaded, masked or not", rax, 1
        apic    APIC_INITIAL, 0
        take
        forget

        ; A6: expiry behind the mask
        apic    APIC_LVT_TIMER, LVT_MASKED | TIMER
        apic    APIC_INITIAL, 1000
        settle_long
        apic    APIC_LVT_TIMER, TIMER
        take
        check   "A6", "an expiry behind the mask is lost: unmasking delivers nothing", [count], 0
        apic    APIC_INITIAL, 1000
        mov     ecx, 100000
.until: pause
        cmp     dword [r15 + APIC_IRR + (TIMER / 32) * 16], 0
        loope   .until
        apic    APIC_LVT_TIMER, LVT_MASKED | TIMER
        take
        check   "A6", "one that was requested before the mask is delivered", [count], 1
        forget
        apic    APIC_LVT_TIMER, LVT_MASKED | TIMER
        apic    APIC_INITIAL, 30000
        apic    APIC_LVT_TIMER, TIMER
        sti
        hlt
        cli
        check   "A7a", "unmasked in time, the running count interrupts", [count], 1

        ; TSC-deadline
        mov     eax, 1
        cpuid
        bt      ecx, 24
        jnc     .no_deadline
        apic    APIC_LVT_TIMER, TIMER | LVT_DEADLINE
        forget
        rdtsc
        mov     ebx, edx
        mov     edi, eax
        add     eax, 100000
        adc     edx, 0
        mov     esi, eax
        mov     r12d, edx
        mov     ecx, IA32_TSC_DEADLINE
        wrmsr
        rdmsr
        cmp     eax, esi
        sete    al
        movzx   eax, al
        check   "A7", "TSC-deadline: the MSR reads back while armed", rax, 1
        sti
        hlt
        cli
        rdtsc
        shl     rdx, 32
        or      rdx, rax
        shl     r12, 32
        or      r12, rsi
        cmp     rdx, r12
        setae   al
        movzx   eax, al
        check   "A7", "TSC-deadline: fires when the TSC is there", rax, 1
        check   "A7", "TSC-deadline: once", [count], 1
        read_msr IA32_TSC_DEADLINE
        check   "A7", "TSC-deadline: then the MSR reads 0", rax, 0
        forget
        write_msr IA32_TSC_DEADLINE, 1
        settle
        take
        check   "A7", "TSC-deadline: one that has passed fires at once", [count], 1
        read_msr IA32_TSC_DEADLINE
        check   "A7", "TSC-deadline: and then reads 0", rax, 0
        forget
        apic    APIC_INITIAL, 100
        settle
        take
        mov     eax, [r15 + APIC_CURRENT]
        check   "A7", "TSC-deadline: an initial count is ignored: current count 0", rax, 0
        check   "A7", "TSC-deadline: an initial count is ignored: no interrupt", [count], 0
        rdtsc
        add     eax, 3000
        adc     edx, 0
        mov     ecx, IA32_TSC_DEADLINE
        wrmsr
        write_msr IA32_TSC_DEADLINE, 0
        settle_long
        take
        check   "A7", "TSC-deadline: writing 0 disarms", [count], 0
        apic    APIC_LVT_TIMER, TIMER | LVT_DEADLINE | LVT_MASKED
        write_msr IA32_TSC_DEADLINE, 1
        settle
        apic    APIC_LVT_TIMER, TIMER | LVT_DEADLINE
        take
        check   "A6", "a deadline that passes behind the mask is lost", [count], 0
        rdtsc
        add     eax, 1000000
        adc     edx, 0
        mov     ecx, IA32_TSC_DEADLINE
        wrmsr
        apic    APIC_LVT_TIMER, TIMER
        read_msr IA32_TSC_DEADLINE
        check   "A7", "leaving TSC-deadline mode disarms the deadline", rax, 0
        write_msr IA32_TSC_DEADLINE, 12345
        read_msr IA32_TSC_DEADLINE
        check   "A7", "in other modes writes of the deadline are ignored", rax, 0
.no_deadline:
        ; A7a: not faster than the TSC
        apic    APIC_LVT_TIMER, LVT_MASKED | TIMER
        apic    APIC_INITIAL, BIG
        rdtsc
        mov     ebx, eax
        mov     esi, [r15 + APIC_CURRENT]
        settle
        mov     edi, [r15 + APIC_CURRENT]
        rdtsc
        sub     eax, ebx
        sub     esi, edi
        cmp     esi, eax
        setbe   al
        movzx   eax, al
        check   "A7a", "the timer counts no faster than the TSC", rax, 1
        ret
        finish

; Performance counters of architectural version 2 (SDM vol. 3, chapter 20) and the interrupt of their overflow.
; qemu: no, under TCG it has no performance counters
%include "guest.inc"

VECTOR  equ 0x40
CYCLES  equ 0x3c
RETIRED equ 0xc0
USR     equ 1 << 16
OS      equ 1 << 17
EDGE    equ 1 << 18
INT_    equ 1 << 20
ANY     equ 1 << 21
EN      equ 1 << 22
INV     equ 1 << 23
MASK48  equ (1 << 48) - 1

%macro stop 0
        write_msr IA32_PERF_GLOBAL_CTRL, 0
%endmacro
; counter 0: value, event and flags; it counts when GLOBAL_CTRL is written
%macro program 2
        stop
        write_msr IA32_PERFEVTSEL0, 0
        write_msr IA32_PERF_GLOBAL_OVF_CTRL, 0x70000000f
        write_msr IA32_PMC0, (%1) & 0xffffffff
        write_msr IA32_PERFEVTSEL0, (%2) | EN
%endmacro
%macro arm_nmi 0
        apic    APIC_LVT_PERF, LVT_NMI
%endmacro
; Registers for the enabling WRMSR, so that nothing else is between.
%macro ready 1
        mov     ecx, IA32_PERF_GLOBAL_CTRL
        mov     eax, (%1) & 0xffffffff
        mov     edx, (%1) >> 32
%endmacro
%macro measure 1+                       ; RAX = what counter 0 counts over an instruction, the disabling WRMSR and what it needs
        ready   1
        wrmsr
        %1
        xor     eax, eax
        wrmsr
        mov     ecx, IA32_PMC0
        rdmsr
        shl     rdx, 32
        or      rax, rdx
%endmacro
%macro refuses 4
        mov     ecx, %3
        mov     eax, (%4) & 0xffffffff
        mov     edx, (%4) >> 32
        faults  %1, %2, GP, 0, wrmsr
%endmacro

tests:
        mov     eax, 0xa
        cpuid
        mov     esi, edx
        mov     edi, ebx
        check_bits "P1", "CPUID leaf 0AH: version 2", rax, 0xff, 2
        check_bits "P1", "CPUID leaf 0AH: 4 general counters", rax, 0xff00, 0x0400
        check_bits "P1", "CPUID leaf 0AH: of 48 bits", rax, 0xff0000, 48 << 16
        check_bits "P1", "CPUID leaf 0AH: 3 fixed counters", rsi, 0x1f, 3
        check_bits "P1", "CPUID leaf 0AH: of 48 bits too", rsi, 0x1fe0, 48 << 5
        check_bits "P1", "CPUID leaf 0AH: cycles, instructions and reference cycles are there", rdi, 7, 0

        ; P1, P3a
        program 0, RETIRED | OS
        measure nop
        check   "P3a", "of the two WRMSR around NOP and XOR one is counted: 3 instructions", rax, 3
        program 0, RETIRED | OS
        ready   1
        wrmsr
        xor     eax, eax
        wrmsr
        read_msr IA32_PMC0
        check   "P3a", "around XOR alone: 2", rax, 2
        program 0, RETIRED | OS
        measure times 100 nop
        check   "P1", "100 NOPs are 100 instructions more", rax, 102
        program 0, CYCLES | OS
        measure times 100 nop
        check   "P1", "and 100 cycles", rax, 102
        stop
        write_msr IA32_PMC0, 0
        write_msr IA32_PERFEVTSEL0, RETIRED | OS        ; without EN
        measure nop
        check   "P1", "without its own enable a counter does not count", rax, 0
        program 0, RETIRED | OS
        ready   2
        wrmsr
        times 10 nop
        stop
        read_msr IA32_PMC0
        check   "P1", "without its bit in GLOBAL_CTRL it does not count", rax, 0
        program 0, RETIRED | USR
        measure times 10 nop
        check   "P1", "USR alone counts nothing at CPL 0", rax, 0
        program 0, RETIRED | USR
        ready   1
        wrmsr
        user
        times 50 nop
        end_user
        stop
        read_msr IA32_PMC0
        and     eax, -2                 ; the IRET into CPL 3 and the INT out of it: one of them
        check   "P1", "USR counts at CPL 3: 50 NOPs", rax, 50
        program 0, RETIRED | OS
        ready   1
        wrmsr
        user
        times 50 nop
        end_user
        stop
        read_msr IA32_PMC0
        mov     rbx, rax
        program 0, RETIRED | OS
        ready   1
        wrmsr
        user
        end_user
        stop
        read_msr IA32_PMC0
        check   "P1", "OS alone does not count the 50 NOPs at CPL 3", rax, rbx
        stop
        write_msr IA32_FIXED_CTR0, 0
        write_msr IA32_FIXED_CTR0 + 1, 0
        write_msr IA32_FIXED_CTR0 + 2, 0
        write_msr IA32_FIXED_CTR_CTRL, 0x111
        ready   7 << 32
        wrmsr
        times 20 nop
        xor     edx, edx
        wrmsr
        read_msr IA32_FIXED_CTR0
        check   "P1", "fixed counter 0 counts instructions", rax, 22
        read_msr IA32_FIXED_CTR0 + 1
        check   "P1", "fixed counter 1 counts cycles", rax, 22
        read_msr IA32_FIXED_CTR0 + 2
        check   "P1", "fixed counter 2 counts reference cycles", rax, 22
        write_msr IA32_FIXED_CTR0, 0
        write_msr IA32_FIXED_CTR_CTRL, 0x222
        ready   7 << 32
        wrmsr
        times 20 nop
        xor     edx, edx
        wrmsr
        read_msr IA32_FIXED_CTR0
        check   "P1", "the ring filter of a fixed counter: USR counts nothing at CPL 0", rax, 0
        write_msr IA32_FIXED_CTR_CTRL, 0

        ; P2
        arm_nmi
        program -100, RETIRED | OS | INT_
        forget
        ready   1
        wrmsr
.p2:    times 150 nop
        stop
        check   "P2", "overflow after 100 instructions: NMI at the boundary behind the 100th", saved_rip(0), .p2 + 100
        check   "P2", "one NMI", [count], 1
        read_msr IA32_PERF_GLOBAL_STATUS
        check   "P2", "the counter's status bit is set", rax, 1
        arm_nmi
        program -1, RETIRED | OS | INT_
        forget
        ready   1
        wrmsr
.p2b:   nop
        nop
        stop
        check   "P2", "overflow after 1 instruction", saved_rip(0), .p2b + 1
        arm_nmi
        program -50, CYCLES | OS | INT_
        forget
        ready   1
        wrmsr
.p2c:   times 100 nop
        stop
        check   "P2", "overflow after 50 cycles", saved_rip(0), .p2c + 50
        arm_nmi
        program -50, CYCLES | OS | INT_
        forget
        ready   1
        wrmsr
        pause                           ; cycles 1 to 40
        times 9 nop
.p2d:   nop
.p2e:   nop
        nop
        stop
        check   "P2", "a PAUSE takes several of the 50 cycles", saved_rip(0), .p2e
        apic    APIC_LVT_PERF, VECTOR
        program -10, RETIRED | OS | INT_
        forget
        ready   1
        sti
        nop
        wrmsr
.p2f:   times 20 nop
        cli
        stop
        check   "P2", "LVTPC with a vector: that interrupt", vector(0), VECTOR
        check   "P2", "at the same boundary", saved_rip(0), .p2f + 10
        arm_nmi
        program -10, RETIRED | OS
        forget
        ready   1
        wrmsr
        times 20 nop
        stop
        check   "P2", "without INT no interrupt", [count], 0
        read_msr IA32_PERF_GLOBAL_STATUS
        check   "P2", "but the status bit", rax, 1
        read_msr IA32_PMC0
        check   "P2", "the counter goes on from 0", rax, 20 + 3 + 1 - 10
        stop
        write_msr IA32_PERF_GLOBAL_OVF_CTRL, 0x70000000f
        mov     ecx, IA32_FIXED_CTR0
        mov     eax, -30
        mov     edx, 0xffff
        wrmsr
        write_msr IA32_FIXED_CTR_CTRL, 9
        arm_nmi
        forget
        ready   1 << 32
        wrmsr
.p2g:   times 50 nop
        stop
        check   "P2", "a fixed counter with PMI: NMI at the boundary behind the 30th", saved_rip(0), .p2g + 30
        read_msr IA32_PERF_GLOBAL_STATUS
        mov     rcx, 1 << 32
        check   "P2", "its status bit is bit 32", rax, rcx
        write_msr IA32_FIXED_CTR_CTRL, 0

        ; the overflow in a shadow (S5, S9), in a loop of jumps, in user code
        mov     ebx, ss
        arm_nmi
        program -5, RETIRED | OS | INT_
        forget
        ready   1
        wrmsr
        times 4 nop
        mov     ss, ebx                 ; the fifth
        nop
.s5:    nop
        stop
        check   "S5", "an NMI that is due behind MOV SS is held through the next instruction", saved_rip(0), .s5
        arm_nmi
        program -5, RETIRED | OS | INT_
        forget
        ready   1
        wrmsr
        times 4 nop
        sti                             ; the fifth
        nop
.s9:    nop
        cli
        stop
        check   "S9", "an NMI that is due behind STI is held through the next instruction", saved_rip(0), .s9
        sti
        nop
        arm_nmi
        program -5, RETIRED | OS | INT_
        forget
        ready   1
        wrmsr
        times 4 nop
        sti                             ; IF is 1 already: no shadow
.s9b:   nop
        nop
        cli
        stop
        check   "S9", "an STI without a shadow holds no NMI", saved_rip(0), .s9b
        arm_nmi
        program -1000, RETIRED | OS | INT_
        forget
        ready   1
        cli
        wrmsr
.spin:  jmp     .spin_on
.spin_on:
        cmp     qword [count], 0
        je      .spin
        stop
        check   "S9", "code that spins with IF = 0 is interrupted by the NMI of a counter", vector(0), NMI
        arm_nmi
        program -200, RETIRED | USR | INT_
        forget
        ready   1
        wrmsr
        user
.user_loop:
        cmp     dword [count], 0
        je      .user_loop
        end_user
        check_bits "P2", "a counter with USR interrupts user code", saved_cs(0), 3, 3
        stop

        ; B4, P6: NMI and interrupt, NMI in an NMI handler
        arm_nmi
        program -4, RETIRED | OS | INT_
        forget
        apic    APIC_LVT_TIMER, 0x60
        ready   1
        sti
        nop
        wrmsr
        nop
        nop
        apic    APIC_INITIAL, 2         ; due when the counter overflows
        nop
.b4:    nop
        nop
        cli
        stop
        check   "B4", "NMI and interrupt due at one boundary: the NMI first", vector(0), NMI
        check   "B4", "the interrupt after the NMI handler's IRET", vector(1), 0x60
        check   "B4", "both save the same RIP", saved_rip(1), .b4
        check   "B4", "that of the NMI", saved_rip(0), .b4
        arm_nmi
        program -20, RETIRED | OS | INT_
        forget
        hook    NMI, count_in_handler
        nmi_self
.p6:    nop
        hook    NMI, 0
        check   "P6", "an overflow while NMIs are blocked is latched: no nesting", [seen], 1
        check   "P6", "and taken right after IRET", vector(1), NMI
        check   "P6", "before the interrupted code", saved_rip(1), .p6

        ; P3, P4
        stop
        write_msr IA32_PERF_GLOBAL_OVF_CTRL, 0x70000000f
        write_msr IA32_PMC0, 0x80000000
        read_msr IA32_PMC0
        mov     rcx, 0xffff80000000
        check   "P3", "a write is sign-extended from bit 31", rax, rcx
        write_msr IA32_PMC0, 0x1234567812345678
        read_msr IA32_PMC0
        check   "P3", "bits 32 to 63 of the value are ignored", rax, 0x12345678
        write_msr IA32_PMC0, 0x7fffffff
        read_msr IA32_PMC0
        check   "P3", "a positive value is that value", rax, 0x7fffffff
        apic    APIC_LVT_PERF, LVT_NMI
        write_msr IA32_PERFEVTSEL0, RETIRED | OS | INT_ | EN
        write_msr IA32_PERFEVTSEL0 + 1, CYCLES | OS | INT_ | EN
        write_msr IA32_PMC0, -10 & 0xffffffff
        write_msr IA32_PMC0 + 1, -10 & 0xffffffff
        forget
        ready   3
        wrmsr
        times 20 nop
        stop
        check   "P4", "two counters that overflow at once give one interrupt", [count], 1
        read_msr IA32_PERF_GLOBAL_STATUS
        check   "P4", "with two status bits", rax, 3
        write_msr IA32_PERF_GLOBAL_OVF_CTRL, 2
        read_msr IA32_PERF_GLOBAL_STATUS
        check   "P4", "GLOBAL_OVF_CTRL clears the bits that are written", rax, 1
        read_msr IA32_PERF_GLOBAL_STATUS
        check   "P4", "reading clears nothing", rax, 1
        write_msr IA32_PERF_GLOBAL_OVF_CTRL, 1
        write_msr IA32_PERFEVTSEL0 + 1, 0

        ; A9, P5
        apic    APIC_LVT_PERF, LVT_NMI
        program -10, RETIRED | OS | INT_
        forget
        ready   1
        wrmsr
        times 20 nop
        stop
        mov     eax, [r15 + APIC_LVT_PERF]
        check_bits "A9", "delivery masks LVTPC", rax, LVT_MASKED, LVT_MASKED
        check   "A9", "and leaves the rest of it", rax, LVT_MASKED | LVT_NMI
        program -10, RETIRED | OS | INT_
        forget
        ready   1
        wrmsr
        times 20 nop
        stop
        check   "A9", "until software unmasks it there is no other", [count], 0
        read_msr IA32_PERF_GLOBAL_STATUS
        check   "P5", "the status bit is set all the same", rax, 1
        apic    APIC_LVT_PERF, LVT_NMI
        settle
        check   "P5", "unmasking alone brings none", [count], 0
        program -10, RETIRED | OS | INT_
        forget
        ready   1
        wrmsr
        times 20 nop
        stop
        check   "A9", "the next overflow after unmasking does", [count], 1

        ; P7
        program 0, RETIRED | OS
        write_msr IA32_PMC0, 0x1234
        xor     ecx, ecx
        rdpmc
        check   "P7", "RDPMC 0 reads counter 0", rax, 0x1234
        write_msr IA32_FIXED_CTR0, 0x5678
        mov     ecx, 1 << 30
        rdpmc
        check   "P7", "bit 30 selects the fixed counters", rax, 0x5678
        mov     ecx, 4
        faults  "P7", "RDPMC 4 is #GP(0)", GP, 0, rdpmc
        mov     ecx, (1 << 30) + 3
        faults  "P7", "RDPMC of fixed counter 3 is #GP(0)", GP, 0, rdpmc
        mov     ecx, 1 << 31
        faults  "P7", "RDPMC with bit 31 is #GP(0)", GP, 0, rdpmc
        user
        xor     ecx, ecx
        rdpmc
        end_user
        check   "P7", "RDPMC at CPL 3 without CR4.PCE is #GP", vector(0), GP
        mov     rax, cr4
        or      eax, 1 << 8
        mov     cr4, rax
        user
        xor     ecx, ecx
        rdpmc
        end_user
        check   "P7", "RDPMC at CPL 3 with CR4.PCE works", vector(0), EXIT_VECTOR
        mov     rax, cr4
        and     eax, ~(1 << 8)
        mov     cr4, rax

        ; P8
        refuses "P8", "PERFEVTSEL: a bit above 31 is #GP(0)", IA32_PERFEVTSEL0, 1 << 32
        refuses "P8", "PERFEVTSEL: AnyThread does not exist in version 2: #GP(0)", IA32_PERFEVTSEL0, ANY
        refuses "P8", "GLOBAL_CTRL: bit 4 is #GP(0)", IA32_PERF_GLOBAL_CTRL, 0x10
        refuses "P8", "GLOBAL_CTRL: bit 35 is #GP(0)", IA32_PERF_GLOBAL_CTRL, 1 << 35
        refuses "P8", "FIXED_CTR_CTRL: bit 2 is #GP(0)", IA32_FIXED_CTR_CTRL, 4
        refuses "P8", "FIXED_CTR_CTRL: bit 12 is #GP(0)", IA32_FIXED_CTR_CTRL, 1 << 12
        refuses "P8", "GLOBAL_STATUS is read-only: #GP(0)", IA32_PERF_GLOBAL_STATUS, 0
        refuses "P8", "GLOBAL_OVF_CTRL: bit 4 is #GP(0)", IA32_PERF_GLOBAL_OVF_CTRL, 0x10
        refuses "P8", "a fixed counter has 48 bits: #GP(0)", IA32_FIXED_CTR0, 1 << 48
        refuses "P8", "there is no counter 4: #GP(0)", IA32_PMC0 + 4, 0
        refuses "P8", "nor a full-width write: #GP(0)", 0x4c1, 0

        ; P10
        mov     edi, buffer
        program 0, RETIRED | OS
        ready   1
        mov     r14d, ecx
        wrmsr
        mov     ecx, 40
        rep stosb
        mov     ecx, r14d
        xor     eax, eax
        wrmsr
        read_msr IA32_PMC0
        check   "P10", "a REP string of 40 iterations is one instruction", rax, 5
        mov     edi, buffer
        program 0, CYCLES | OS
        ready   1
        mov     r14d, ecx
        wrmsr
        mov     ecx, 40
        rep stosb
        mov     ecx, r14d
        xor     eax, eax
        wrmsr
        read_msr IA32_PMC0
        check   "P10", "and 40 cycles", rax, 44
        program 0, RETIRED | OS
        measure pause
        check   "P10", "PAUSE is one instruction", rax, 3
        program 0, CYCLES | OS
        measure pause
        cmp     rax, 10
        seta    al
        movzx   eax, al
        check   "P10", "of several cycles", rax, 1
        write_msr IA32_PMC0 + 1, 0
        write_msr IA32_PERFEVTSEL0 + 1, 0x013c | OS | EN
        program 0, CYCLES | OS
        ready   3
        wrmsr
        times 50 nop
        xor     eax, eax
        wrmsr
        read_msr IA32_PMC0 + 1
        mov     rbx, rax
        read_msr IA32_PMC0
        check   "P10", "reference cycles are a counter of their own", rax, rbx
        check   "P10", "at most 3 cycles an instruction", rax, 52
        write_msr IA32_PERFEVTSEL0 + 1, 0

        ; H3: nothing counts in HLT
        apic    APIC_LVT_TIMER, 0x60
        program 0, CYCLES | OS
        ready   1
        wrmsr
        apic    APIC_INITIAL, 100000
        sti
        hlt
        cli
        stop
        read_msr IA32_PMC0
        cmp     rax, 1000
        setb    al
        movzx   eax, al
        check   "H3", "unhalted cycles do not count in HLT", rax, 1
        arm_nmi
        program -5000, CYCLES | OS | INT_
        forget
        ready   1
        wrmsr
        apic    APIC_INITIAL, 100000
        sti
        hlt
        cli
        stop
        check   "H3", "so a cycles NMI never finds a CPU in HLT: only the timer has come", [count], 1
        check   "H3", "that ended it", vector(0), 0x60

        ; N5, B1: the NMI between iterations of REP
        arm_nmi
        program -20, CYCLES | OS | INT_
        mov     ebx, 50
        mov     edi, buffer
        forget
        ready   1
        mov     r14d, ecx
        wrmsr
        mov     ecx, ebx                ; cycle 1
.rep:   rep stosb                       ; cycles 2 to 20 are 19 iterations
        stop
        check   "N5", "an NMI between REP iterations saves the RIP of the REP", saved_rip(0), .rep
        check   "N5", "RCX holds the progress", event_rcx(0), 50 - 19
        check   "N5", "RDI holds the progress", event_rdi(0), buffer + 19
        check_bits "B7", "RF is saved set between iterations", saved_flags(0), FLAG_RF, FLAG_RF
        check   "N5", "the string goes on to its end afterwards", rdi, buffer + 50
        ret

count_in_handler:
        hook    NMI, 0
        ready   1
        wrmsr
        times 40 nop
        xor     eax, eax
        wrmsr
        mov     rax, [count]
        mov     [seen], rax
        ret

        section .data
seen:   dq      0
buffer: times 64 db 0
        finish

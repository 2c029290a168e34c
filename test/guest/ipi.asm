; Interrupts between CPUs: ICR, destinations, INIT and start-up (SDM vol. 3, 8.4, 10.6).
; cpus: 4
%include "guest.inc"

VECTOR  equ 0x40
OTHER   equ 0x52

; [who] = the bits of the CPUs whose handler has run since it was cleared.
%macro nobody 0
        mov     dword [who], 0
%endmacro
%macro who_got 3                        ; number, text, expected
        await   who, %3
        settle
        mov     eax, [who]
        check   %1, %2, rax, %3
%endmacro
%macro icr 2                            ; destination, command
        apic    APIC_ICR_HIGH, (%1) << 24
        apic    APIC_ICR, (%2) | ICR_ASSERT
%endmacro

tests:
        hook    VECTOR, sign
        hook    NMI, sign
        mov     edi, other_cpu
        call    start_others
        await   started, 3
        mov     eax, [started]
        check   "A11", "INIT and SIPI to all others start each once", rax, 3
        mov     eax, [ids]
        check   "A11", "every CPU has kept its APIC id", rax, (3 << 24) | (2 << 16) | (1 << 8)
        get_first first_cs
        check   "A11", "a start-up IPI begins at vector << 8", rax, TRAMPOLINE >> 4
        apic    APIC_ICR, ICR_OTHERS | ICR_ASSERT | ICR_STARTUP | (TRAMPOLINE >> 12)
        settle
        mov     eax, [started]
        check   "A11", "a second SIPI is ignored", rax, 3

        sti
        apic    APIC_LDR, 1 << 24
        nobody
        icr     2, VECTOR
        who_got "A10", "fixed, physical: CPU 2", 1 << 2
        nobody
        icr     0, VECTOR
        who_got "A10", "fixed, physical: to oneself", 1 << 0
        nobody
        icr     9, VECTOR
        who_got "A10", "fixed, physical: to an id that nobody has", 0
        nobody
        icr     0xff, VECTOR
        who_got "A10", "fixed, physical: broadcast by id FFH", 0xf
        nobody
        icr     0, VECTOR | ICR_SELF
        who_got "A10", "shorthand self", 1
        nobody
        icr     0, VECTOR | ICR_ALL
        who_got "A10", "shorthand all including self", 0xf
        nobody
        icr     0, VECTOR | ICR_OTHERS
        who_got "A10", "shorthand all excluding self", 0xe
        nobody
        icr     3, VECTOR | ICR_OTHERS
        who_got "A10", "a shorthand overrides the destination", 0xe
        nobody
        icr     0xa, VECTOR | ICR_LOGICAL       ; logical ids: 1 << id
        who_got "A10", "fixed, logical, flat model: a set of CPUs", 0xa
        nobody
        icr     0x1, VECTOR | ICR_LOGICAL
        who_got "A10", "fixed, logical, flat model: oneself", 0x1
        nobody
        icr     0x10, VECTOR | ICR_LOGICAL
        who_got "A10", "fixed, logical, flat model: nobody", 0
        nobody
        icr     0xf, VECTOR | ICR_LOGICAL | (1 << 8)    ; lowest priority
        settle
        settle
        settle
        mov     eax, [who]
        popcnt  eax, eax
        check   "A10", "lowest priority: exactly one of the set", rax, 1
        nobody
        icr     2, ICR_NMI
        who_got "A10", "NMI, physical: CPU 2", 1 << 2
        check   "A10", "the NMI is vector 2", [last_vector], NMI
        nobody
        icr     0, ICR_NMI | ICR_OTHERS
        who_got "A10", "NMI to all others", 0xe
        nobody
        icr     0xc, ICR_NMI | ICR_LOGICAL
        who_got "A10", "NMI, logical", 0xc
        cli

        ; the cluster model
        mov     dword [cluster], 1
        apic    APIC_DFR, 0x0fffffff
        apic    APIC_LDR, 0x11000000
        icr     0, OTHER | ICR_OTHERS   ; the others change theirs: 12, 21, 22
        await   clustered, 3
        sti
        nobody
        icr     0x13, VECTOR | ICR_LOGICAL
        who_got "A10", "cluster model: members 0 and 1 of cluster 1", 0x3
        nobody
        icr     0x23, VECTOR | ICR_LOGICAL
        who_got "A10", "cluster model: members of cluster 2", 0xc
        nobody
        icr     0xf1, VECTOR | ICR_LOGICAL
        who_got "A10", "cluster model: member 0 of every cluster", 0x5
        nobody
        icr     0x33, VECTOR | ICR_LOGICAL
        who_got "A10", "cluster model: a cluster without members", 0
        cli

        ; H2: CPUs that halt with IF = 0
        mov     dword [deaf], 1
        icr     0, OTHER | ICR_OTHERS   ; from now on they halt with IF = 0
        await   deafened, 3
        settle
        nobody
        icr     0, VECTOR | ICR_OTHERS
        who_got "H2", "HLT with IF = 0 is not ended by an interrupt", 0
        nobody
        icr     0, ICR_NMI | ICR_OTHERS
        who_got "N4", "HLT with IF = 0 is ended by an NMI", 0xe
        mov     rax, [nmi_rip]
        check   "N4", "the saved RIP is after the HLT", rax, deaf_woken
        mov     eax, [irr]
        check   "H2", "the interrupt stays pending in IRR", rax, 1 << (VECTOR & 31)

        ; N7, A11: INIT ends everything, and a CPU that waits for its SIPI takes no NMI
        nobody
        icr     0, ICR_INIT | ICR_OTHERS
        settle
        icr     0, ICR_NMI | ICR_OTHERS
        who_got "N7", "a CPU that waits for SIPI takes no NMI", 0
        icr     0, VECTOR | ICR_OTHERS
        who_got "A11", "nor an interrupt", 0
        mov     qword [other_code], second_life
        mov     dword [next_cpu], 1
        mov     dword [started], 0
        icr     2, ICR_STARTUP | (TRAMPOLINE >> 12)
        await   started, 1
        settle
        mov     eax, [started]
        check   "A11", "after INIT a SIPI starts a CPU again, only the one it is sent to", rax, 1
        get_first first_svr
        check   "A11", "INIT has reset its APIC: SVR", rax, 0xff
        get_first first_dfr
        mov     ecx, -1
        check   "A11", "INIT has reset its APIC: DFR", rax, rcx
        get_first first_id
        check   "A11", "but not its id", rax, 2 << 24
        get_first first_irr
        check   "A11", "INIT has cleared IRR", rax, 0
        check   "A11", "INIT keeps memory", [kept], 0x11223344
        mov     rax, [new_adjust]
        check   "A11", "INIT keeps MSRs: IA32_TSC_ADJUST", rax, 0x123
        mov     rax, [new_star]
        check   "A11", "INIT keeps MSRs: IA32_STAR", rax, 0x456
        get_first first_cr0
        check_bits "A11", "the CPU begins in real mode, paging off", rax, 0x80000001, 0
        get_first first_flags
        check   "A11", "RFLAGS is 2", rax, 2
        get_first first_dx
        mov     [scratch], rax
        mov     eax, 1
        cpuid
        check   "A11", "EDX is the processor's signature, as CPUID.1:EAX", [scratch], rax
        get_first first_cr4
        check   "A11", "CR4 is 0", rax, 0
        get_first first_efer
        check   "A11", "IA32_EFER is 0", rax, 0

        ; a CPU that runs with IF = 0 is not safe from INIT
        nobody
        mov     dword [spinning], 0
        mov     qword [other_code], spin_for_ever
        mov     dword [next_cpu], 1
        icr     2, ICR_INIT
        settle
        icr     2, ICR_STARTUP | (TRAMPOLINE >> 12)
        await   spinning, 1
        mov     eax, [spinning]
        check   "A11", "a CPU can be started to spin", rax, 1
        mov     qword [other_code], second_life
        mov     dword [started], 0
        mov     dword [next_cpu], 1
        icr     2, ICR_STARTUP | (TRAMPOLINE >> 12)
        settle
        mov     eax, [started]
        check   "A11", "a SIPI without INIT is ignored", rax, 0
        icr     2, ICR_INIT
        settle
        icr     2, ICR_STARTUP | (TRAMPOLINE >> 12)
        await   started, 1
        settle
        mov     eax, [started]
        check   "A11", "INIT ends a loop with interrupts off", rax, 1

        ; N2: two at once, with none in service: taken one after the other
        forget
        icr     2, ICR_NMI
        icr     2, ICR_NMI
        await   count, 2
        settle
        check   "N2", "two NMIs to a CPU that has none in service: both are taken", [count], 2

        ; INIT in an NMI handler
        hook    NMI, stay_in_nmi
        mov     dword [spinning], 0
        icr     2, ICR_NMI
        await   spinning, 2
        nobody
        hook    NMI, sign
        icr     2, ICR_NMI              ; held: that CPU is in its NMI handler
        who_got "N1", "an NMI handler that never ends takes no other NMI", 0
        mov     dword [started], 0
        mov     dword [next_cpu], 1
        icr     2, ICR_INIT
        settle
        icr     2, ICR_STARTUP | (TRAMPOLINE >> 12)
        await   started, 1
        settle
        nobody
        icr     2, ICR_NMI
        who_got "N7", "INIT ends the blocking: after the start the next NMI is taken", 1 << 2

        ; INIT to a CPU that waits for its SIPI: it goes on waiting
        mov     dword [started], 0
        mov     dword [next_cpu], 1
        icr     2, ICR_INIT
        settle
        icr     2, ICR_INIT
        settle
        icr     2, ICR_STARTUP | (TRAMPOLINE >> 12)
        icr     2, ICR_STARTUP | ((TRAMPOLINE >> 12) + 1)       ; where nothing is
        await   started, 1
        settle
        mov     eax, [started]
        check   "A11", "INIT twice, and two SIPIs: the first SIPI counts, once", rax, 1
        ret

; RBX = vector, R15 = APIC, RBP = frame
sign:   mov     ecx, [r15 + APIC_ID]
        shr     ecx, 24
        mov     eax, 1
        shl     eax, cl
        lock or [who], eax
        cmp     ecx, 2
        jne     .end
        mov     [last_vector], rbx
        mov     rax, [rbp]
        mov     [nmi_rip], rax
        mov     eax, [r15 + APIC_IRR + (VECTOR / 32) * 16]
        mov     [irr], eax
.end:   ret

; what all others do: EBX = number
other_cpu:
        mov     ecx, [r15 + APIC_ID]
        shr     ecx, 24
        mov     [ids + rcx], cl
        mov     eax, 1 << 24
        shl     eax, cl
        mov     [r15 + APIC_LDR], eax
        write_msr IA32_TSC_ADJUST, 0x123
        write_msr IA32_STAR, 0x456
        lock inc dword [started]
.sleep: cmp     dword [deaf], 0
        jne     .going
        sti
        hlt
        cli
        cmp     dword [cluster], 1
        jne     .sleep
        mov     ecx, [r15 + APIC_ID]
        shr     ecx, 24
        mov     eax, [.clusters + rcx * 4]
        apic    APIC_DFR, 0x0fffffff
        mov     [r15 + APIC_LDR], eax
        lock bts dword [moved], ecx
        jc      .sleep
        lock inc dword [clustered]
        jmp     .sleep
.going: lock inc dword [deafened]
.deaf:  hlt                             ; IF = 0
deaf_woken:
        jmp     other_cpu.deaf
other_cpu.clusters: dd 0x11000000, 0x12000000, 0x21000000, 0x22000000

second_life:
        read_msr IA32_TSC_ADJUST
        mov     [new_adjust], rax
        read_msr IA32_STAR
        mov     [new_star], rax
        lock inc dword [started]
        sti
.sleep: hlt
        jmp     .sleep

stay_in_nmi:
        mov     dword [spinning], 2
.stay:  pause
        jmp     .stay

spin_for_ever:
        mov     dword [spinning], 1
.spin:  pause
        jmp     .spin

        section .data
align 8
who:    dd      0
started: dd     0
ids:    dd      0
cluster: dd     0
deaf:   dd      0
irr:    dd      0
spinning: dd    0
moved:  dd      0
clustered: dd   0
deafened: dd    0
last_vector: dq 0
nmi_rip: dq     0
kept:   dq      0x11223344
new_adjust: dq  0
new_star: dq    0
        finish

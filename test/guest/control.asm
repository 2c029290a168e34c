; Control registers, EFER, MSRs and instructions that are the supervisor's: what is refused (SDM vol. 3, 2.5, 5.9; vol. 4). All
; of it is under the number of execution faults, B2.
%include "guest.inc"

PG      equ 1 << 31

%macro cr0_refuses 2                    ; text, bits: a value with these set and none of the third cleared
        mov     rax, cr0
        mov     rcx, %2
        or      rax, rcx
        faults  "B2", %1, GP, 0, mov cr0, rax
%endmacro
%macro cr4_refuses 2
        mov     rax, cr4
        mov     rcx, %2
        or      rax, rcx
        faults  "B2", %1, GP, 0, mov cr4, rax
%endmacro
%macro refuses 3
        mov     ecx, %2
        mov     eax, (%3) & 0xffffffff
        mov     edx, (%3) >> 32
        faults  "B2", %1, GP, 0, wrmsr
%endmacro
%macro holds 3                          ; text, MSR, value
        write_msr %2, %3
        read_msr %2
        mov     rcx, %3
        check   "B2", %1, rax, rcx
%endmacro

tests:
        ; CR0
        mov     rsi, cr0
        cr0_refuses "CR0: a bit above 31 is #GP(0)", 1 << 32
        mov     rax, rsi
        or      eax, 1 << 6
        works   "B2", "CR0: reserved bits below 32 are ignored", mov cr0, rax
        mov     rax, cr0
        check_bits "B2", "CR0: and stay 0", rax, 1 << 6, 0
        mov     rax, rsi
        and     eax, ~(1 << 4)
        mov     cr0, rax
        mov     rax, cr0
        check_bits "B2", "CR0: ET is always 1", rax, 1 << 4, 1 << 4
        check   "B2", "CR0: nothing else has changed", rax, rsi
        smsw    rax
        check   "B2", "SMSW stores CR0", rax, rsi
        mov     eax, 0xe
        lmsw    ax
        mov     rax, cr0
        check_bits "B2", "LMSW sets MP, EM, TS and cannot clear PE", rax, 0xf, 0xf
        clts
        mov     rax, cr0
        check_bits "B2", "CLTS clears TS", rax, 8, 0
        faults  "B2", "x87 with EM is #NM", NM, 0, db 0xd9, 0xe8
        faults  "B2", "SSE with EM is #UD", UD, 0, db 0x0f, 0x58, 0xc0
        mov     cr0, rsi
        mov     rax, rsi
        or      eax, 8
        mov     cr0, rax
        faults  "B2", "WAIT with TS and MP is #NM", NM, 0, wait
        mov     cr0, rsi

        ; CR3, CR4, CR8 and those that do not exist
        faults  "B2", "there is no CR1: #UD", UD, 0, db 0x0f, 0x22, 0xc8
        faults  "B2", "there is no CR5: #UD", UD, 0, db 0x0f, 0x20, 0xe8
        mov     rax, 0x123456789
        mov     cr2, rax
        mov     rbx, cr2
        check   "B2", "CR2 can be written", rbx, rax
        user
        mov     rax, cr0
        end_user
        check   "B2", "MOV from CR0 at CPL 3 is #GP", vector(0), GP
        user
        mov     cr8, rax
        end_user
        check   "B2", "MOV to CR8 at CPL 3 is #GP", vector(0), GP
        user
        clts
        end_user
        check   "B2", "CLTS at CPL 3 is #GP", vector(0), GP
        user
        smsw    rax
        end_user
        check   "B2", "SMSW at CPL 3 works", vector(0), EXIT_VECTOR
        user
        invlpg  [rax]
        end_user
        check   "B2", "INVLPG at CPL 3 is #GP", vector(0), GP
        user
        lidt    [rax]
        end_user
        check   "B2", "LIDT at CPL 3 is #GP", vector(0), GP
        user
        mov     ecx, IA32_EFER
        rdmsr
        end_user
        check   "B2", "RDMSR at CPL 3 is #GP", vector(0), GP
        user
        wbinvd
        end_user
        check   "B2", "WBINVD at CPL 3 is #GP", vector(0), GP
        user
        swapgs
        end_user
        check   "B2", "SWAPGS at CPL 3 is #GP", vector(0), GP
        user
        in      al, 0x80
        end_user
        check   "B2", "IN at CPL 3 above IOPL without a bitmap is #GP", vector(0), GP
        user    0x3002
        in      al, 0x80
        end_user
        check   "B2", "IN at CPL 3 with IOPL 3 works", vector(0), EXIT_VECTOR
        mov     rax, cr4
        or      eax, 4                  ; TSD
        mov     cr4, rax
        user
        rdtsc
        end_user
        check   "B2", "RDTSC at CPL 3 with CR4.TSD is #GP", vector(0), GP
        works   "B2", "RDTSC at CPL 0 with CR4.TSD works", rdtsc
        mov     rax, cr4
        and     eax, ~4
        mov     cr4, rax
        user
        rdtsc
        end_user
        check   "B2", "RDTSC at CPL 3 without CR4.TSD works", vector(0), EXIT_VECTOR
        faults  "B2", "RDFSBASE without CR4.FSGSBASE is #UD", UD, 0, db 0xf3, 0x48, 0x0f, 0xae, 0xc0
        mov     rax, cr4
        or      eax, 1 << 16
        mov     cr4, rax
        mov     rax, 0x7654321000
        wrgsbase rax
        rdgsbase rbx
        check   "B2", "WRGSBASE, RDGSBASE with it", rbx, rax
        mov     rax, 1 << 47
        faults  "B2", "WRGSBASE of a non-canonical address is #GP(0)", GP, 0, wrgsbase rax
        write_msr IA32_GS_BASE, 0
        write_msr IA32_KERNEL_GS_BASE, 0x5555
        swapgs
        read_msr IA32_GS_BASE
        check   "B2", "SWAPGS exchanges GS.base ...", rax, 0x5555
        read_msr IA32_KERNEL_GS_BASE
        check   "B2", "... and IA32_KERNEL_GS_BASE", rax, 0

        ; EFER
        read_msr IA32_EFER
        check_bits "B2", "EFER: LMA is set in long mode", rax, 0x500, 0x500
        mov     rsi, rax
        mov     ecx, IA32_EFER
        and     eax, ~0x100
        xor     edx, edx
        faults  "B2", "EFER: a change of LME with paging on is #GP(0)", GP, 0, wrmsr
        mov     rax, rsi
        or      eax, 1 << 9
        faults  "B2", "EFER: a reserved bit is #GP(0)", GP, 0, wrmsr
        mov     rax, rsi
        mov     edx, 1
        faults  "B2", "EFER: a bit above 31 is #GP(0)", GP, 0, wrmsr

        ; MSRs
        mov     ecx, 0x12345
        faults  "B2", "RDMSR of what does not exist is #GP(0)", GP, 0, rdmsr
        faults  "B2", "WRMSR of what does not exist is #GP(0)", GP, 0, wrmsr
        refuses "LSTAR: a non-canonical address is #GP(0)", IA32_LSTAR, 1 << 47
        refuses "FS.base: a non-canonical address is #GP(0)", IA32_FS_BASE, 1 << 63
        refuses "KERNEL_GS_BASE: a non-canonical address is #GP(0)", IA32_KERNEL_GS_BASE, 0x8000000000000
        refuses "SYSENTER_EIP: a non-canonical address is #GP(0)", 0x176, 1 << 47
        refuses "SYSENTER_ESP: a non-canonical address is #GP(0)", 0x175, 1 << 47
        refuses "PAT: a reserved memory type is #GP(0)", 0x277, 0x0007040600070402
        refuses "TSC_AUX: bits above 31 are #GP(0)", IA32_TSC_AUX, 1 << 32
        refuses "MTRRCAP is read-only: #GP(0)", 0xfe, 0
        holds   "LSTAR holds a high canonical address", IA32_LSTAR, 0xffff800000000000
        holds   "PAT holds memory types", 0x277, 0x0007040600070406
        holds   "STAR holds 64 bits", IA32_STAR, 0x0020001000000000
        write_msr IA32_TSC_AUX, 0x77
        rdtscp
        check   "B2", "RDTSCP gives TSC_AUX in ECX", rcx, 0x77

        ; the TSC
        read_msr IA32_TSC_ADJUST
        mov     rsi, rax
        write_msr IA32_TSC_ADJUST, 0
        write_msr IA32_TSC, 1 << 50
        rdtsc
        shl     rdx, 32
        or      rax, rdx
        mov     rbx, 1 << 50
        sub     rax, rbx
        cmp     rax, 10000
        setb    al
        movzx   eax, al
        check   "A7", "IA32_TIME_STAMP_COUNTER can be written, all 64 bits", rax, 1
        read_msr IA32_TSC_ADJUST
        mov     rbx, 1 << 49
        cmp     rax, rbx
        seta    al
        movzx   eax, al
        check   "A7", "and moves IA32_TSC_ADJUST by as much", rax, 1
        write_msr IA32_TSC_ADJUST, 0
        rdtsc
        cmp     edx, 1 << 16
        setb    al
        movzx   eax, al
        check   "A7", "IA32_TSC_ADJUST moves the TSC", rax, 1
        rdtsc
        mov     ebx, eax
        rdtsc
        cmp     eax, ebx
        seta    al
        movzx   eax, al
        check   "X1", "the TSC never stands still between two instructions", rax, 1
        ; at the end: where these are not refused, nothing more can be said
        mov     rsi, cr0
        mov     rax, rsi
        and     eax, ~1
        faults  "B2", "CR0: PG without PE is #GP(0)", GP, 0, mov cr0, rax
        mov     rax, rsi
        and     eax, ~PG
        faults  "B2", "CR0: clearing PG in 64-bit mode is #GP(0)", GP, 0, mov cr0, rax
        mov     rax, rsi
        or      eax, 1 << 29
        and     eax, ~(1 << 30)
        faults  "B2", "CR0: NW without CD is #GP(0)", GP, 0, mov cr0, rax
        mov     rax, cr3
        mov     rcx, 1 << 52
        or      rax, rcx
        faults  "B2", "CR3: a bit above MAXPHYADDR is #GP(0)", GP, 0, mov cr3, rax
        cr4_refuses "CR4: a reserved bit is #GP(0)", 1 << 19
        cr4_refuses "CR4: VMXE of a feature that CPUID does not show is #GP(0)", 1 << 13
        cr4_refuses "CR4: a bit above 31 is #GP(0)", 1 << 32
        mov     rax, cr4
        and     eax, ~0x20
        faults  "B2", "CR4: clearing PAE in long mode is #GP(0)", GP, 0, mov cr4, rax
        ret
        finish

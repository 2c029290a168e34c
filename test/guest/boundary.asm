; At one boundary: who goes first, what is saved (SDM vol. 3, 6.9 to 6.14).
%include "guest.inc"

VECTOR  equ 0x40
HIGHER  equ 0x50
OLD_FLAGS equ FLAG_IF | FLAG_NT | FLAG_AC
UNMAPPED equ WINDOW + 0x1000

tests:
        ; B1, B3: an interrupt comes before the faults of the next instruction
        forget
        ipi_self VECTOR
        settle
        mov     [resume_rsp], rsp
        mov     qword [resume], .b3a
        sti
        nop
.ud:    ud2
.b3a:   cli
        check   "B3", "an interrupt is taken before the next instruction's #UD", vector(0), VECTOR
        check   "B3", "with that instruction's address saved", saved_rip(0), .ud
        check   "B3", "and the fault comes afterwards", vector(1), UD
        check   "B3", "at the same address", saved_rip(1), .ud

        and     byte [window_pt + 8], 0xfe
        mov     eax, UNMAPPED
        invlpg  [rax]
        forget
        ipi_self VECTOR
        settle
        mov     [resume_rsp], rsp
        mov     qword [resume], .b3b
        sti
        jmp     rax
.b3b:   cli
        check   "B3", "an interrupt is taken before the next instruction's fetch fault", vector(0), VECTOR
        check   "B3", "with the address that cannot be fetched saved", saved_rip(0), UNMAPPED
        check   "B3", "then the #PF of the fetch", vector(1), PF

        forget
        mov     [resume_rsp], rsp
        mov     qword [resume], .b3c
        hook    BP_, nmi_and_out        ; the NMI is latched, and taken at IRET, in front of the UD2
        hook    NMI, 0
        nmi_self
        ud2
.b3c:   check   "B3", "an NMI is taken before the next instruction's #UD", vector(0), NMI
        check   "B3", "then the #UD", vector(1), UD
        hook    BP_, 0

        ; B2: faults of one instruction, in order: fetch, decode, execution
        mov     eax, WINDOW + 0xfff     ; the first byte of a two-byte instruction, the second on the page that is missing
        mov     byte [rax], 0x0f
        forget
        mov     [resume_rsp], rsp
        mov     qword [resume], .b2a
        jmp     rax
.b2a:   check   "B2", "a fetch fault comes before decoding: an opcode cut off by a missing page is #PF", vector(0), PF
        check   "B2", "at the missing page", event_cr2(0), UNMAPPED
        mov     eax, WINDOW + 0xffe
        mov     word [rax], 0x0b0f      ; ud2 fits
        forget
        mov     [resume_rsp], rsp
        mov     qword [resume], .b2b
        jmp     rax
.b2b:   check   "B2", "an instruction that ends with the page needs nothing of the next", vector(0), UD
        or      byte [window_pt + 8], 1
        faults  "B2", "an instruction of more than 15 bytes is #GP(0)", GP, 0, times 15 db 0x66
        nop
        faults  "B2", "decoding comes before execution: LOCK on a register is #UD", UD, 0, db 0xf0, 0x01, 0xc0
        user
        db      0xf0                    ; LOCK
        hlt
        end_user
        check   "B2", "#UD of a LOCK prefix comes before the #GP of privilege", vector(0), UD
        user
        hlt
        end_user
        check   "B2", "a privileged instruction at CPL 3 is #GP", vector(0), GP
        mov     rbx, 1 << 40
        faults  "B2", "a division whose divisor cannot be read is #PF", PF, 0, div byte [rbx]

        ; B4: NMI and interrupt at once
        forget
        ipi_self VECTOR
        settle
        hook    NMI, nmi_with_if
        nmi_self
        settle
        cli
        hook    NMI, 0
        check   "B4", "an interrupt waits for the NMI handler's IRET", vector(1), VECTOR
        check   "B4", "and comes before one instruction of the interrupted code", saved_rip(1), saved_rip(0)
        check_bits "B4", "IF was 0 in the handler and is restored by its IRET", saved_flags(1), FLAG_IF, FLAG_IF
        check   "B4", "both came once", [count], 2
        forget
        ipi_self VECTOR
        ipi_self HIGHER
        settle
        sti
        nop
        nop
        cli
        check   "B4", "of two interrupts the higher vector comes first", vector(0), HIGHER
        check   "B4", "the other right after its IRET", saved_rip(1), saved_rip(0)

        ; B5
        faults  "B5", "a fault saves the faulting instruction: #UD", UD, 0, ud2
        xor     ecx, ecx
        xor     edx, edx
        faults  "B5", "a fault saves the faulting instruction: #DE", DE, 0, div ecx
        forget
        int     VECTOR
.b5a:   check   "B5", "INT n saves the next instruction", saved_rip(0), .b5a
        forget
        int3
.b5b:   check   "B5", "INT3 saves the next instruction", saved_rip(0), .b5b
        check   "B5", "INT3 is vector 3", vector(0), BP_
        try
        db      0xf1
.b5c:   caught
        check   "B5", "INT1 saves the next instruction", saved_rip(0), .b5c
        check   "B5", "INT1 is vector 1", vector(0), DB_
        user32
        mov     al, 0x7f
        add     al, 1
        into
.b5d:   nop
        end_user32
        check   "B5", "INTO saves the next instruction", saved_rip(0), .b5d
        check   "B5", "INTO is vector 4", vector(0), OF_
        user32
        xor     al, al
        into
        end_user32
        check   "B5", "INTO without OF does nothing", vector(0), EXIT_VECTOR
        forget
        pushfq
        or      qword [rsp], FLAG_TF
        popfq
        nop
.b5e:   push    2
.b5f:   popfq
.b5g:   check   "B5", "a single-step trap saves the next instruction", saved_rip(0), .b5e
        check   "B5", "the last step is of the POPF that ends it", saved_rip(2), .b5g

        ; B7
        forget
        hook    VECTOR, flags_here
        push    OLD_FLAGS | 2
        popfq
        int     VECTOR
        push    2
        popfq
        check_bits "B7", "an interrupt gate clears IF, TF and NT", [flags], FLAG_IF | FLAG_TF | FLAG_NT | FLAG_RF, 0
        check_bits "B7", "and leaves the other flags", [flags], FLAG_AC, FLAG_AC
        check_bits "B7", "the saved flags are the old ones", saved_flags(0), OLD_FLAGS, OLD_FLAGS
        gate_options VECTOR, 0, 0x8f
        forget
        push    FLAG_IF | FLAG_NT | 2
        popfq
        int     VECTOR
        push    2
        popfq
        gate_options VECTOR, 0, 0x8e
        check_bits "B7", "a trap gate leaves IF and clears NT", [flags], FLAG_IF | FLAG_NT, FLAG_IF
        hook    VECTOR, 0
        try
        ud2
        caught
        check_bits "B7", "RF is set in the flags that a fault saves", saved_flags(0), FLAG_RF, FLAG_RF
        try
        mov     rbx, 1 << 40
        mov     rax, [rbx]
        caught
        check_bits "B7", "RF is set in the flags that #PF saves", saved_flags(0), FLAG_RF, FLAG_RF
        forget
        int3
        check_bits "B7", "RF is clear in the flags that a trap saves", saved_flags(0), FLAG_RF, 0
        forget
        ipi_self VECTOR
        sti
        nop
        nop
        cli
        check_bits "B7", "RF is clear in the flags that an interrupt saves", saved_flags(0), FLAG_RF, 0

        ; RF set by IRET lasts to the next instruction, so an interrupt at that boundary must save it (SDM vol. 3, 17.3.1.1)
        forget
        ipi_self VECTOR
        settle
        mov     rax, rsp
        push    DATA
        push    rax
        push    FLAG_IF | FLAG_RF | 2
        push    CODE64
        push    .b7
        iretq
.b7:    nop
        cli
        check   "B7", "an interrupt right behind an IRET is taken there", saved_rip(0), .b7
        check_bits "B7", "and saves the RF that the IRET has set", saved_flags(0), FLAG_RF, FLAG_RF
        forget
        int     VECTOR
        check_bits "B7", "an instruction clears RF", saved_flags(0), FLAG_RF, 0

        ; B8
        mov     rbx, rsp
        lea     rsp, [rbx - 3]
        forget
        int     VECTOR
        lea     rax, [rbx - 3]
        mov     rsp, rbx
        check   "B8", "RSP is saved as it was, aligned or not", saved_rsp(0), rax
        and     rax, -16
        sub     rax, 40
        check   "B8", "the frame is aligned down to 16 and five quadwords long", frame_at(0), rax
        check   "B8", "SS is saved without a change of privilege", saved_ss(0), DATA
        check   "B8", "CS is saved", saved_cs(0), CODE64
        mov     rbx, rsp
        and     rsp, -16
        mov     rax, rsp
        mov     [seen], rax
        mov     rcx, 1 << 40
        forget
        mov     [resume_rsp], rbx
        mov     qword [resume], .b8a
        mov     rcx, [rcx]
.b8a:   mov     rax, [seen]
        sub     rax, 48
        mov     rcx, frame_at(0)
        sub     rcx, 8
        check   "B8", "an error code lies below RIP", rcx, rax

        user
        int3
        end_user
        check   "B8", "from CPL 3 the stack is RSP0 of the TSS", frame_at(0), privileged_stack - 40
        check   "B8", "the program's SS is saved", saved_ss(0), USER_DATA
        check   "B8", "the program's RSP is saved", saved_rsp(0), user_stack
        check   "B8", "the program's CS is saved", saved_cs(0), USER_CODE64
        mov     dword [tss + 0x24 + 8 * 2], other_stack - 8     ; IST3
        gate_options VECTOR, 3, 0x8e
        forget
        int     VECTOR
        check   "B8", "IST switches the stack without a change of privilege, and aligns it", frame_at(0), other_stack - 16 - 40
        gate_options BP_, 3, 0xee
        user
        int3
        end_user
        gate_options BP_, 0, 0xee
        gate_options VECTOR, 0, 0x8e
        check   "B8", "IST goes before RSP0", frame_at(0), other_stack - 16 - 40

        gate_options VECTOR, 0, 0x0e
        faults  "B8", "a gate that is not present is #NP(vector * 8 + 2)", NP, VECTOR * 8 + 2, int VECTOR
        gate_options VECTOR, 0, 0x8c
        faults  "B8", "a call gate in the IDT is #GP(vector * 8 + 2)", GP, VECTOR * 8 + 2, int VECTOR
        gate_options VECTOR, 0, 0x85
        faults  "B8", "a task gate in the IDT is #GP(vector * 8 + 2) in long mode", GP, VECTOR * 8 + 2, int VECTOR
        gate_options VECTOR, 0, 0x86
        faults  "B8", "a 16-bit gate in the IDT is #GP(vector * 8 + 2) in long mode", GP, VECTOR * 8 + 2, int VECTOR
        gate_options VECTOR, 0, 0x0e
        try
        ipi_self VECTOR
        settle
        sti
        nop
        nop
        caught
        cli
        apic    APIC_EOI, 0             ; it was acknowledged
        gate_options VECTOR, 0, 0x8e
        check   "B8", "a bad gate of a hardware interrupt: EXT is set in the error code", error(0), VECTOR * 8 + 3
        check   "B8", "a bad gate of a hardware interrupt is #NP as well", vector(0), NP
        mov     word [idt + VECTOR * 16 + 2], DATA
        faults  "B8", "a gate to a data segment is #GP(selector)", GP, DATA, int VECTOR
        mov     word [idt + VECTOR * 16 + 2], CODE32
        faults  "B8", "a gate to a 32-bit segment is #GP(selector) in long mode", GP, CODE32, int VECTOR
        mov     word [idt + VECTOR * 16 + 2], 0
        faults  "B8", "a gate with a null selector is #GP(0)", GP, 0, int VECTOR
        mov     word [idt + VECTOR * 16 + 2], USER_CODE64 & ~3
        faults  "B8", "a gate to an outer segment is #GP(selector)", GP, USER_CODE64 & ~3, int VECTOR
        mov     word [idt + VECTOR * 16 + 2], 0x200
        faults  "B8", "a gate to a selector beyond the GDT is #GP(selector)", GP, 0x200, int VECTOR
        mov     word [idt + VECTOR * 16 + 2], CODE64
        mov     dword [idt + VECTOR * 16 + 8], 0x8000
        faults  "B8", "a gate to a non-canonical address is #GP(0)", GP, 0, int VECTOR
        mov     dword [idt + VECTOR * 16 + 8], 0
        mov     word [short_idt], 0x80 * 16 - 1
        lidt    [short_idt]
        faults  "B8", "a vector beyond the IDT's limit is #GP(vector * 8 + 2)", GP, 0xc0 * 8 + 2, int 0xc0
        lidt    [idt_pointer]

        ; B9
        user
.b9:    int     VECTOR
        end_user
        check   "B9", "INT n at CPL 3 through a gate of DPL 0 is #GP", vector(0), GP
        check   "B9", "with error code vector * 8 + 2", error(0), VECTOR * 8 + 2
        check   "B9", "and its own address", saved_rip(0), .b9
        gate_options BP_, 0, 0x8e
        user
        int3
        end_user
        gate_options BP_, 0, 0xee
        check   "B9", "INT3 at CPL 3 through a gate of DPL 0 is #GP", vector(0), GP
        check   "B9", "INT3: error code 3 * 8 + 2", error(0), BP_ * 8 + 2
        gate_options VECTOR, 0, 0x0e
        user
        int     VECTOR
        end_user
        gate_options VECTOR, 0, 0x8e
        check   "B9", "the DPL is checked before P: #GP rather than #NP", vector(0), GP
        user
        db      0xf1
        end_user
        check   "B9", "INT1 ignores the DPL", vector(0), DB_
        user
        ud2
        end_user
        check   "B9", "an exception ignores the DPL", vector(0), UD
        user    FLAG_IF | 2
        mov     dword [0x40000000 + 0x3000], 0
        mov     ebx, 0xfee00000
        mov     dword [rbx + APIC_ICR], ICR_SELF | ICR_ASSERT | VECTOR
        mov     ecx, 1000
.b9w:   loop    .b9w
        end_user
        check   "B9", "an interrupt ignores the DPL", vector(0), VECTOR
        ; at the end: where this is not refused, nothing more can be said
        mov     rbx, rsp
        forget
        mov     [resume_rsp], rbx
        mov     qword [resume], .b8b
        mov     dword [tss + 0x24], other_stack         ; IST1
        gate_options SS_, 1, 0x8e
        mov     rsp, (1 << 47) + 0x1000
.b8int: int     VECTOR
.b8b:   gate_options SS_, 0, 0x8e
        check   "B8", "delivery on a non-canonical stack is #SS", vector(0), SS_
        check   "B8", "with error code 0", error(0), 0
        check   "B8", "and the address of the INT saved", saved_rip(0), .b8int
        ret

nmi_and_out:
        ret

nmi_with_if:                            ; the interrupted code goes on with IF = 1
        or      qword [rbp + 16], FLAG_IF
        ret

flags_here:
        pushfq
        pop     rax
        mov     [flags], rax
        ret

        section .data
flags:  dq      0
seen:   dq      0
short_idt:
        dw      0
        dq      idt
        finish

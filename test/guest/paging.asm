; Paging: rights, error codes, accessed and dirty flags, split accesses (SDM vol. 3, chapter 4).
%include "guest.inc"

P_      equ 1                           ; error code
W_      equ 2
U_      equ 4
RSVD    equ 8
I_      equ 16
PRESENT equ 1                           ; entries
WRITABLE equ 2
USER_   equ 4
ACCESSED equ 0x20
DIRTY   equ 0x40
XD      equ 1 << 63
PAGE    equ 3                           ; of the window: the one that is changed
SPOT    equ WINDOW + PAGE * 0x1000
FRAME   equ WINDOW_PHYS + PAGE * 0x1000
CR4_SMEP equ 1 << 20
CR4_SMAP equ 1 << 21

; number, text, error code, instruction: it must fault when code is fetched at RBX
%macro fetch_faults 4+
        forget
        mov     [resume_rsp], rsp
        mov     qword [resume], %%after
        %4
%%after:
        push    rbx
        call    sum_up
        check   %1, %2, [summary], (PF << 16) | (%3)
%endmacro
; Gives the page this entry.
%macro entry 1
        mov     rax, %1
        mov     [window_pt + PAGE * 8], rax
        mov     eax, SPOT
        invlpg  [rax]
%endmacro
%macro cr4_set 1
        mov     rax, cr4
        or      eax, %1
        mov     cr4, rax
%endmacro
%macro cr4_clear 1
        mov     rax, cr4
        and     eax, ~(%1)
        mov     cr4, rax
%endmacro
; number, text: the entry's flags now, without the address
%macro entry_is 3
        mov     rax, [window_pt + PAGE * 8]
        and     eax, 0xfff
        check   %1, %2, rax, %3
%endmacro
%macro user_faults 3+                   ; text, error code, instruction at CPL 3 with RBX = SPOT
        mov     ebx, SPOT
        user
        %3
        end_user
        mov     rax, vector(0)
        shl     rax, 16
        or      rax, error(0)
        check   "X6", %1, rax, (PF << 16) | (%2)
%endmacro
%macro user_works 2+
        mov     ebx, SPOT
        user
        %2
        end_user
        check   "X6", %1, vector(0), EXIT_VECTOR
%endmacro

tests:
        mov     ebx, SPOT
        ; error codes of the supervisor
        entry   FRAME
        faults  "X6", "not present, read: error 0", PF, 0, mov eax, [rbx]
        faults  "X6", "not present, write: W", PF, W_, mov [rbx], eax
        faults  "X6", "not present, read-modify-write: W", PF, W_, add [rbx], eax
        fetch_faults "X6", "not present, fetch with NXE: I", I_, call rbx
        check   "X6", "CR2 is the linear address", event_cr2(0), SPOT
        faults  "X6", "CR2 is the very byte", PF, 0, mov al, [rbx + 0x123]
        check   "X6", "CR2 has the offset in the page", event_cr2(0), SPOT + 0x123
        entry   FRAME | PRESENT
        faults  "X6", "read-only with WP, write: P, W", PF, P_ | W_, mov [rbx], eax
        works   "X6", "read-only, read", mov eax, [rbx]
        mov     rax, cr0
        and     eax, ~(1 << 16)
        mov     cr0, rax
        works   "X6", "read-only without WP: the supervisor may write", mov [rbx], eax
        entry   FRAME | PRESENT | USER_
        works   "X6", "the user's read-only page without WP: too", mov [rbx], eax
        mov     rax, cr0
        or      eax, 1 << 16
        mov     cr0, rax
        faults  "X6", "the user's read-only page with WP: P, W", PF, P_ | W_, mov [rbx], eax
        entry   FRAME | PRESENT | WRITABLE      ; RET
        mov     byte [rbx], 0xc3
        entry   FRAME | PRESENT | XD
        fetch_faults "X6", "execute-disable, fetch: P, I", P_ | I_, call rbx
        works   "X6", "execute-disable, read", mov eax, [rbx]

        ; the user
        entry   FRAME | PRESENT | WRITABLE
        user_faults "user, supervisor's page, read: P, U", P_ | U_, mov eax, [rbx]
        user_faults "user, supervisor's page, write: P, W, U", P_ | W_ | U_, mov [rbx], eax
        user_faults "user, supervisor's page, fetch: P, U, I", P_ | U_ | I_, jmp rbx
        entry   FRAME
        user_faults "user, not present: U", U_, mov eax, [rbx]
        user_faults "user, not present, write: W, U", W_ | U_, mov [rbx], eax
        entry   FRAME | PRESENT | USER_
        user_faults "user, read-only: P, W, U", P_ | W_ | U_, mov [rbx], eax
        user_works "user, read-only, read", mov eax, [rbx]
        mov     rax, cr0
        and     eax, ~(1 << 16)
        mov     cr0, rax
        user_faults "user, read-only without WP: still P, W, U", P_ | W_ | U_, mov [rbx], eax
        mov     rax, cr0
        or      eax, 1 << 16
        mov     cr0, rax
        entry   FRAME | PRESENT | WRITABLE | USER_ | XD
        user_faults "user, execute-disable, fetch: P, U, I", P_ | U_ | I_, jmp rbx
        entry   FRAME | PRESENT | WRITABLE | USER_
        user_works "user, user's page, write", mov [rbx], eax
        and     byte [pds + 0x1000], ~USER_
        mov     rax, cr3
        mov     cr3, rax
        user_faults "rights are the AND of all levels: U/S", P_ | U_, mov eax, [rbx]
        or      byte [pds + 0x1000], USER_
        and     byte [pds + 0x1000], ~WRITABLE
        mov     rax, cr3
        mov     cr3, rax
        mov     ebx, SPOT
        faults  "X6", "rights are the AND of all levels: R/W", PF, P_ | W_, mov [rbx], eax
        or      byte [pds + 0x1000], WRITABLE
        mov     rax, cr3
        mov     cr3, rax

        ; reserved bits
        entry   FRAME | PRESENT | WRITABLE | (1 << 51)
        faults  "X6", "an address bit above MAXPHYADDR: P, RSVD", PF, P_ | RSVD, mov eax, [rbx]
        faults  "X6", "the same, write: P, W, RSVD", PF, P_ | W_ | RSVD, mov [rbx], eax
        entry   FRAME | WRITABLE | (1 << 51)
        faults  "X6", "bits of an entry that is not present mean nothing", PF, 0, mov eax, [rbx]
        entry   FRAME | PRESENT | WRITABLE | (1 << 52) | (1 << 62) | (7 << 9)
        works   "X6", "ignored bits are ignored", mov eax, [rbx]
        entry   FRAME | PRESENT | WRITABLE | USER_
        mov     rax, 0x83 | (1 << 13)   ; 2 MiB page
        mov     [pds + 0x1000 + 8], rax
        mov     rsi, WINDOW + 0x200000
        invlpg  [rsi]
        faults  "X6", "a 2 MiB page whose address is not aligned: P, RSVD", PF, P_ | RSVD, mov eax, [rsi]
        mov     qword [pds + 0x1000 + 8], 0
        mov     rsi, 1 << 39
        mov     rax, pdpt + 0x87        ; PS in a PML4 entry
        mov     [pml4 + 8], rax
        faults  "X6", "PS in the top level: P, RSVD", PF, P_ | RSVD, mov eax, [rsi]
        mov     qword [pml4 + 8], 0
        mov     rax, cr3
        mov     cr3, rax
        faults  "X6", "an upper level that is not present: 0", PF, 0, mov eax, [rsi]
        mov     ecx, IA32_EFER
        rdmsr
        and     eax, ~0x800
        wrmsr
        entry   FRAME | PRESENT | WRITABLE | XD
        faults  "X6", "XD without NXE is a reserved bit: P, RSVD", PF, P_ | RSVD, mov eax, [rbx]
        entry   FRAME
        fetch_faults "X6", "without NXE and SMEP a fetch has no I bit", 0, call rbx
        call    supervise
        cr4_set CR4_SMEP
        fetch_faults "X6", "with SMEP it has", I_, call rbx
        cr4_clear CR4_SMEP
        call    unsupervise
        mov     ecx, IA32_EFER
        rdmsr
        or      eax, 0x800
        wrmsr

        ; SMEP, SMAP
        entry   FRAME | PRESENT | WRITABLE | USER_
        mov     byte [rbx], 0xc3
        works   "X6", "without SMEP the supervisor may execute the user's page", call rbx
        entry   FRAME | PRESENT | WRITABLE
        mov     byte [rbx], 0xc3
        entry   FRAME | PRESENT | WRITABLE | USER_
        ; code and stacks are the user's pages too, so SMEP and SMAP want them to be the supervisor's for a while
        call    supervise
        cr4_set CR4_SMEP
        fetch_faults "X6", "with SMEP: P, I", P_ | I_, call rbx
        works   "X6", "SMEP: reading is free", mov eax, [rbx]
        cr4_clear CR4_SMEP
        cr4_set CR4_SMAP
        faults  "X6", "with SMAP, read: P", PF, P_, mov eax, [rbx]
        faults  "X6", "with SMAP, write: P, W", PF, P_ | W_, mov [rbx], eax
        stac
        mov     eax, [rbx]
        clac
        works   "X6", "with SMAP and AC nothing", stac
        clac
        faults  "X6", "CLAC: again", PF, P_, mov eax, [rbx]
        push    FLAG_AC | 2
        popfq
        mov     eax, [rbx]
        push    2
        popfq
        check   "X6", "AC from POPFQ serves as well", [count], 1
        works   "X6", "SMAP: executing is SMEP's business", call rbx
        cr4_clear CR4_SMAP
        call    unsupervise

        ; accessed and dirty
        entry   FRAME | PRESENT | WRITABLE | USER_
        mov     eax, [rbx]
        entry_is "X6", "a read sets A and not D", PRESENT | WRITABLE | USER_ | ACCESSED
        mov     [rbx], eax
        entry_is "X6", "a write sets D", PRESENT | WRITABLE | USER_ | ACCESSED | DIRTY
        entry   FRAME | PRESENT | WRITABLE | USER_
        mov     [rbx], eax
        entry_is "X6", "a first write sets both", PRESENT | WRITABLE | USER_ | ACCESSED | DIRTY
        entry   FRAME | PRESENT | WRITABLE | USER_
        mov     byte [rbx], 0xc3
        entry   FRAME | PRESENT | WRITABLE | USER_
        call    rbx
        entry_is "X6", "a fetch sets A", PRESENT | WRITABLE | USER_ | ACCESSED
        entry   FRAME | PRESENT | USER_
        try
        mov     [rbx], eax
        caught
        entry_is "X6", "a write that faults sets neither", PRESENT | USER_
        entry   FRAME | PRESENT | WRITABLE
        user
        mov     eax, [rbx]
        end_user
        entry_is "X6", "the user's access that faults sets neither", PRESENT | WRITABLE
        entry   FRAME | PRESENT | WRITABLE
        mov     eax, 1
        cmpxchg [rbx + 0x40], ecx       ; not equal
        entry_is "X6", "CMPXCHG that fails writes all the same: D", PRESENT | WRITABLE | ACCESSED | DIRTY
        entry   FRAME | PRESENT
        faults  "X6", "and needs the right to: P, W", PF, P_ | W_, cmpxchg [rbx + 0x40], ecx
        mov     rax, [pds + 0x1000]
        check_bits "X6", "upper levels are accessed", rax, ACCESSED, ACCESSED
        mov     rax, [pds + 8]
        check_bits "X6", "a 2 MiB page is accessed and dirty", rax, ACCESSED | DIRTY, ACCESSED | DIRTY
        mov     rax, [pdpt]
        check_bits "X6", "a table is never dirty", rax, ACCESSED | DIRTY, ACCESSED

        ; the TLB
        entry   FRAME | PRESENT | WRITABLE | USER_
        mov     dword [rbx], 0x11111111
        entry   (FRAME + 0x1000) | PRESENT | WRITABLE | USER_
        mov     dword [rbx], 0x22222222
        entry   FRAME | PRESENT | WRITABLE | USER_
        mov     eax, [rbx]
        check   "X6", "INVLPG: the page's new frame is seen", rax, 0x11111111
        mov     rax, (FRAME + 0x1000) | PRESENT | WRITABLE | USER_
        mov     [window_pt + PAGE * 8], rax
        mov     rax, cr3
        mov     cr3, rax
        mov     eax, [rbx]
        check   "X6", "MOV to CR3: the page's new frame is seen", rax, 0x22222222
        mov     rax, FRAME | PRESENT | WRITABLE | USER_ | 0x100
        mov     [window_pt + PAGE * 8], rax
        mov     eax, SPOT
        invlpg  [rax]
        mov     eax, [rbx]
        cr4_set 1 << 7                  ; PGE
        mov     eax, [rbx]
        mov     qword [window_pt + PAGE * 8], (FRAME + 0x1000) | PRESENT | WRITABLE | USER_ | 0x100
        mov     eax, SPOT
        invlpg  [rax]
        mov     eax, [rbx]
        check   "X6", "INVLPG drops a global page", rax, 0x22222222
        mov     qword [window_pt + PAGE * 8], FRAME | PRESENT | WRITABLE | USER_
        cr4_clear 1 << 7
        mov     eax, [rbx]
        check   "X6", "a change of CR4.PGE drops global pages", rax, 0x11111111
        entry   FRAME
        faults  "X6", "a page that becomes present needs no INVLPG", PF, 0, mov eax, [rbx]
        mov     qword [window_pt + PAGE * 8], FRAME | PRESENT | WRITABLE | USER_
        works   "X6", "once it is present", mov eax, [rbx]

        ; X7: split accesses
        entry   FRAME
        mov     dword [SPOT - 4], 0x55555555
        faults  "X7", "a split write whose second page is missing", PF, W_, mov dword [rbx - 2], 0xaaaaaaaa
        check   "X7", "CR2 is the second page", event_cr2(0), SPOT
        mov     eax, [SPOT - 4]
        check   "X7", "nothing of the first was written", rax, 0x55555555
        faults  "X7", "a split read", PF, 0, mov rax, [rbx - 7]
        check   "X7", "CR2 of the split read", event_cr2(0), SPOT
        mov     ecx, 0x12345678
        try
        add     rcx, [rbx - 3]
        caught
        check   "X7", "the register is as it was", rcx, 0x12345678
        entry   FRAME | PRESENT | USER_
        faults  "X7", "a split write whose second page is read-only", PF, P_ | W_, mov dword [rbx - 1], 0xaaaaaaaa
        mov     eax, [SPOT - 4]
        check   "X7", "nothing of the first was written then", rax, 0x55555555
        entry   FRAME | PRESENT | WRITABLE | USER_
        mov     dword [rbx], 0
        mov     dword [rbx - 2], 0x2abb4cdd
        mov     ax, [rbx - 2]
        shl     eax, 16
        mov     ax, [rbx]
        check   "X7", "a split write that may go through is whole", rax, 0x4cdd2abb
        lock add dword [rbx - 2], 1
        mov     ax, [rbx - 2]
        check_bits "X7", "a split locked access works", rax, 0xffff, 0x4cde

        ; X6: a fault leaves everything as before
        entry   FRAME
        mov     rcx, 0x1111
        mov     rdx, 0x2222
        try
        xchg    [rbx], rcx
        caught
        check   "X6", "XCHG that faults leaves the register", rcx, 0x1111
        mov     rsi, rsp
        try
        push    qword [rbx]
        caught
        check   "X6", "PUSH that faults leaves RSP", saved_rsp(0), rsi
        try
        pop     qword [rbx]
        caught
        check   "X6", "POP to memory that faults leaves RSP", saved_rsp(0), rsi
        try
        stc
        adc     [rbx], ecx
        caught
        check_bits "X6", "ADC that faults leaves the flags", saved_flags(0), FLAG_CF, FLAG_CF
        mov     ecx, 3
        mov     edi, SPOT - 8
        mov     esi, WINDOW
        try
        rep movsd
        caught
        check   "X6", "REP MOVSD that faults in the third iteration has done two: RCX", event_rcx(0), 1
        check   "X6", "RDI", event_rdi(0), SPOT
        check   "X6", "RSI", event_rsi(0), WINDOW + 8
        mov     ecx, 2
        std
        mov     edi, SPOT + 4
        try
        rep stosd
        caught
        cld
        check   "X6", "REP STOSD that faults in the first iteration has done nothing: RCX", event_rcx(0), 2
        check   "X6", "and RDI", event_rdi(0), SPOT + 4

        ; non-canonical addresses
        mov     rbx, 1 << 47
        faults  "X6", "a non-canonical address is #GP(0)", GP, 0, mov eax, [rbx]
        mov     rbp, rbx
        faults  "X6", "relative to RBP it is #SS(0)", SS_, 0, mov eax, [rbp]
        mov     rbx, (1 << 47) - 4
        faults  "X6", "an access across the canonical edge is #GP(0)", GP, 0, mov rax, [rbx]
        mov     rbx, 1 << 47
        faults  "X6", "JMP to a non-canonical address is #GP(0) of the JMP", GP, 0, jmp rbx
        faults  "X6", "CALL to a non-canonical address is #GP(0) of the CALL", GP, 0, call rbx
        mov     rsi, rsp
        try
        call    rbx
        caught
        check   "X6", "and has pushed nothing", saved_rsp(0), rsi
        ret

supervise:                              ; everything below 1 GiB and the devices become the supervisor's
        mov     al, 0x83
.set:   mov     edi, pds
.next:  mov     [rdi], al
        add     edi, 8
        cmp     edi, pds + 0x1000
        jb      .next
        mov     edi, pds + 0x3000
.high:  mov     [rdi], al
        add     edi, 8
        cmp     edi, pds + 0x4000
        jb      .high
        mov     rax, cr3
        mov     cr3, rax
        ret
unsupervise:
        mov     al, 0x87
        jmp     supervise.set

        finish

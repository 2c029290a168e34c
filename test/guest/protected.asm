; 32-bit protected mode: gates, stacks, privilege, paging without long mode (SDM vol. 3, chapters 4 to 6). CPU 1 runs it, and
; leaves what it has seen for CPU 0 to check.
; cpus: 2
%include "guest.inc"

P_CODE  equ 0x08                        ; its own descriptors: flat, of 32 bits
P_DATA  equ 0x10
P_USER_CODE equ 0x18 + 3
P_USER_DATA equ 0x20 + 3
P_TSS   equ 0x28
P_SMALL equ 0x30                        ; code with a limit of FFFH
P_GATE  equ 0x38                        ; call gate
P_CONFORMING equ 0x40
P_CODE16 equ 0x48                       ; at int16_handler
P_STACK equ 0x50 + 3                    ; stack segment of DPL 3 with a limit of FFFH
INT_32  equ 0x40                        ; vectors: 32-bit interrupt gate, trap gate, 16-bit interrupt gate, task gate
TRAP_32 equ 0x41
INT_16  equ 0x42
TASK    equ 0x43
LEFT    equ 0x44                        ; for CPL 3: ends it
CR0_PG  equ 1 << 31
STACK   equ 0x280000                    ; of CPU 1 in this mode
RING0_STACK equ 0x282000
USER_STACK equ 0x284000
TABLES  equ 0x500000                    ; its page tables
PAGE    equ 0x800000                    ; an address to play with

; vector << 16 | error code of the event, and what it saved
struc legacy
.what   resd 1
.eip    resd 1
.cs     resd 1
.eflags resd 1
.used   resd 1                          ; bytes of stack that the event took
.cr2    resd 1
endstruc

%assign records 0
; CPU 1 notes the last event under the next number, for these checks.
%macro note 0
        mov     edi, noted + records * legacy_size
        call    take_note
  %assign records records + 1
%endmacro
%define noted_field(f)  [noted + (records - 1) * legacy_size + legacy. %+ f]
; number, text, field of the last note, expected: done by CPU 0 afterwards
%macro later 4
        [section .checks]
        bits    64
        mov     eax, noted_field(%3)
        mov     ecx, %4
        check_later %1, %2
        __SECT__
        bits    32
%endmacro
%macro check_later 2
  %assign checks checks + 1
        push    rax
        push    rcx
        push    qword %%text
        call    check_equal
        [section .data]
%%text: db      %1, ' ', %2, 0
        [section .checks]
%endmacro
; number, text, vector, error, instruction: a fault in 32-bit code at that instruction
%macro faults32 5+
        call    forget32
        mov     dword [resume32], %%after
%%at:   %5
%%after:
        note
        later   %1, %2, what, ((%3) << 16) | (%4)
        [section .checks]
        bits    64
        mov     eax, noted_field(eip)
        mov     ecx, %%at
        check_later %1, "... at its own address"
        __SECT__
        bits    32
%endmacro
; number, text, 32-bit value that CPU 1 has now
%macro value_is 4
        mov     eax, %3
        mov     [noted + records * legacy_size + legacy.what], eax
  %assign records records + 1
        later   %1, %2, what, %4
%endmacro

        section .checks align=16
        bits    64
run_checks:
        section .text

tests:
        mov     esi, blob
        mov     edi, TRAMPOLINE
        mov     ecx, blob_end - blob
        rep movsb
        apic    APIC_ICR, ICR_OTHERS | ICR_ASSERT | ICR_INIT
        settle
        apic    APIC_ICR, ICR_OTHERS | ICR_ASSERT | ICR_STARTUP | (TRAMPOLINE >> 12)
        await   done, 1
        jmp     run_checks

        bits    16
blob:   cli
        xor     ax, ax
        mov     ds, ax
        o32 lgdt [TRAMPOLINE + .pointer - blob]
        mov     eax, 0x31
        mov     cr0, eax
        jmp     dword P_CODE:legacy_start
.pointer:
        dw      legacy_gdt_end - legacy_gdt - 1
        dd      legacy_gdt
blob_end:
        bits    32

legacy_start:
        mov     eax, P_DATA
        mov     ds, eax
        mov     es, eax
        mov     ss, eax
        mov     esp, STACK
        mov     edi, legacy_idt         ; gates
        mov     eax, legacy_stubs
        mov     ecx, 0x48
.gate:  mov     [edi], ax
        mov     word [edi + 2], P_CODE
        mov     word [edi + 4], 0x8e00
        mov     edx, eax
        shr     edx, 16
        mov     [edi + 6], dx
        add     edi, 8
        add     eax, 16
        loop    .gate
        mov     byte [legacy_idt + INT_32 * 8 + 5], 0xee
        mov     byte [legacy_idt + TRAP_32 * 8 + 5], 0x8f
        mov     byte [legacy_idt + INT_16 * 8 + 5], 0x86
        mov     word [legacy_idt + INT_16 * 8], 0
        mov     word [legacy_idt + INT_16 * 8 + 6], 0
        mov     word [legacy_idt + INT_16 * 8 + 2], P_CODE16
        mov     byte [legacy_idt + TASK * 8 + 5], 0x85
        mov     word [legacy_idt + TASK * 8 + 2], P_TSS
        mov     byte [legacy_idt + LEFT * 8 + 5], 0xee
        lidt    [legacy_idt_pointer]
        mov     eax, int16_handler
        mov     [legacy_gdt + P_CODE16 + 2], ax
        shr     eax, 16
        mov     [legacy_gdt + P_CODE16 + 4], al
        mov     [legacy_gdt + P_CODE16 + 7], ah
        mov     eax, gone_astray
        mov     [legacy_gdt + P_GATE], ax
        shr     eax, 16
        mov     [legacy_gdt + P_GATE + 6], ax
        mov     eax, legacy_tss
        mov     [legacy_gdt + P_TSS + 2], ax
        shr     eax, 16
        mov     [legacy_gdt + P_TSS + 4], al
        mov     [legacy_gdt + P_TSS + 7], ah
        mov     dword [legacy_tss + 4], RING0_STACK
        mov     dword [legacy_tss + 8], P_DATA
        mov     word [legacy_tss + 0x66], 0x68
        mov     eax, P_TSS
        ltr     ax

        ; gates and frames
        call    forget32
        int     INT_32
.int32: note
        later   "B8", "32-bit interrupt gate, same privilege: EFLAGS, CS, EIP are pushed, no stack", used, 12
        later   "B5", "32-bit INT n saves the next instruction", eip, .int32
        later   "B8", "32-bit INT n saves CS", cs, P_CODE
        call    forget32
        sti
        nop
        int     TRAP_32
        cli
        note
        later   "B7", "32-bit trap gate: the vector", what, TRAP_32 << 16
        value_is "B7", "32-bit trap gate leaves IF", [if_in_handler], FLAG_IF
        call    forget32
        sti
        nop
        int     INT_32
        cli
        value_is "B7", "32-bit interrupt gate clears IF", [if_in_handler], 0
        mov     esi, esp
        int     INT_16
back16: value_is "B8", "16-bit gate: FLAGS, CS, IP of 16 bits", [used16], 6
        faults32 "B8", "task gates are refused: #GP(vector * 8 + 2)", GP, TASK * 8 + 2, int TASK
        mov     byte [legacy_idt + INT_32 * 8 + 5], 0x6e
        faults32 "B8", "32-bit gate that is not present: #NP(vector * 8 + 2)", NP, INT_32 * 8 + 2, int INT_32
        mov     byte [legacy_idt + INT_32 * 8 + 5], 0xee
        faults32 "B5", "32-bit #UD", UD, 0, ud2
        later   "B8", "#UD pushes no error code", used, 12
        mov     ebx, [last + legacy.eflags]
        and     ebx, FLAG_RF
        value_is "B7", "and sets RF in the flags it saves", ebx, FLAG_RF
        mov     eax, 0x200
        faults32 "B5", "32-bit #GP(selector)", GP, 0x200, mov ds, eax
        later   "B8", "#GP pushes one", used, 16
        xor     eax, eax
        faults32 "B2", "a null SS is #GP(0)", GP, 0, mov ss, eax
        mov     fs, eax
        faults32 "B2", "a null selector may be loaded into FS but not used: #GP(0)", GP, 0, mov al, [fs:0]
        mov     ecx, 0xffffffff
        xor     eax, eax
        faults32 "B2", "BOUND outside of the bounds is #BR", BR_, 0, bound ecx, [bounds]

        ; privilege
        call    forget32
        mov     dword [resume32], .user_done
        push    P_USER_DATA
        push    USER_STACK
        push    2
        push    P_USER_CODE
        push    .user
        iretd
.user:  int     LEFT
.user_left:
.user_done:
        note
        later   "B8", "from CPL 3: SS, ESP are pushed too, on the stack of the TSS", used, 20
        later   "B8", "from CPL 3: CS is saved", cs, P_USER_CODE
        later   "B5", "from CPL 3: the next instruction is saved", eip, .user_left
        value_is "B8", "SS0 comes from the TSS", [ss_in_handler], P_DATA
        value_is "B8", "ESP0 comes from the TSS", [esp_at_entry], RING0_STACK - 20
        call    forget32
        mov     dword [resume32], .small_done
        push    P_USER_DATA
        push    USER_STACK
        push    2
        push    P_USER_CODE
        push    .small
        iretd
.small: mov     eax, P_STACK
        mov     ss, eax
        mov     esp, 0x1002
        push    eax                     ; from FFEH to 1001H
        int     LEFT
.small_done:
        note
        later   "B2", "a PUSH beyond the limit of the stack is #SS(0)", what, SS_ << 16
        call    forget32
        mov     dword [resume32], .cli_done
        push    P_USER_DATA
        push    USER_STACK
        push    2
        push    P_USER_CODE
        push    .cli
        iretd
.cli:   cli
        int     LEFT
.cli_done:
        note
        later   "S8", "32-bit CLI at CPL 3 above IOPL is #GP(0)", what, GP << 16
        call    forget32
        mov     dword [resume32], .int_done
        push    P_USER_DATA
        push    USER_STACK
        push    2
        push    P_USER_CODE
        push    .int
        iretd
.int:   int     TRAP_32
        int     LEFT
.int_done:
        note
        later   "B9", "32-bit INT n at CPL 3 through a gate of DPL 0 is #GP(vector * 8 + 2)", what, (GP << 16) | (TRAP_32 * 8 + 2)

        ; transfers
        faults32 "B2", "a far jump to a data segment is #GP(selector)", GP, P_DATA, jmp P_DATA:0
        faults32 "B2", "a far jump beyond the limit of its segment is #GP(0)", GP, 0, jmp P_SMALL:0x1000
        faults32 "B2", "call gates are refused: #GP(selector)", GP, P_GATE, call P_GATE:0
        faults32 "B2", "a far jump to a TSS is refused: #GP(selector)", GP, P_TSS, jmp P_TSS:0
        push    P_CODE
        push    dword .conforming_back
        jmp     P_CONFORMING:.conforming
.conforming:
        mov     ebx, cs
        retf
.conforming_back:
        value_is "B2", "conforming code of DPL 0 at CPL 0", ebx, P_CONFORMING
        mov     esi, esp
        push    FLAG_NT | 2
        popfd
        faults32 "B5", "IRET with NT is refused: #GP(0)", GP, 0, iretd
        push    2
        popfd
        push    1 << 17                 ; VM
        push    P_CODE
        push    0
        faults32 "B5", "IRET to virtual-8086 mode is refused: #GP(0)", GP, 0, iretd
        mov     esp, esi

        ; 32-bit paging
        mov     edi, TABLES
        mov     ecx, 0x1000 / 4 * 4
        xor     eax, eax
        rep stosd
        mov     dword [TABLES], 0x83            ; 4 MiB each
        mov     dword [TABLES + 4], 0x400083
        mov     dword [TABLES + 8], TABLES + 0x1003     ; 4 KiB pages at 8 MiB
        mov     dword [TABLES + 0x3fb * 4], 0xfec00083
        mov     dword [TABLES + 0x1000], 0x600003
        mov     eax, cr4
        or      eax, 0x10                       ; PSE
        mov     cr4, eax
        mov     eax, TABLES
        mov     cr3, eax
        mov     eax, cr0
        or      eax, CR0_PG | (1 << 16)
        mov     cr0, eax
        mov     dword [PAGE], 0x12345678
        value_is "X6", "32-bit paging: a page of 4 KiB", [PAGE], 0x12345678
        value_is "X6", "32-bit paging: the frame behind it", [0x600000], 0x12345678
        mov     eax, [TABLES + 0x1000]
        and     eax, 0xfff
        mov     ebx, eax
        value_is "X6", "32-bit paging: accessed and dirty", ebx, 0x63
        mov     eax, [TABLES + 8]
        and     eax, 0x60
        mov     ebx, eax
        value_is "X6", "32-bit paging: the table is accessed", ebx, 0x20
        faults32 "X6", "32-bit paging: not present, write", PF, 2, mov dword [PAGE + 0x1000], eax
        later   "X6", "32-bit paging: CR2", cr2, PAGE + 0x1000
        mov     ebx, PAGE + 0x1000
        call    forget32
        mov     dword [resume32], .no_i
        jmp     ebx
.no_i:  note
        later   "X6", "32-bit paging: a fetch has no I bit without PAE and SMEP", what, PF << 16
        mov     dword [TABLES + 12], 0x800083 | (1 << 21)
        faults32 "X6", "32-bit paging: a reserved bit of a 4 MiB page: P, RSVD", PF, 9, mov eax, [0xc00000]
        mov     dword [TABLES + 12], 0
        mov     eax, cr0
        and     eax, ~CR0_PG
        mov     cr0, eax
        value_is "X6", "paging off: the physical address", [0x600000], 0x12345678

        ; PAE paging
        mov     edi, TABLES
        mov     ecx, 0x1000 / 4 * 4
        xor     eax, eax
        rep stosd
        mov     dword [TABLES], TABLES + 0x1001
        mov     dword [TABLES + 24], TABLES + 0x2001    ; 3 GiB to 4 GiB
        mov     dword [TABLES + 0x1000], 0x83
        mov     dword [TABLES + 0x1008], 0x200083
        mov     dword [TABLES + 0x1010], 0x400083
        mov     dword [TABLES + 0x1020], TABLES + 0x3003        ; 8 MiB
        mov     dword [TABLES + 0x3000], 0x600003
        mov     dword [TABLES + 0x2000 + 0x1fb * 8], 0xfee00083
        mov     eax, cr4
        or      eax, 0x20
        mov     cr4, eax
        mov     eax, TABLES
        mov     cr3, eax
        mov     eax, cr0
        or      eax, CR0_PG
        mov     cr0, eax
        value_is "X6", "PAE paging: a page of 4 KiB", [PAGE], 0x12345678
        faults32 "X6", "PAE paging: not present", PF, 0, mov eax, [PAGE + 0x1000]
        faults32 "X6", "PAE paging: a PDPTE that is not present", PF, 0, mov eax, [0x40000000]
        mov     dword [TABLES + 0x3004], 1 << 20        ; bit 52
        mov     eax, cr3
        mov     cr3, eax
        faults32 "X6", "PAE paging: bits 52 to 62 are reserved: P, RSVD", PF, 9, mov eax, [PAGE]
        mov     dword [TABLES + 0x3004], 0
        mov     eax, cr3
        mov     cr3, eax
        mov     dword [TABLES], TABLES + 0x1001
        mov     dword [TABLES + 0x800], TABLES + 0x1001
        mov     dword [TABLES + 0x818], 0x1e6           ; reserved bits, but not present
        mov     dword [TABLES + 0x808], 3               ; bit 1 is reserved
        mov     eax, TABLES + 0x800
        faults32 "X6", "PAE paging: loading a PDPTE with reserved bits is #GP(0)", GP, 0, mov cr3, eax
        mov     eax, cr3
        mov     ebx, eax
        value_is "X6", "and CR3 is as before", ebx, TABLES
        mov     dword [TABLES + 8], TABLES + 0x1001     ; the second GiB as the first
        mov     eax, TABLES
        mov     cr3, eax
        mov     dword [TABLES + 8], 0                   ; the PDPTE registers are loaded, not read again
        xor     ebx, ebx
        call    forget32
        mov     dword [resume32], .pdpte
        mov     ebx, [0x40000000 + PAGE]
.pdpte: value_is "X6", "PAE paging: a PDPTE in memory is not looked at until CR3 is loaded", ebx, 0x12345678
        mov     dword [done], 1
.end:   cli
        hlt
        jmp     .end

gone_astray:                            ; where only calls that should have been refused get
        ud2

; ---- events
forget32:
        mov     dword [last], -1
        mov     dword [resume32], 0
        mov     [resume_esp], esp
        add     dword [resume_esp], 4
        ret

take_note:                              ; to EDI
        push    esi
        push    ecx
        mov     esi, last
        mov     ecx, legacy_size / 4
        rep movsd
        pop     ecx
        pop     esi
        ret

        align   16
legacy_stubs:
%assign number 0
%rep 0x48
  %if number != 8 && (number < 10 || number > 14) && number != 17
        push    dword number
  %else
        push    dword number | 0x100    ; there is an error code
  %endif
        jmp     near on_legacy
        align   16
  %assign number number + 1
%endrep

; Notes the event, and goes to [resume32] or back.
on_legacy:
        push    eax
        push    ds
        mov     eax, P_DATA
        mov     ds, eax
        mov     es, eax                 ; null after CPL 3
        mov     [kept_ebx], ebx
        mov     [kept_ecx], ecx
        pushfd
        pop     eax
        and     eax, FLAG_IF
        mov     [if_in_handler], eax
        mov     eax, ss
        mov     [ss_in_handler], eax
        lea     ecx, [esp + 12]         ; the error code, or EIP
        mov     [esp_at_entry], ecx
        movzx   ebx, byte [esp + 8]
        shl     ebx, 16
        test    byte [esp + 9], 1
        jz      .frame
        or      ebx, [ecx]
        add     ecx, 4
.frame: mov     [last + legacy.what], ebx
        mov     eax, [ecx]
        mov     [last + legacy.eip], eax
        mov     eax, [ecx + 8]
        mov     [last + legacy.eflags], eax
        mov     ebx, [resume_esp]
        mov     eax, [ecx + 4]
        mov     [last + legacy.cs], eax
        test    al, 3
        jz      .same
        mov     ebx, RING0_STACK
.same:  sub     ebx, [esp_at_entry]
        mov     [last + legacy.used], ebx
        mov     eax, cr2
        mov     [last + legacy.cr2], eax
        mov     ebx, [kept_ebx]
        mov     ecx, [kept_ecx]
        cmp     dword [resume32], 0
        je      .back
        mov     eax, [esp + 4]
        mov     esp, [resume_esp]
        jmp     [resume32]
.back:  pop     ds
        pop     eax
        add     esp, 4
        iretd

; Through a 16-bit gate, in a 16-bit segment that begins here; ESI = ESP before.
        bits    16
int16_handler:
        mov     eax, esi
        sub     eax, esp
        mov     [dword used16], eax
        mov     esp, esi
        jmp     dword P_CODE:back16
        bits    32

        [section .checks]
        bits    64
        ret
        section .data
        align   16
legacy_gdt:
        dq      0
        dq      0x00cf9b000000ffff
        dq      0x00cf93000000ffff
        dq      0x00cffb000000ffff
        dq      0x00cff3000000ffff
        dq      0x0000890000000067
        dq      0x00409b0000000fff
        dq      0x00008c0000080000
        dq      0x00cf9f000000ffff
        dq      0x00009b000000ffff
        dq      0x0040f30000000fff
legacy_gdt_end:
legacy_idt_pointer:
        dw      0x48 * 8 - 1
        dd      legacy_idt
bounds: dd      0, 10
done:   dd      0
last:   times legacy_size db 0
resume32: dd    0
resume_esp: dd  0
kept_ebx: dd    0
kept_ecx: dd    0
if_in_handler: dd 0
ss_in_handler: dd 0
esp_at_entry: dd 0
used16: dd      0
        align   16
legacy_tss: times 0x68 db 0
legacy_idt: times 0x48 dq 0
noted:  times 100 * legacy_size db 0
        finish

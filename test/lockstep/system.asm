; A small system around random pieces of code (random-system.ts): it starts all CPUs, each calls one piece after the other for ever, and
; whatever happens meanwhile is folded into a hash and survived. MODE is 32 or 64, CPUS 1 to 4.
%include "system.inc"

%define AT(x) (BASE + ((x) - $$))       ; a label as a number
        org     BASE
bits 16
start_up:                               ; where a start-up IPI leads
        cli
        xor     ax, ax
        mov     ds, ax
        o32 lgdt [gdtr]
        mov     eax, cr0
        or      al, 1
        mov     cr0, eax
        jmp     dword 8:enter

align 4
header: dd      0x1badb002, 0x10003, -(0x1badb002 + 0x10003)
        dd      header, BASE, 0, 0, boot

align 16
gdt:    dq      0
        dq      0x00cf9b000000ffff      ; 08 code, 32-bit
        dq      0x00cf93000000ffff      ; 10 data
        dq      0x00af9b000000ffff      ; 18 code, 64-bit
        dq      0, 0
        dq      0x00cffb000000ffff      ; 30 user's code, 32-bit
        dq      0x00cff3000000ffff      ; 38 user's data
        dq      0x00affb000000ffff      ; 40 user's code, 64-bit
        dq      0
%assign cpu 0
%rep 4                                  ; 50, 60, 70, 80: a TSS for each CPU
        dw      0x67, AT(tss) + cpu * 0x80
        dd      0x00008900, 0, 0
%assign cpu cpu + 1
%endrep
gdt_end:
gdtr:   dw      gdt_end - gdt - 1
        dq      gdt

align 16
tss:
%assign cpu 0
%rep 4
  %if MODE == 64
        dd      0
        dq      STACKS + cpu * 0x2000 + 0x1f00, 0, 0
        times 0x80 - 28 db 0
  %else
        dd      0, STACKS + cpu * 0x2000 + 0x1f00, 0x10
        times 0x80 - 12 db 0
  %endif
%assign cpu cpu + 1
%endrep

align 16
idt:
%assign vector 0
%rep 256
  %define stub (AT(stubs) + vector * STUB_BYTES)
  %if MODE == 64
        dw      stub & 0xffff, 0x18, 0xee00, stub >> 16
        dq      0
  %else
        dw      stub & 0xffff, 8, 0xee00, stub >> 16
  %endif
%assign vector vector + 1
%endrep
idtr:   dw      $ - idt - 1
        dq      idt

bits 32
boot:   lgdt    [gdtr]
        mov     esp, STACKS + 0x1000
        mov     esi, APIC
        mov     dword [esi + 0xf0], 0x1ff
%if CPUS > 1
        mov     dword [esi + 0x300], 0xc4500
        mov     dword [esi + 0x300], 0xc4600 + (BASE >> 12)
%endif

enter:  mov     ax, 0x10
        mov     ds, ax
        mov     es, ax
        mov     ss, ax
        mov     edi, APIC
        mov     dword [edi + 0xf0], 0x1ff
        mov     dword [edi + 0x3e0], 0xb
        find_cpu
        mov     ebx, ebp
        sub     ebx, PERCPU             ; the CPU's number * 4096
        lea     esp, [ebx * 2 + STACKS + 0x1000]
        mov     [ebp + STACK], esp
        mov     dword [ebp + STACK + 4], 0
        lidt    [idtr]
%if MODE == 64
        mov     eax, 0x120
        mov     cr4, eax
        mov     eax, TABLES + 0x8000
        mov     cr3, eax
        mov     ecx, 0xc0000080
        mov     eax, 0x100
        xor     edx, edx
        wrmsr
        mov     eax, 0x80000011
        mov     cr0, eax
        jmp     0x18:.long
bits 64
.long:
%else
        mov     eax, 0x110
        mov     cr4, eax
        mov     eax, TABLES
        mov     cr3, eax
        mov     eax, 0x80000011
        mov     cr0, eax
        jmp     8:.paged
.paged:
%endif
        mov     eax, ebx
        shr     eax, 8
        add     eax, 0x50
        and     byte [AT(gdt) + eax + 5], ~2    ; not busy any more, when the CPU begins anew
        ltr     ax
        mov     eax, ebx
        shr     eax, 9
        mov     [ebp + NEXT], eax
        sti
main:   mov     xsp, [ebp + STACK]
        mov     eax, [ebp + NEXT]
        inc     dword [ebp + NEXT]
        xor     edx, edx
        mov     esi, PIECES
        div     dword [esi]
        mov     eax, [esi + edx * 4 + 4]
        call    xax
        jmp     main

; What comes behind the stubs finds the vector on the stack, and below it an error code.
fault:                                  ; nothing to go on with: the next piece
        cld
        mov     eax, 0x10
        mov     ds, eax
        mov     es, eax
        mov     ss, eax
        find_cpu
        pop     xax
        fold
        pop     xax
        fold
        pop     xax
        fold
        mov     xax, cr2
        fold
        rdtsc
        fold
        mov     eax, 0x400
        mov     dr7, xax
        inc     dword [ebp + COUNTS]
        sti
        jmp     main

irq:    push    xax
        push    xbp
        push    xdi
        find_cpu
        mov     eax, [xsp + 5 * XBYTES]
        fold
        inc     dword [ebp + COUNTS + 4]
        apic    0xb0, 0
        pop     xdi
        pop     xbp
        pop     xax
        add     xsp, 2 * XBYTES
        xiret

nmi:    push    xax
        push    xbp
        push    xcx
        push    xdx
        push    xdi
        find_cpu
        mov     eax, [xsp + 7 * XBYTES]
        fold
        inc     dword [ebp + COUNTS + 8]
        test    dword [ebp + COUNTS + 8], 3
        jz      .done                   ; every fourth NMI is the last for a while
        write_msr 0xc1, -900, 0
        write_msr 0x390, 1, 0
        apic    0x340, 0x400
.done:  pop     xdi
        pop     xdx
        pop     xcx
        pop     xbp
        pop     xax
        add     xsp, 2 * XBYTES
        xiret

debug:  push    xax
        push    xbp
        find_cpu
        mov     eax, [xsp + 4 * XBYTES]
        fold
        mov     xax, dr6
        fold
        or      dword [xsp + 6 * XBYTES], 0x10000        ; RF: go on
        inc     dword [ebp + COUNTS + 12]
        pop     xbp
        pop     xax
        add     xsp, 2 * XBYTES
        xiret

soft:   push    xbp
        find_cpu
        inc     dword [ebp + COUNTS + 16]
        pop     xbp
        add     xsp, 2 * XBYTES
        xiret

leave_user:
        mov     eax, 0x10
        mov     ds, eax
        mov     es, eax
        find_cpu
        sti
        jmp     main

STUB_BYTES equ 16
align 16
stubs:
%assign vector 0
%rep 256
  %define has_error (vector == 8 || (vector >= 10 && vector <= 14) || vector == 17)
  %if !has_error
        push    byte 0
  %endif
        push    strict dword vector
  %if vector == 1
        jmp     near debug
  %elif vector == 2
        jmp     near nmi
  %elif vector < 32
        jmp     near fault
  %elif vector == 0x80
        jmp     near soft
  %elif vector == 0x81
        jmp     near leave_user
  %else
        jmp     near irq
  %endif
        times STUB_BYTES - ($ - stubs - vector * STUB_BYTES) nop
%assign vector vector + 1
%endrep

        times PIECES - BASE - ($ - $$) db 0
        times TABLES - PIECES db 0      ; the pieces

; 32-bit paging: all of RAM, twice; the wild pages; the APICs
        dd      TABLES + 0x1007, TABLES + 0x1007
%if MODE == 32
        dd      PTW + 7
%else
        dd      0
%endif
        times 0x3fb - 3 dd 0
        dd      IOAPIC + 0x9b
        times 4 dd 0
%assign page 0
%rep 512                                ; TABLES + 0x1000
        dd      page * 0x1000 + 7
%assign page page + 1
%endrep
        times 512 dd 0
%assign page 0
%rep 512                                ; TABLES + 0x2000
        dq      page * 0x1000 + 7
%assign page page + 1
%endrep
%assign page 0
%rep 4                                  ; PTW
  %if MODE == 64
        dq      WILD + page * 0x1000 + 7
  %else
        dd      WILD + page * 0x1000 + 7
  %endif
%assign page page + 1
%endrep
        times WILD - BASE - ($ - $$) db 0
%assign page 0
%rep 4                                  ; a frame: 0 the end of what straddles, 3 a return; 80H a routine; FF0H one that goes on in the next page
        db      0, 0x11, page, 0xc3
        times 0x80 - 4 db 0x90
        mov     eax, page * 9 + 0x1100
        nop
        add     eax, eax
        ret
        times 0xffe - 0x80 - 9 db 0x90
        db      0xb8, 0x11
%assign page page + 1
%endrep
; four levels: PML4, page directory pointers, the low directory, that of the APICs
        dq      TABLES + 0x9007
        times 511 dq 0
        dq      TABLES + 0xa007, 0, 0, TABLES + 0xb007
        times 508 dq 0
        dq      TABLES + 0x2007, 0, TABLES + 0x2007, 0, PTW + 7
        times 507 dq 0
        times 0x1f6 dq 0
        dq      IOAPIC + 0x9b, APIC + 0x9b

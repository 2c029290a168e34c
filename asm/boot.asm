; boot.asm -- from the boot loader's 32-bit protected mode to 64-bit code in the higher half.
; All of .boot runs at its physical address; the other CPUs come through here too (smpboot.asm).

        section .boot
        bits    32

; ---- Multiboot header with address fields: QEMU loads no ELF64, and a flat image needs them
        align   4
multiboot_header:
MULTIBOOT_FLAGS equ MULTIBOOT_PAGE_ALIGN | MULTIBOOT_MEMORY | MULTIBOOT_ADDRESSES
        dd      MULTIBOOT_MAGIC, MULTIBOOT_FLAGS, -(MULTIBOOT_MAGIC + MULTIBOOT_FLAGS)
        dd      multiboot_header        ; header_addr
        dd      KERNEL_PHYS             ; load_addr
        dd      PHYS(_edata)            ; load_end_addr: behind this an ELF file has its symbols
        dd      PHYS(_end)              ; bss_end_addr
        dd      _start                  ; entry_addr

; _start -- the boot CPU
;   in: eax = MULTIBOOT_LOADED, ebx = information structure, flat 32-bit segments, paging off
_start:
        cli
        cld
        mov     esi, eax
        rdtsc                           ; time begins here
        mov     [PHYS(tsc_start)], eax
        mov     [PHYS(tsc_start) + 4], edx
        cmp     esi, MULTIBOOT_LOADED
        jne     boot_failed             ; no console yet, so nobody can be told
        mov     [PHYS(multiboot_info)], ebx
        lgdt    [boot_gdt_pointer]
        jmp     KERNEL32_CS:startup_32

boot_failed:
        hlt
        jmp     boot_failed

; startup_32 -- paging and long mode; common to all CPUs
;   in: flat 32-bit code segment of boot_gdt, paging off    out: goes on at common_startup_64
startup_32:
        mov     eax, KERNEL_DS
        mov     ds, eax
        mov     es, eax
        mov     ss, eax
        mov     eax, CR4_PAE
        mov     cr4, eax
        mov     eax, PHYS(boot_pml4)
        mov     cr3, eax
        mov     ecx, IA32_EFER
        rdmsr
        or      eax, EFER_SCE | EFER_LME | EFER_NXE
        wrmsr
        mov     eax, CR0_PE | CR0_MP | CR0_NE | CR0_WP | CR0_PG
        mov     cr0, eax
        jmp     KERNEL_CS:startup_64

        bits    64
startup_64:
        mov     rax, common_startup_64  ; out of the identity map, into the higher half
        jmp     rax

; ---- the real-mode start of the other CPUs, copied to TRAMPOLINE_PHYS; position within the page is all it knows
        bits    16
trampoline:
        cli
        mov     ax, cs
        mov     ds, ax
        o32 lgdt [boot_gdt_pointer_low - trampoline]
        mov     eax, CR0_PE
        mov     cr0, eax
        jmp     dword KERNEL32_CS:startup_32
        align   4
boot_gdt_pointer_low:
        dw      boot_gdt_end - boot_gdt - 1
        dd      boot_gdt
trampoline_end:

        align   8
boot_gdt_pointer:
        dw      boot_gdt_end - boot_gdt - 1
        dd      boot_gdt
        align   8
boot_gdt:                               ; Linux's selectors, so that dumps read alike
        dq      0
        dq      0x00cf9b000000ffff      ; KERNEL32_CS
        dq      0x00af9b000000ffff      ; KERNEL_CS
        dq      0x00cf93000000ffff      ; KERNEL_DS
        dq      0x00cffb000000ffff      ; 32-bit user code
        dq      0x00cff3000000ffff      ; user data
        dq      0x00affb000000ffff      ; 64-bit user code
boot_gdt_end:

        bits    64

; common_startup_64 -- a CPU's first 64-bit code: its stack, its per-CPU block, then C-like life
;   in: initial_stack, initial_gs, initial_code    after: arch/x86/kernel/head_64.S
naked common_startup_64
        mov     rsp, [initial_stack]
        mov     rax, PHYS(swapper_pml4) ; the same map without the low identity half: null pointers fault from here on
        mov     cr3, rax
        xor     eax, eax
        mov     ds, eax                 ; unused in 64-bit mode; GS last, for loading it clears the base
        mov     es, eax
        mov     fs, eax
        mov     gs, eax
        mov     eax, [initial_gs]
        mov     edx, [initial_gs + 4]
        mov     ecx, IA32_GS_BASE
        wrmsr
        push    0                       ; RFLAGS.IF and all others clear
        popfq
        xor     ebp, ebp                ; the outermost frame of every trace on this stack
        call    [initial_code]
        ud2
endfunction

; ---- page tables: direct map of the first DIRECT_GIB GiB, kernel map of the first GiB; 2 MiB pages
PTE_TABLE       equ PTE_P | PTE_W | PTE_A
PTE_LARGE       equ PTE_P | PTE_W | PTE_A | PTE_D | PTE_PS
MMIO_GIB        equ APIC_MMIO_PHYS >> 30        ; the GiB in which devices lie, the last, is not cached

        section .data
        align   PAGE_SIZE, db 0
boot_pml4:                              ; while a CPU still runs at physical addresses
        dq      PHYS(identity_pdpt) + PTE_TABLE
        times PML4_DIRECT - 1   dq 0
        dq      PHYS(direct_pdpt) + PTE_TABLE
        times PML4_KERNEL - PML4_DIRECT - 1 dq 0
        dq      PHYS(kernel_pdpt) + PTE_TABLE
swapper_pml4:
        times PML4_DIRECT       dq 0
        dq      PHYS(direct_pdpt) + PTE_TABLE + PTE_NX
        times PML4_KERNEL - PML4_DIRECT - 1 dq 0
        dq      PHYS(kernel_pdpt) + PTE_TABLE
identity_pdpt:
        dq      PHYS(direct_pd) + PTE_TABLE
        times ENTRIES - 1       dq 0
direct_pdpt:
  %assign gib_index 0
  %rep DIRECT_GIB
        dq      PHYS(direct_pd) + gib_index * PAGE_SIZE + PTE_TABLE
    %assign gib_index gib_index + 1
  %endrep
        times ENTRIES - DIRECT_GIB dq 0
kernel_pdpt:
        times PDPT_KERNEL       dq 0
        dq      PHYS(direct_pd) + PTE_TABLE
        times ENTRIES - PDPT_KERNEL - 1 dq 0
direct_pd:                              ; entry n maps large page n
  %rep MMIO_GIB * ENTRIES
        dq      ($ - direct_pd) / 8 * LARGE_PAGE_SIZE + PTE_LARGE
  %endrep
  %rep (DIRECT_GIB - MMIO_GIB) * ENTRIES
        dq      ($ - direct_pd) / 8 * LARGE_PAGE_SIZE + PTE_LARGE + PTE_PCD
  %endrep

initial_code:   dq start_kernel
initial_gs:     dq cpu_data
initial_stack:  dq init_stack + THREAD_SIZE
tsc_start:      dq 0
multiboot_info: dd 0

        section .bss
        bss_align 64
cpu_data:       resb MAX_CPUS * pcpu_size
        bss_align 16
init_stack      equ task_stacks         ; task 0 is swapper/0

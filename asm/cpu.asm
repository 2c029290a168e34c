; cpu.asm -- the tables that the hardware of one CPU looks at: GDT, TSS with its interrupt stacks, IDT register.

; cpu_setup -- fills the block of a CPU before it runs
;   in: edi = CPU number, esi = its APIC id    out: rax = its block    uses: rcx, rdx, flags
function cpu_setup
        mov     eax, edi
        cpu_pointer rax, rax
        mov     [rax + pcpu.self], rax
        mov     [rax + pcpu.number], edi
        mov     [rax + pcpu.apic_id], esi
        mov     ecx, edi
        imul    rdx, rcx, IRQ_STACK_SIZE
        add     rdx, irq_stacks + IRQ_STACK_SIZE
        mov     [rax + pcpu.irq_stack_top], rdx
        return
endfunction

; cpu_init -- loads this CPU's own descriptor tables; interrupts are off
;   in: gs = this CPU's block    uses: rax, rcx, rdx, rsi, rdi, flags
;   after: arch/x86/kernel/cpu/common.c cpu_init(), cpu_init_exception_handling()
function cpu_init
        mov     rdx, [gs:pcpu.self]
        lea     rdi, [rdx + pcpu.gdt]
        mov     rsi, PAGE_OFFSET + boot_gdt
        mov     ecx, (boot_gdt_end - boot_gdt) / 8
        rep movsq
        mov     rax, rdx                ; the TSS descriptor, its base scattered as in the SDM's figure 8-4
        add     rax, pcpu.tss
        mov     rcx, rax
        shl     rax, 16                 ; bits 16-39: base 0-23
        mov     rsi, 0x000000ffffff0000
        and     rax, rsi
        mov     rsi, (TSS_AVAILABLE << 40) | (tss_size - 1)
        or      rax, rsi
        mov     rsi, rcx
        and     esi, 0xff000000         ; base 24-31 to bits 56-63
        shl     rsi, 32
        or      rax, rsi
        mov     [rdx + pcpu.gdt + TSS_SELECTOR], rax
        shr     rcx, 32
        mov     [rdx + pcpu.gdt + TSS_SELECTOR + 8], rcx
        mov     word [rdx + pcpu.tss + tss.iomap_base], tss_size
        mov     eax, [rdx + pcpu.number]
        imul    rax, rax, IST_STACKS_SIZE
        add     rax, ist_stacks + IST_STACK_SIZE
        mov     [rdx + pcpu.tss + tss.ist + (IST_DF - 1) * 8], rax
        add     rax, IST_STACK_SIZE
        mov     [rdx + pcpu.tss + tss.ist + (IST_NMI - 1) * 8], rax
        add     rax, IST_STACK_SIZE
        mov     [rdx + pcpu.tss + tss.ist + (IST_MC - 1) * 8], rax

        add     rdx, pcpu.gdt
        push    rdx                     ; the operand of LGDT: limit, base
        sub     rsp, 2
        mov     word [rsp], GDT_ENTRIES * 8 - 1
        lgdt    [rsp]
        add     rsp, 10
        push    KERNEL_CS
        lea     rax, [.reloaded]
        push    rax
        o64 retf
.reloaded:
        mov     eax, KERNEL_DS
        mov     ss, eax
        lidt    [idt_pointer]
        mov     eax, TSS_SELECTOR
        ltr     ax
        call    syscall_init
        return
endfunction

IST_STACKS_SIZE equ 3 * IST_STACK_SIZE  ; a CPU's: #DF, NMI, #MC in this order

        section .bss
        bss_align 16
irq_stacks:     resb MAX_CPUS * IRQ_STACK_SIZE
ist_stacks:     resb MAX_CPUS * IST_STACKS_SIZE

; acpi.asm -- the firmware's tables, read for one question: which CPUs are there?
; After: drivers/acpi/tables.c, arch/x86/kernel/acpi/boot.c; ACPI specification 5.2.

; acpi_boot_init -- fills cpu_apic_ids from the MADT; without one there is the boot CPU only
;   uses: all caller-saved
function acpi_boot_init
        push    rbx
        mov     eax, [gs:pcpu.apic_id]   ; CPU 0 is the one we run on
        mov     [cpu_apic_ids], eax
        mov     dword [nr_cpu_ids], 1
        call    acpi_find_root_pointer
        test    rax, rax
        jz      .no_tables
        mov     rbx, rax
        mov     rcx, PAGE_OFFSET
        sub     rax, rcx
        movzx   ecx, byte [rbx + RSDP_REVISION]
        printk  KERN_INFO, "ACPI: RSDP 0x%016lx (v%02d)", rax, rcx
        mov     rdi, rbx
        call    acpi_find_madt
        test    rax, rax
        jz      .no_tables
        mov     rdi, rax
        call    acpi_parse_madt
        jmp     .allow
.no_tables:
        printk  KERN_WARNING, "ACPI: no MADT found: one CPU only"
.allow: mov     eax, [nr_cpu_ids]
        printk  KERN_INFO, "smpboot: Allowing %d CPUs, 0 hotplug CPUs", rax
        pop     rbx
        return
endfunction

; acpi_find_root_pointer -- looks for the RSDP where a PC's firmware leaves it
;   out: rax = its address in the direct map, or 0    uses: rcx, rdx, rsi, rdi, flags
function acpi_find_root_pointer
        mov     rsi, PAGE_OFFSET
        movzx   eax, word [rsi + EBDA_SEGMENT]
        shl     eax, 4
        jz      .bios_area
        add     rsi, rax
        lea     rdi, [rsi + EBDA_SCAN]
        call    acpi_scan_for_rsdp
        test    rax, rax
        jnz     .done
.bios_area:
        mov     rsi, PAGE_OFFSET + BIOS_AREA
        mov     rdi, PAGE_OFFSET + BIOS_AREA_END
        call    acpi_scan_for_rsdp
.done:  return
endfunction

; acpi_scan_for_rsdp -- signature on a 16-byte boundary, checksum right
;   in: rsi = from, rdi = to    out: rax = address or 0    uses: rcx, rdx, rsi, flags
function acpi_scan_for_rsdp
        mov     rdx, 'RSD PTR '
.next:  cmp     rsi, rdi
        jae     .none
        cmp     [rsi], rdx
        je      .checksum
.no:    add     rsi, 16
        jmp     .next
.checksum:
        mov     ecx, RSDP_SIZE
        call    acpi_sum
        jnz     .no
        mov     rax, rsi
        return
.none:  xor     eax, eax
        return
endfunction

; acpi_sum -- in: rsi = table, ecx = length    out: ZF set if its bytes add up to 0    uses: rax, rcx
naked acpi_sum
        xor     eax, eax
.next:  add     al, [rsi + rcx - 1]
        dec     ecx
        jnz     .next
        test    al, al
        ret
endfunction

; acpi_find_madt -- walks the XSDT, or the RSDT of an old firmware
;   in: rdi = RSDP    out: rax = MADT in the direct map, or 0    uses: rcx, rdx, rsi, r8, r9, flags
function acpi_find_madt
        mov     r9, PAGE_OFFSET
        mov     r8d, 4                  ; bytes in an entry
        mov     esi, [rdi + RSDP_RSDT]
        cmp     byte [rdi + RSDP_REVISION], 2
        jb      .have
        mov     rax, [rdi + RSDP_XSDT]
        test    rax, rax
        jz      .have
        mov     rsi, rax
        mov     r8d, 8
.have:  mov     ecx, SDT_HEADER         ; offset of an entry
        add     rsi, r9
.next:  lea     eax, [rcx + r8]
        cmp     eax, [rsi + SDT_LENGTH]
        ja      .none
        mov     eax, [rsi + rcx]
        cmp     r8d, 4
        je      .address
        mov     rax, [rsi + rcx]
.address:
        add     ecx, r8d
        add     rax, r9
        cmp     dword [rax], 'APIC'
        jne     .next
        return
.none:  xor     eax, eax
        return
endfunction

; acpi_parse_madt -- every enabled processor entry is a CPU
;   in: rdi = MADT    uses: rax, rcx, rdx, rsi, rdi, flags
function acpi_parse_madt
        mov     edx, [rdi + SDT_LENGTH]
        add     rdx, rdi
        lea     rsi, [rdi + MADT_ENTRIES]
.next:  lea     rax, [rsi + 2]
        cmp     rax, rdx
        ja      .done
        movzx   ecx, byte [rsi + 1]     ; length
        test    ecx, ecx
        jz      .done
        movzx   eax, byte [rsi]
        cmp     al, MADT_LAPIC
        je      .lapic
        cmp     al, MADT_X2APIC
        jne     .skip
        mov     eax, [rsi + 4]
        mov     edi, [rsi + 8]
        jmp     .entry
.lapic: movzx   eax, byte [rsi + 3]
        mov     edi, [rsi + 4]
.entry: test    edi, MADT_ENABLED
        jz      .skip
        call    topology_register_apic
.skip:  add     rsi, rcx
        jmp     .next
.done:  return
endfunction

; topology_register_apic -- a CPU number for an APIC id, unless it has one or there are too many
;   in: eax = APIC id    uses: rdi, r8, flags
function topology_register_apic
        mov     r8d, [nr_cpu_ids]
        lea     rdi, [cpu_apic_ids]
.known: cmp     [rdi + r8 * 4 - 4], eax
        je      .done
        dec     r8d
        jnz     .known
        mov     r8d, [nr_cpu_ids]
        cmp     r8d, MAX_CPUS
        jae     .done
        mov     [rdi + r8 * 4], eax
        inc     dword [nr_cpu_ids]
.done:  return
endfunction

        section .bss
        bss_align 4
cpu_apic_ids:   resd MAX_CPUS
nr_cpu_ids:     resd 1
        section .text

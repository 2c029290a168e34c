; lapic.asm -- the local APIC: registers (by memory, or by MSR if the firmware chose x2APIC), IPIs, the timer as a one-shot alarm.
; After: arch/x86/kernel/apic/apic.c, ipi.c, x2apic_phys.c.

; apic_read -- in: edi = register    out: eax    uses: rcx, rdx
function apic_read
        cmp     dword [x2apic_mode], 0
        jne     .msr
        mov     edi, edi
        mov     rax, PAGE_OFFSET + APIC_MMIO_PHYS
        mov     eax, [rax + rdi]
        return
.msr:   mov     ecx, edi
        shr     ecx, 4
        add     ecx, X2APIC_MSR_BASE
        rdmsr
        return
endfunction

; apic_write -- in: edi = register, esi = value    uses: rax, rcx, rdx
function apic_write
        cmp     dword [x2apic_mode], 0
        jne     .msr
        mov     edi, edi
        mov     rax, PAGE_OFFSET + APIC_MMIO_PHYS
        mov     [rax + rdi], esi
        return
.msr:   mov     ecx, edi
        shr     ecx, 4
        add     ecx, X2APIC_MSR_BASE
        mov     eax, esi
        xor     edx, edx
        wrmsr
        return
endfunction

; apic_eoi -- uses: rax, rcx, rdx, rdi, rsi
function apic_eoi
        mov     edi, APIC_EOI
        xor     esi, esi
        call    apic_write
        return
endfunction

; apic_icr_write -- sends an IPI
;   in: edi = APIC id, esi = low half: vector, delivery mode, shorthand    uses: rax, rcx, rdx, rdi, rsi, r8
function apic_icr_write
        cmp     dword [x2apic_mode], 0
        jne     .msr
        mov     r8, PAGE_OFFSET + APIC_MMIO_PHYS
.busy:  test    dword [r8 + APIC_ICR], APIC_ICR_BUSY
        jz      .idle
        pause
        jmp     .busy
.idle:  shl     edi, 24
        mov     [r8 + APIC_ICR_HIGH], edi
        mov     [r8 + APIC_ICR], esi
        return
.msr:   mov     ecx, X2APIC_MSR_BASE + (APIC_ICR >> 4)
        mov     eax, esi
        mov     edx, edi
        wrmsr
        return
endfunction

; __default_send_IPI -- in: rdi = CPU's block, esi = vector or delivery mode    uses: as apic_icr_write
;   An interrupt of our own between the two writes of the ICR could send one itself, so interrupts are off.
function __default_send_IPI
        pushfq
        cli
        mov     edi, [rdi + pcpu.apic_id]
        call    apic_icr_write
        popfq
        return
endfunction

; default_send_IPI_allbutself -- in: esi = vector or delivery mode    uses: as apic_icr_write
function default_send_IPI_allbutself
        pushfq
        cli
        xor     edi, edi
        or      esi, APIC_DEST_ALLBUT
        call    apic_icr_write
        popfq
        return
endfunction

; apic_init -- the boot CPU's: legacy PICs silent, mode found out, APIC on
;   uses: all caller-saved
function apic_init
        push    rbx
        mov     al, 0xff
        out     PORT_PIC1_DATA, al
        out     PORT_PIC2_DATA, al
        mov     ecx, IA32_APIC_BASE
        rdmsr
        shr     eax, 10                 ; APIC_BASE_EXTD: the firmware chose x2APIC
        and     eax, 1
        mov     [x2apic_mode], eax
        call    setup_local_APIC
        mov     eax, 1
        cpuid
        shr     ecx, CPUID_1_ECX_TSC_DEADLINE
        and     ecx, 1
        mov     [tsc_deadline], ecx
        pop     rbx
        return
endfunction

; setup_local_APIC -- this CPU's: accept everything, local interrupts masked, software-enabled
;   out: its id in gs:pcpu.apic_id    uses: all caller-saved
function setup_local_APIC
        push    rbx
        cmp     dword [x2apic_mode], 0
        je      .enabled
        mov     ecx, IA32_APIC_BASE
        rdmsr
        or      eax, APIC_BASE_EN | APIC_BASE_EXTD
        wrmsr
.enabled:
        mov     edi, APIC_ID
        call    apic_read
        cmp     dword [x2apic_mode], 0
        jne     .id
        shr     eax, 24
.id:    mov     [gs:pcpu.apic_id], eax
        mov     edi, APIC_TPR
        xor     esi, esi
        call    apic_write
        mov     edi, APIC_SVR
        mov     esi, APIC_SVR_ENABLE | SPURIOUS_APIC_VECTOR
        call    apic_write
        lea     rbx, [.masked]
.mask:  mov     edi, [rbx]
        mov     esi, APIC_LVT_MASKED
        call    apic_write
        add     rbx, 4
        lea     rax, [.masked_end]
        cmp     rbx, rax
        jb      .mask
        mov     edi, APIC_LVT_LINT1     ; the PC's NMI line; on the boot CPU only
        mov     esi, APIC_DM_NMI
        cmp     dword [gs:pcpu.number], 0
        jne     .done
        call    apic_write
.done:  pop     rbx
        return
        section .rodata
        align   4, db 0
.masked:
        dd      APIC_LVT_TIMER, APIC_LVT_LINT0, APIC_LVT_LINT1, APIC_LVT_ERROR
.masked_end:
        section .text
endfunction

; apic_timer_init -- this CPU's timer: one-shot, or TSC-deadline where there is one
;   uses: all caller-saved
function apic_timer_init
        mov     edi, APIC_TDCR
        mov     esi, APIC_TDIV_1
        call    apic_write
        mov     esi, LOCAL_TIMER_VECTOR
        cmp     dword [tsc_deadline], 0
        je      .set
        or      esi, APIC_LVT_TSC_DEADLINE
.set:   mov     edi, APIC_LVT_TIMER
        call    apic_write
        mfence                          ; SDM vol. 3, 11.5.4.1: the mode must be set before the deadline
        return
endfunction

; tick_program_event -- the timer interrupt is to come at a time; at once if that has passed
;   in: rdi = ns since boot    uses: all caller-saved    after: kernel/time/tick-oneshot.c, lapic_next_deadline()
function tick_program_event
        cmp     dword [tsc_deadline], 0
        je      .count
        mov     rsi, [tsc_hz]
        call    ns_to_cycles
        add     rax, [tsc_start]
        mov     rdx, rax
        shr     rdx, 32
        mov     ecx, IA32_TSC_DEADLINE
        wrmsr
        return
.count: call    sched_clock
        sub     rdi, rax
        ja      .later
        xor     edi, edi
.later: mov     rsi, [apic_timer_hz]
        call    ns_to_cycles
        mov     esi, 1                  ; 0 would stop the timer
        test    rax, rax
        cmovnz  rsi, rax
        mov     eax, -1                 ; what it cannot count to, it counts to in parts
        cmp     rsi, rax
        cmova   rsi, rax
        mov     edi, APIC_TMICT
        call    apic_write
        return
endfunction

        section .data
        align   4, db 0
x2apic_mode:    dd 0
tsc_deadline:   dd 0
        section .text

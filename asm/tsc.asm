; tsc.asm -- time: how fast the TSC counts, nanoseconds since boot, short delays.
; Right from 100 kHz to 5 GHz: all products are 128 bits wide. After: arch/x86/kernel/tsc.c.

; tsc_init -- finds the rates of the TSC and, if CPUID tells it, of the APIC timer
;   out: tsc_hz, apic_timer_hz, tsc_khz, clock_mult    uses: all caller-saved
function tsc_init
        call    native_calibrate_tsc
        cmp     qword [tsc_hz], 0
        jne     .known
        call    pit_calibrate
.known: mov     rax, [tsc_hz]
        mov     ecx, MSEC_PER_SEC
        xor     edx, edx
        div     rcx
        mov     [tsc_khz], rax
        xor     edx, edx                ; khz = MHz and the rest
        div     rcx
        printk  KERN_INFO, "tsc: Detected %u.%03u MHz processor", rax, rdx
        ; mult = 10^9 * 2^CLOCK_SHIFT / hz, rounded up: a timer set by ns_to_cycles never looks early when it comes
        mov     rax, NSEC_PER_SEC << CLOCK_SHIFT
        xor     edx, edx
        mov     rcx, [tsc_hz]
        add     rax, rcx
        dec     rax
        div     rcx
        mov     [clock_mult], rax
        return
endfunction

CPUID_TSC       equ 0x15
CPUID_FREQUENCY equ 0x16
HZ_PER_MHZ      equ 1000000

; native_calibrate_tsc -- from CPUID 15H: TSC = crystal * EBX / EAX; the crystal also drives the APIC timer
;   out: tsc_hz and apic_timer_hz, or 0    uses: rax, rbx (kept), rcx, rdx, rsi, flags
function native_calibrate_tsc
        push    rbx
        xor     eax, eax
        cpuid
        mov     esi, eax                ; highest leaf
        cmp     eax, CPUID_TSC
        jb      .done
        mov     eax, CPUID_TSC
        cpuid
        test    eax, eax
        jz      .done
        test    ebx, ebx
        jz      .done
        mov     r8d, eax                ; denominator
        mov     r9d, ebx                ; numerator
        mov     r10d, ecx               ; crystal
        test    ecx, ecx
        jnz     .crystal
        cmp     esi, CPUID_FREQUENCY    ; then the base frequency gives it back: crystal = MHz * denominator / numerator
        jb      .done
        mov     eax, CPUID_FREQUENCY
        cpuid
        movzx   eax, ax
        imul    rax, rax, HZ_PER_MHZ
        mul     r8
        div     r9
        mov     r10, rax
.crystal:
        mov     [apic_timer_hz], r10
        mov     rax, r10
        mul     r9
        div     r8
        mov     [tsc_hz], rax
.done:  pop     rbx
        return
endfunction

; pit_calibrate -- counts TSC and APIC timer while PIT channel 2 counts down; the shortest of several runs is the one
; that nothing disturbed
;   out: tsc_hz, apic_timer_hz    uses: all caller-saved
PIT_TICKS       equ PIT_HZ * CALIBRATE_MS / MSEC_PER_SEC
function pit_calibrate
        push    rbx
        push    r12
        push    r13
        mov     ebx, CALIBRATE_RUNS
        mov     r12, -1                 ; fewest TSC cycles
        mov     r13, -1                 ; fewest APIC timer ticks
.run:   call    pit_run
        cmp     rax, r12
        cmovb   r12, rax
        cmp     rdx, r13
        cmovb   r13, rdx
        dec     ebx
        jnz     .run
        mov     ecx, PIT_TICKS
        mov     eax, PIT_HZ
        mul     r12
        div     rcx
        mov     [tsc_hz], rax
        mov     eax, PIT_HZ
        mul     r13
        div     rcx
        mov     [apic_timer_hz], rax
        pop     r13
        pop     r12
        pop     rbx
        return
endfunction

; pit_run -- one run of pit_calibrate
;   out: rax = TSC cycles, rdx = APIC timer ticks    uses: rcx, rsi, rdi, r8, flags
function pit_run
        in      al, PORT_NMI_SC
        and     al, ~NMI_SC_SPEAKER & 0xff
        or      al, NMI_SC_GATE2
        out     PORT_NMI_SC, al
        mov     edi, APIC_TDCR
        mov     esi, APIC_TDIV_1
        call    apic_write
        mov     al, PIT_CH2_MODE0
        out     PORT_PIT_MODE, al
        mov     al, PIT_TICKS & 0xff
        out     PORT_PIT_CH2, al
        get_cycles
        mov     r8, rax
        mov     edi, APIC_TMICT
        mov     esi, -1
        call    apic_write
        mov     al, PIT_TICKS >> 8
        out     PORT_PIT_CH2, al        ; it counts from here
.wait:  in      al, PORT_NMI_SC
        test    al, NMI_SC_OUT2
        jz      .wait
        mov     edi, APIC_TMCCT
        call    apic_read
        mov     ecx, eax
        not     ecx                     ; ticks gone: from 2^32 - 1 down to here
        get_cycles
        sub     rax, r8
        mov     edx, ecx
        return
endfunction

; sched_clock -- nanoseconds since the boot CPU's first instruction; 0 until the rate is known
;   out: rax    uses: rdx, flags    after: arch/x86/kernel/tsc.c native_sched_clock()
function sched_clock
        get_cycles
        sub     rax, [tsc_start]
        mul     qword [clock_mult]
        shrd    rax, rdx, CLOCK_SHIFT
        return
endfunction

; ns_to_cycles -- how many periods of a clock some nanoseconds take, rounded up
;   in: rdi = ns, rsi = Hz    out: rax    uses: rcx, rdx, flags
function ns_to_cycles
        mov     ecx, NSEC_PER_SEC
        mov     rax, rdi
        mul     rsi
        add     rax, NSEC_PER_SEC - 1
        adc     rdx, 0
        div     rcx
        return
endfunction

; ndelay -- waits    in: rdi = ns    uses: rax, rcx, rdx, rdi, rsi, flags
function ndelay
        mov     rsi, [tsc_hz]
        call    ns_to_cycles
        mov     rcx, rax
        get_cycles
        add     rcx, rax                ; when it is over
.wait:  pause
        get_cycles
        cmp     rax, rcx
        jb      .wait
        return
endfunction

; udelay, mdelay -- in: edi = microseconds, milliseconds    uses: as ndelay
function udelay
        mov     edi, edi
        imul    rdi, rdi, NSEC_PER_USEC
        call    ndelay
        return
endfunction

function mdelay
        mov     edi, edi
        imul    rdi, rdi, NSEC_PER_MSEC
        call    ndelay
        return
endfunction

        section .data
        align   8, db 0
tsc_hz:         dq 0
tsc_khz:        dq 0
apic_timer_hz:  dq 0
clock_mult:     dq 0
        section .text

; To the instruction: timers and interrupts at exactly the right boundary.
; qemu: no, its timers run by the host's clock
%include "guest.inc"

TIMER   equ 0x60
SLED    equ 300

; number, text, ticks, divide configuration, divisor: the write takes a tick, then NOPs
%macro shot 5
        apic    APIC_DIVIDE, %4
        forget
        sti
        nop
        apic    APIC_INITIAL, %3
%%sled: times SLED nop
        cli
        check   %1, %2, saved_rip(0), %%sled + (%3) * (%5) - 1
%endmacro

tests:
        apic    APIC_LVT_TIMER, TIMER
        shot    "X1", "a timer of 1 tick: before the next instruction", 1, 0xb, 1
        shot    "X1", "a timer of 2 ticks", 2, 0xb, 1
        shot    "X1", "a timer of 3 ticks", 3, 0xb, 1
        shot    "X1", "a timer of 99 ticks", 99, 0xb, 1
        shot    "X1", "a timer of 100 ticks", 100, 0xb, 1
        shot    "X1", "a timer of 101 ticks", 101, 0xb, 1
        shot    "X1", "a timer of 256 ticks", 256, 0xb, 1
        shot    "A7", "divided by 1", 16, 0xb, 1
        shot    "A7", "divided by 2", 16, 0, 2
        shot    "A7", "divided by 4", 16, 1, 4
        shot    "A7", "divided by 8", 16, 2, 8
        shot    "A7", "divided by 16", 16, 3, 16
        shot    "A7", "divided by 32", 8, 8, 32
        shot    "A7", "divided by 64", 4, 9, 64
        shot    "A7", "divided by 128", 2, 0xa, 128
        apic    APIC_DIVIDE, 0xb

        ; X1, deadline: RDTSC reads the TSC of its own slot
        apic    APIC_LVT_TIMER, TIMER | LVT_DEADLINE
        forget
        mov     ecx, IA32_TSC_DEADLINE
        sti
        rdtsc
        add     eax, 150
        wrmsr
.deadline:
        times SLED nop
        cli
        check   "X1", "TSC-deadline: at the boundary at which the TSC has that value", saved_rip(0), .deadline + 150 - 3
        forget
        sti
        nop
        rdtsc
        add     eax, 100
        wrmsr
.loop:  loop    .loop                   ; ECX is large: one jump a tick
        jmp     .loop_end
.loop_end:
        cli
        check   "X1", "in a loop the instruction that is interrupted is the branch", saved_rip(0), .loop
        check   "X1", "after exactly so many rounds", event_rcx(0), IA32_TSC_DEADLINE - 97

        ; PAUSE is one instruction of several ticks: an interrupt waits for its end
        apic    APIC_LVT_TIMER, TIMER
        forget
        sti
        nop
        apic    APIC_INITIAL, 5
        pause
.paused: nop
        cli
        check   "X1", "an interrupt that becomes due within PAUSE comes after it", saved_rip(0), .paused

        ; S7, S6 with an interrupt that arrives exactly then
        forget
        sti
        nop
        apic    APIC_INITIAL, 2
        cli                             ; due at the boundary behind it
        nop
        nop
        check   "S7", "an interrupt due at the boundary behind CLI is not taken", [count], 0
        sti
        nop
        nop
        cli
        check   "S7", "it is taken when IF is set again", [count], 1
        forget
        sti
        nop
        apic    APIC_INITIAL, 1
.s7:    cli                             ; due in front of it
        check   "S7", "an interrupt due at the boundary in front of CLI is taken there", saved_rip(0), .s7

        forget
        cli
        apic    APIC_INITIAL, 3
        nop
        sti                             ; due behind it: in its shadow
        nop
.s1:    nop
        cli
        check   "S1", "an interrupt that arrives in the shadow of STI waits for its end", saved_rip(0), .s1
        forget
        cli
        apic    APIC_INITIAL, 3
        nop
        sti
        cli                             ; the interrupt arrives between them
        nop
        nop
        check   "S3", "STI;CLI: one that arrives between them is not taken", [count], 0
        sti
        nop
        nop
        cli
        forget
        cli
        apic    APIC_INITIAL, 3
        nop
        sti
        hlt
.s2:    cli
        check   "S2", "STI;HLT: one that arrives between them wakes the HLT", saved_rip(0), .s2
        mov     ebx, ss
        forget
        sti
        nop
        apic    APIC_INITIAL, 2
        mov     ss, ebx                 ; due behind it: in its shadow
        nop
.s5:    nop
        cli
        check   "S5", "an interrupt that arrives in the shadow of MOV SS waits for its end", saved_rip(0), .s5

        ; H3: the tick of the wake-up
        mov     eax, tell_time
        mov     [idt + TIMER * 16], ax
        shr     eax, 16
        mov     [idt + TIMER * 16 + 6], ax
        rdtsc
        mov     ebx, eax
        apic    APIC_INITIAL, 5000
        sti
        hlt
        cli
        mov     eax, [woken]
        sub     eax, ebx
        check   "H3", "a timer armed 2 ticks later for 5000 ticks ends HLT exactly then", rax, 5002
        ret

tell_time:
        rdtsc
        mov     [woken], eax
        apic    APIC_EOI, 0
        iretq

        section .data
woken:  dq      0
        finish

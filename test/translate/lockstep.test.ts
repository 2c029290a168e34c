// The two engines side by side: random programs at many places where a run may end, and whole scenarios. What is compared is the state,
// all of it; the interpreter is the judge.

import { describe, expect, test } from 'vitest';
import { Random } from '../../src/base/random.ts';
import type { RegionTranslator } from '../../src/translate/engine.ts';
import { boot } from '../machine/boot.ts';
import { compare, stats } from './bench.ts';
import { runs, TURNS } from './engines.ts';
import { randomProgram } from './random-program.ts';

const END = 3000;

/** Times at which both stop: every `step` ticks, or up to that at random. */
function times(step: number, random: Random): number[] {
  const list: number[] = [];
  for (let time = 0; time < END; list.push(time)) time += step > 100 ? step : 1 + random.below(step);
  return list;
}

describe.each([64, 32, 16] as const)('random programs in %i-bit code', (mode) => {
  test.each([4, 64, 1000])('are the same when runs end within %i ticks', (step) => {
    const seeds = Array.from({ length: 8 }, (_, index) => 1000 * step + index);
    expect(seeds.flatMap((seed) => compare(randomProgram(mode, seed), times(step, new Random(seed))) ?? [])).toEqual([]);
  });
});

test('a good part of the random programs was translated', () => {
  expect(stats.translated / stats.ticks).toBeGreaterThan(0.1);
});

/** A timer interrupts work of all kinds at places that have nothing to do with it; the handler counts and looks at where it came from. */
const INTERRUPTED = `
start:  gate    0x30, on_timer
        apic    SVR, 0x1ff
        apic    DIVIDE, 11
        apic    LVT_TIMER, 0x20030
        apic    INITIAL, 1009
        start_others
        sti
other:  mov     ebp, ebx
.again: mov     ecx, 50
.sum:   add     rax, rcx
        adc     rdx, rax
        ror     rdx, 7
        push    rax
        call    mix
        pop     rax
        lock xadd [shared], rax
        dec     ecx
        jnz     .sum
        inc     dword [rounds]
        jmp     .again
mix:    imul    rax, rax, 31
        bt      rax, 5
        sbb     rdi, rdi
        xor     [table + rcx * 8], rdi
        ret
on_timer:
        push    rax
        mov     rax, [rsp + 8]
        rol     qword [seen], 3
        xor     [seen], rax
        pop     rax
        push    r15
        eoi
        pop     r15
        iretq
align 64
shared: dq 0
seen:   dq 0
rounds: dd 0
table:  times 64 dq 0`;

/** Code that writes code: the instruction ahead, itself, and a routine that another CPU runs. */
const SELF_MODIFYING = `
start:  start_others
other:  mov     ecx, 40000
.loop:  inc     byte [.patch + 1]
        nop
.patch: mov     al, 0
        add     edx, eax
        call    routine
        test    ecx, 0xff
        jnz     .next
        xor     byte [routine], 8
.next:  dec     ecx
        jnz     .loop
.stay:  hlt
        jmp     .stay
align 64
routine: add    esi, eax
        ret`;

/** A timer against code that disables and enables interrupts, in ways that have a shadow and in others, looks at the time and pauses. */
const GUARDED = `
start:  start_others
other:  gate    0x30, on_timer
        apic    SVR, 0x1ff
        apic    DIVIDE, 11
        apic    LVT_TIMER, 0x20030
        lea     eax, [rbx * 8 + 307]
        apic    INITIAL, eax
        sti
.again: pushfq
        cli
        mov     ecx, 5
.sum:   imul    rsi, rsi, 31
        add     rsi, rcx
        loop    .sum
        popfq
        add     rdi, rsi
        cli
        shrd    rdi, rsi, 7
        sti
        mov     eax, [r15 + 0x390]      ; the counter of the timer, in the shadow
        xor     rdi, rax
        cli
        rdtsc
        shl     rdx, 32
        or      rax, rdx
        sti
        xor     rdi, rax
        mov     ebp, edi
        and     ebp, 0x1ff
        bts     [bitmap], ebp
        pushfq
        pushfq
        popfq
        pause
        and     dword [rsp], ~0x200
        popfq
        swapgs
        adc     rdi, 0
        sti
        sti
        lahf
        std
        cld
        inc     dword [rounds]
        jmp     .again
on_timer:
        push    rax
        mov     rax, [rsp + 8]
        rol     qword [seen], 3
        xor     [seen], rax
        pop     rax
        apic    EOI, 0
        iretq
align 64
seen:   dq 0
rounds: dd 0
section .bss
bitmap: resb    64`;

/** Pages that come and go: more than the TLB has entries for, changed without a flush, absent, with flags that tell of each walk. */
const PAGED = `
WINDOW equ 0x600000
FRAMES equ 0x800000
start:  gate    14, on_fault
        start_others
other:  lidt    [idtr]
        mov     rax, cr3
        mov     rax, [rax]
        and     rax, ~0xfff
        mov     qword [rax], directory + 3
        mov     rcx, cr3
        mov     cr3, rcx
        mov     ebp, 1
.again: imul    ebp, ebp, 1103515245
        add     ebp, 12345
        mov     esi, ebp
        shr     esi, 8
        and     esi, 0x1fffff
        add     esi, WINDOW
        mov     rax, [rsi]
        add     rax, rbp
        mov     [rsi + 0x1ff8], rax
        inc     qword [rsi]
        mov     edi, esi
        xor     edi, 0x3fc000
        mov     ecx, 40
        rep movsw
        mov     eax, ebp
        shr     eax, 20
        and     eax, 511
        mov     edx, [pages + rax * 8]
        imul    rbx, rbx, 5
        add     rbx, rdx
        test    ebp, 0x30000
        jnz     .again
        xor     dword [pages + rax * 8], 0x1061         ; another frame, present or not, flags
        test    ebp, 0xc0000
        jnz     .again
        invlpg  [rsi]
        test    ebp, 0x7000000
        jnz     .again
        mov     rcx, cr3
        mov     cr3, rcx
        jmp     .again
on_fault:
        push    rax
        mov     rax, cr2
        shr     eax, 12
        and     eax, 511
        or      dword [pages + rax * 8], FRAMES + 3
        inc     qword [faults]
        pop     rax
        add     rsp, 8
        iretq
align 4096
directory:
%assign page 0
%rep 512
  %if page == WINDOW >> 21
        dq      pages + 3
  %else
        dq      (page << 21) + 0x83
  %endif
%assign page page + 1
%endrep
pages:
%assign page 0
%rep 512
        dq      FRAMES + page * 0x1000 + 3
%assign page page + 1
%endrep
faults: dq 0`;

describe.each(Object.entries({ interrupted: INTERRUPTED, 'self-modifying': SELF_MODIFYING, guarded: GUARDED, paged: PAGED }))('a program that is %s', (_name, program) => {
  test.each(TURNS)('is the same: %o', (config) => {
    const [interpreted, ...others] = runs(program, { cpus: 3, ...config }, [5_000, 20_001, 50_000, 120_000]);
    for (const other of others) expect(other).toEqual(interpreted);
  });
});

test('code that misses the TLB all the time stays in translated code', () => {
  const machine = boot('start: mov esi, 0x400000 \n.next: mov rax, [rsi] \n add esi, 0x1000 \n and esi, 0x7fffff \n or esi, 0x400000 \n jmp .next', {
    engine: 'translate',
  });
  machine.run(200_000);
  expect((machine.cpus[0].translator as RegionTranslator).ticks).toBeGreaterThan(150_000);
});

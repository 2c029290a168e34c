// Regions that lead to regions: what happens to the one must be seen by all that lead there, at once.

import { describe, expect, test } from 'vitest';
import { assemble } from '../../src/assembler/assemble.ts';
import { toFlat } from '../../src/assembler/output/object.ts';
import { runUntil } from '../../src/cpu/step.ts';
import { bench, compare, type Program } from './bench.ts';
import { runs, TURNS } from './engines.ts';

const CODE = 0x10_0000;
const STACK = 0x30_0000;

/** Sixteen functions, called through a table in an order that has nothing regular, at `bits 32` or `bits 64`. */
const indirect = (bits: 32 | 64): Program => {
  const word = bits / 8;
  const x = bits === 64 ? 'r' : 'e';
  const text = `bits ${bits}
org ${CODE}
.next:  imul    eax, eax, 1103515245
        add     eax, 12345
        mov     esi, eax
        shr     esi, 27
        and     esi, 15
        call    [functions + ${x}si * ${word}]
        dec     ecx
        jnz     .next
        hlt
%assign number 0
%rep 16
        align 16
function_%[number]:
        lea     edx, [${x}dx * 2 + number]
        xor     edx, eax
        ret
  %assign number number + 1
%endrep
        align 16
functions:
%assign number 0
%rep 16
        ${bits === 64 ? 'dq' : 'dd'} function_%[number]
  %assign number number + 1
%endrep`;
  const { object } = assemble('a.asm', { read: () => ({ path: 'a.asm', text }), readBytes: () => undefined });
  const gpr = new Array<bigint>(16).fill(0n);
  gpr[1] = 3000n;
  gpr[4] = BigInt(STACK);
  return { mode: bits, memory: [[CODE, toFlat(object!)]], gpr, rip: CODE, rflags: 2 };
};

const every = (step: number, end: number): number[] => Array.from({ length: Math.floor(end / step) }, (_, index) => (index + 1) * step);

describe.each([32, 64] as const)('functions called through a table in %i-bit code', (bits) => {
  test('follow each other without the host', () => {
    const { cpu, translator } = bench(bits, true);
    const { memory, gpr, rip } = indirect(bits);
    for (const [address, bytes] of memory) cpu.ram.write(address, bytes);
    cpu.gpr.set(gpr);
    cpu.rip = BigInt(rip);
    runUntil(cpu, 10_000);
    const entered = translator!.entered;
    runUntil(cpu, 30_000);
    expect(translator!.entered - entered).toBeLessThan(5);
  });

  test.each([{ step: 1, end: 2000 }, { step: 7, end: 20_000 }, { step: 1000, end: 33_000 }])('are the same when runs end every $step ticks', ({ step, end }) => {
    expect(compare(indirect(bits), every(step, end))).toBe(undefined);
  });

  test('end in one region with the loop that calls them', () => {
    const { cpu, translator } = bench(bits, true, undefined, undefined, 40);
    const { memory, gpr, rip } = indirect(bits);
    for (const [address, bytes] of memory) cpu.ram.write(address, bytes);
    cpu.gpr.set(gpr);
    cpu.rip = BigInt(rip);
    runUntil(cpu, 15_000);
    const before = translator!.entered;
    runUntil(cpu, 16_000);
    expect([translator!.compiled <= 5, translator!.entered - before]).toEqual([true, 1]);
  });

  test('are the same while most of their regions are dropped for others', () => {
    expect(compare({ ...indirect(bits), regions: 3 }, every(100, 33_000))).toBe(undefined);
  });
});

const CALLS = `
        imul    eax, eax, 1103515245
        add     eax, 12345
        mov     esi, eax
        shr     esi, 30
        call    [functions + rsi * 8]`;

/** A timer interrupts at any place; the handler looks at where, and at what was called last. */
const INTERRUPTED = `
start:  gate    0x30, on_timer
        apic    SVR, 0x1ff
        apic    DIVIDE, 11
        apic    LVT_TIMER, 0x20030
        apic    INITIAL, 997
        start_others
        sti
other:  mov     edx, ebx
.next:  ${CALLS}
        inc     qword [calls + rsi * 8]
        jmp     .next
%assign number 0
%rep 4
function_%[number]:
        lea     edx, [rdx * 2 + number]
        lock xor [shared], edx
        ret
        align   64
  %assign number number + 1
%endrep
on_timer:
        push    r15
        mov     r15, [rsp + 8]
        rol     qword [seen], 3
        xor     [seen], r15
        xor     [seen], rdx
        eoi
        pop     r15
        iretq
align 64
functions: dq function_0, function_1, function_2, function_3
calls:  times 4 dq 0
shared: dq 0
seen:   dq 0`;

/** One of the functions is written now and then: by another CPU, by its caller, and by itself. */
const REWRITTEN = `
start:  start_others
other:  xor     edx, edx
        mov     ebp, 1
.next:  ${CALLS}
        inc     ebp
        mov     ecx, ebp
        and     ecx, 0xfff
        cmp     ecx, ebx
        jne     .next
        inc     byte [function_0 + 2]
        jmp     .next
align 64
function_0:
        add     edx, 1
        ret
align 64
function_1:
        sub     edx, eax
        test    ebp, 0xff0
        jnz     .same
        inc     byte [.number + 1]
.number: mov    cl, 0
.same:  ret
align 64
function_2:
        ror     edx, 3
        ret
align 64
function_3:
        lock xadd [shared], edx
        ret
align 64
functions: dq function_0, function_1, function_2, function_3
shared: dq 0`;

/** The page that a function is called in has one frame or the other; the change is seen when INVLPG says so, not before. */
const REMAPPED = `
LINEAR  equ 0x400000
TABLE   equ 0x600000
FRAME   equ 0x601000
DIRECTORY equ 0x603000
start:  mov     dword [FRAME], 0xc301c283               ; add edx, 1; ret
        mov     dword [FRAME + 0x1000], 0xc303ea83      ; sub edx, 3; ret
        mov     qword [TABLE], FRAME + 3
        mov     edi, DIRECTORY
        mov     eax, 0x83
.map:   mov     [rdi], rax                              ; the same addresses, in pages of 2 MiB
        add     eax, 0x200000
        add     edi, 8
        cmp     edi, DIRECTORY + 8 * 8
        jb      .map
        mov     qword [DIRECTORY + 2 * 8], TABLE + 3
        mov     rax, cr3
        mov     rax, [rax]
        and     rax, -4096
        mov     qword [rax], DIRECTORY + 3
        mov     rax, cr3
        mov     cr3, rax
        start_others
        xor     ebx, ebx
other:  xor     edx, edx
        xor     ebp, ebp
        mov     edi, LINEAR
        mov     r8d, 0x7ff
        mov     ecx, ebx
        shr     r8d, cl                 ; each CPU has times of its own, and a TLB
.next:  call    rdi
        inc     ebp
        test    ebp, r8d
        jnz     .next
        xor     qword [TABLE], FRAME ^ (FRAME + 0x1000)
        mov     ecx, 20
.stale: call    rdi
        loop    .stale
        invlpg  [rdi]
        lock xor [sum], edx
        jmp     .next
sum:    dd 0`;

describe.each(Object.entries({ INTERRUPTED, REWRITTEN, REMAPPED }))('regions that lead to regions: %s', (_name, program) => {
  test.each(TURNS)('are the same: %o', (config) => {
    const [interpreted, ...others] = runs(program, { cpus: 2, ...config }, [20_000, 50_001, 100_000, 170_000]);
    for (const end of interpreted) expect(end).toMatch(/^until/);
    for (const other of others) expect(other).toEqual(interpreted);
  });
});

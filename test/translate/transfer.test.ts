// System calls, INT n and IRET in translated code beside the interpreter: a kernel and a user that call each other, with descriptors, gates,
// stacks and flags of which some are unusual, and an interrupt that may wait.

import { expect, test } from 'vitest';
import { assemble } from '../../src/assembler/assemble.ts';
import { toFlat } from '../../src/assembler/output/object.ts';
import { Random } from '../../src/base/random.ts';
import { TR } from '../../src/cpu/state.ts';
import { compare, type Program, stats } from './bench.ts';

const CODE = 0x10_0000;
const [GDT, IDT, TSS, STACK, USER_STACK, KERNEL_STACK] = [0x5000, 0x6000, 0x7000, 0x30_0000, 0x31_0000, 0x32_0000];
const TSS_SELECTOR = 0x38;

/**
 * GDT: kernel's code, data; user's 32-bit code, data, code of this mode, as SYSRET wants them. The kernel goes to the user by IRET with the
 * flags in a list, the user comes back in different ways; any exception, and the interrupt that waits, goes on with the next round.
 */
const source = (bits: 32 | 64, frameFlags: readonly number[]): string => {
  const is64 = bits === 64;
  const [x, q, w, d] = is64 ? ['r', 'q', 8, 'dq'] : ['e', 'd', 4, 'dd'];
  return `bits ${bits}
org ${CODE}
next:   inc     ecx
        mov     ${x}sp, ${STACK}
        mov     eax, 0x23
        test    cl, 13
        jnz     .load
        mov     eax, 0x10
.load:  mov     ds, eax
        mov     gs, eax
        mov     eax, ecx
        and     eax, ${frameFlags.length - 1}
        mov     ${x}di, [ss:flags + ${x}ax * ${w}]
        push    ${is64 ? 'qword' : 'dword'} 0x23
        push    ${is64 ? 'qword' : 'dword'} ${USER_STACK}
        push    ${x}di
        push    ${is64 ? 'qword' : 'dword'} 0x2b
        push    user
        iret${q}
user:   inc     ebx
        test    cl, 3
        jz      .call
        add     edx, ebx
        int     0x80
        adc     edx, ebx
        int     0x81
.call:  ${is64 ? 'mov [saved], rcx\n syscall\n mov rcx, [saved]' : 'nop'}
        sbb     edx, 5
        int     0x80
        pushf
        pop     ${x}si
        test    ebx, 63
        jnz     .last
        mov     ${x}si, cr2
.last:  int     0x82
on_80:  add     edx, 3
        test    edx, 4
        jz      .nest
        iret${q}
.nest:  int     0x83
        mov     [ss:${x}sp - 200], edx
        iret${q}
on_81:  mov     ebp, ss
        jmp     next
on_83:  mov     ${x}si, cr0
        add     ${x}dx, ${x}si
        mov     ${x}si, cr2
        add     ${x}dx, ${x}si
        mov     ${x}si, cr3
        xor     ${x}dx, ${x}si
        mov     ${x}si, cr4
        add     ${x}dx, ${x}si
        mov     ${x}ax, [${x}sp]
        add     [ss:sum], ${x}ax
        iret${q}
on_call: inc    dword [ss:sum]
        ${is64 ? 'push r11\n pop r11\n or r11, [ss:flags]\n o64 sysret' : 'nop'}
on_any: mov     esi, [${x}sp]
        add     [ss:sum], esi
        jmp     next
        align   8
flags:  ${d}    ${frameFlags.join(', ')}
saved:  dq      0
sum:    dq      0`;
};

const pick = <T>(random: Random, list: readonly T[]): T => list[random.below(list.length)];

function programOf(bits: 32 | 64, seed: number): Program {
  const random = new Random(seed);
  const unusual = (one: number): boolean => random.below(one) === 0;
  const is64 = bits === 64;
  const frameFlags = Array.from({ length: 8 }, () => 2 | pick(random, [0, 0, 0x200, 0x800, 0x8d5]) | (unusual(20) ? pick(random, [0x100, 0x3000, 0x4000, 0x1_0000, 0x4_0000, 0x20_0000, 0x10_0000]) : 0));
  const text = source(bits, frameFlags);
  const { object, diagnostics } = assemble('a.asm', { read: () => ({ path: 'a.asm', text }), readBytes: () => undefined });
  if (object === undefined) throw new Error(JSON.stringify(diagnostics));
  const addressOf = (name: string): number => Number(object.symbols.find((symbol) => symbol.name === name)!.value);

  const memory = new DataView(new ArrayBuffer(0x4000));
  const code = is64 ? 0x00af_9b00_0000_ffffn : 0x00cf_9b00_0000_ffffn;
  const data = 0x00cf_9300_0000_ffffn;
  const user = 3n << 45n;
  const gdt = [0n, code, data, 0x00cf_fb00_0000_ffffn, data | user, code | user, 0n, is64 ? 0x0000_8900_7000_0067n : 0x0000_8900_7000_0067n, 0n];
  for (const [index, descriptor] of gdt.entries()) {
    const odd = index > 0 && index < 6 && unusual(12) ? 1n << pick(random, [0n, 16n, 40n, 41n, 42n, 43n, 44n, 45n, 46n, 47n, 48n, 52n, 53n, 54n, 55n, 56n]) : 0n;
    memory.setBigUint64(index * 8, descriptor ^ odd, true);
  }
  const gate = (vector: number, name: string): void => {
    const at = IDT - GDT + vector * (is64 ? 16 : 8);
    const offset = addressOf(name);
    const type = vector >= 0x80 ? pick(random, [0xee, 0xee, 0xef]) : 0x8e;
    memory.setUint32(at, (8 << 16) | (offset & 0xffff), true);
    memory.setUint32(at + 4, ((offset & 0xffff_0000) | (type << 8)) ^ (unusual(30) ? 1 << random.below(16) : 0), true);
    if (is64) memory.setUint32(at + 8, unusual(60) ? 0x8000 : 0, true);
  };
  for (let vector = 0; vector < 0x20; vector++) gate(vector, 'on_any');
  gate(0x41, 'on_any');
  for (const [vector, name] of [[0x80, 'on_80'], [0x81, 'on_81'], [0x82, 'on_81'], [0x83, 'on_83']] as const) gate(vector, name);
  const kernelStack = KERNEL_STACK + (unusual(3) ? pick(random, [8, 12, 16, 20, 24, 36]) : 0);
  if (is64) memory.setBigUint64(TSS - GDT + 4, unusual(40) ? 0x8000_0000_0000n : BigInt(kernelStack), true);
  else {
    memory.setUint32(TSS - GDT + 4, kernelStack, true);
    memory.setUint32(TSS - GDT + 8, unusual(20) ? pick(random, [0, 0x11, 0x18, 0x20, 0x100]) : 0x10, true);
  }
  const isUserData = !unusual(4);
  const fmask = pick(random, [0, 0x200, 0x8d5, 0x4_7700]);
  const tssLimit = unusual(20) ? random.below(16) : 0x67;
  return {
    mode: bits,
    memory: [[CODE, toFlat(object)], [GDT, new Uint8Array(memory.buffer)]],
    gpr: Array.from({ length: 16 }, (_, index) => BigInt(index === 4 ? STACK : random.below(1000))),
    rip: CODE,
    rflags: 2,
    pending: unusual(3) ? 0x41 : -1,
    prepare: (cpu) => {
      cpu.gdtrBase = BigInt(GDT);
      cpu.gdtrLimit = 0x47;
      cpu.idtrBase = BigInt(IDT);
      cpu.idtrLimit = 0xfff;
      cpu.setSegment(TR, TSS_SELECTOR, BigInt(TSS), tssLimit, 0x8b);
      cpu.segSelector[2] = 0x10;
      if (isUserData) for (const segment of [0, 3, 4, 5]) cpu.segAttributes[segment] |= 0x60;
      cpu.efer |= 1;
      cpu.cr2 = is64 ? 0x1234_5678_9abc_def0n : 0x9abc_def0n;
      cpu.cr3 = 0x5_4321n;
      cpu.star = 0x001b_0008n << 32n;
      cpu.lstar = BigInt(addressOf('on_call'));
      cpu.fmask = fmask;
      if (seed % 7 === 0) cpu.cr0 |= 0x4_0000;
    },
  };
}

test.each([64, 32] as const)('calls between a kernel and a user of %i-bit code are the same', (bits) => {
  const found: string[] = [];
  for (let seed = 1; seed <= 150; seed++) {
    const random = new Random(seed);
    const times: number[] = [];
    for (let time = 0; time < 2500; times.push(time)) time += seed % 3 === 0 ? 1 + random.below(7) : 1 + random.below(700);
    const difference = compare(programOf(bits, seed), times);
    if (difference !== undefined) found.push(`seed ${seed}: ${difference}`);
  }
  expect(found.slice(0, 5)).toEqual([]);
});

test('most of it was translated', () => {
  expect(stats.translated / stats.ticks).toBeGreaterThan(0.3);
});

// One line of a random guest: an instruction, or a few that belong together. Kinds that reach deep into the machine are as frequent as
// plain ones; operands are edges as often as random numbers.

import { encode } from '../../src/isa/encode.ts';
import { allForms } from '../../src/isa/forms.ts';
import { REGISTER_NAMES } from '../../src/isa/names.ts';
import { print } from '../../src/isa/print.ts';
import { decode } from '../../src/isa/decode.ts';
import type { Mode } from '../../src/isa/operand.ts';
import type { Random } from '../../src/base/random.ts';
import { sample } from '../isa/samples.ts';
import { pick, pickWeighted } from './pick.ts';

export interface Where {
  readonly mode: Mode;
  readonly line: number;
  readonly lines: number;
}

type Line = (random: Random, where: Where) => string;

const hex = (value: number | bigint): string => `0x${value.toString(16)}`;

const number = (random: Random): number =>
  pick(random, [random.below(256), random.next(), 2 ** random.below(32), 2 ** random.below(32) - 1, 0xffff_ffff, 0, 1, random.below(0x2_0000)]);

const WIDTHS = [8, 16, 32, 64] as const;
const widthIn = (random: Random, mode: Mode): 8 | 16 | 32 | 64 => WIDTHS[random.below(mode === 64 ? 4 : 3)];
/** A register that is seldom the stack pointer. */
const register = (random: Random, { mode }: Where, width: 8 | 16 | 32 | 64): string => {
  const names = REGISTER_NAMES[width];
  const count = mode === 64 ? 16 : width === 8 ? 4 : 8;
  const index = random.below(count);
  return names[index === 4 && random.below(8) ? 0 : index];
};
const native = (random: Random, where: Where): string => register(random, where, where.mode);

const WORDS = { 8: 'byte', 16: 'word', 32: 'dword', 64: 'qword' } as const;
const address = (random: Random, { mode }: Where): string => {
  const displacement = pick(random, [0, 0, 4, 8, 64, -8, -1, 4093]);
  const tail = displacement < 0 ? ` - ${-displacement}` : ` + ${displacement}`;
  if (mode === 16) return `[${pick(random, ['bx + si', 'bx + di', 'si', 'di', 'bx', 'bp'])}${tail}]`;
  const prefix = mode === 64 ? 'r' : 'e';
  return `[${prefix}${pick(random, ['si', 'di', 'bx', 'bp', 'sp'])}${random.below(4) ? '' : ` + ${prefix}ax * ${pick(random, [1, 2, 8])}`}${tail}]`;
};
const memory = (random: Random, where: Where, width: 8 | 16 | 32 | 64): string => `${WORDS[width]} ${address(random, where)}`;

/** A line nearby, seldom a line anywhere. */
const target = (random: Random, { line, lines }: Where): string =>
  `L${random.below(6) === 0 ? random.below(lines) : Math.max(0, Math.min(lines - 1, line - 3 + random.below(12)))}`;

const setRegister = (name: string, random: Random, value: number): string => `mov ${name}, ${hex(value)}${random.below(12) ? '' : ' ^ 0x40'}`;
const setEax = (random: Random): string => setRegister('eax', random, number(random));
const setEdx = (random: Random): string => setRegister('edx', random, pick(random, [0, 0, 0xffff_ffff, number(random)]));

const binary: Line = (random, where) => {
  const width = widthIn(random, where.mode);
  const op = pick(random, ['add', 'or', 'adc', 'sbb', 'and', 'sub', 'xor', 'cmp', 'test', 'mov', 'xchg', 'xadd', 'cmpxchg']);
  const own = register(random, where, width);
  if (/x[ac]/.test(op)) return `${op} ${random.below(2) ? own : memory(random, where, width)}, ${register(random, where, width)}`;
  const immediate = hex(width === 64 ? random.below(2 ** 31) : number(random) % 2 ** width);
  return pick(random, [
    `${op} ${own}, ${register(random, where, width)}`,
    `${op} ${memory(random, where, width)}, ${own}`,
    `${op} ${own}, ${immediate}`,
    `${op} ${memory(random, where, width)}, ${immediate}`,
    ...(op === 'test' ? [] : [`${op} ${own}, ${memory(random, where, width)}`]),
  ]);
};

const unary: Line = (random, where) => {
  const width = widthIn(random, where.mode);
  const op = pick(random, ['inc', 'dec', 'neg', 'not', 'mul', 'imul', 'div', 'idiv']);
  return `${op} ${random.below(2) ? register(random, where, width) : memory(random, where, width)}`;
};

const shift: Line = (random, where) => {
  const width = widthIn(random, where.mode);
  const op = pick(random, ['rol', 'ror', 'rcl', 'rcr', 'shl', 'shr', 'sar']);
  return `${op} ${random.below(2) ? register(random, where, width) : memory(random, where, width)}, ${pick(random, ['cl', '1', `${random.below(64)}`])}`;
};

const sampled: Line = (random, { mode }) => {
  for (;;) {
    const form = pick(random, allForms());
    const insn = form.use !== 'alias' && form.modes.includes(mode) ? sample(form, mode, random) : undefined;
    if (!insn) continue;
    const bytes = encode(insn);
    const decoded = decode(bytes, 0, mode);
    return `db ${[...bytes].map(hex).join(', ')} ; ${typeof decoded === 'string' ? decoded : print(decoded)}`;
  }
};

const raw: Line = (random) => `db ${Array.from({ length: 1 + random.below(6) }, () => hex(random.below(256))).join(', ')}`;

const CONDITIONS = 'o no b ae e ne be a s ns p np l ge le g'.split(' ');
const branch: Line = (random, where) =>
  pick(random, [
    `j${pick(random, CONDITIONS)} ${target(random, where)}`,
    `j${pick(random, CONDITIONS)} ${target(random, where)}`,
    `jmp ${target(random, where)}`,
    `call ${target(random, where)}`,
    `mov ecx, ${random.below(40)} \n loop $`,
    `mov ecx, ${random.below(20)} \n .x${where.line}: ${binary(random, where)} \n dec ecx \n jnz near .x${where.line}`,
    'ret',
    `mov ${native(random, where)}, ${target(random, where)}`,
  ]);

const SPINS = ['jmp $', 'pause \n jmp $ - 2', 'cmp [X], al \n pause \n jz $ - 8', 'sti \n hlt \n jmp $ - 1', 'xchg eax, edx \n jmp $ - 2', 'rdtsc \n jmp $ - 2'];
const spin: Line = (random, where) => pick(random, SPINS).replace('[X]', address(random, where));

const strings: Line = (random, { mode }) => {
  const prefix = pick(random, ['', 'rep ', 'repne ', 'rep ']);
  const op = pick(random, ['movs', 'cmps', 'scas', 'lods', 'stos', 'ins', 'outs']);
  const element = pick(random, /in|out/.test(op) || mode !== 64 ? ['b', 'w', 'd'] : ['b', 'w', 'd', 'q']);
  return `${pick(random, ['', 'std \n', 'cld \n'])} mov ecx, ${pick(random, [0, 3, 30, 200])} \n ${prefix}${op}${element}`;
};

const stack: Line = (random, where) =>
  pick(random, [
    `push ${native(random, where)}`,
    `pop ${native(random, where)}`,
    `push ${hex(random.below(128))}`,
    'pushf',
    'popf',
    `push word ${hex(pick(random, [0x100, 0x202, 0x4002, 0x3002, 0x400, random.below(0x1_0000)]))} \n o16 popf`,
    `enter ${random.below(64)}, ${random.below(4)} \n leave`,
    `push ${memory(random, where, where.mode)}`,
    `pop ${memory(random, where, where.mode)}`,
  ]);

const flags: Line = (random) => pick(random, ['sti', 'cli', 'sti', 'std', 'cld', 'stc', 'cmc', 'sti \n nop', 'lahf', 'sahf', 'clts', 'clac', 'stac']);
const halt: Line = (random) => pick(random, ['hlt', 'sti \n hlt', 'pause', 'nop', 'mwait', 'monitor', 'cli \n hlt', 'rdtsc', 'cpuid', 'wbinvd']);

const MSRS = [
  0x10, 0x1b, 0x3a, 0x3b, 0x79, 0x8b, 0xc1, 0xc2, 0xc4, 0xc5, 0xfe, 0x174, 0x175, 0x176, 0x179, 0x186, 0x187, 0x189, 0x18a, 0x1a0, 0x1d9, 0x200,
  0x277, 0x2ff, 0x309, 0x30a, 0x30b, 0x345, 0x38d, 0x38e, 0x38f, 0x390, 0x4c1, 0x6e0, 0x800, 0x802, 0x808, 0x80b, 0x80d, 0x80f, 0x828, 0x82f, 0x830,
  0x832, 0x834, 0x835, 0x838, 0x83e, 0x83f, 0xc000_0080, 0xc000_0081, 0xc000_0082, 0xc000_0084, 0xc000_0100, 0xc000_0101, 0xc000_0102, 0xc000_0103,
];
/** Values that mean something: an APIC base, a counter setting and start, an LVT, an ICR, an address. */
const MSR_VALUES = [0xfee0_0900, 0xfee0_0d00, 0xfee0_0800, 0x5_3003c, 0x51_00c0, 0xffff_ff00, 0x400, 0x2_0030, 0x4_4035, 0xfff, 0x901, 0xd01, 0x8000];
const msr: Line = (random) => {
  const read = random.below(3) === 0;
  const value = random.below(2) ? hex(pick(random, MSR_VALUES)) : hex(number(random));
  return `mov ecx, ${hex(pick(random, MSRS) + (random.below(6) ? 0 : random.below(4)))} \n ${read ? 'rdmsr' : `mov eax, ${value} \n ${setEdx(random)} \n wrmsr`}`;
};
/** A counter that will overflow soon, with an NMI. */
const counter: Line = (random) =>
  `mov ecx, 0xc1 \n mov eax, ${-1 - random.below(100)} \n mov edx, -1 \n wrmsr \n mov ecx, 0x186 \n mov eax, ${pick(random, ['0x53003c', '0x5300c0', '0x51003c', '0x5301c2'])} \n xor edx, edx \n wrmsr`;
const readCounter: Line = (random) => `mov ecx, ${pick(random, ['0', '1', '5', '0x40000000', '0x40000003'])} \n rdpmc`;

/** A store to a device's page, in the way of the mode; 16-bit code cannot reach it. */
const deviceStore = (where: Where, page: string, offset: number, value: string, store = 'mov dword'): string => {
  if (where.mode === 64) return `mov esi, ${page} \n ${store} [rsi + ${hex(offset)}], ${value}`;
  if (where.mode === 32) return `mov esi, ${page} \n ${store} [esi + ${hex(offset)}], ${value}`;
  return `mov al, ${value} & 0xff \n out 0x80, al`;
};
const APIC_WRITES: readonly (readonly [offset: number, values: readonly number[]])[] = [
  [0x80, [0, 0x20, 0x30, 0xf0]], [0xb0, [0]], [0xd0, [0x0100_0000, 0xff00_0000]], [0xe0, [0xffff_ffff, 0]], [0xf0, [0x1ff, 0x13f, 0xff]], [0x280, [0]],
  [0x300, [0x4_4040, 0x4_4400, 0x8_4050, 0x8_4400, 0xc_4051, 0xc_4500, 0xc_4608, 0x4_4500, 0x4_4608, 0xc_4010, 0x0_0052, 0x8_4600, 0x8_0500]],
  [0x310, [0, 0x0100_0000, 0xff00_0000]], [0x320, [0x30, 0x2_0031, 0x4_0032, 0x1_0030, 0x2_0008]], [0x330, [0x400, 0x1_0000]], [0x340, [0x400, 0x33, 0x1_0400]],
  [0x350, [0x34, 0x8400, 0x700]], [0x360, [0x400, 0x500]], [0x370, [0x35, 8]], [0x380, [1, 10, 50, 100, 333, 5000, 0]], [0x3e0, [0xb, 0, 3, 9]],
];
const apic: Line = (random, where) => {
  const [offset, values] = pick(random, APIC_WRITES);
  const value = random.below(5) ? pick(random, values) : number(random);
  const at = random.below(16) ? offset : random.below(0x1000);
  if (random.below(5) === 0) return deviceStore(where, 'APIC', at, 'eax', pick(random, ['xchg', 'add', 'cmp', 'mov']));
  return deviceStore(where, 'APIC', at, hex(value), random.below(12) ? 'mov dword' : 'mov word');
};
const timer: Line = (random, where) =>
  `${deviceStore(where, 'APIC', 0x3e0, hex(pick(random, [0xb, 0, 8])))} \n ${deviceStore(where, 'APIC', 0x320, hex(pick(random, [0x2_0030, 0x31])))} \n ${deviceStore(where, 'APIC', 0x380, `${1 + random.below(200)}`)}`;

const ioapic: Line = (random, where) => {
  const low = pick(random, [0x40, 0x8041, 0x442, 0x143, 0x845, 0xa046, 0x1_0047, 0x400, number(random)]);
  return `${deviceStore(where, 'IOAPIC', 0, hex(pick(random, [0, 1, 0x10, 0x14, 0x18, 0x19, 0x1a, random.below(256)])))} \n ${deviceStore(where, 'IOAPIC', 0x10, hex(low))}`;
};

const PORTS = [0x20, 0x21, 0xa0, 0xa1, 0x40, 0x42, 0x43, 0x60, 0x61, 0x64, 0x70, 0x71, 0x80, 0x92, 0xe0, 0xe9, 0x3f8, 0x3f9, 0x3fa, 0x3fb, 0x3fc, 0x4d0, 0x510, 0x511, 0x600, 0x604, 0x608, 0xcf8, 0xcfc, 0x2000, 0x2004, 0xffff];
const port: Line = (random) => {
  const accumulator = pick(random, ['al', 'al', 'ax', 'eax']);
  const set = `mov edx, ${hex(pick(random, PORTS) + (random.below(5) ? 0 : random.below(4)))}`;
  return random.below(3) ? `${setEax(random)} \n ${set} \n out dx, ${accumulator}` : `${set} \n in ${accumulator}, dx`;
};
/** The PIT ticks, the serial port wants to send. */
const busyDevice: Line = (random) =>
  pick(random, [
    `mov al, ${pick(random, ['0x34', '0x30', '0x36'])} \n out 0x43, al \n mov al, ${random.below(256)} \n out 0x40, al \n mov al, 0 \n out 0x40, al`,
    'mov edx, 0x3f9 \n mov al, 2 \n out dx, al \n dec edx \n out dx, al',
    'mov edx, 0x3fc \n mov al, 0x1b \n out dx, al \n mov edx, 0x3f8 \n out dx, al \n inc edx \n mov al, 5 \n out dx, al',
  ]);

const control: Line = (random, where) => {
  const value = native(random, { ...where, mode: where.mode === 64 ? 64 : 32 });
  const data = address(random, where);
  return pick(random, [
    `mov ${value}, cr${pick(random, [0, 2, 3, 4])}`,
    `mov cr${pick(random, [0, 2, 3, 4])}, ${value}`,
    `mov ${value}, cr3 \n mov cr3, ${value}`,
    `mov ${value}, cr4 \n xor ${value}, ${hex(pick(random, [0x80, 0x100, 0x10_0000, 0x20_0000, 0x1_0000, 4, 8, 0x10, 0x20]))} \n mov cr4, ${value}`,
    `mov ${value}, cr0 \n xor ${value}, ${hex(pick(random, [8, 2, 4, 0x1_0000, 0x4_0000, 0x6000_0000, 0x4000_0000, 0x2000_0000]))} \n mov cr0, ${value}`,
    ...(where.mode === 64 ? [`mov eax, ${random.below(16)} \n mov cr8, rax`, 'mov rbx, cr8'] : []),
    `mov dr${pick(random, [0, 1, 2, 3, 6, 7])}, ${value}`,
    `mov ${value}, ${target(random, where)} \n mov dr${random.below(4)}, ${value} \n mov ${value}, ${hex(pick(random, [1, 3, 0xff, 0xd_0003, 0xf_0002, 0x2_0003]))} \n mov dr7, ${value}`,
    `${pick(random, ['sgdt', 'sidt', 'lidt', 'lgdt'])} ${data}`,
    `invlpg ${data}`,
    `${pick(random, ['lmsw', 'smsw', 'str', 'sldt', 'lldt', 'ltr', 'verr', 'verw'])} ax`,
    `${pick(random, ['lar', 'lsl'])} ecx, eax`,
  ]);
};

const SELECTORS = [0, 3, 8, 0x10, 0x18, 0x20, 0x28, 0x33, 0x3b, 0x43, 0x48, 0x50, 0x5b, 0x80, 0x83, 0x90, 0xffff, 0xf8, 0x400];
const segment: Line = (random, where) => {
  const selector = hex(pick(random, SELECTORS));
  const push = `push ${selector}`;
  return pick(random, [
    `mov ax, ${selector} \n mov ${pick(random, ['ds', 'es', 'ss', 'fs', 'gs'])}, ax`,
    `${push} \n pop ${pick(random, where.mode === 64 ? ['fs', 'gs'] : ['ds', 'es', 'ss', 'fs', 'gs'])}`,
    `mov ax, ${selector} \n ${pick(random, ['lldt ax', 'ltr ax', 'lar ecx, ax', 'lsl ecx, ax', 'verr ax', 'verw ax', 'mov ss, ax \n mov esp, STACKS + 0x800'])}`,
    `${push} \n push ${target(random, where)} \n ${where.mode === 64 ? 'o64 ' : ''}retf`,
    ...(where.mode === 64 ? ['swapgs', 'rdfsbase rax', 'wrgsbase rdi'] : [`jmp ${selector}:${target(random, where)}`, `call ${selector}:${target(random, where)}`]),
  ]);
};

const transfer: Line = (random, where) =>
  pick(random, [
    `int ${pick(random, [0, 1, 2, 3, 4, 6, 8, 13, 14, 0x20, 0x80, 255])}`,
    'int3',
    'int1',
    'ud2',
    'syscall',
    'sysret',
    'sysenter',
    'sysexit',
    ...(where.mode === 64 ? ['o64 sysret', 'iretq'] : ['into', 'iret']),
    where.mode === 64
      ? `mov rax, rsp \n push ${hex(pick(random, SELECTORS))} \n push rax \n push ${hex(pick(random, [2, 0x202, 0x302, 0x4002, 0x1_0202]))} \n push ${hex(pick(random, [0x18, 0x43, 8, 0x33, 0x20]))} \n push ${target(random, where)} \n iretq`
      : `push ${hex(pick(random, [2, 0x202, 0x302, 0x4002]))} \n push ${hex(pick(random, SELECTORS))} \n push ${target(random, where)} \n iret`,
  ]);

/** An entry of a page table is changed, as often flushed as not. */
const entry: Line = (random, where) => {
  const bits = pick(random, [0, 1, 3, 5, 7, 0x87, 0x107, 0x83, 0x1f, 0x67, 7]);
  const frame = pick(random, ['PML4', 'PDPT', 'PD', 'PT', 'PD32', 'PT32', 'DATA', 'APIC', '0x8000', '0x200000', '0x400000', hex(random.below(0x1000) * 0x1000)]);
  const table = pick(random, ['PML4', 'PDPT', 'PD', 'PT', 'PT', 'PT', 'PD_HIGH', 'PD32', 'PT32']);
  const index = pick(random, [0, 0x50, 0x51, 0x52, 0x70, 8, 9, 1, random.below(512)]);
  const size = where.mode === 64 ? 8 : 4;
  const accumulator = where.mode === 64 ? 'rax' : 'eax';
  const flush = pick(random, ['', '', `\n mov ${accumulator}, cr3 \n mov cr3, ${accumulator}`, `\n invlpg ${address(random, where)}`]);
  if (where.mode === 16) return `o32 push ${frame} | ${bits} \n o32 pop ecx`;
  const high = where.mode === 64 && random.below(3) === 0 ? `\n mov dword [${table} + ${index * size + 4}], ${hex(pick(random, [0x8000_0000, 0x7ff0_0000, 0x100, number(random)]))}` : '';
  return `mov dword [${table} + ${index * size}], ${frame} | ${bits}${high}${flush}`;
};

/** Code is changed: the next line, the one before, another CPU's. */
const selfModifying: Line = (random, where) =>
  where.mode === 16
    ? `mov byte [cs:${target(random, where)} + ${random.below(4)}], ${random.below(256)}`
    : pick(random, [
        `mov byte [${target(random, where)} + ${random.below(4)}], ${random.below(256)}`,
        `inc dword [${target(random, where)}]`,
        `mov ${where.mode === 64 ? 'r' : 'e'}di, ${target(random, where)} \n stosb`,
      ]);

const pointers: Line = (random, { mode }) => {
  if (mode === 16) return `mov ${pick(random, ['si', 'di', 'bx', 'bp'])}, ${hex(random.below(0x1000))}`;
  const base = pick(random, ['DATA', 'DATA + 0xffc', 'DATA + 0x1ffe', 'STACKS + 0x800', 'PT', 'HIGH + DATA', '0x1fffff', '0x400000', 'BASE']);
  const name = pick(random, ['si', 'di', 'bx', 'bp', 'sp']);
  const at = base.startsWith('HIGH') && mode !== 64 ? 'DATA' : name === 'sp' ? 'STACKS + 0x800' : base;
  return `mov ${mode === 64 ? 'r' : 'e'}${name}, ${at}`;
};

const KINDS: readonly (readonly [weight: number, line: Line])[] = [
  [14, binary], [5, unary], [5, shift], [8, sampled], [4, raw], [10, branch], [3, spin], [5, strings], [6, stack], [5, flags], [3, halt], [6, msr],
  [3, counter], [1, readCounter], [8, apic], [4, timer], [3, ioapic], [4, port], [2, busyDevice], [5, control], [4, segment], [4, transfer],
  [5, entry], [4, selfModifying], [8, pointers],
];

/** The text of a line without its label. */
export const randomLine: Line = (random, where) => pickWeighted(random, KINDS)(random, where);

// Seed → a program of instructions that the translator has, with the shapes that make it think: branches over each other, calls, a loop
// around all, data at page ends, in code, and outside of RAM.

import { Random } from '../../src/base/random.ts';
import { type Encodable, encode } from '../../src/isa/encode.ts';
import { allForms } from '../../src/isa/forms.ts';
import { type MemOperand, type Mode, NONE, type Operand, RBP, RDI, RSI, RSP } from '../../src/isa/operand.ts';
import { EMITTERS } from '../../src/translate/emitters/index.ts';
import { sample } from '../isa/samples.ts';
import { BASE16, type Program } from './bench.ts';

export const STACK = 0x30_0000;
export const COUNTER = 0x31_0000;
/** Offsets; in 16-bit code linear addresses are higher by the base of the segments. */
const FLAT = { code: 0x10_0f80, callee: 0x10_2000, data: 0x20_0000, stack: STACK, counter: COUNTER, end: 0x40_0000, base: 0 };
const SEGMENTED: typeof FLAT = { code: 0x0f80, callee: 0x2000, data: 0x4000, stack: 0xe000, counter: 0xf000, end: 0x1_0000, base: BASE16 };
const placesOf = (mode: Mode): typeof FLAT => (mode === 16 ? SEGMENTED : FLAT);
/** Bytes of an address or a distance. */
const wordOf = (value: number, mode: Mode): number[] => [value, value >> 8, value >> 16, value >> 24].slice(0, mode === 16 ? 2 : 4).map((byte) => byte & 0xff);

const POINTERS: readonly number[] = [RSP, RBP, RSI, RDI];
/** Meanings that only go where the program is made for them. */
const PLACED: readonly string[] = ['jmp', 'call', 'ret', 'jcc', 'leave', 'loop', 'loope', 'loopne', 'jrcxz', 'pop', 'push', 'pushf', 'popf', 'movs', 'stos', 'lods', 'scas', 'cmps'];
const SIMPLE = allForms().filter(({ sem, use }) => use !== 'alias' && EMITTERS[sem] !== undefined && !PLACED.includes(sem));
const byMnemonic = (text: string) => allForms().find(({ id }) => id === text)!;
const RET = byMnemonic('RET');

const isPointer = (op: Operand): boolean => op.kind === 'reg' && POINTERS.includes(op.index);

/** Random instructions that leave the pointers alone and use memory through them. */
function simple(mode: Mode, random: Random): Uint8Array {
  for (;;) {
    const form = SIMPLE[random.below(SIMPLE.length)];
    if (!form.modes.includes(mode)) continue;
    const drawn = sample(form, mode, random);
    if (drawn === undefined || drawn.segment !== NONE || (drawn.addressSize === 16) !== (mode === 16)) continue;
    const writesSource = form.sem === 'xchg' || form.sem === 'xadd';
    if (isPointer(drawn.dst) || (writesSource && isPointer(drawn.src))) continue;
    const insn = form.sem === 'lea' ? drawn : { ...drawn, dst: tame(drawn.dst, mode, random), src: tame(drawn.src, mode, random) };
    try {
      return encode(insn as Encodable).slice();
    } catch {
      // This draw has no encoding; there are others.
    }
  }
}

const tame = (op: Operand, mode: Mode, random: Random): Operand => {
  if (op.kind !== 'mem') return op;
  const base = [RSI, RDI, RBP][random.below(3)];
  const displacement = BigInt(random.below(128) - 64);
  const memory: MemOperand = { ...op, segment: base === RBP ? 2 : 3, base, index: NONE, scale: 1, displacement, addressSize: mode };
  return memory;
};

/**
 * A string instruction on some elements, whose source and destination may overlap, cross pages, and go downwards; the pointers come back.
 */
function string(mode: Mode, random: Random): Uint8Array {
  const sizes = [[0, []], [1, [0x66]], [1, []], ...(mode === 64 ? [[1, [0x48]] as const] : [])] as const;
  const [wide, prefix] = sizes[random.below(sizes.length)];
  const opcode = [0xa4, 0xa6, 0xaa, 0xac, 0xae][random.below(5)] + wide;
  const isDown = random.below(4) === 0;
  const near = random.below(2) === 0;
  const distance = random.below(0x500) - 0x200;
  return raw(
    ...(isDown ? [0xfd] : []),
    ...[0x56, 0x57, 0x51], // push rsi, rdi, rcx
    // lea edi, [rsi+n], mov ecx, n
    ...(near ? [0x8d, mode === 16 ? 0x7c : 0x7e, random.below(32) - 16] : [0x8d, mode === 16 ? 0xbc : 0xbe, ...wordOf(distance, mode)]),
    ...[0xb9, ...wordOf((random.below(3) === 0 ? random.below(256) : random.below(12)) + (random.below(8) === 0 ? 1024 : 0), mode)],
    ...(random.below(4) === 0 ? [] : [0xf2 + random.below(2)]),
    ...prefix,
    opcode,
    ...[0x59, 0x5f, 0x5e],
    ...(isDown ? [0xfc] : []),
  );
}

const raw = (...bytes: number[]): Uint8Array => Uint8Array.from(bytes);

/** Some instructions; what jumps jumps forward, over one to three others. */
function body(mode: Mode, random: Random, count: number, at: number, depth = 0): Uint8Array[] {
  const parts: Uint8Array[] = [];
  const position = (): number => at + parts.reduce((sum, part) => sum + part.length, 0);
  for (let i = 0; i < count; i++) {
    const kind = random.below(20);
    if (kind < 3) {
      const over = Array.from({ length: 1 + random.below(3) }, () => simple(mode, random));
      const length = over.reduce((sum, part) => sum + part.length, 0);
      parts.push(raw(0x70 + random.below(16), length), ...over);
    } else if (kind === 3 && depth === 0) {
      const length = mode === 16 ? 3 : 5;
      parts.push(raw(0xe8, ...wordOf(placesOf(mode).callee - (position() + length), mode)));
    } else if (kind === 4) {
      const register = [0, 1, 2, 3][random.below(4)];
      parts.push(raw(0x50 + register), simple(mode, random), raw(0x58 + [0, 1, 2, 3][random.below(4)]));
    } else if (kind === 5) {
      const short = simple(mode, random);
      parts.push(raw([0xe0, 0xe1, 0xe2, 0xe3][random.below(4)], short.length), short);
    } else if (kind === 7) {
      parts.push(raw(0x9c), simple(mode, random), raw(0x9d));
    } else if (kind === 6 && depth === 0) {
      parts.push(string(mode, random));
    } else {
      parts.push(simple(mode, random));
    }
  }
  return parts;
}

const join = (parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]));

export interface RandomProgram extends Program {
  /** Where the loop decides whether to go round once more. */
  readonly again: number;
}

export function randomProgram(mode: Mode, seed: number): RandomProgram {
  const random = new Random(seed);
  const places = placesOf(mode);
  const loop = join(body(mode, random, 12 + random.below(30), places.code));
  // dec dword [counter]; jnz code; hlt. In 64-bit code an absolute address needs a SIB byte.
  const countDown = { 16: [0xff, 0x0e], 32: [0xff, 0x0d], 64: [0xff, 0x0c, 0x25] }[mode];
  const end = [...countDown, ...wordOf(places.counter, mode), 0x0f, 0x85];
  const back = -(loop.length + end.length + (mode === 16 ? 2 : 4));
  const code = Uint8Array.from([...loop, ...end, ...wordOf(back, mode), 0xf4]);
  const callee = Uint8Array.from([...join(body(mode, random, 4, places.callee, 1)), ...encode({ ...sample(RET, mode, random)!, form: RET })]);
  const data = new Uint8Array(0x4000);
  for (let i = 0; i < data.length; i++) data[i] = random.next() & 0xff;
  const mask = (1n << BigInt(mode)) - 1n;
  const gpr = Array.from({ length: 16 }, () => BigInt.asUintN(64, (BigInt(random.next()) << 32n) | BigInt(random.next())) & mask);
  if (mode < 64) gpr.fill(0n, 8);
  const odd = random.below(12);
  gpr[RSP] = BigInt(places.stack);
  gpr[RBP] = BigInt(places.data + 0x800 + random.below(8));
  gpr[RSI] = BigInt(places.data + 0x1fc0 + random.below(128));
  gpr[RDI] = BigInt(odd === 0 ? places.code + random.below(64) : odd === 1 ? places.end - random.below(64) : places.data + 0x2800);
  return {
    mode,
    memory: [
      [places.base + places.code, code],
      [places.base + places.callee, callee],
      [places.base + places.data, data],
      [places.base + places.counter, Uint8Array.of(1 + random.below(60), 0, 0, 0)],
    ],
    gpr,
    rip: places.code,
    again: places.code + loop.length,
    rflags: 2 | (random.next() & 0x8d5),
  };
}

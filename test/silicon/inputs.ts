// An instruction's text and a number → the machine state before it, the same in the recorder and in the test, so that the
// fixture need not hold it. Values are edges of all widths as often as random ones.

import { Random } from '../../src/base/random.ts';
import { REGISTER_NAMES } from '../../src/isa/names.ts';

export const CODE = 0x10_0000n;
export const DATA = 0x20_0000n;
/** Bytes of data that an instruction may use; around them is zero. */
export const WINDOW = 256;
/** Where `=code` sends a jump. */
export const TARGET = CODE + 0x40n;
/** The code's page, the data's and the one before it are mapped; what else is near is not. */
export const DATA_END = DATA + 0x1000n;
export const DATA_BOTTOM = DATA - 0x1000n;
/** Bits 63 to 47 differ. */
const NOT_CANONICAL = 0x1234_5678_9abc_def0n;

/** An instruction as NASM reads it, and what it needs. */
export interface Case {
  readonly text: string;
  readonly hints: readonly string[];
  readonly bits: 32 | 64;
}

/** `text ; hints` as in cases.ts; the hint `bits32` stands for 32-bit code. */
export const splitCase = (line: string): Case => {
  const [text, list = ''] = line.split(' ; ');
  const hints = list.split(' ').filter(Boolean);
  return { text, hints: hints.filter((hint) => hint !== 'bits32'), bits: hints.includes('bits32') ? 32 : 64 };
};

export interface State {
  readonly gpr: BigUint64Array;
  flags: number;
  readonly data: Uint8Array;
}

/** Flags that are random before an instruction. DF is set in one state of four, if the instruction says `df`. */
const STATUS = [0x001, 0x004, 0x010, 0x040, 0x080, 0x800] as const;
const DF = 0x400;

/** Registers that point into the window, so that instructions can use them in addresses; R12 is a small index. */
const POINTERS: Readonly<Record<string, bigint>> = { rsp: 192n, rbp: 160n, rsi: 64n, rdi: 128n, r13: 96n };

/**
 * `hints` say what an instruction needs: `rcx<5` a small number, `ecx<5` in its lower half, `rbx~16` a bit offset of 16 bits that stays
 * in the window, `rax=code` and `[64]=code` a jump target in a register or in the window, `rbx=data` the window,
 * `rsi=end` an address just before the end of the data, `rsp=bottom` one just behind their beginning, `rsi=nowhere` one that is not canonical, `dividend` rDX:rAX
 * that often fits, `df` a DF that is sometimes set, `popf` a harmless image of RFLAGS, `equal8b` and `equal16b` what CMPXCHG8B and
 * 16B often find equal at [rSI].
 */
export function stateBefore({ text, hints, bits }: Case, index: number): State {
  const random = new Random(seedOf(`${text} ${index}`));
  const values = Array.from({ length: 16 }, () => BigInt.asUintN(bits, valueFrom(random)));
  const gpr = BigUint64Array.from(values, (value) => (random.below(6) === 0 ? values[random.below(4)] : value));
  for (const [name, offset] of Object.entries(POINTERS)) gpr[numberOf(name)] = DATA + offset;
  gpr[numberOf('r12')] = BigInt(random.below(4));
  if (bits === 32) gpr.fill(0n, 8);

  const words = BigUint64Array.from({ length: WINDOW / 8 }, () =>
    random.below(4) === 0 ? gpr[random.below(4)] : valueFrom(random),
  );
  const flags = STATUS.reduce((sum, flag) => (random.below(2) ? sum | flag : sum), 0);
  const state = { gpr, flags, data: new Uint8Array(words.buffer) };
  for (const hint of hints) applyHint(state, words, hint, random);
  return state;
}

function applyHint(state: State, words: BigUint64Array, hint: string, random: Random): void {
  const [, register, operator, operand] = /^(\w+|\[\d+\])([<~=])?(\w+)?$/.exec(hint)!;
  const { gpr } = state;
  if (hint === 'df') {
    if (random.below(4) === 0) state.flags |= DF;
  } else if (hint === 'popf') {
    words[192 / 8] &= BigInt(STATUS.reduce((sum, flag) => sum | flag, DF));
  } else if (hint === 'equal8b' || hint === 'equal16b') {
    if (random.below(2) === 0) words.set(hint === 'equal16b' ? [gpr[0], gpr[2]] : [(gpr[2] << 32n) | (gpr[0] & 0xffff_ffffn)], 64 / 8);
  } else if (hint === 'dividend') {
    const kind = random.below(4);
    if (kind === 0) gpr[2] = 0n;
    if (kind === 1) gpr[2] = BigInt.asIntN(64, gpr[0]) >> 63n;
    if (kind === 2) gpr[2] = BigInt(random.below(8));
  } else if (operator === '<') {
    const value = BigInt(random.below(Number(operand)));
    gpr[numberOf(register)] = isHalf(register) ? (gpr[numberOf(register)] & ~0xffff_ffffn) | value : value;
  } else if (operator === '~') {
    const size = Number(operand);
    const offset = BigInt.asUintN(size, BigInt(random.below(512) - 256));
    gpr[numberOf(register)] = ((gpr[numberOf(register)] >> BigInt(size)) << BigInt(size)) | offset;
  } else if (register.startsWith('[')) {
    words[Number(register.slice(1, -1)) / 8] = TARGET;
  } else {
    gpr[numberOf(register)] = placeOf(operand!, random);
  }
}

function placeOf(name: string, random: Random): bigint {
  switch (name) {
    case 'code':
      return TARGET;
    case 'end':
      return DATA_END - BigInt(random.below(12));
    case 'bottom':
      return DATA_BOTTOM + BigInt(random.below(12));
    case 'nowhere':
      return NOT_CANONICAL + BigInt(random.below(8));
    default:
      return DATA;
  }
}

const isHalf = (register: string): boolean => REGISTER_NAMES[32].includes(register);
const numberOf = (register: string): number => REGISTER_NAMES[isHalf(register) ? 32 : 64].indexOf(register);

/** FNV-1a. */
const seedOf = (text: string): number =>
  [...text].reduce((hash, character) => Math.imul(hash ^ character.charCodeAt(0), 0x0100_0193), 0x811c_9dc5 | 0);

function valueFrom(random: Random): bigint {
  const word = (BigInt(random.next()) << 32n) | BigInt(random.next());
  const edges = [0n, 4n, 7n, 8n, 15n, 16n, 31n, 32n, 63n, 64n];
  switch (random.below(8)) {
    case 0:
    case 1:
      return BigInt.asUintN(64, (1n << edges[random.below(edges.length)]) + BigInt(random.below(4) - 2));
    case 2:
      return word & 0xffn;
    case 3:
      return BigInt.asUintN(64, -(word & 0xffn));
    case 4:
      return word & 0xffff_ffffn;
    case 5:
      return 1n << (word & 63n);
    default:
      return word;
  }
}

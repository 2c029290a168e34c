// A form of the table → instructions of it with random operands: every register, every shape of memory, immediates and displacements
// at the edges of their fields, overrides of size and segment.

import type { Size } from '../../src/base/bits.ts';
import { signExtend, truncate } from '../../src/base/bits.ts';
import type { Random } from '../../src/base/random.ts';
import { type Encodable, encode } from '../../src/isa/encode.ts';
import type { Form, OperandPattern } from '../../src/isa/form.ts';
import {
  CS, DS, FS, GS, type MemOperand, type Mode, NO_OPERAND, NONE, type Operand, RBP, RBX, RDI, RIP, RSI, RSP, SS,
} from '../../src/isa/operand.ts';
import { isSystemRegister } from '../../src/isa/names.ts';

const pick = <T>(random: Random, values: readonly T[]): T => values[random.below(values.length)];
const chance = (random: Random, percent: number): boolean => random.below(100) < percent;

/** An instruction of the form that has an encoding; undefined where the draw had none (AH with REX). */
export const sample = (form: Form, mode: Mode, random: Random): Encodable | undefined => {
  const addressSize = form.addressSize || (chance(random, 15) ? otherAddressSize(mode) : mode);
  const size = form.size || pick(random, sizesInForce(form, mode));
  const takesSegment = form.rep || form.operands.some(({ kind }) => kind === 'mem' || kind === 'rm' || kind === 'moffs');
  const segment = takesSegment && chance(random, 20) ? pick(random, mode === 64 ? [FS, GS] : [0, CS, SS, DS, FS, GS]) : NONE;
  const [dst, src, third] = [0, 1, 2].map((i) =>
    form.operands[i] ? drawOperand(form, form.operands[i], { mode, random, addressSize, segment, size }) : NO_OPERAND,
  );
  const hasMemory = [dst, src].some(({ kind }) => kind === 'mem');
  const insn: Encodable = {
    form,
    mode,
    size,
    addressSize,
    dst,
    src,
    third,
    lock: form.lock && hasMemory && chance(random, 30),
    repeat: form.rep ? pick(random, ['none', 'rep', 'repne'] as const) : 'none',
    segment: hasMemory || form.rep ? segment : NONE,
  };
  return isEncodable(insn) ? insn : undefined;
};

const isEncodable = (insn: Encodable): boolean => {
  try {
    encode(insn);
    return true;
  } catch {
    return false;
  }
};

const otherAddressSize = (mode: Mode): 16 | 32 => (mode === 32 ? 16 : 32);

const sizesInForce = (form: Form, mode: Mode): readonly Size[] => {
  if (form.prefix === 'none' || form.prefix === 0x66) return [mode === 64 ? 32 : mode];
  if (mode !== 64) return [mode, mode, (48 - mode) as 16 | 32];
  return { usual: [32, 32, 16, 64], default64: [64, 64, 16], forced64: [64], upTo32: [32, 32, 16], byRex: [32, 64] }[form.longModeSize] as readonly Size[];
};

interface Draw {
  readonly mode: Mode;
  readonly random: Random;
  readonly addressSize: 16 | 32 | 64;
  readonly segment: number;
  readonly size: Size;
}

const drawOperand = (form: Form, pattern: OperandPattern, draw: Draw): Operand => {
  const { mode, random } = draw;
  switch (pattern.kind) {
    case 'reg':
      return drawRegister(pattern.size, mode, random, pattern.notAccumulator);
    case 'rm':
      return chance(random, 40) ? drawRegister(pattern.size, mode, random, false) : drawMemory(pattern.size, draw);
    case 'mem':
      return drawMemory(pattern.size, draw);
    case 'moffs':
      return {
        ...drawMemory(pattern.size, draw),
        ...ABSOLUTE,
        segment: draw.segment === NONE ? DS : draw.segment,
        displacement: drawValue(draw.addressSize, random),
      };
    case 'imm': {
      const size = pattern.size || draw.size;
      const value = drawValue(pattern.field, random);
      return {
        kind: 'imm',
        size,
        value: pattern.signed ? signExtend(value, pattern.field, size) : truncate(value, pattern.field),
      };
    }
    case 'rel':
      return { kind: 'rel', size: pattern.size, displacement: drawValue(pattern.size, random) };
    case 'far':
      return {
        kind: 'far',
        size: pattern.size,
        selector: random.below(0x1_0000),
        offset: truncate(drawValue(pattern.size, random), pattern.size),
      };
    case 'fixed':
      return pattern.operand;
    default: {
      const indexes = Array.from({ length: 16 }, (_, i) => i).filter(
        (i) => isSystemRegister(pattern.kind, i) && (i < 8 || mode === 64),
      );
      return {
        kind: pattern.kind,
        index: pick(random, pattern === form.operands[0] ? indexes.filter((i) => pattern.kind !== 'seg' || i !== CS) : indexes),
      };
    }
  }
};

const ABSOLUTE = { base: NONE, index: NONE, scale: 1 } as const;

/** Edges of bytes, words, doublewords and of the width itself, and anything between; signed. */
const drawValue = (size: number, random: Random): bigint => {
  const edge =
    1n <<
    BigInt(
      pick(
        random,
        [0, 3, 7, 8, 15, 16, 31, 32, 63].filter((bit) => bit < size),
      ),
    );
  const value = chance(random, 25) ? (BigInt(random.next()) << 32n) | BigInt(random.next()) : edge - BigInt(random.below(3));
  return BigInt.asIntN(size, chance(random, 40) ? -value : value);
};

const drawRegister = (size: Size, mode: Mode, random: Random, notAccumulator: boolean): Operand => {
  if (size === 8 && chance(random, 30)) return { kind: 'reg', size, index: random.below(4), high: true };
  const count = mode === 64 ? 16 : size === 8 ? 4 : 8;
  const first = notAccumulator ? 1 : 0;
  return { kind: 'reg', size, index: first + random.below(count - first), high: false };
};

const PAIRS = [
  [RBX, RSI],
  [RBX, RDI],
  [RBP, RSI],
  [RBP, RDI],
  [RSI, NONE],
  [RDI, NONE],
  [RBP, NONE],
  [RBX, NONE],
  [NONE, NONE],
] as const;

const drawMemory = (size: number, { mode, random, addressSize, segment }: Draw): MemOperand => {
  const [base, index] = addressSize === 16 ? pick(random, PAIRS) : drawBaseAndIndex(mode, random);
  const scale = index === NONE || addressSize === 16 ? 1 : pick(random, [1, 2, 4, 8] as const);
  const width = base === RIP || addressSize !== 16 ? pick(random, [8, 8, 32]) : 16;
  const displacement = base !== NONE && base !== RIP && chance(random, 30) ? 0n : drawValue(width, random);
  const usual = base === RSP || base === RBP ? SS : DS;
  return { kind: 'mem', size, segment: segment === NONE ? usual : segment, base, index, scale, displacement, addressSize };
};

const drawBaseAndIndex = (mode: Mode, random: Random): readonly [number, number] => {
  const count = mode === 64 ? 16 : 8;
  const index = pick(
    random,
    Array.from({ length: count }, (_, i) => i).filter((i) => i !== RSP),
  );
  const shape = random.below(10);
  if (shape === 0) return [NONE, NONE];
  if (shape === 1) return [mode === 64 ? RIP : NONE, NONE];
  if (shape === 2) return [NONE, index];
  return [random.below(count), shape < 6 ? NONE : index];
};

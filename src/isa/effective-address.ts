// An effective address as written → base, index, scale, displacement as NASM 2.16 assigns them: the first register without a factor
// is the base, a factor of 2, 3, 5 or 9 without a base makes one, and RSP, which cannot be an index, changes places.

import { signed } from '../base/bits.ts';
import type { DisplacementSize } from './emit.ts';
import { DS, type MemOperand, type Mode, NONE, RBP, RBX, RDI, RIP, RSI, RSP } from './operand.ts';
import { defaultSegment } from './modrm.ts';
import type { AddressTerm, MemSource } from './source.ts';

/** `operand` has size 0, and where it is relative to RIP the absolute target as displacement until the length is known. */
export type EffectiveAddress =
  | { readonly operand: MemOperand; readonly displacementSize: DisplacementSize; readonly warnings: readonly string[] }
  | { readonly error: string };

const NO_WARNINGS: readonly string[] = [];

/** Sizes as warnings name them. */
export const WORDS_OF_DATA = { 8: 'byte', 16: 'word', 32: 'dword', 64: 'qword' } as const;

/** `addressSize` is that of an a16, a32 or a64 prefix. */
export const resolveAddress = (source: MemSource, mode: Mode, prefix: 16 | 32 | 64 | undefined): EffectiveAddress => {
  const size = addressSizeOf(source, mode, prefix);
  if (typeof size !== 'number') return size;
  const registers = size === 16 ? assignPair(sumTerms(source.terms), mode) : assignRegisters(source, mode);
  if ('error' in registers) return registers;
  const { base, index, scale } = registers;
  const absolute = base === NONE && index === NONE;
  if (absolute && source.rip === 'rel' && mode === 64 && source.section !== 'none') return relativeAddress(source, size);
  const { displacement, displacementSize, warnings } = displacementOf(source, size, base, index);
  const segment = source.segment ?? (absolute ? DS : defaultSegment(base));
  return {
    operand: { kind: 'mem', size: 0, segment, base, index, scale, displacement, addressSize: size },
    displacementSize,
    warnings,
  };
};

const relativeAddress = (source: MemSource, addressSize: 16 | 32 | 64): EffectiveAddress => ({
  operand: {
    kind: 'mem',
    size: 0,
    segment: source.segment ?? DS,
    base: RIP,
    index: NONE,
    scale: 1,
    displacement: source.displacement,
    addressSize,
  },
  displacementSize: 32,
  warnings: NO_WARNINGS,
});

/** From the registers, else from the prefix, else from a size word before a lone displacement, else the mode's. */
const addressSizeOf = (
  { terms, displacementSize }: MemSource,
  mode: Mode,
  prefix: 16 | 32 | 64 | undefined,
): 16 | 32 | 64 | { readonly error: string } => {
  const size = terms.length > 0 ? terms[0].register.size : undefined;
  const isMixed = terms.some(({ register }) => register.size !== size);
  const isForeign = size === (mode === 64 ? 16 : 64) || (size !== undefined && prefix !== undefined && size !== prefix);
  if (isMixed || isForeign) return { error: 'impossible combination of address sizes' };
  if (size === 8) return { error: `invalid ${mode}-bit effective address` };
  const isWordWrong = displacementSize !== undefined && displacementSize !== 8 && displacementSize !== Math.min(size ?? 32, 32);
  if (size !== undefined) return isWordWrong ? { error: `invalid ${mode}-bit effective address` } : size;
  if (displacementSize === (mode === 64 ? 16 : 64)) return { error: 'impossible combination of address sizes' };
  if (prefix !== undefined) return prefix;
  return mode !== 64 && (displacementSize === 16 || displacementSize === 32) ? displacementSize : mode;
};

/** The same register's factors added up, those of 0 gone, in the order of first mention. */
const sumTerms = (terms: readonly AddressTerm[]): AddressTerm[] => {
  const sums: AddressTerm[] = [];
  if (terms.length < 2) return terms.filter(({ factor }) => factor !== 0n);
  for (const term of terms) {
    const at = sums.findIndex(({ register }) => register.index === term.register.index);
    if (at < 0) sums.push(term);
    else sums[at] = { ...sums[at], factor: sums[at].factor + term.factor };
  }
  return sums.filter(({ factor }) => factor !== 0n);
};

interface Assigned {
  readonly base: number;
  readonly index: number;
  readonly scale: 1 | 2 | 4 | 8;
}

const SCALES: Readonly<Record<string, 1 | 2 | 4 | 8>> = { 1: 1, 2: 2, 4: 4, 8: 8 };

const assignRegisters = (source: MemSource, mode: Mode): Assigned | { readonly error: string } => {
  const terms = sumTerms(source.terms);
  if (terms.length > 2) return { error: 'invalid effective address: too many registers' };
  if (terms.length === 0) return { base: NONE, index: NONE, scale: 1 };
  const { base, index, factor } = terms.length === 1 ? assignOne(terms[0], source) : assignTwo(terms);
  if (base === undefined) return { error: 'invalid effective address: two index registers' };
  const scale = SCALES[`${factor}`];
  if (index === NONE) return { base, index, scale: 1 };
  if (index === RSP && factor === 1n && base !== RSP) return { base: RSP, index: base, scale: 1 };
  return index === RSP || scale === undefined ? { error: `invalid ${mode}-bit effective address` } : { base, index, scale };
};

interface Roles {
  readonly base: number | undefined;
  readonly index: number;
  readonly factor: bigint;
}

/** One register: [r*2] becomes [r+r], which is shorter, unless NOSPLIT keeps it; [r*3], [r*5], [r*9] have no other way. */
const assignOne = ({ register: { index }, factor, scaled }: AddressTerm, { nosplit, terms }: MemSource): Roles => {
  if (factor === 1n && !(nosplit && scaled && (index & 7) !== RSP)) return { base: index, index: NONE, factor };
  const keepsFactor = nosplit && terms.length === 1;
  if ((factor === 2n && !keepsFactor) || factor === 3n || factor === 5n || factor === 9n)
    return { base: index, index, factor: factor - 1n };
  return { base: NONE, index, factor };
};

/** Two registers: the base is the one without a factor, of two such the first. */
const assignTwo = ([first, second]: readonly AddressTerm[]): Roles => {
  const firstIsBase = first.factor === 1n && (second.factor !== 1n || !first.scaled);
  const [base, index] = firstIsBase ? [first, second] : [second, first];
  return { base: base.factor === 1n ? base.register.index : undefined, index: index.register.index, factor: index.factor };
};

/** 16-bit addresses: BX or BP, and SI or DI, in any order. */
const assignPair = (terms: readonly AddressTerm[], mode: Mode): Assigned | { readonly error: string } => {
  const indexes = terms.filter(({ register: { index } }) => index === RSI || index === RDI).map(({ register }) => register.index);
  const bases = terms.filter(({ register: { index } }) => index === RBX || index === RBP).map(({ register }) => register.index);
  const valid =
    bases.length <= 1 &&
    indexes.length <= 1 &&
    bases.length + indexes.length === terms.length &&
    terms.every(({ factor }) => factor === 1n);
  if (!valid) return { error: `invalid ${mode}-bit effective address` };
  return bases.length === 0
    ? { base: indexes[0] ?? NONE, index: NONE, scale: 1 }
    : { base: bases[0], index: indexes[0] ?? NONE, scale: 1 };
};

/** Whether an address alone is written with all of its 64 bits. By DEFAULT REL, NASM takes its low half for all of it. */
export const isWideOffset = ({ displacementSize, rip }: MemSource): boolean => displacementSize === 64 && rip !== 'rel';

/** The displacement as the processor will extend it, and the least width that the text allows. */
const displacementOf = (source: MemSource, addressSize: 16 | 32 | 64, base: number, index: number) => {
  const full = addressSize === 16 ? 16 : 32;
  const written = source.displacementSize;
  const moffs = base === NONE && index === NONE && isWideOffset(source) && addressSize === 64;
  const width = written === 8 && base !== NONE ? 8 : moffs ? 64 : full;
  const displacement = signed(source.displacement, width);
  const displacementSize: DisplacementSize = width === 8 ? 8 : written !== undefined || source.section !== 'none' ? full : 0;
  if (source.displacement === displacement || source.section !== 'none') return { displacement, displacementSize, warnings: NO_WARNINGS };
  const value = signed(source.displacement, 64);
  const limit = 1n << BigInt(width);
  const kept = width === 32 && addressSize === 64 ? value === displacement : value >= -limit && value < limit;
  return { displacement, displacementSize, warnings: kept ? NO_WARNINGS : [`${WORDS_OF_DATA[width]} data exceeds bounds`] };
};

// An operand as written and an operand of a form → how well they fit, and what is encoded. The order of failures is NASM's: the
// most telling one of all rows of a mnemonic is reported.

import { fitsSigned, signed, truncate } from '../base/bits.ts';
import { WORDS_OF_DATA } from './effective-address.ts';
import type { Form, OperandPattern } from './form.ts';
import type { ImmOperand, Operand } from './operand.ts';
import type { ImmSource, MemSource, SourceOperand, WrittenSize } from './source.ts';

/** From the least telling failure upwards. */
export const FAILURES = ['combination', 'size', 'mode'] as const;
export type Rank = 'fits' | (typeof FAILURES)[number];

/** What the matching of an operand may depend on besides the two. */
export interface MatchContext {
  /** The memory operand is an offset that MOV can have without ModRM: no registers, and in 64-bit mode all 64 bits. */
  readonly isOffset: boolean;
  /** Another operand is memory without a size word, so an immediate's size word tells the size of the operation. */
  readonly hasUnsizedMemory: boolean;
}

/** Whether the kinds agree, which most forms of a mnemonic fail at; the rest is for `matchOperand`. */
export const mayFit = (pattern: OperandPattern, source: SourceOperand): boolean => {
  switch (pattern.kind) {
    case 'reg':
      return source.kind === 'reg' && source.size === pattern.size;
    case 'rm':
      return source.kind === 'mem' || (source.kind === 'reg' && source.size === pattern.size);
    case 'mem':
    case 'moffs':
      return source.kind === 'mem';
    case 'imm':
    case 'rel':
      return source.kind === 'imm';
    case 'fixed':
      return source.kind === pattern.operand.kind;
    default:
      return source.kind === pattern.kind;
  }
};

const fitsIf = (condition: boolean, otherwise: 'combination' | 'size' = 'combination'): Rank => (condition ? 'fits' : otherwise);

/**
 * How well `source` stands where `form` has `pattern`, whose kinds agree; `operandSize` is the one in force for fields that take any.
 * `relaxed`: take a field that loses bits of the value, because nothing better was found.
 */
export const matchOperand = (
  form: Form,
  pattern: OperandPattern,
  source: SourceOperand,
  operandSize: 16 | 32 | 64,
  context: MatchContext,
  relaxed: boolean,
): Rank => {
  switch (source.kind) {
    case 'reg':
      return fitsIf(
        pattern.kind === 'fixed' ? isSame(pattern.operand, source) : !(pattern.kind === 'reg' && pattern.notAccumulator) || source.index !== 0,
      );
    case 'mem':
      if (pattern.kind === 'mem') return matchMemory(pattern.size, pattern.far, source, form);
      if (pattern.kind === 'moffs' && !context.isOffset) return 'combination';
      if (source.distance === 'far') return 'combination';
      return fitsIf(source.size === undefined || ('size' in pattern && source.size === pattern.size), 'size');
    case 'imm':
      if (pattern.kind === 'rel') return source.distance === 'far' ? 'combination' : matchTarget(pattern.size, source);
      if (pattern.kind === 'fixed') return fitsIf(isSame(pattern.operand, source));
      return pattern.kind === 'imm' && source.distance === undefined
        ? matchImmediate(pattern, source, operandSize, context, relaxed)
        : 'combination';
    default:
      return fitsIf(pattern.kind !== 'fixed' || isSame(pattern.operand, source));
  }
};

/** Far pointers are sized by their offset. Instructions that give no size take no size word, LEA any. */
const matchMemory = (size: number, far: boolean, { size: written, distance }: MemSource, { sem }: Form): Rank => {
  if (sem === 'jmp_far' || sem === 'call_far') {
    return distance === 'far' ? fitsIf(written === undefined || written === size - 16, 'size') : 'combination';
  }
  if (distance !== undefined) return 'combination';
  return fitsIf(written === undefined || sem === 'lea' || (!far && written === size), 'size');
};

type ImmPattern = Extract<OperandPattern, { kind: 'imm' }>;

const matchImmediate = (
  pattern: ImmPattern,
  source: ImmSource,
  operandSize: 16 | 32 | 64,
  { hasUnsizedMemory }: MatchContext,
  relaxed: boolean,
): Rank => {
  const size = pattern.size || operandSize;
  const narrow = pattern.field < size;
  const written = writtenAs(source.size, operandSize, pattern);
  if (written === undefined) return fitsIf(!narrow || fitsNarrow(pattern, size, source, relaxed));
  if (written === size) return fitsIf(!narrow || fitsNarrow(pattern, size, source, relaxed));
  return fitsIf(written === pattern.field && pattern.signed && !hasUnsizedMemory, 'size');
};

/** PUSH DWORD means the stack's width in 64-bit mode too. */
const writtenAs = (size: WrittenSize | undefined, operandSize: number, { size: fixed }: ImmPattern): number | undefined =>
  fixed === 0 && size === 32 && operandSize === 64 ? 64 : size;

/**
 * Whether a field narrower than the operation may be chosen for the value: a byte for plain numbers only, by their low 32 bits as
 * NASM does; 32 bits for 64 if the value survives, or with `relaxed` if nothing better was found.
 */
const fitsNarrow = (
  { field, signed: extended }: ImmPattern,
  size: number,
  { value, section, strict }: ImmSource,
  relaxed: boolean,
): boolean => {
  const plain = section === 'none' && !strict;
  if (!extended) return plain && value === truncate(value, field);
  if (field === 8) return plain && fitsSigned(signed(value, Math.min(size, 32)), 8);
  return relaxed || (plain && fitsSigned(value, field));
};

/** SHORT and NEAR choose the width; what is left open is for the caller, who knows the distance. */
const matchTarget = (size: 8 | 16 | 32, { distance, size: written }: ImmSource): Rank => {
  if (size === 8) return distance === 'near' ? 'combination' : fitsIf(written === undefined, 'size');
  return fitsIf(distance !== 'short');
};

const isSame = (operand: Operand, source: SourceOperand): boolean => {
  if (operand.kind === 'imm')
    return (
      source.kind === 'imm' &&
      source.value === operand.value &&
      source.size === undefined &&
      !source.strict &&
      source.section === 'none'
    );
  if (operand.kind === 'reg')
    return source.kind === 'reg' && source.index === operand.index && source.size === operand.size && !source.high;
  return operand.kind === source.kind && 'index' in operand && 'index' in source && operand.index === source.index;
};

/** The immediate that is encoded, and NASM's warning if bits of the written value are lost. */
export const valueOfImmediate = (
  pattern: ImmPattern,
  source: ImmSource,
  operandSize: 16 | 32 | 64,
): { operand: ImmOperand; warning: string | undefined } => {
  const size = pattern.size || operandSize;
  const { field } = pattern;
  const value = truncate(pattern.signed ? signed(source.value, field) : truncate(source.value, field), size);
  const operand: ImmOperand = { kind: 'imm', value, size };
  if (value === source.value || source.section !== 'none') return { operand, warning: undefined };
  const narrow = pattern.signed && field < size;
  const limit = 1n << BigInt(field);
  const kept = narrow ? fitsSigned(signed(source.value, size), field) : source.value >= -limit && source.value < limit;
  if (kept) return { operand, warning: undefined };
  const short = source.size === 8 ? 'byte value' : 'dword value';
  const warning = narrow
    ? `signed ${field === 8 ? short : 'dword immediate'} exceeds bounds`
    : `${WORDS_OF_DATA[field]} data exceeds bounds`;
  return { operand, warning };
};

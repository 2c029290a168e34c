// An operand as written and an operand of a form → how well they fit, and what is encoded. The order of failures is NASM's: the
// most telling one of all rows of a mnemonic is reported.

import { fitsSigned, signed, truncate } from '../base/bits.ts';
import type { Form, OperandPattern } from './form.ts';
import type { ImmOperand, Operand } from './insn.ts';
import type { ImmSource, MemSource, SourceOperand, WrittenSize } from './source.ts';

/** From the least telling failure upwards. */
export const FAILURES = ['combination', 'size', 'mode'] as const;
export type Rank = 'fits' | (typeof FAILURES)[number];

/** What the matching of one operand may depend on besides the two. */
export interface MatchContext {
  readonly form: Form;
  /** Operand size in force for forms that take any. */
  readonly operandSize: 16 | 32 | 64;
  /** The memory operand is an offset that MOV can have without ModRM: no registers, and in 64-bit mode all 64 bits. */
  readonly isOffset: boolean;
  /** Another operand is memory without a size word, so an immediate's size word tells the size of the operation. */
  readonly hasUnsizedMemory: boolean;
  /** Take a field that loses bits of the value, because nothing better was found. */
  readonly relaxed: boolean;
}

const fitsIf = (condition: boolean, otherwise: 'combination' | 'size' = 'combination'): Rank => (condition ? 'fits' : otherwise);

/** Whether `source` may stand where the form has `pattern`, by kind and size. Values are looked at by `matchValue`. */
export const matchOperand = (pattern: OperandPattern, source: SourceOperand, context: MatchContext): Rank => {
  switch (pattern.kind) {
    case 'reg':
      if (source.kind !== 'reg' || source.size !== pattern.size) return 'combination';
      return fitsIf(!pattern.notAccumulator || source.index !== 0);
    case 'rm':
      if (source.kind === 'reg') return fitsIf(source.size === pattern.size);
      return source.kind === 'mem' && source.distance !== 'far'
        ? fitsIf(source.size === undefined || source.size === pattern.size, 'size')
        : 'combination';
    case 'mem':
      return source.kind === 'mem' ? matchMemory(pattern.size, pattern.far, source, context.form) : 'combination';
    case 'moffs':
      return source.kind === 'mem' ? matchOffset(pattern.size, source, context) : 'combination';
    case 'imm':
      return source.kind === 'imm' && source.distance === undefined ? matchImmediate(pattern, source, context) : 'combination';
    case 'rel':
      return source.kind === 'imm' && source.distance !== 'far' ? matchTarget(pattern.size, source) : 'combination';
    case 'far':
      return fitsIf(source.kind === 'far');
    case 'fixed':
      return fitsIf(matchFixed(pattern.operand, source));
    default:
      return fitsIf(source.kind === pattern.kind);
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

const matchOffset = (size: number, source: MemSource, { isOffset }: MatchContext): Rank =>
  isOffset && source.distance === undefined ? fitsIf(source.size === undefined || source.size === size, 'size') : 'combination';

type ImmPattern = Extract<OperandPattern, { kind: 'imm' }>;

const matchImmediate = (
  pattern: ImmPattern,
  source: ImmSource,
  { operandSize, hasUnsizedMemory, relaxed }: MatchContext,
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

const matchFixed = (operand: Operand, source: SourceOperand): boolean => {
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
): { operand: ImmOperand; warnings: string[] } => {
  const size = pattern.size || operandSize;
  const { field } = pattern;
  const operand: ImmOperand = {
    kind: 'imm',
    value: truncate(pattern.signed ? signed(source.value, field) : truncate(source.value, field), size),
    size,
  };
  const narrow = pattern.signed && field < size;
  const limit = 1n << BigInt(field);
  const kept = narrow ? fitsSigned(signed(source.value, size), field) : source.value >= -limit && source.value < limit;
  const words = { 8: 'byte', 16: 'word', 32: 'dword', 64: 'qword' } as const;
  const short = source.size === 8 ? 'byte value' : 'dword value';
  const warning = narrow
    ? `signed ${field === 8 ? short : 'dword immediate'} exceeds bounds`
    : `${words[field]} data exceeds bounds`;
  return { operand, warnings: kept || source.section !== 'none' ? [] : [warning] };
};

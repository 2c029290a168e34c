// How often TIMES repeats when it fills up to an alignment: known from the offset alone, in every pass, without a look at its expression.

import type { Expression } from './expression.ts';
import { isPowerOfTwo } from '../../base/bits.ts';

/** What is between an offset and the next multiple of the alignment. */
export const fillUp = (offset: number, alignment: number): number => (alignment - (offset % alignment)) % alignment;

/** N of `(N - ($-$$) % N) % N`, as the macro ALIGN writes it, and of `-($-$$) & (N-1)`, as people do. */
export const alignmentOf = (count: Expression): number | undefined => {
  const alignment = writtenAlignment(count);
  return alignment !== undefined && alignment <= LARGEST ? Number(alignment) : undefined;
};

/** So that a number holds what is computed with it. */
const LARGEST = 1n << 32n;

const writtenAlignment = (count: Expression): bigint | undefined => {
  if (count.kind === 'binary' && count.operator === '&') {
    const { left, right } = count;
    const isFilling = left.kind === 'unary' && left.operator === '-' && isOffset(left.operand) && right.kind === 'number';
    return isFilling && isPowerOfTwo(right.value.constant + 1n) ? right.value.constant + 1n : undefined;
  }
  if (count.kind !== 'binary' || count.operator !== '%' || count.left.kind !== 'binary' || count.left.operator !== '-') return undefined;
  const { left: total, right: rest } = count.left;
  if (rest.kind !== 'binary' || rest.operator !== '%' || !isOffset(rest.left)) return undefined;
  const [first, second, third] = [total, rest.right, count.right].map((part) => (part.kind === 'number' ? part.value.constant : undefined));
  return first !== undefined && first > 0n && first === second && first === third ? first : undefined;
};

const isOffset = (expression: Expression): boolean =>
  expression.kind === 'binary' && expression.operator === '-' && expression.left.kind === 'here' && expression.right.kind === 'section-start';

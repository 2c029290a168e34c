// Sums of registers and the time-stamp counter, and for how many steps of these a comparison of two comes out the same: the arithmetic of
// induction.ts.

/** constant + sum of coefficient * base, modulo 2^bits. */
export interface Sum {
  readonly terms: ReadonlyMap<number, bigint>;
  readonly constant: bigint;
  readonly bits: number;
}

/** Comparisons, of signed numbers from `less` on. */
export type Test = 'below' | 'belowEqual' | 'equal' | 'less' | 'lessEqual' | 'negative';

export const literal = (constant: bigint, bits: number): Sum => ({ terms: new Map(), constant, bits });

export function plus(a: Sum, b: Sum, factor: bigint): Sum {
  const terms = new Map(a.terms);
  for (const [base, coefficient] of b.terms) {
    const sum = (terms.get(base) ?? 0n) + factor * coefficient;
    if (sum === 0n) terms.delete(base);
    else terms.set(base, sum);
  }
  return { terms, constant: a.constant + factor * b.constant, bits: a.bits };
}

const toNumber = (count: bigint): number => (count > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(count));

/** How many values of the row value, value + step, ... stay in the range of their width. */
export function withoutWrap(value: bigint, step: bigint, bits: number, isSigned: boolean): number {
  const least = isSigned ? -(1n << BigInt(bits - 1)) : 0n;
  const most = least + (1n << BigInt(bits)) - 1n;
  if (step === 0n) return Number.MAX_SAFE_INTEGER;
  return toNumber((step > 0n ? (most - value) / step : (value - least) / -step) + 1n);
}

/** For how many n from 0 on the difference from + n * step gives the test this outcome. */
export function unchanged(from: bigint, step: bigint, test: Test, outcome: boolean): number {
  if (test === 'equal') {
    if ((from === 0n) !== outcome) return 0;
    if (step === 0n) return Number.MAX_SAFE_INTEGER;
    if (outcome) return 1;
    return from % step === 0n && -from / step > 0n ? toNumber(-from / step) : Number.MAX_SAFE_INTEGER;
  }
  const difference = test === 'belowEqual' || test === 'lessEqual' ? from - 1n : from;
  if (difference < 0n !== outcome) return 0;
  if (outcome) return step <= 0n ? Number.MAX_SAFE_INTEGER : toNumber((-difference + step - 1n) / step);
  return step >= 0n ? Number.MAX_SAFE_INTEGER : toNumber(difference / -step + 1n);
}

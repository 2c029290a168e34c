// Every fuzzer: a seed → a case, where cases are sources, and a case → what is wrong with it. An exception counts as wrong.

import { guestSource, readGuest } from './guest-case.ts';
import { checkGuest } from './guest-check.ts';
import { checkIsa } from './isa-check.ts';
import { checkSource, randomSource } from './source-check.ts';

export interface Fuzzer {
  /** The source of a case; for checks that need none, its seed. */
  readonly draw: (seed: number) => string;
  readonly check: (source: string) => string | undefined;
}

export const FUZZERS = {
  guest: { draw: guestSource, check: (source) => checkGuest(readGuest(source), source.length) },
  source: { draw: randomSource, check: checkSource },
  isa: { draw: String, check: (source) => checkIsa(Number(source)) },
} as const satisfies Record<string, Fuzzer>;

export type FuzzerName = keyof typeof FUZZERS;
export const FUZZER_NAMES = Object.keys(FUZZERS) as FuzzerName[];

/** What is wrong with a case, in one text. */
export const examine = (name: FuzzerName, source: string): string | undefined => {
  try {
    return FUZZERS[name].check(source);
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : `threw ${JSON.stringify(error)}`;
  }
};

/** What a failure is about, without the numbers that differ from case to case: a smaller case must fail the same way. */
const kindOf = (wrong: string): string => wrong.split('\n', 1)[0].replace(/0x[\da-f]+|\d+/g, '#').slice(0, 60);

/** The case with as many lines left out as can be, and within a time. */
export const shrink = (name: FuzzerName, source: string, wrong: string, milliseconds: number): string => {
  const kind = kindOf(wrong);
  const isSame = (lines: readonly string[]): boolean => {
    const found = examine(name, lines.join('\n'));
    return found !== undefined && kindOf(found) === kind;
  };
  const end = Date.now() + milliseconds;
  let lines = source.split('\n');
  for (let count = lines.length >> 1; count > 0; count >>= 1) {
    for (let at = 0; at < lines.length && Date.now() < end; ) {
      const fewer = lines.toSpliced(at, count);
      if (isSame(fewer)) lines = fewer;
      else at += count;
    }
  }
  return lines.join('\n');
};

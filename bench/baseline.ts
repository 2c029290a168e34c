// Comparisons ↔ baseline.json: what the ratios were when somebody last was content with them. `reference` is the interpreter's speed in
// instructions per turn of a fixed loop of plain JavaScript on the same machine, so that it can be compared across machines too.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Comparison, mips, ratio, referenceMs } from './compare.ts';
import { round } from './statistics.ts';
import { ENGINES } from './targets.ts';

interface Baseline {
  /** How much worse is still as good, as a part of the whole. */
  readonly tolerance: number;
  readonly ratios: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

const FILE = join('bench', 'baseline.json');
const TURNS = 20_000_000;

const ratiosOf = (comparison: Comparison): Record<string, number> => {
  const [first, ...others] = ENGINES.map(({ name }) => name);
  const speed = comparison.speeds.get(first);
  const perTurn = speed ? (mips(comparison, speed).median * 1000 * referenceMs()) / TURNS : Number.NaN;
  return Object.fromEntries([
    [`${first} : reference`, Number(perTurn.toPrecision(3))],
    ...others.map((name) => [`${name} : ${first}`, Number(ratio(comparison, name, first).toPrecision(3))]),
  ]);
};

const nameOf = ({ program, bits }: Comparison): string => `${program.name} ${bits}`;
const load = (): Baseline => JSON.parse(readFileSync(FILE, 'utf8'));

/** Replaces what was measured, keeps the rest. */
export const saveBaseline = (comparisons: readonly Comparison[]): void => {
  const { tolerance, ratios } = load();
  const renewed = { ...ratios, ...Object.fromEntries(comparisons.map((comparison) => [nameOf(comparison), ratiosOf(comparison)])) };
  writeFileSync(FILE, `${JSON.stringify({ tolerance, ratios: renewed }, null, 2)}\n`);
};

/** Prints what is worse than the baseline by more than the tolerance; the exit code. */
export const checkBaseline = (comparisons: readonly Comparison[]): number => {
  const { tolerance, ratios } = load();
  const worse = comparisons.flatMap((comparison) =>
    Object.entries(ratiosOf(comparison)).flatMap(([what, now]) => {
      const before = ratios[nameOf(comparison)]?.[what];
      if (before === undefined || now >= before * (1 - tolerance)) return [];
      return [`${nameOf(comparison)}: ${what} was ${round(before)}, is ${round(now)}`];
    }),
  );
  console.log(worse.length > 0 ? `\nworse than bench/baseline.json:\n${worse.join('\n')}` : '\nas good as bench/baseline.json');
  return worse.length > 0 ? 1 : 0;
};

// Ends of turns: what is passed over in one step is what would have been gone through one by one.

import { describe, expect, test } from 'vitest';
import { Random } from '../../src/base/random.ts';
import { turnEnds } from '../../src/machine/turn-ends.ts';

/** Turn by turn, as the rule has it. */
const passSlowly = (next: (now: number) => number, start: number, alarm: number, until: number): number => {
  let now = start;
  while (now < until && next(now) < alarm) now = next(now);
  return now;
};

describe.each([
  [100, 0],
  [1000, 7],
  [1, 7],
  [3, 0xffff_ffff],
])('turns of at most %i, seed %i', (turn, seed) => {
  test('are passed over up to an alarm or the end of the run, from anywhere', () => {
    const random = new Random(turn ^ seed);
    for (let round = 0; round < 300; round++) {
      const now = random.below(400 * turn);
      const alarm = now + 1 + random.below(300 * turn);
      const until = now + random.below(300 * turn);
      const ends = turnEnds(turn, seed);
      expect(ends.pass(now, alarm, until)).toBe(passSlowly((time) => ends.next(time), now, alarm, until));
    }
  });

  test('without an alarm they are passed over up to the end of the run, however far off', () => {
    const until = 2 ** 52;
    const end = turnEnds(turn, seed).pass(5, Infinity, until);
    expect(end).toBeGreaterThanOrEqual(until);
    expect(end).toBeLessThan(until + turn);
  });

  test('last from 1 tick to so many', () => {
    const ends = turnEnds(turn, seed);
    const lengths = new Set<number>();
    for (let now = 0; now < 2000 * turn; now = ends.next(now)) lengths.add(ends.next(now) - now);
    expect(Math.min(...lengths)).toBeGreaterThan(0);
    expect(Math.max(...lengths)).toBe(turn);
    if (seed !== 0) expect(lengths.size).toBeGreaterThan(0.9 * turn);
  });
});

test('random ends depend on seed and time alone', () => {
  const [one, same, other] = [turnEnds(1000, 5), turnEnds(1000, 5), turnEnds(1000, 6)];
  const times = [7_000_000, 12, 999_999_999_999, 63_999, 64_000];
  const ends = times.map((time) => one.next(time));
  expect(times.toReversed().map((time) => same.next(time))).toEqual(ends.toReversed());
  expect(times.map((time) => other.next(time))).not.toEqual(ends);
});

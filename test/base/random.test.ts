import { expect, test } from 'vitest';
import { Random } from '../../src/base/random.ts';

const first = (seed: number, count: number): number[] => {
  const random = new Random(seed);
  return Array.from({ length: count }, () => random.next());
};

test('xoshiro128** gives the published first outputs for the state 1, 2, 3, 4', () => {
  const random = new Random(0);
  random.load([1, 2, 3, 4]);
  expect([random.next(), random.next(), random.next()]).toEqual([11520, 0, 5927040]);
});

test('a seed always gives the same numbers, and neighbouring seeds give others', () => {
  expect(first(7, 5)).toEqual(first(7, 5));
  expect(first(7, 5)).not.toEqual(first(8, 5));
});

test('numbers below a count reach every value and nothing else, about equally often', () => {
  const random = new Random(1);
  const counts = new Array(10).fill(0);
  for (let draw = 0; draw < 10_000; draw++) counts[random.below(10)]++;
  expect(counts).toHaveLength(10);
  for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150);
});

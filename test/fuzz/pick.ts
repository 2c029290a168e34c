// Choices of a seeded generator.

import type { Random } from '../../src/base/random.ts';

export const pick = <T>(random: Random, choices: readonly T[]): T => choices[random.below(choices.length)];

/** A choice by weight; weights are whole numbers. */
export const pickWeighted = <T>(random: Random, choices: readonly (readonly [weight: number, choice: T])[]): T => {
  let at = random.below(choices.reduce((sum, [weight]) => sum + weight, 0));
  return choices.find(([weight]) => (at -= weight) < 0)![1];
};

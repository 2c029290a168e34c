// A subject and a plan → whether all variants are the same at every step, and if not, where they part.

import { Lane, nameOf } from './lane.ts';
import { findParting } from './parting.ts';
import { type Plan, type Subject, VARIANTS } from './subject.ts';

export interface Result {
  /** Runs that have been compared with a reference. */
  readonly runs: number;
  /** Instructions of the reference. */
  readonly instructions: number;
  /** Ticks of all variants that translate in which no CPU slept, and how many of them were in translated code. */
  readonly translatable: number;
  readonly translated: number;
  /** What is not the same. */
  readonly differences: readonly string[];
}

export const compareLanes = (subject: Subject, plan: Plan): Result => {
  const [first, ...others] = subject.variants ?? VARIANTS;
  const reference = new Lane(subject, plan, first);
  const expected = plan.steps.map(() => reference.advance());
  const observations = reference.observations();
  const { instructions } = reference;
  const differences: string[] = [];
  let translated = 0;
  let translatable = 0;
  for (const variant of others) {
    const lane = new Lane(subject, plan, variant);
    const step = expected.findIndex((state) => lane.advance() !== state);
    const what = `${nameOf(variant)} is not as ${nameOf(first)}`;
    if (step >= 0) differences.push(`${what}: ${findParting(subject, plan, [first, variant], step)}`);
    else if (lane.observations() !== observations) differences.push(`${what}: ${firstOther(observations, lane.observations())}`);
    if (variant.engine !== 'translate') continue;
    translated += lane.translated;
    translatable += reference.busyTicks;
  }
  return { runs: others.length, instructions, translatable, translated, differences };
};

/** The first line of a text that is other in another. */
const firstOther = (one: string, other: string): string => {
  const [lines, others] = [one, other].map((text) => text.split('\n'));
  const at = lines.findIndex((line, index) => line !== others[index]);
  return at < 0 ? `one line more, ${others[lines.length]}` : `${lines[at]}, and ${others[at] ?? 'nothing'}`;
};

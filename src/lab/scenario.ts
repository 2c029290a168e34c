// The opening comment of a scenario's assembly file → what the lab must know of it: a title, what is expected of a run, and how long
// to wait for it. The scenario itself is code in the kernel's image, chosen by `scenario=NAME` on its command line.

import { type Expectation, parseExpectation } from './expectation.ts';

export interface Scenario {
  readonly name: string;
  readonly title: string;
  readonly expectation: Expectation;
  /** Guest seconds after which the run ends anyway. */
  readonly untilSeconds: number;
}

const FIELD = /^;\s*(title|expect|until):\s*(.*?)\s*$/gm;

/** Reads the fields of `source`; a string result says which field is missing or wrong. */
export const readScenario = (name: string, source: string): Scenario | string => {
  const fields = new Map([...source.matchAll(FIELD)].map(([, field, value]) => [field, value]));
  const [title, expect, until] = ['title', 'expect', 'until'].map((field) => fields.get(field));
  if (title === undefined || expect === undefined || until === undefined)
    return `${name}: a scenario opens with '; title:', '; expect:' and '; until:'`;
  const expectation = parseExpectation(expect);
  if (typeof expectation === 'string') return `${name}: expect: ${expectation}`;
  const untilSeconds = parseDuration(until);
  if (untilSeconds === undefined) return `${name}: until: '${until}' is not a duration such as 60s or 500ms`;
  return { name, title, expectation, untilSeconds };
};

/** `60s`, `500ms`, `2.5s` in seconds; `undefined` for anything else. */
export const parseDuration = (text: string): number | undefined => {
  const match = /^(\d+(?:\.\d+)?)(s|ms)$/.exec(text);
  return match ? Number(match[1]) * (match[2] === 's' ? 1 : 0.001) : undefined;
};

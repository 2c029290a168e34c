// Two variants that differ after a step → the first instruction behind which they do. Everything is run anew from the beginning, for a
// snapshot would forget what the engines have cached: first to ever earlier times, then with a look at one CPU in the middle of a turn.

import type { Snapshot } from '../../src/index.ts';
import { Alarm } from '../../src/time/timeline.ts';
import { differences } from '../support/difference.ts';
import { clockOf, Lane } from './lane.ts';
import type { Plan, Subject, Variant } from './subject.ts';

const MOST_DIFFERENCES = 12;
const LAST_LINES = 5;

type Pair = readonly [reference: Variant, variant: Variant];

/** The least number in `from` + 1 to `to` for which `isBad`, which must be so for `to`. */
const firstBad = (from: number, to: number, isBad: (value: number) => boolean): number => {
  let [good, bad] = [from, to];
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (isBad(middle)) bad = middle;
    else good = middle;
  }
  return bad;
};

export const findParting = (subject: Subject, plan: Plan, pair: Pair, step: number): string => {
  const laneBefore = (variant: Variant): Lane => {
    const lane = new Lane(subject, plan, variant);
    for (let index = 0; index < step; index++) lane.advance();
    return lane;
  };
  const isOther = (until: number): boolean => {
    const [one, other] = pair.map((variant) => laneBefore(variant).runTo(until));
    return one !== other;
  };
  const { until } = plan.steps[step];
  const from = step === 0 ? 0 : plan.steps[step - 1].until;
  if (!isOther(until)) return `only when cut as it was, between ${from} and ${until}`;
  const bad = firstBad(from, until, isOther);
  const start = bad - 1 === from ? laneBefore(pair[0]).machine.now : nowAfter(laneBefore(pair[0]), bad - 1);
  const ends = pair.map((variant) => {
    const lane = laneBefore(variant);
    return { outcome: lane.runTo(bad), snapshot: lane.machine.save(), times: lane.machine.cpus.map(({ time }) => time) };
  });
  const turn = `in the turn from ${start} (${ends.map(({ outcome }) => outcome).join(' and ')})`;

  /** The whole state at the first boundary of a CPU at or after a time in that turn. */
  const look = (variant: Variant, cpu: number, time: number): Snapshot => {
    const lane = laneBefore(variant);
    let seen: Snapshot | undefined;
    clockOf(lane.machine.cpus[cpu]).set(new Alarm('look', () => (seen = lane.machine.save())), time);
    lane.runTo(bad);
    return seen ?? lane.machine.save();
  };
  const differencesAt = (cpu: number, time: number): string[] => {
    const [one, other] = pair.map((variant) => look(variant, cpu, time));
    return differences(one, other, ['turns']);
  };
  for (let cpu = 0; cpu < subject.config.cpus; cpu++) {
    const end = ends[0].times[cpu];
    if (differencesAt(cpu, end).length === 0) continue;
    const time = firstBad(start, end, (middle) => differencesAt(cpu, middle).length > 0);
    return describe(`at cpu${cpu} t=${time}, ${turn}, behind`, differencesAt(cpu, time), traceBefore(laneBefore(pair[0]), bad, cpu, time));
  }
  const lines = ends[0].times.flatMap((time, cpu) => traceBefore(laneBefore(pair[0]), bad, cpu, time));
  return describe(`${turn}, if nobody looks at a boundary in it, behind`, differences(ends[0].snapshot, ends[1].snapshot), lines);
};

const nowAfter = (lane: Lane, until: number): number => {
  lane.runTo(until);
  return lane.machine.now;
};

const describe = (where: string, found: readonly string[], lines: readonly string[]): string =>
  [
    `first ${where}`,
    ...lines.map((line) => `  ${line}`),
    ...found.slice(0, MOST_DIFFERENCES),
    ...(found.length > MOST_DIFFERENCES ? [`and ${found.length - MOST_DIFFERENCES} more`] : []),
  ].join('\n  ');

/** What a CPU did last before a time. */
const traceBefore = (lane: Lane, until: number, cpu: number, time: number): string[] => {
  const lines: string[] = [];
  lane.machine.trace((line) => {
    const [, id, at] = /^cpu(\d+) t=(\d+)/.exec(line)!;
    if (Number(id) === cpu && Number(at) < time) lines.push(line);
    if (lines.length > LAST_LINES) lines.shift();
  });
  lane.runTo(until);
  return lines;
};

// One scenario begun at many moments → the distribution of its first report. A moment is a phase after a tick of the watchdog on the CPU
// that locks up; besides, the runs are spread over several periods, because the printed number of seconds depends on where in the
// detector's second (2^30 ns) the last feed fell, and from one tick to the next that moves on by 0.73 of it.

import { applyConditions, wordValue } from './conditions.ts';
import { type RunRequest, requestOf } from './run-case.ts';
import type { RunResult } from './run.ts';
import { type Case, caseIn } from './scenario.ts';

/** After 29 ticks of 4 s the feed is nearly where it was in the detector's second: 29 * 4 / 1.0737 = 108.03. */
const EVEN_PERIODS = 29;
/** Seconds that a scenario may wait without becoming a hung task itself (hung_task_timeout_secs). */
const LONGEST_WAIT = 119;

const WATCHDOG_THRESH_DEFAULT = 10;

export interface SweepPlan {
  readonly one: Case;
  /** Seconds: the first and the end of the phases. */
  readonly from: number;
  readonly to: number;
  readonly runs: number;
  /** Over how many periods the runs are spread. */
  readonly periods: number;
}

/** Seconds between two ticks of the watchdog: set_sample_period(), 2 * watchdog_thresh / 5. */
export const samplePeriod = ({ setting }: Case): number =>
  (2 * Number(wordValue(setting, 'watchdog_thresh') || WATCHDOG_THRESH_DEFAULT)) / 5;

/** Over how many periods a sweep is spread unless told otherwise. */
export const defaultPeriods = (one: Case): number =>
  Math.max(1, Math.min(EVEN_PERIODS, Math.floor(LONGEST_WAIT / samplePeriod(one))));

const NS = 1_000_000_000;

export interface SweepRequest extends RunRequest {
  /** Seconds after a tick. */
  readonly phase: number;
}

/** A request for each run: phases evenly over the range, periods in turn. */
export const sweepRequests = ({ one, from, to, runs, periods }: SweepPlan): SweepRequest[] =>
  Array.from({ length: runs }, (_, index) => {
    const phase = from + ((index + 0.5) * (to - from)) / runs;
    const wait = phase + (index % periods) * samplePeriod(one);
    const word = { key: 'phase', value: `${Math.round(wait * NS)}` };
    const moved = caseIn(one.scenario, applyConditions(one.setting, [word]), one.conditions);
    const request = requestOf(moved);
    return { ...request, untilSeconds: request.untilSeconds + wait, phase };
  });

/** One run of a sweep; times in seconds since the onset. */
export interface SweepPoint {
  readonly phase: number;
  readonly kind: RunResult['verdict']['kind'];
  readonly latency: number | undefined;
  readonly stuck: number | undefined;
  /** From the last tick before the onset to the report, in periods. */
  readonly ticks: number | undefined;
  readonly asExpected: boolean;
  readonly line: string | undefined;
}

export interface SweepSummary {
  readonly points: readonly SweepPoint[];
  /** Of the runs with a report, ascending. */
  readonly latencies: readonly number[];
  readonly ticks: readonly number[];
  /** How often each number of seconds was printed, ascending. */
  readonly stuck: readonly (readonly [seconds: number, count: number])[];
  readonly asExpected: number;
}

export const summarize = (plan: SweepPlan, requests: readonly SweepRequest[], results: readonly RunResult[]): SweepSummary => {
  const period = samplePeriod(plan.one);
  const points = results.map(({ verdict: { kind, latency, finding, asExpected, since } }, index): SweepPoint => {
    const { phase } = requests[index];
    const known = since === 'onset' ? latency : undefined; // else it would count from before the phase
    return {
      phase,
      kind,
      latency: known,
      stuck: finding?.stuck,
      ticks: known === undefined ? undefined : (known + (phase % period)) / period,
      asExpected: asExpected === true,
      line: finding?.line,
    };
  });
  const counts = new Map<number, number>();
  for (const { stuck } of points) if (stuck !== undefined) counts.set(stuck, (counts.get(stuck) ?? 0) + 1);
  const ascending = (values: readonly (number | undefined)[]): number[] =>
    values.filter((value) => value !== undefined).sort((a, b) => a - b);
  return {
    points,
    latencies: ascending(points.map(({ latency }) => latency)),
    ticks: ascending(points.map(({ ticks }) => ticks)),
    stuck: [...counts].sort(([a], [b]) => a - b),
    asExpected: points.filter(({ asExpected }) => asExpected).length,
  };
};

export interface Bin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

const STEPS = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 20];
const MOST_BINS = 20;

/** A histogram of ascending `values`, with a width that a person can read. */
export const histogram = (values: readonly number[]): Bin[] => {
  if (values.length === 0) return [];
  const [least, most] = [values[0], values[values.length - 1]];
  const step = STEPS.find((width) => (most - least) / width < MOST_BINS) ?? most - least;
  const first = Math.floor(least / step);
  const count = Math.floor(most / step) - first + 1;
  const edge = (index: number): number => (first + index) * step;
  const bins = Array.from({ length: count }, (_, index) => ({ from: edge(index), to: edge(index + 1), count: 0 }));
  for (const value of values) bins[Math.min(count - 1, Math.max(0, Math.floor(value / step) - first))].count++;
  return bins;
};

// Moments to begin at, and the distribution of what came of them.

import { describe, expect, test } from 'vitest';
import type { RunResult } from '../../src/lab/run.ts';
import { applyConditions, parseWords } from '../../src/lab/conditions.ts';
import { type Case, caseIn, isMistake, readScenario } from '../../src/lab/scenario.ts';
import { defaultPeriods, histogram, samplePeriod, summarize, type SweepPlan, sweepRequests } from '../../src/lab/sweep.ts';
import { sweepJson, sweepSvg, sweepText } from '../../src/lab/sweep-report.ts';

const caseWith = (words: string): Case => {
  const scenario = readScenario('spin', '; title: A loop\n; until: 60s\n; expect: soft\n');
  if (isMistake(scenario)) throw new Error(scenario.text);
  return caseIn(scenario, applyConditions(scenario.setting, parseWords(words)));
};

const PLAN: SweepPlan = { one: caseWith(''), from: 0, to: 4, runs: 4, periods: 3 };

/** A run whose soft lockup was reported `latency` seconds after the onset, printing `stuck`. */
const resultOf = (latency: number | undefined, stuck: number): RunResult => {
  const line = `watchdog: BUG: soft lockup - CPU#0 stuck for ${stuck}s! [a:1]`;
  const finding = latency === undefined ? undefined : { kind: 'soft' as const, seconds: 10 + latency, cpu: 0, stuck, line, symbol: undefined };
  return {
    outcome: { kind: 'until' },
    verdict: {
      kind: finding ? 'soft' : 'none', finding, findings: finding ? [finding] : [], latency, since: 'onset', asExpected: finding !== undefined, difference: undefined,
    },
    seconds: 50, origin: { kind: 'onset', seconds: 10 }, refusals: [], lostBytes: 0, stateHash: '', silent: false,
  };
};

describe('the runs of a sweep', () => {
  const requests = sweepRequests(PLAN);
  test('begin at phases evenly over the range, each in another period', () =>
    expect(requests.map(({ config }) => config.commandLine)).toEqual([
      'scenario=spin phase=500000000', // 0.5 s
      'scenario=spin phase=5500000000', // 1.5 s and one period of 4 s
      'scenario=spin phase=10500000000', // 2.5 s and two
      'scenario=spin phase=3500000000',
    ]));
  test('may last longer by what they wait', () => expect(requests.map(({ untilSeconds }) => untilSeconds)).toEqual([60.5, 65.5, 70.5, 63.5]));
  test.each([
    ['', 4, 29],
    ['watchdog_thresh=30', 12, 9], // no more, or the waiting insmod would be a hung task
    ['sysctl.kernel.watchdog_thresh=5', 2, 29],
  ])('with %j on the command line a period has %d s, and %d are used', (words, seconds, periods) =>
    expect([samplePeriod(caseWith(words)), defaultPeriods(caseWith(words))]).toEqual([seconds, periods]));
});

describe('a distribution', () => {
  const requests = sweepRequests(PLAN);
  const summary = summarize(PLAN, requests, [resultOf(23.5, 22), resultOf(22.5, 23), resultOf(21.5, 22), resultOf(undefined, 0)]);
  test('has the times in order, and how often each number was printed', () =>
    expect(summary).toMatchObject({ latencies: [21.5, 22.5, 23.5], stuck: [[22, 2], [23, 1]], asExpected: 3 }));
  test('knows how many ticks after the last one before the onset a report came', () => expect(summary.ticks).toEqual([6, 6, 6]));
  test('is printed with bars and shares', () => {
    const lines = sweepText(PLAN, summary);
    expect(lines.slice(0, 2)).toEqual([
      'spin: 4 runs, begun 0..4 s after a tick, over 3 periods of 4 s',
      'as expected: 3 of 4; with a report: 3',
    ]);
    expect(lines).toContain('first report, seconds after the onset (least … median … greatest): 21.50 … 22.50 … 23.50');
    expect(lines).toContain(`  22s  ${'#'.repeat(40)}  2  66.7 %`);
    expect(lines).toContain(`  23s  ${'#'.repeat(20).padEnd(40)}  1  33.3 %`);
  });
  test('is JSON with every run', () =>
    expect(sweepJson(PLAN, summary)).toMatchObject({ runs: 4, stuck: { 22: 2, 23: 1 }, points: [{ phase: 0.5, latency: 23.5, ticks: 6 }, {}, {}, {}] }));
  test('is a picture that is well-formed', () => {
    const svg = sweepSvg(PLAN, summary);
    expect(svg.match(/<rect /g)).toHaveLength(histogram(summary.latencies).length);
    expect(svg.match(/<(\w+)[ >]/g)?.length).toBe((svg.match(/<\/\w+>|\/>/g) ?? []).length);
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });
  test('of nothing at all says so in each form', () => {
    const nothing = summarize(PLAN, requests, requests.map(() => resultOf(undefined, 0)));
    expect(sweepText(PLAN, nothing)).toEqual([
      'spin: 4 runs, begun 0..4 s after a tick, over 3 periods of 4 s',
      'as expected: 0 of 4; with a report: 0',
    ]);
    expect(sweepSvg(PLAN, nothing)).not.toMatch(/NaN|undefined|Infinity/);
  });
});

describe('a histogram', () => {
  test('puts each value into one bin of a readable width', () =>
    expect(histogram([6.0, 6.2, 12.4, 19.9])).toEqual(
      Array.from({ length: 14 }, (_, index) => ({ from: 6 + index, to: 7 + index, count: [2, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1][index] })),
    ));
  test('of equal values is one bin', () => expect(histogram([3, 3, 3]).map(({ count }) => count)).toEqual([3]));
  test('of no values is empty', () => expect(histogram([])).toEqual([]));
});

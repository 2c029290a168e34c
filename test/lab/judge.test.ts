import { describe, expect, test } from 'vitest';
import { parseExpectation } from '../../src/lab/expectation.ts';
import { FindingReader } from '../../src/lab/findings.ts';
import { judge } from '../../src/lab/judge.ts';

/** Lines with the guest second at which each begins. */
const read = (lines: readonly (readonly [seconds: number, text: string])[]): FindingReader => {
  const reader = new FindingReader();
  for (const [seconds, text] of lines) reader.add({ seconds, cpu: 0, text });
  return reader;
};

const SOFT_RUN = [
  [3.1, '[    3.100000] soft_spin: start'],
  [28.4, '[   28.464015] watchdog: BUG: soft lockup - CPU#0 stuck for 26s! [insmod:169]'],
  [28.41, '[   28.464733] RIP: 0010:soft_spin_init+0x15/0x20 [soft_spin]'],
  [28.42, '[   28.464733] RIP: 0010:do_one_initcall+0x5b/0x320'],
  [56.4, '[   56.464015] watchdog: BUG: soft lockup - CPU#0 stuck for 52s! [insmod:169]'],
] as const;

const expectation = (text: string) => {
  const parsed = parseExpectation(text);
  if (typeof parsed === 'string') throw new Error(parsed);
  return parsed;
};

describe('findings', () => {
  test('are the reports of the detectors, with the place where the CPU was stuck', () =>
    expect(read(SOFT_RUN).findings).toEqual([
      {
        kind: 'soft',
        seconds: 28.4,
        cpu: 0,
        line: 'watchdog: BUG: soft lockup - CPU#0 stuck for 26s! [insmod:169]',
        symbol: 'soft_spin_init+0x15',
      },
      {
        kind: 'soft',
        seconds: 56.4,
        cpu: 0,
        line: 'watchdog: BUG: soft lockup - CPU#0 stuck for 52s! [insmod:169]',
        symbol: undefined,
      },
    ]));
  test('name the stuck CPU of a hard lockup, in the words of any kernel since 4.4', () =>
    expect(
      read([
        [9, 'NMI watchdog: Watchdog detected hard LOCKUP on cpu 3'],
        [9, 'watchdog: Watchdog detected hard LOCKUP on cpu 1'],
        [9, 'watchdog: CPU0: Watchdog detected hard LOCKUP on cpu 2'],
      ]).findings.map(({ kind, cpu }) => [kind, cpu]),
    ).toEqual([
      ['hard', 3],
      ['hard', 1],
      ['hard', 2],
    ]));
});

describe('a verdict', () => {
  const { findings, onset } = read(SOFT_RUN);
  test('counts from the onset that the scenario printed', () =>
    expect(judge(findings, onset, undefined)).toMatchObject({ kind: 'soft', latency: 28.4 - 3.1, asExpected: undefined }));
  test.each([
    ['soft@20s..28s,cpu=0', true],
    ['soft', true],
    ['hard|soft', true],
    ['soft@20s..25s', false],
    ['soft@26s..28s', false],
    ['soft,cpu=1', false],
    ['hard', false],
    ['none', false],
  ])('of a soft lockup after 25.3 s on CPU 0 with %s expected: %s', (text, asExpected) =>
    expect(judge(findings, onset, expectation(text)).asExpected).toBe(asExpected));
  test('none is as expected only when nothing was found', () =>
    expect(judge([], 1, expectation('none'))).toEqual({ kind: 'none', finding: undefined, latency: undefined, asExpected: true }));
  test('silence is not the lockup that was expected', () => expect(judge([], 1, expectation('soft')).asExpected).toBe(false));
});

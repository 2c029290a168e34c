import { describe, expect, test } from 'vitest';
import { parseExpectation } from '../../src/lab/expectation.ts';
import { FindingReader } from '../../src/lab/findings.ts';
import { isDecided, judge } from '../../src/lab/judge.ts';
import type { Outcome } from '../../src/machine/machine.ts';

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
        stuck: 26,
        line: 'watchdog: BUG: soft lockup - CPU#0 stuck for 26s! [insmod:169]',
        symbol: 'soft_spin_init+0x15',
      },
      {
        kind: 'soft',
        seconds: 56.4,
        cpu: 0,
        stuck: 52,
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
  test.each([
    [['Kernel panic - not syncing: softlockup: hung tasks'], { kind: 'panic', cpu: 0 }],
    [['INFO: task kworker/0:1:23 blocked for more than 120 seconds.'], { kind: 'hung', stuck: 120 }],
    [['BUG: workqueue lockup - pool cpus=1 node=0 flags=0x0 nice=0 stuck for 31s!'], { kind: 'workqueue', cpu: 1, stuck: 31 }],
    [['rcu: INFO: rcu_preempt self-detected stall on CPU'], { kind: 'rcu', cpu: 0 }],
    [['rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:', 'rcu: \t3-...!: (1 GPs behind) idle=1'], { kind: 'rcu', cpu: 3 }],
  ])('%j is one', (texts, finding) =>
    expect(read(texts.map((text) => [9, text] as const)).findings).toMatchObject([finding]));
  test('are no longer looked for in a guest that prints for ever', () => {
    const reader = new FindingReader();
    for (let count = 0; count < FindingReader.LIMIT + 10; count++) reader.add({ seconds: 1, cpu: 0, text: 'tick' });
    expect(reader.happenings.length).toBe(FindingReader.LIMIT);
  });
  test('are not what merely resembles a report', () =>
    expect(
      read([
        [9, '---[ end Kernel panic - not syncing: Hard LOCKUP ]---'],
        [9, 'NMI watchdog: Enabled. Permanently consumes one hw-PMU counter.'],
      ]).findings,
    ).toEqual([]));
});

/** How a run with these lines is judged; `outcome` ends it. */
const judged = (lines: readonly (readonly [seconds: number, text: string])[], text: string, outcome: Outcome = { kind: 'until' }) => {
  const reader = read(lines);
  reader.end(outcome, 100);
  return judge(reader.happenings, reader.origin, expectation(text));
};

const AT_1 = { kind: 'onset', seconds: 1 } as const;

describe('a verdict', () => {
  test('counts from the onset that the scenario printed', () => {
    const { happenings, origin } = read(SOFT_RUN);
    expect(judge(happenings, origin, undefined)).toMatchObject({ kind: 'soft', latency: 28.4 - 3.1, since: 'onset', asExpected: undefined });
  });
  test.each([
    ['soft@20s..28s,cpu=0', true],
    ['soft', true],
    ['hard|soft', true],
    ['soft@20s..25s', false],
    ['soft@26s..28s', false],
    ['soft,cpu=1', false],
    ['soft,stuck=26', true],
    ['soft,stuck=22..23', false],
    ['soft,in=soft_spin_init', true],
    ['soft,in=mdelay', false],
    ['soft,line="watchdog: BUG: soft lockup - CPU#0 stuck for (26|27)s! [insmod:*]"', true],
    ['soft,line="watchdog: BUG: soft lockup - CPU#0 stuck for (22|23)s! [insmod:*]"', false],
    ['soft,line="BUG: soft lockup - CPU#0 stuck for 26s! [insmod:169]"', false],
    ['soft,stuck=26 then soft@+27.9s..28.1s,stuck=52', true],
    ['soft then soft@+23.9s..24.1s', false],
    ['soft then panic', false],
    ['soft then none', false],
    ['says="RIP: 0010:do_one_initcall+"', false],
    ['soft then says="RIP: 0010:do_one_initcall+"', true],
    ['hard', false],
    ['none', false],
  ])('of soft lockups on CPU 0 after 25.3 s (26s) and 53.3 s (52s) with %s expected: %s', (text, asExpected) =>
    expect(judged(SOFT_RUN, text).asExpected).toBe(asExpected));
  test('none is as expected only when nothing was found', () =>
    expect(judge([], AT_1, expectation('none'))).toEqual({
      kind: 'none', finding: undefined, findings: [], latency: undefined, since: 'onset', asExpected: true, difference: undefined,
    }));
  test('silence is not the lockup that was expected', () => expect(judge([], AT_1, expectation('soft')).asExpected).toBe(false));

  const PANIC_RUN = [
    ...SOFT_RUN.slice(0, 2),
    [28.5, 'Kernel panic - not syncing: softlockup: hung tasks'],
    [29.5, 'Shutting down cpus with NMI'],
  ] as const;
  test.each([
    ['soft then panic', true],
    ['soft then panic@+0s..1s then says="Shutting down cpus with NMI"', true],
    ['soft then panic@+0s..0.05s', false],
    ['soft', false], // a panic that nobody expected
    ['panic', false],
  ])('of a soft lockup and a panic with %s expected: %s', (text, asExpected) => expect(judged(PANIC_RUN, text).asExpected).toBe(asExpected));

  test('a repeat of what was expected is no news', () =>
    expect(judged([...SOFT_RUN, [60, 'watchdog: BUG: soft lockup - CPU#1 stuck for 26s! [a:1]']], 'soft,cpu=0 then soft,cpu=1').asExpected).toBe(true));

  test.each([
    [{ kind: 'reset', by: 'port 0xcf9' }, 'soft then reset', true],
    [{ kind: 'reset', by: 'port 0xcf9' }, 'soft', false],
    [{ kind: 'reset', by: 'port 0xcf9' }, 'none', false],
    [{ kind: 'exit', code: 5 }, 'soft then exit=5', true],
    [{ kind: 'exit', code: 5 }, 'soft then exit=7', false],
    [{ kind: 'exit', code: 5 }, 'soft', true],
    [{ kind: 'triple-fault', cpu: 1 }, 'soft then triple-fault,cpu=1', true],
  ] as const)('an end can be expected: %j with %s', (outcome, text, asExpected) =>
    expect(judged(SOFT_RUN.slice(0, 3), text, outcome).asExpected).toBe(asExpected));

  test.each([
    ['hard', 'hard was expected; seen: watchdog: BUG: soft lockup - CPU#0 stuck for 26s! [insmod:169] (it is soft, not hard)'],
    ['soft,cpu=1', 'soft,cpu=1 was expected; seen: watchdog: BUG: soft lockup - CPU#0 stuck for 26s! [insmod:169] (it is CPU 0, not 1)'],
    [
      'soft@1s..2s',
      'soft@1s..2s was expected; seen: watchdog: BUG: soft lockup - CPU#0 stuck for 26s! [insmod:169] (it comes after 25.300 s, not 1s..2s)',
    ],
    ['soft then panic', 'panic was expected after soft; it never came'],
    ['hung | soft then none', 'nothing more was expected after soft; seen: watchdog: BUG: soft lockup - CPU#0 stuck for 52s! [insmod:169]'],
    ['none', 'nothing more was expected; seen: watchdog: BUG: soft lockup - CPU#0 stuck for 26s! [insmod:169]'],
  ])('says what is different from %s', (text, difference) => expect(judged(SOFT_RUN, text).difference).toBe(difference));
});

describe('a run is decided', () => {
  const decided = (lines: readonly (readonly [number, string])[], text: string): boolean => {
    const { happenings, origin } = read(lines);
    return isDecided(happenings, origin, expectation(text));
  };
  test.each([
    ['soft', true],
    ['soft then panic', false],
    ['soft then none', false],
    ['none', true],
    ['hard', true],
    ['hard | soft then panic', false],
  ])('after a first report with %s expected: %s', (text, answer) => expect(decided(SOFT_RUN.slice(0, 3), text)).toBe(answer));
  test('not before anything was found', () => expect(decided(SOFT_RUN.slice(0, 1), 'none')).toBe(false));
});

// The timing law (kernel/watchdog.c, watchdog_perf.c): when the first report comes and what it prints, over all the moments at which a
// lockup can begin. Times are the guest's; a report is seen a little later than it is made, by what printing takes.

import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';

interface Sweep {
  readonly stuck: Readonly<Record<string, number>>;
  readonly points: readonly { latency: number; ticks: number; stuck: number; asExpected: boolean }[];
}

const PRINTING = 0.15;

const sweep = (...words: readonly string[]): Sweep => {
  const { stdout, stderr } = spawnSync(process.execPath, ['dist/cli.js', 'sweep', ...words, '--json'], {
    encoding: 'utf8', timeout: 600_000, maxBuffer: 1 << 26,
  });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as Sweep;
};

const LONG = 600_000;
/** Of the first reports; every run has one. */
const latenciesOf = ({ points }: Sweep): number[] => {
  expect(points.filter(({ asExpected }) => !asExpected)).toEqual([]);
  return points.map(({ latency }) => latency);
};

const least = (values: readonly number[]): number => Math.min(...values);
const greatest = (values: readonly number[]): number => Math.max(...values);

describe('a soft lockup that nothing touches', () => {
  test('is reported at the sixth tick, as 22s in 60 to 70 % and as 23s in the rest', { timeout: LONG }, () => {
    const { points, stuck } = sweep('kthread-spinlock', '--runs', '58');
    for (const { ticks, latency } of points) {
      expect(ticks).toBeGreaterThanOrEqual(6);
      expect(ticks).toBeLessThan(6 + PRINTING / 4);
      expect(latency).toBeGreaterThanOrEqual(20);
      expect(latency).toBeLessThan(24 + PRINTING);
    }
    expect(Object.keys(stuck)).toEqual(['22', '23']);
    expect(stuck[22] / points.length).toBeGreaterThan(0.6);
    expect(stuck[22] / points.length).toBeLessThan(0.7);
  });
  test('counts from the tick that came just before it, too', { timeout: LONG }, () => {
    const { points } = sweep('kthread-spinlock', '--runs', '4', '--phase', '0..60ms');
    for (const { ticks } of points) expect(Math.abs(ticks - 6)).toBeLessThan(PRINTING / 4);
  });
  test.each([
    [5, ['11', '12'], 10, 12],
    [30, ['67', '68'], 60, 72],
  ])('with watchdog_thresh=%i prints %j', { timeout: LONG }, (thresh, printed, from, to) => {
    const result = sweep('kthread-spinlock', '--runs', '9', '--append', `watchdog_thresh=${thresh}`);
    const latencies = latenciesOf(result);
    for (const number of Object.keys(result.stuck)) expect(printed).toContain(number);
    expect(least(latencies)).toBeGreaterThanOrEqual(from);
    expect(greatest(latencies)).toBeLessThan(to + PRINTING);
  });
});

test('a soft lockup whose onset is printed is reported at the seventh tick, as 26s or 27s', { timeout: LONG }, () => {
  const { points, stuck } = sweep('soft-spin', '--runs', '12');
  for (const { ticks } of points) expect(Math.abs(ticks - 7)).toBeLessThan(PRINTING / 4);
  expect(Object.keys(stuck).every((number) => number === '26' || number === '27')).toBe(true);
});

test('a hard lockup is found by the counter after 6 to 20 s, all of it', { timeout: LONG }, () => {
  const latencies = latenciesOf(sweep('hard-cli', '--runs', '58'));
  expect(least(latencies)).toBeGreaterThanOrEqual(6);
  expect(least(latencies)).toBeLessThan(8);
  expect(greatest(latencies)).toBeGreaterThan(18);
  expect(greatest(latencies)).toBeLessThan(20 + PRINTING);
});

test('a hard lockup is found by a buddy of 7.1 after 8 to 12 s', { timeout: LONG }, () => {
  const latencies = latenciesOf(sweep('hard-cli', '--runs', '20', '--append', 'hardlockup=buddy-7.1 cpu=0'));
  expect(least(latencies)).toBeGreaterThanOrEqual(8);
  expect(greatest(latencies)).toBeLessThan(12 + PRINTING);
});

// The timelines that were measured on stock kernels in QEMU (lockup-detector spec 10.2), as far as they have a counterpart here: the same
// first report, counted from the tick at which the detectors were enabled, and the same sequence of printed numbers.

import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { guest, runGuest, secondsOf } from './guest-run.ts';

const KERNEL = join('asm', 'kernel.asm');
const PERIOD = 4;

interface Report {
  readonly at: number;
  readonly cpu: number;
  readonly stuck: number;
}
const softReports = (lines: readonly string[]): Report[] =>
  lines.flatMap((line) => {
    const match = /BUG: soft lockup - CPU#(\d+) stuck for (\d+)s!/.exec(line);
    return match ? [{ at: secondsOf(line), cpu: Number(match[1]), stuck: Number(match[2]) }] : [];
  });
const find = (lines: readonly string[], text: string): number => secondsOf(lines.find((line) => line.includes(text)) ?? '');
/** When the detectors of CPU 0 were enabled: the line of its counter comes right after the timer was set. */
const enabledAt = (lines: readonly string[]): number => find(lines, 'NMI watchdog: ');
const gaps = (reports: readonly Report[]): number[] => reports.slice(1).map(({ at }, index) => at - reports[index].at);
const expectEvery = (reports: readonly Report[], seconds: number): void => {
  for (const gap of gaps(reports)) expect(gap).toBeCloseTo(seconds, 1);
};

/** The numbers of reports that come 28 s apart: differences of time stamps in units of 2^30 ns, each rounded down, since the last feed. */
const printed = (feed: number, count: number): number[] => {
  const stamp = (seconds: number): number => Math.floor((seconds * 1e9) / 2 ** 30);
  return Array.from({ length: count }, (_, index) => stamp(feed + 28 * (index + 1)) - stamp(feed));
};

describe('a module that prints a line and loops', () => {
  test.each([
    ['6.1: enabled at 0.357, start at 4.435, reports at 32.357, 60.357, 88.357, 116.357', 0.357, 78],
    ['6.12: ticks at 0.485+4k, start at 5.49, reports at 32.485, 60.485, 88.56, 116.485', 0.485, 1005],
  ])('%s', (_, enabled, phaseMs) => {
    expect(printed(enabled + PERIOD, 4)).toEqual([26, 52, 78, 104]); // fed at the first tick; so it was measured
    const { lines } = runGuest(KERNEL, `scenario=soft-spin phase=${phaseMs}000000`, 118);
    const reports = softReports(lines);
    expect(reports.map(({ stuck }) => stuck)).toEqual(printed(enabledAt(lines) + PERIOD, 4));
    expect(reports[0].at - enabledAt(lines)).toBeCloseTo(8 * PERIOD, 1); // touched after the first tick: forgotten at the second, then six
    expectEvery(reports, 28);
  });

  test('6.12, preempt=full: no report in 95 s; with preemption disabled 26, 52, 78', () => {
    expect(softReports(runGuest(KERNEL, 'scenario=soft-spin preempt=full', 95).lines)).toEqual([]);
    const reports = softReports(runGuest(KERNEL, 'scenario=preempt-off preempt=full', 95).lines);
    expect(reports.map(({ stuck }) => stuck)).toEqual([26, 52, 78]);
    expectEvery(reports, 28);
  });

  test('6.12, thresh 5 written just before: 14.0 s later, 13', () => {
    const { lines } = runGuest(KERNEL, 'scenario=sysctl-thresh', 20);
    const [first] = softReports(lines);
    expect(first.at - find(lines, 'sysctl_thresh: start')).toBeCloseTo(14.0, 1);
    expect(first.stuck).toBe(13);
  });

  test('6.12, thresh 1: every 3.2 to 3.6 s: 4, 7, 10, 13, 16', () => {
    const reports = softReports(runGuest(KERNEL, 'scenario=soft-spin watchdog_thresh=1', 20).lines);
    for (const gap of gaps(reports)) {
      expect(gap).toBeGreaterThan(3.1);
      expect(gap).toBeLessThan(3.7);
    }
    for (const [index, { stuck }] of reports.slice(0, 5).entries()) expect(Math.abs(stuck - (4 + 3 * index))).toBeLessThanOrEqual(1);
    expect(reports.length).toBeGreaterThanOrEqual(5);
  });
});

describe('a loop in a task that was busy before, nothing printed', () => {
  test('6.12, none: 22, 48, 75, every 28 s', () => {
    const { lines } = runGuest(KERNEL, 'scenario=soft-spin preempt=none phase=500000000 announce=0', 95);
    const reports = softReports(lines);
    expect(reports).toHaveLength(3);
    for (const [index, { stuck }] of reports.entries()) expect([[22, 23], [48, 49], [74, 75]][index]).toContain(stuck);
    expect(reports[0].at - enabledAt(lines)).toBeCloseTo(7 * PERIOD, 1); // fed at the first tick, begun behind it
    expectEvery(reports, 28);
  });

  test('6.12, softirqs disabled instead: 23, 49', () => {
    const reports = softReports(runGuest(KERNEL, 'scenario=bh-off phase=500000000 announce=0', 60).lines);
    for (const [index, { stuck }] of reports.entries()) expect([[22, 23], [48, 49]][index]).toContain(stuck);
    expect(reports).toHaveLength(2);
    expectEvery(reports, 28);
  });
});

test('6.12, printk and mdelay: never in 95 s', () => {
  expect(softReports(runGuest(KERNEL, 'scenario=soft-mdelay-printing', 95).lines)).toEqual([]);
});

test('6.12, two CPUs, two spinlocks, all-CPU backtraces: the other CPU is touched by its own dump and reports seven ticks later, 48 or 49', () => {
  const [first, second] = softReports(runGuest(KERNEL, 'scenario=abba softlockup_all_cpu_backtrace=1', 60).lines);
  expect(second.cpu).toBe(1 - first.cpu);
  expect([48, 49]).toContain(second.stuck);
  const later = second.at - first.at; // measured: 24.2 s, at other phases of the two
  expect(later).toBeGreaterThan(6 * PERIOD);
  expect(later).toBeLessThanOrEqual(7 * PERIOD);
});

describe('buddy', () => {
  const hardAt = (lines: readonly string[]): number => find(lines, 'hard LOCKUP on cpu 1');

  test('6.12, CPU 1 deaf before its first tick, nmi_watchdog=panic: at the sixth tick (24.18), panic, NMI stop', () => {
    const { lines, texts } = runGuest(guest('timelines'), 'scenario=deaf-early hardlockup=buddy nmi_watchdog=panic', 30);
    expect(hardAt(lines)).toBeCloseTo(6 * PERIOD, 0);
    expect(texts).toEqual(expect.arrayContaining(['Kernel panic - not syncing: Hard LOCKUP', 'Shutting down cpus with NMI']));
  });

  test('6.12, it had printed after its first tick, and an RCU stall touched it at 25.4: at the twelfth tick (48.20)', () => {
    const { lines } = runGuest(guest('timelines'), 'scenario=deaf-printing hardlockup=buddy rcu_stall=1 phase=300000000', 52);
    const stall = find(lines, 'rcu: INFO: rcu_preempt detected stalls');
    expect(stall).toBeGreaterThan(6 * PERIOD + 0.1);
    expect(stall).toBeLessThan(9 * PERIOD);
    expect(hardAt(lines)).toBeCloseTo(12 * PERIOD, 0);
  });

  test('6.12, all CPUs deaf: nothing', () => {
    expect(hardAt(runGuest(KERNEL, 'scenario=all-cpus-cli hardlockup=buddy', 60).lines)).toBeNaN();
  });
});

test('no PMU, one CPU, interrupts off: nothing', () => {
  const { texts } = runGuest(KERNEL, 'scenario=hard-cli', 60, { pmu: false, cpus: 1 });
  expect(texts.filter((text) => /LOCKUP|soft lockup -/.test(text))).toEqual([]);
});

// The chain from assembly text to a verdict: the kernel is assembled, booted on emulated CPUs, locked up by an instruction stream,
// and found out by its own detector.

import { describe, expect, test } from 'vitest';
import { runScenario } from '../support/scenario-run.ts';

const lineWith = (console: readonly string[], text: string): string | undefined => console.find((line) => line.includes(text));

describe('the three scenarios end as expected', () => {
  test('healthy: 60 seconds in which no detector says anything', () => {
    const run = runScenario('healthy');
    expect(run.verdict).toMatchObject({ kind: 'none', asExpected: true });
    expect(run.seconds).toBeGreaterThanOrEqual(60);
    expect(lineWith(run.console, 'NMI watchdog: Enabled. Permanently consumes one hw-PMU counter.')).toBeDefined();
  });

  test('soft-spin: the timer interrupt finds that the stopper has not run; the module printed at its start, so 26 s', () => {
    const { verdict, console } = runScenario('soft-spin');
    expect(verdict).toMatchObject({ kind: 'soft', asExpected: true, finding: { cpu: 0 } });
    expect(verdict.finding?.line).toMatch(/^watchdog: BUG: soft lockup - CPU#0 stuck for 2[67]s! \[insmod:\d+\]$/);
    expect(verdict.latency).toBeGreaterThan(24);
    expect(verdict.latency).toBeLessThanOrEqual(28.1);
    expect(lineWith(console, 'RIP: 0010:soft_spin_init+')).toMatch(/ \[soft_spin\]$/);
  });

  test('hard-cli: the counter overflows into an NMI, which finds that the timer interrupt has not come', () => {
    const { verdict, console } = runScenario('hard-cli');
    expect(verdict).toMatchObject({ kind: 'hard', asExpected: true, finding: { cpu: 1 } });
    expect(verdict.finding?.line).toBe('watchdog: Watchdog detected hard LOCKUP on cpu 1');
    const flags = Number.parseInt(/EFLAGS: ([0-9a-f]{8})/.exec(lineWith(console, 'EFLAGS: ') ?? '')?.[1] ?? '', 16);
    expect(flags & 0x200).toBe(0); // IF: the stuck code really had interrupts off
  });

  test('hard-cli without counters: the kernel says that it cannot watch, and nothing is ever found', () => {
    const { verdict, console, outcome } = runScenario('hard-cli', { config: { pmu: false }, expect: 'hard' });
    expect(outcome.kind).toBe('until');
    expect(verdict).toMatchObject({ kind: 'none', asExpected: false });
    expect(lineWith(console, 'NMI watchdog: Perf NMI watchdog permanently disabled')).toBeDefined();
  });
});

describe('a run is a function of configuration, image and seed', () => {
  test('the same twice: journal and state hash', () => {
    const [first, second] = [0, 1].map(() => runScenario('soft-spin'));
    expect(second.machine.journal.entries).toEqual(first.machine.journal.entries);
    expect(second.stateHash).toBe(first.stateHash);
  });

  test('turns of 1, 64 and 1000 ticks and random ones interleave differently and come to the same verdict', () => {
    const runs = [{ turn: 1 }, { turn: 64 }, { turn: 1000 }, { turn: 100, seed: 7 }].map((config) => runScenario('soft-spin', { config }));
    expect(runs.map(({ verdict }) => verdict.asExpected)).toEqual([true, true, true, true]);
    expect(new Set(runs.map(({ stateHash }) => stateHash)).size).toBe(4);
  });

  test.each([1, 3, 4, 8, 16])('with %i CPUs both detectors work', (cpus) => {
    expect(runScenario('soft-spin', { config: { cpus } }).verdict).toMatchObject({ kind: 'soft', asExpected: true });
    // On one CPU the line that announces the onset touches the watchdog of the CPU that locks up: one period of 10 s more.
    const hardOn = cpus === 1 ? 'hard@16s..30s,cpu=0' : 'hard@6s..20s,cpu=1';
    expect(runScenario('hard-cli', { config: { cpus }, expect: hardOn }).verdict).toMatchObject({ kind: 'hard', asExpected: true });
  });

  test('a faster clock scales all of time: 20 MHz gives the same verdict at the same guest second', () => {
    const { verdict } = runScenario('hard-cli', { config: { hz: 20_000_000 } });
    expect(verdict).toMatchObject({ kind: 'hard', asExpected: true });
  });
});

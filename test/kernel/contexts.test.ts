// Softirqs and their limits, timers, mutexes, calls between CPUs, user mode.

import { describe, expect, test } from 'vitest';
import { guest, runGuest } from './guest-run.ts';

const run = (scenario: string, seconds: number, config = {}): readonly string[] =>
  runGuest(guest('contexts'), `scenario=${scenario}`, seconds, config).texts;

describe('softirqs', () => {
  test('a pass has at most ten rounds; the rest is done by ksoftirqd, in passes of its own', () => {
    const texts = run('rounds', 3);
    expect(texts).toContain('rounds: 10 in the first pass');
    const rest = Number(/^rounds: (\d+) by ksoftirqd/.exec(texts.find((text) => text.includes('by ksoftirqd')) ?? '')?.[1]);
    expect(rest).toBeGreaterThanOrEqual(12); // of 15; the end of an interrupt may do one
    expect(rest).toBeLessThanOrEqual(15);
  });

  test('a pass ends after 2 ms: of rounds of 0.7 ms it makes three', () => {
    expect(run('slow-rounds', 3)).toContain('slow_rounds: 3 in the first pass');
  });

  test('a timer runs once, in a softirq over the idle task, in the jiffy that it was set to', () => {
    const said = run('timers', 4).filter((text) => /^timers: [ao]/.test(text));
    expect(said).toEqual(['timers: after 20 jiffies, preempt_count 101', 'timers: after 40 jiffies, preempt_count 101', 'timers: over']);
  });
});

test.each([1, 2, 16])('a mutex lets one in at a time: %i CPUs add 100 each', (cpus) => {
  expect(run('mutexes', 6, { cpus })).toContain(`mutexes: ${100 * cpus} by ${cpus} threads`);
});

test.each([2, 5, 16])('calls to other CPUs: all made, interrupts off, each where it was asked for (%i CPUs)', (cpus) => {
  const texts = run('calls', 3, { cpus });
  expect(texts).toContain(`calls: ${50 * (cpus - 1)} made when the caller goes on, 0 with interrupts on`);
  expect(texts).toContain(`calls: ${cpus} answers from where they were asked`);
  expect(texts).toContain('calls: 20 without waiting');
});

test.each([1, 2, 3, 4, 5, 6])('the same with turns of random length, seed %i', (seed) => {
  expect(run(seed % 2 ? 'mutexes' : 'mutexes preempt=full', 6, { cpus: 4, seed })).toContain('mutexes: 400 by 4 threads');
  const calls = run('calls', 3, { cpus: 4, seed });
  expect(calls).toContain('calls: 150 made when the caller goes on, 0 with interrupts on');
  expect(calls).toContain('calls: 20 without waiting');
});

describe('user mode', () => {
  test('bad arguments of system calls give the errors of Linux; a privileged instruction ends the program', () => {
    const texts = run('bad-calls', 3);
    expect(texts).toContain('abcdefghij');
    expect(texts.find((text) => text.startsWith('traps: '))).toMatch(
      /^traps: bad\[101\] trap general protection fault ip:4[0-9a-f]{5} sp:5f[0-9a-f]{4} error:0$/,
    );
    expect(texts).toContain('bad_calls: over');
  });

  test('NMIs in user mode, in the kernel and in between leave everything as it was', () => {
    const texts = run('user-nmis', 4);
    const [, nmis, inUser] = /^user_nmis: (\d+), (\d+) of them/.exec(texts.find((text) => /^user_nmis: \d/.test(text)) ?? '') ?? [];
    expect(Number(nmis)).toBe(300);
    expect(Number(inUser)).toBeGreaterThan(5);
    expect(Number(inUser)).toBeLessThan(295);
    expect(texts.some((text) => /traps:|BUG|Oops/.test(text))).toBe(false);
  });
});

// The scheduler's classes: order of equals, priorities, yield, slices, shares, and the fair server.

import { describe, expect, test } from 'vitest';
import { guest, runGuest } from './guest-run.ts';

const CLASSES = guest('classes');

describe('classes', () => {
  const { texts } = runGuest(CLASSES, 'scenario=classes', 15);
  const said = (what: string): string[] => texts.flatMap((text) => new RegExp(`^classes: ${what} (.*)$`).exec(text)?.[1] ?? []);
  const shares = said('share').map((numbers) => numbers.split(' ').map(Number));

  test('SCHED_FIFO: an equal waits, a higher level interrupts, and the interrupted goes on before its equals', () => {
    expect(said('fifo')).toEqual(['cCbB.aA']);
  });

  test('yield: behind the equals', () => {
    expect(said('yield')).toEqual(['daAD']);
  });

  test('two fair tasks share a CPU equally', () => {
    const [first, second] = shares[0];
    expect(Math.abs(first - second)).toBeLessThan(40); // two ticks and what the kernel itself takes
    expect(first + second).toBeGreaterThan(1800);
  });

  test('two SCHED_RR tasks take turns of 100 ms', () => {
    const [first, second] = shares[1];
    expect(Math.abs(first - second)).toBeLessThan(220);
    expect(first).toBeGreaterThan(800);
  });

  test('of two SCHED_FIFO tasks the first runs to its end', () => {
    const [first, second] = shares[2];
    expect(first).toBeGreaterThan(1900);
    expect(second).toBeLessThan(5);
  });

  test('a fair task behind a real-time one gets 50 ms of each second', () => {
    const [hog, fair] = shares[3];
    expect(fair).toBeGreaterThan(80);
    expect(fair).toBeLessThan(125);
    expect(hog).toBeGreaterThan(1750);
  });
});

test('sched_rt_runtime_us=-1: nothing is left for the fair task', () => {
  const { texts } = runGuest(CLASSES, 'scenario=classes sysctl.kernel.sched_rt_runtime_us=-1', 15);
  const last = texts.filter((text) => text.startsWith('classes: share')).at(-1);
  expect(Number(last?.split(' ').at(-1))).toBeLessThan(5);
});

test('who sleeps with preemption disabled is told, and goes on', () => {
  const { texts } = runGuest(CLASSES, 'scenario=atomic', 3);
  expect(texts).toContain('BUG: scheduling while atomic: insmod/100/0x00000001');
  expect(texts).toContain('atomic: goes on');
});

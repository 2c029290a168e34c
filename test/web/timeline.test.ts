// Activities → outlines of how busy each CPU was.

import { expect, test } from 'vitest';
import type { Activity } from '../../src/index.ts';
import { Timeline } from '../../src/web/timeline.ts';

/** One CPU at a moment; a tick is a millisecond. */
const at = (seconds: number, halted: number, interruptible = true): Activity => ({
  seconds,
  instructions: 0,
  skipped: 0,
  cpus: [{ ticks: seconds * 1000, haltedTicks: halted * 1000, interruptible }],
});

test('busy, half asleep, asleep: columns as high as the CPU was busy', () => {
  const timeline = new Timeline(600);
  for (const activity of [at(1, 0), at(2, 0.5), at(3, 1.5)]) timeline.add(activity);
  expect(timeline.lanes).toEqual([{ open: 'M0 1V0H1V1ZM1 1V0.5H2V1Z', deaf: '' }]);
});

test('time without interrupts is told apart, and seen even of a CPU that sleeps', () => {
  const timeline = new Timeline(600);
  for (const activity of [at(1, 0, false), at(2, 1, false)]) timeline.add(activity);
  expect(timeline.lanes).toEqual([{ open: '', deaf: 'M0 1V0H1V1ZM1 1V0.92H2V1Z' }]);
});

test('a long run has no more columns than a short one', () => {
  const timeline = new Timeline(60);
  for (let step = 1; step <= 60_000; step++) timeline.add(at(step / 1000, 0));
  timeline.finish();
  expect(timeline.lanes[0].open.split('M').length - 1).toBeLessThanOrEqual(600);
  expect(timeline.seconds).toBe(60);
});

test('the last column may be narrow', () => {
  const timeline = new Timeline(600);
  timeline.add(at(0.25, 0));
  timeline.finish();
  timeline.finish();
  expect(timeline.lanes).toEqual([{ open: 'M0 1V0H0.25V1Z', deaf: '' }]);
});

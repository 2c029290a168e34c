// The IB700 watchdog: times of its sixteen steps, feeding, stopping, saving.

import { expect, test } from 'vitest';
import { IB700_START, IB700_STOP, Ib700 } from '../../src/device/ib700.ts';
import { Timeline } from '../../src/time/timeline.ts';

const HZ = 1000;

const bench = () => {
  const timeline = new Timeline();
  const resets: { by: string; at: number }[] = [];
  let now = 0;
  const device = new Ib700({ hz: HZ, now: () => now, timeline, reset: (by) => resets.push({ by, at: now }) });
  const write = (port: number, value: number) => device.ports.find(({ first }) => first === port)?.write(port, value, 8);
  const runTo = (seconds: number) => {
    for (const end = seconds * HZ; now < end; ) {
      now = Math.min(end, timeline.nextDue);
      timeline.runUntil(now);
    }
  };
  return { device, resets, write, runTo };
};

test.each([
  [0, 30],
  [1, 28],
  [7, 16],
  [14, 2],
  [0xf0, 30], // only the low four bits count
])('value %i: the machine is reset after %i s', (value, seconds) => {
  const { resets, write, runTo } = bench();
  write(IB700_START, value);
  runTo(60);
  expect(resets).toEqual([{ by: 'IB700 watchdog', at: seconds * HZ }]);
});

test('fed in time it never resets; 30 s after the last time it does', () => {
  const { resets, write, runTo } = bench();
  for (let second = 0; second <= 100; second += 20) {
    runTo(second);
    write(IB700_START, 0);
  }
  runTo(129.9);
  expect(resets).toEqual([]);
  runTo(131);
  expect(resets).toHaveLength(1);
});

test('it sleeps until it is started, and a write to the stop port ends it', () => {
  const { resets, write, runTo } = bench();
  runTo(40);
  write(IB700_START, 0);
  runTo(60);
  write(IB700_STOP, 0);
  runTo(200);
  expect(resets).toEqual([]);
});

test('what is saved goes on where it was', () => {
  const first = bench();
  first.write(IB700_START, 10); // 10 s
  first.runTo(4);
  const second = bench();
  second.runTo(4);
  second.device.load(first.device.save());
  second.runTo(9.9);
  expect(second.resets).toEqual([]);
  second.runTo(11);
  expect(second.resets).toEqual([{ by: 'IB700 watchdog', at: 10 * HZ }]);
});

// pc-testdev's interrupt lines and latch.

import { expect, test } from 'vitest';
import { TestDevice } from '../../src/device/test-device.ts';
import { portsOf } from './ports.ts';

const setUp = () => {
  const log: unknown[] = [];
  const device = new TestDevice({ irq: Array.from({ length: 24 }, (_, line) => (asserted: boolean) => log.push([line, asserted])) });
  return { device, log, ...portsOf(device) };
};

test('a port for each line: anything but 0 asserts it', () => {
  const { log, write } = setUp();
  write(0x2000, 1);
  write(0x2017, 0x80);
  write(0x2000, 0);
  expect(log).toEqual([[0, true], [23, true], [0, false]]);
});

test('the latch keeps what is written, in any width and at any place', () => {
  const { read, write } = setUp();
  write(0xe0, 0x89ab_cdef, 32);
  write(0xe1, 0x55);
  write(0xe2, 0xf00d, 16);
  expect([read(0xe0, 32), read(0xe3), read(0xe1, 16)]).toEqual([0xf00d_55ef, 0xf0, 0x0d55]);
});

test('the latch is its state', () => {
  const { device, read, write } = setUp();
  write(0xe0, 0x1234_5678, 32);
  const saved = device.save();
  device.reset();
  expect(read(0xe0, 32)).toBe(0);
  device.load(saved);
  expect(read(0xe0, 32)).toBe(0x1234_5678);
});

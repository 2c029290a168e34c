// fw_cfg, as QEMU's docs/specs/fw_cfg describes its two ports.

import { expect, test } from 'vitest';
import { FwCfg } from '../../src/device/fw-cfg.ts';
import { portsOf } from './ports.ts';

const setUp = () => {
  const device = new FwCfg({ cpus: 0x102, ramBytes: 0x1_2345_6000 });
  device.kernel = Uint8Array.of(7, 8, 9);
  const ports = portsOf(device);
  const bytes = (count: number): number[] => Array.from({ length: count }, () => ports.read(0x511));
  const ask = (key: number, count: number): number[] => {
    ports.write(0x510, key, 16);
    return bytes(count);
  };
  return { device, ...ports, bytes, ask };
};

test.each([
  ['signature', 0x00, [0x51, 0x45, 0x4d, 0x55]],
  ['interface', 0x01, [1, 0, 0, 0]],
  ['memory', 0x03, [0x00, 0x60, 0x45, 0x23, 1, 0, 0, 0]],
  ['CPUs', 0x05, [2, 1]],
  ['size of the kernel', 0x08, [3, 0, 0, 0]],
  ['most CPUs', 0x0f, [2, 1]],
  ['kernel, and zeros behind it', 0x11, [7, 8, 9, 0, 0]],
  ['nothing', 0x4242, [0, 0]],
])('%s', (_, key, expected) => expect(setUp().ask(key, expected.length)).toEqual(expected));

test('a key written again begins anew, a byte written selects nothing', () => {
  const { ask, bytes, write } = setUp();
  expect([...ask(0, 2), ...ask(0, 1)]).toEqual([0x51, 0x45, 0x51]);
  write(0x510, 5, 8);
  expect(bytes(1)).toEqual([0x45]);
});

test('a loaded state reads on where the saved one was', () => {
  const one = setUp();
  one.ask(0, 3);
  const other = setUp();
  other.device.load(JSON.parse(JSON.stringify(one.device.save())));
  expect(other.bytes(1)).toEqual([0x55]);
  other.device.reset();
  expect(other.bytes(1)).toEqual([0x51]);
});

// Ports that reset, switch off, leave, and say something.

import { describe, expect, test } from 'vitest';
import { Power } from '../../src/device/power.ts';
import { SystemPorts } from '../../src/device/system-ports.ts';
import { portsOf } from './ports.ts';
import { Slots } from './slots.ts';

const setUp = () => {
  const log: unknown[] = [];
  const device = new SystemPorts({
    reset: (by) => log.push(by),
    exit: (code) => log.push(code),
    onDebugByte: (byte) => log.push(byte),
    onPostCode: (code) => log.push(code),
  });
  return { device, log, ...portsOf(device) };
};

describe('reset', () => {
  test.each([
    ['keyboard controller', 0x64, [0xfe], ['port 0x64']],
    ['a pulse on another line', 0x64, [0xfd], []],
    ['a keyboard command', 0x64, [0xaa], []],
    ['fast reset', 0x92, [0x02, 0x03], ['port 0x92']],
    ['fast reset wants an edge', 0x92, [0x01, 0x01], ['port 0x92']],
    ['A20 only', 0x92, [0x02], []],
    ['reset control', 0xcf9, [0x02, 0x06], ['port 0xCF9']],
    ['full reset', 0xcf9, [0x0e], ['port 0xCF9']],
    ['the kind of reset only', 0xcf9, [0x02], []],
  ])('%s', (_, port, values, expected) => {
    const { log, write } = setUp();
    for (const value of values) write(port, value);
    expect(log).toEqual(expected);
  });
});

test('debug exit: (value << 1) | 1', () => {
  const { log, write } = setUp();
  for (const value of [0, 1, 0x10, 0x7f]) write(0xf4, value);
  write(0xf4, 0x31, 32);
  expect(log).toEqual([1, 3, 0x21, 0xff, 0x63]);
});

test('debug console and POST code', () => {
  const { log, read, write } = setUp();
  write(0xe9, 0x41);
  write(0x80, 0x55);
  expect(log).toEqual([0x41, 0x55]);
  expect([read(0xe9), read(0x80)]).toEqual([0xe9, 0x55]);
});

test('the keyboard controller is ready and has nothing', () => {
  const { read } = setUp();
  expect(read(0x64) & 0x03).toBe(0);
  expect(read(0x60)).toBe(0);
});

test('PCI probing finds no device and resets nothing', () => {
  const { log, read, write } = setUp();
  write(0xcf8, 0x8000_0600, 32); // the byte at 0xCF9 would be a reset
  expect(read(0xcf8, 32)).toBe(0x8000_0600);
  expect(read(0xcfc, 32)).toBe(0xffff_ffff);
  expect(read(0xcfc, 16)).toBe(0xffff);
  expect(log).toEqual([]);
});

test('save and load', () => {
  const { device, write } = setUp();
  write(0xcf9, 0x02);
  write(0x80, 7);
  const other = setUp();
  other.device.load(JSON.parse(JSON.stringify(device.save())));
  expect([other.read(0xcf9), other.read(0x80)]).toEqual([0x02, 7]);
  device.reset();
  expect(device.save()).toEqual(setUp().device.save());
});

describe('power', () => {
  const setUpPower = () => {
    const cpu = new Slots();
    let off = 0;
    const power = new Power({ hz: 1_000_000, now: cpu.now, powerOff: () => off++ });
    return { cpu, power, off: () => off, ...portsOf(power, cpu) };
  };

  test('S5 switches off, another sleep type does not', () => {
    const { off, read, write } = setUpPower();
    expect(read(0x604, 16)).toBe(0x0001);
    write(0x604, 0x2000 | (1 << 10), 16);
    write(0x604, 5 << 10, 16);
    expect(off()).toBe(0);
    write(0x604, 0x2000 | (5 << 10), 16);
    expect(off()).toBe(1);
    expect(read(0x604, 16)).toBe(0x0001 | (5 << 10));
  });

  test('the timer runs at 3.579545 MHz and wraps at 32 bits', () => {
    const { cpu, read } = setUpPower();
    cpu.time = 2_000_000;
    expect(read(0x608, 32)).toBe(7_159_090);
    cpu.time = 1_200_000_000; // 4295454000 periods, 486704 more than 2^32
    expect(read(0x608, 32)).toBe(486_704);
  });

  test('save and load', () => {
    const { power, write } = setUpPower();
    write(0x602, 0x0120, 16);
    const other = setUpPower();
    other.power.load(JSON.parse(JSON.stringify(power.save())));
    expect(other.read(0x602, 16)).toBe(0x0120);
    power.reset();
    expect(power.save()).toEqual(setUpPower().power.save());
  });
});

import { expect, test } from 'vitest';
import type { Device, MemoryRange, PortRange, Width } from '../../src/device/device.ts';
import { CpuBus, DeviceBus } from '../../src/machine/bus.ts';

interface Access {
  readonly at: number;
  readonly size: number;
  readonly value?: number;
}

const device = (name: string, ports: readonly PortRange[], memory: readonly MemoryRange[] = []): Device => ({
  name,
  ports,
  memory,
  reset: () => {},
  save: () => undefined,
  load: () => {},
});

/** Ports that note every access; a byte reads as the low byte of its port. */
const ports = (first: number, last: number, width: Width, log: Access[]): PortRange => ({
  first,
  last,
  width,
  read: (at, size) => {
    log.push({ at, size });
    return at & 0xff;
  },
  write: (at, value, size) => log.push({ at, size, value }),
});

const memory = (first: number, length: number, log: Access[]): MemoryRange => ({
  first,
  length,
  read: (at, size) => {
    log.push({ at, size });
    return at;
  },
  write: (at, value, size) => log.push({ at, size, value }),
});

test('nobody answers with all ones, and writes to nobody vanish', () => {
  const bus = new DeviceBus([]);
  expect([bus.readPort(0x80, 8), bus.readPort(0x80, 16), bus.readPort(0x80, 32)]).toEqual([0xff, 0xffff, 0xffff_ffff]);
  expect([8, 16, 32, 64].map((size) => bus.readMemory(0xfec0_0000, size as 8))).toEqual([
    0xffn,
    0xffffn,
    0xffff_ffffn,
    2n ** 64n - 1n,
  ]);
  expect(() => bus.writePort(0xffff, 32, 0xffff_ffff)).not.toThrow();
});

test('a wide access to byte ports arrives as bytes, lowest first', () => {
  const log: Access[] = [];
  const bus = new DeviceBus([device('uart', [ports(0x3f8, 0x3ff, 8, log)])]);
  expect(bus.readPort(0x3f8, 32)).toBe(0xfbfa_f9f8);
  bus.writePort(0x3f8, 16, 0x1234);
  expect(log.slice(4)).toEqual([
    { at: 0x3f8, size: 8, value: 0x34 },
    { at: 0x3f9, size: 8, value: 0x12 },
  ]);
});

test('an access across the end of a device is split into bytes, and the rest is nobody’s', () => {
  const log: Access[] = [];
  const bus = new DeviceBus([device('wide', [ports(0x100, 0x101, 16, log)])]);
  expect(bus.readPort(0x100, 32)).toBe(0xffff_0100);
  expect(log).toEqual([
    { at: 0x100, size: 8 },
    { at: 0x101, size: 8 },
  ]);
  expect(bus.readPort(0x100, 16)).toBe(0);
  expect(log[2]).toEqual({ at: 0x100, size: 16 });
});

test('port addresses wrap at 64 K', () => {
  const log: Access[] = [];
  const bus = new DeviceBus([device('zero', [ports(0, 0, 8, log)])]);
  expect(bus.readPort(0xffff, 16)).toBe(0x00ff);
});

test('memory of 64 bits arrives as two of 32, the lower first', () => {
  const log: Access[] = [];
  const bus = new DeviceBus([device('ioapic', [], [memory(0xfec0_0000, 0x100, log)])]);
  expect(bus.readMemory(0xfec0_0010, 64)).toBe(0x14_0000_0010n);
  bus.writeMemory(0xfec0_0010, 64, 0x1111_2222_3333_4444n);
  expect(log.slice(2)).toEqual([
    { at: 0x10, size: 32, value: 0x3333_4444 },
    { at: 0x14, size: 32, value: 0x1111_2222 },
  ]);
  expect(bus.readMemory(0xfec0_00fe, 32)).toBe(0xffff_ffffn); // not all of it is the device's
});

test('two devices at one address are refused', () => {
  const a = device('uart', [ports(0x3f8, 0x3ff, 8, [])]);
  const b = device('mouse', [ports(0x3ff, 0x400, 8, [])]);
  expect(() => new DeviceBus([a, b])).toThrow('mouse at port 0x3ff overlaps uart.');
  const c = device('c', [], [memory(0x1000, 0x100, [])]);
  const d = device('d', [], [memory(0x10ff, 1, [])]);
  expect(() => new DeviceBus([c, d])).toThrow('d at 0x10ff overlaps the device at 0x1000.');
});

test('a CPU sees its own local APIC first, wherever its page is', () => {
  const log: Access[] = [];
  const apic = { page: 0xfee0_0000, readMemory: (offset: number) => offset, writeMemory: () => {} };
  const bus = new CpuBus(apic, new DeviceBus([device('other', [], [memory(0xfed0_0000, 0x1000, log)])]));
  expect(bus.readMemory(0xfee0_0030, 32)).toBe(0x30n);
  apic.page = 0xfed0_0000;
  expect(bus.readMemory(0xfed0_0020, 32)).toBe(0x20n);
  expect(bus.readMemory(0xfee0_0030, 32)).toBe(0xffff_ffffn);
  expect(log).toEqual([]);
  apic.page = -1;
  bus.readMemory(0xfed0_0020, 32);
  expect(log).toEqual([{ at: 0x20, size: 32 }]);
});

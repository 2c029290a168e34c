// Port accesses of a test, each in an instruction slot of its own, sent to the device's range that holds the port.

import type { Device, Width } from '../../src/device/device.ts';
import { Slots } from './slots.ts';

export const portsOf = (device: Device, cpu = new Slots()) => {
  const rangeOf = (port: number) => {
    const range = device.ports.find(({ first, last }) => port >= first && port <= last);
    if (!range) throw new Error(`${device.name} has no port 0x${port.toString(16)}.`);
    return range;
  };
  return {
    read: (port: number, size: Width = 8): number => cpu.execute(() => rangeOf(port).read(port, size)),
    write: (port: number, value: number, size: Width = 8): void => cpu.execute(() => rangeOf(port).write(port, value, size)),
  };
};

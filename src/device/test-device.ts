// What programs that test a processor find in QEMU as pc-testdev: an interrupt line for each port from 0x2000 on, and four bytes that
// keep what is written to them.

import type { Device, PortRange, Width } from './device.ts';

export interface TestDeviceWires {
  /** The inputs of the interrupt controllers, by their number. */
  readonly irq: readonly ((asserted: boolean) => void)[];
}

const LATCH = 0xe0;
const IRQ = 0x2000;

export class TestDevice implements Device {
  readonly name = 'test device';
  readonly memory = [];
  readonly ports: readonly PortRange[];
  /** What the latch holds, as one number. */
  #latch = 0;

  constructor({ irq }: TestDeviceWires) {
    this.ports = [
      {
        first: LATCH,
        last: LATCH + 3,
        width: 32,
        read: (port, size) => Math.floor(this.#latch / 256 ** (port - LATCH)) % 2 ** size,
        write: (port, value, size) => this.#write(8 * (port - LATCH), value, size),
      },
      {
        first: IRQ,
        last: IRQ + irq.length - 1,
        width: 8,
        read: () => 0,
        write: (port, value) => irq[port - IRQ](value !== 0),
      },
    ];
  }

  reset(): void {
    this.#latch = 0;
  }

  save() {
    return { latch: this.#latch };
  }

  load({ latch }: ReturnType<TestDevice['save']>): void {
    this.#latch = latch;
  }

  #write(bit: number, value: number, size: Width): void {
    const mask = 2 ** size - 1;
    this.#latch = ((this.#latch & ~(mask << bit)) | ((value & mask) << bit)) >>> 0;
  }
}

// What the CPUs share: the devices of a PC at their usual addresses, wired to each other. Interrupt lines are numbered as on the ISA
// bus; each goes to both interrupt controllers, and the guest uses one of them.

import type { ApicBus } from '../device/ipi.ts';
import type { Device } from '../device/device.ts';
import { Uart } from '../device/uart.ts';
import type { Timeline } from '../time/timeline.ts';
import { DeviceBus } from './bus.ts';
import type { MachineConfig } from './config.ts';

export interface BoardWires {
  readonly config: MachineConfig;
  /** Time of whoever asks, in ticks. */
  readonly now: () => number;
  readonly timeline: Timeline;
  readonly apicBus: ApicBus;
  readonly onConsoleByte: (byte: number) => void;
  readonly onDebugByte: (byte: number) => void;
  /** The debug-exit port was written; `code` is what a process would exit with. */
  readonly exit: (code: number) => void;
  readonly reset: (by: string) => void;
}

const COM1 = 0x3f8;

export class Board {
  readonly devices: readonly Device[];
  readonly bus: DeviceBus;
  readonly uart: Uart;

  constructor({ config: { hz }, now, timeline, onConsoleByte }: BoardWires) {
    this.uart = new Uart({ port: COM1, hz, now, timeline, irq: () => {}, onByte: onConsoleByte });
    this.devices = [this.uart];
    this.bus = new DeviceBus(this.devices);
  }

  placeTables(_ram: Uint8Array): void {}

  endOfInterrupt(_vector: number): void {}
}

// What the CPUs share: the devices of a PC at their usual addresses, wired to each other. Interrupt lines are numbered as on the ISA
// bus; each goes to both kinds of interrupt controller, and the guest masks the one that it does not use.

import { buildAcpi } from '../device/acpi.ts';
import type { Device } from '../device/device.ts';
import { FwCfg } from '../device/fw-cfg.ts';
import { Ib700 } from '../device/ib700.ts';
import { IOAPIC_IDS, IOAPIC_LINES, IoApic } from '../device/ioapic.ts';
import type { ApicBus } from '../device/ipi.ts';
import { PIC_CASCADE, PIC_LINES, PicPair } from '../device/pic.ts';
import { Pit } from '../device/pit.ts';
import { Power } from '../device/power.ts';
import { Rtc } from '../device/rtc.ts';
import { SystemPorts } from '../device/system-ports.ts';
import { TestDevice } from '../device/test-device.ts';
import { Uart } from '../device/uart.ts';
import type { Timeline } from '../time/timeline.ts';
import { BIOS_AREA, LOW_MEMORY_END } from './boot-info.ts';
import { DeviceBus } from './bus.ts';
import type { MachineConfig } from './config.ts';

export interface BoardWires {
  readonly config: MachineConfig;
  /** Time of whoever asks, in ticks. */
  readonly now: () => number;
  readonly timeline: Timeline;
  readonly apicBus: ApicBus;
  readonly onConsoleByte: (byte: number) => void;
  readonly onConsoleLost: () => void;
  readonly onDebugByte: (byte: number) => void;
  /** The guest is done; `code` is what a process would exit with. */
  readonly exit: (code: number) => void;
  /** The guest asks for a reset, through the port named. */
  readonly reset: (by: string) => void;
  /** `interruptRequest` is another than it was. */
  readonly onInterruptRequest: () => void;
}

const COM1 = { port: 0x3f8, irq: 4 } as const;
const PIT_IRQ = 0;
/** Where the MADT says that ISA interrupt 0 is: input 0 of a PC's I/O APIC belongs to the 8259A. */
const PIT_LINE = 2;
/** In the BIOS data area: segment of the extended BIOS data area. */
const EBDA_SEGMENT = 0x40e;

export class Board {
  readonly devices: readonly Device[];
  readonly bus: DeviceBus;
  readonly #ioapic: IoApic;
  readonly #pic: PicPair;
  readonly #fwCfg: FwCfg;
  /** The ACPI tables, to be placed at BIOS_AREA. */
  readonly #tables: Uint8Array;

  constructor({ config, now, timeline, apicBus, onConsoleByte, onConsoleLost, onDebugByte, exit, reset, onInterruptRequest }: BoardWires) {
    const { hz, ramBytes, cpus } = config;
    const ioapicId = cpus % IOAPIC_IDS;
    const ioapic = new IoApic({ id: ioapicId, send: (message) => apicBus.send(message) });
    const pic = new PicPair({ output: onInterruptRequest });
    const irq = (number: number): ((asserted: boolean) => void) => {
      const toPic = number < PIC_LINES && number !== PIC_CASCADE ? pic.line(number) : () => {};
      const toIoApic = ioapic.line(number === PIT_IRQ ? PIT_LINE : number);
      return (asserted) => {
        toPic(asserted);
        toIoApic(asserted);
      };
    };
    this.#ioapic = ioapic;
    this.#pic = pic;
    this.#fwCfg = new FwCfg({ cpus, ramBytes });
    this.devices = [
      ioapic,
      pic,
      new Pit({ hz, now, timeline, irq: irq(PIT_IRQ) }),
      new Rtc({ hz, now, ramBytes }),
      new Uart({ port: COM1.port, hz, now, timeline, irq: irq(COM1.irq), onByte: onConsoleByte, onLost: onConsoleLost }),
      new SystemPorts({ reset, exit, onDebugByte }),
      new Power({ hz, now, powerOff: () => exit(0) }),
      new Ib700({ hz, now, timeline, reset }),
      this.#fwCfg,
      new TestDevice({ irq: Array.from({ length: IOAPIC_LINES }, (_, line) => irq(line)) }),
    ];
    this.bus = new DeviceBus(this.devices);
    this.#tables = buildAcpi({ base: BIOS_AREA, apicIds: Array.from({ length: cpus }, (_, id) => id), ioapicId });
  }

  /** Leaves in RAM what a BIOS would, and tells who asks what was booted. */
  placeTables(ram: Uint8Array, image: Uint8Array): void {
    this.#fwCfg.kernel = image;
    ram.set(this.#tables, BIOS_AREA);
    new DataView(ram.buffer, ram.byteOffset).setUint16(EBDA_SEGMENT, LOW_MEMORY_END >> 4, true);
  }

  /** Switches on what a BIOS needs for its clock: channel 0 of the 8254 at 18.2 Hz, its line and that of the slave open. */
  startClock(): void {
    const writes = [[0x43, 0x36], [0x40, 0], [0x40, 0], [0x21, 0xfa]] as const;
    for (const [port, value] of writes) this.bus.writePort(port, 8, value);
  }

  /** What the 8259As say to the first CPU. */
  get interruptRequest(): boolean {
    return this.#pic.asserted;
  }

  acknowledgeInterrupt(): number {
    return this.#pic.acknowledge();
  }

  /** A local APIC has ended a level-triggered interrupt of this vector. */
  endOfInterrupt(vector: number): void {
    this.#ioapic.endOfInterrupt(vector);
  }
}

// The I/O APIC (82093AA, 24 lines): levels of interrupt lines → messages on the bus. Lines tell whether an interrupt is asserted,
// so the polarity bit is kept and means nothing. Messages are accepted at once: the delivery status always reads idle.

import type { Device, MemoryRange } from './device.ts';
import { type ApicMessage, deliveryModeOf, destinationOf } from './ipi.ts';

export interface IoApicWires {
  /** Less than IOAPIC_IDS. */
  readonly id: number;
  readonly send: (message: ApicMessage) => void;
}

/** Physical address of the register window. */
export const IOAPIC_BASE = 0xfec0_0000;
export const IOAPIC_LINES = 24;
/** The id has four bits. */
export const IOAPIC_IDS = 16;

const IOREGSEL = 0x00;
const IOWIN = 0x10;
/** Indirect registers; redirection entries follow as pairs of low and high half. */
const ID = 0;
const VERSION = 1;
const ARBITRATION = 2;
const REDIRECTION = 0x10;
const VERSION_VALUE = 0x11 | ((IOAPIC_LINES - 1) << 16);

const MASKED = 1 << 16;
const LEVEL_TRIGGERED = 1 << 15;
const REMOTE_IRR = 1 << 14;
/** Vector, delivery and destination mode, polarity, trigger mode, mask. */
const LOW_WRITABLE = 0x1_afff;
const HIGH_WRITABLE = 0xff00_0000;
const BROADCAST = 0xff;

export class IoApic implements Device {
  readonly name = 'ioapic';
  readonly ports = [];
  readonly memory: readonly MemoryRange[] = [
    {
      first: IOAPIC_BASE,
      length: 0x1000,
      read: (offset, size) => (size === 32 ? this.#read(offset) : this.#read(offset) & (2 ** size - 1)),
      write: (offset, value) => this.#write(offset, value),
    },
  ];
  readonly #wires: IoApicWires;
  readonly #low = new Uint32Array(IOAPIC_LINES).fill(MASKED);
  readonly #high = new Uint32Array(IOAPIC_LINES);
  readonly #asserted: boolean[] = Array(IOAPIC_LINES).fill(false);
  #select = 0;
  #id: number;

  constructor(wires: IoApicWires) {
    this.#wires = wires;
    this.#id = wires.id;
  }

  /** The input of a line, to be called with its level. */
  line(number: number): (asserted: boolean) => void {
    if (!(number in this.#asserted)) throw new Error(`The I/O APIC has no line ${number}.`);
    return (asserted) => {
      const rising = asserted && !this.#asserted[number];
      this.#asserted[number] = asserted;
      if (this.#isLevelTriggered(number)) this.#offerLevel(number);
      else if (rising) this.#send(number);
    };
  }

  /** A local APIC has ended a level-triggered interrupt of this vector: lines still asserted ask again. */
  endOfInterrupt(vector: number): void {
    for (let number = 0; number < IOAPIC_LINES; number++) {
      if (!this.#isLevelTriggered(number) || (this.#low[number] & 0xff) !== vector) continue;
      this.#low[number] &= ~REMOTE_IRR;
      this.#offerLevel(number);
    }
  }

  reset(): void {
    this.load({
      select: 0,
      id: this.#wires.id,
      low: Array(IOAPIC_LINES).fill(MASKED),
      high: Array(IOAPIC_LINES).fill(0),
      asserted: Array(IOAPIC_LINES).fill(false),
    });
  }

  save() {
    return {
      select: this.#select,
      id: this.#id,
      low: [...this.#low],
      high: [...this.#high],
      asserted: [...this.#asserted],
    };
  }

  load(state: ReturnType<IoApic['save']>): void {
    this.#select = state.select;
    this.#id = state.id;
    this.#low.set(state.low);
    this.#high.set(state.high);
    this.#asserted.splice(0, IOAPIC_LINES, ...state.asserted);
  }

  #read(offset: number): number {
    if (offset === IOREGSEL) return this.#select;
    if (offset !== IOWIN) return 0;
    switch (this.#select) {
      case ID:
      case ARBITRATION:
        return this.#id << 24;
      case VERSION:
        return VERSION_VALUE;
    }
    const half = this.#select & 1 ? this.#high : this.#low;
    return half[(this.#select - REDIRECTION) >> 1] ?? 0;
  }

  #write(offset: number, value: number): void {
    if (offset === IOREGSEL) this.#select = value & 0xff;
    if (offset !== IOWIN) return;
    const number = (this.#select - REDIRECTION) >> 1;
    if (this.#select === ID) this.#id = (value >>> 24) & 0xf;
    else if (number < 0 || number >= IOAPIC_LINES) return;
    else if (this.#select & 1) this.#high[number] = value & HIGH_WRITABLE;
    else this.#writeLow(number, value & LOW_WRITABLE);
  }

  /** Remote IRR stays, but only a level-triggered entry has one: switching to edge and back clears it. */
  #writeLow(number: number, value: number): void {
    const remote = value & LEVEL_TRIGGERED ? this.#low[number] & REMOTE_IRR : 0;
    this.#low[number] = value | remote;
    if (value & LEVEL_TRIGGERED) this.#offerLevel(number);
  }

  #isLevelTriggered(number: number): boolean {
    return (this.#low[number] & LEVEL_TRIGGERED) !== 0;
  }

  #offerLevel(number: number): void {
    if (!this.#asserted[number] || this.#low[number] & (REMOTE_IRR | MASKED)) return;
    this.#low[number] |= REMOTE_IRR;
    this.#send(number);
  }

  /** An edge on a masked line is lost. */
  #send(number: number): void {
    const low = this.#low[number];
    if (low & MASKED) return;
    this.#wires.send({
      delivery: deliveryModeOf(low),
      vector: low & 0xff,
      level: this.#isLevelTriggered(number),
      destination: destinationOf(low, this.#high[number] >>> 24, BROADCAST),
    });
  }
}

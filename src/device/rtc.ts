// The CMOS clock and memory behind ports 0x70 and 0x71. The date is the configured start plus the ticks that have passed, so that a
// run can be repeated; writing it changes nothing, and alarms and interrupts are not modelled (an MC146818 without its IRQ 8).

import { type DateTime, dateOf } from './calendar.ts';
import { Oscillator } from './clock.ts';
import type { Device, PortRange } from './device.ts';

export interface RtcWires {
  /** Machine ticks per second. */
  readonly hz: number;
  readonly now: () => number;
  /** Size of the memory, which a BIOS leaves in the CMOS. */
  readonly ramBytes: number;
  /** The date at tick 0 in seconds since 1970; 2026-01-01 00:00:00 unless given. */
  readonly start?: number;
}

const DEFAULT_START = 1_767_225_600;

const INDEX = 0x70;
/** Bit 7 of port 0x70 masks the NMI pin of a PC's chipset; kept, and read back, but nothing is wired to that pin. */
const NMI_MASKED = 0x80;

const STATUS_A = 0x0a;
const STATUS_B = 0x0b;
const STATUS_C = 0x0c;
const STATUS_D = 0x0d;
const UPDATE_IN_PROGRESS = 0x80;
/** UIP is set for 244 µs before each second: one of 4096 parts. */
const UPDATE_PARTS = 4096;
const STATUS_A_RESET = 0x26; // 32.768 kHz, rate 1024 Hz
const STATUS_B_BINARY = 0x04;
const STATUS_B_24_HOURS = 0x02;
const STATUS_D_VALID = 0x80;

/** Registers of the date. */
const FIELDS: { readonly [register: number]: (date: DateTime) => number } = {
  0x00: (date) => date.second,
  0x02: (date) => date.minute,
  0x04: (date) => date.hour,
  0x06: (date) => date.weekday,
  0x07: (date) => date.day,
  0x08: (date) => date.month,
  0x09: (date) => date.year % 100,
  0x32: (date) => Math.floor(date.year / 100),
};
const HOUR = 0x04;

const KIB = 1024;
const MIB = 1024 * KIB;

/** What a BIOS notes of the memory: KiB below 1 MiB, KiB above it, 64 KiB blocks above 16 MiB; 16 bits each. */
const memoryNotes = (ramBytes: number): [register: number, value: number][] => {
  const extended = Math.min(0xffff, Math.max(0, ramBytes - MIB) / KIB);
  return [
    [0x15, 640],
    [0x17, extended],
    [0x30, extended],
    [0x34, Math.min(0xffff, Math.max(0, ramBytes - 16 * MIB) / (64 * KIB))],
  ];
};

export class Rtc implements Device {
  readonly name = 'rtc';
  readonly memory = [];
  readonly ports: readonly PortRange[];
  readonly #wires: RtcWires;
  readonly #seconds: Oscillator;
  readonly #parts: Oscillator;
  readonly #cmos = new Uint8Array(128);
  #index = 0;

  constructor(wires: RtcWires) {
    this.#wires = wires;
    this.#seconds = new Oscillator(1, wires.hz);
    this.#parts = new Oscillator(UPDATE_PARTS, wires.hz);
    this.ports = [
      {
        first: INDEX,
        last: INDEX + 1,
        width: 8,
        read: (port) => (port === INDEX ? this.#index : this.#read(this.#index & ~NMI_MASKED)),
        write: (port, value) => {
          if (port === INDEX) this.#index = value;
          else this.#write(this.#index & ~NMI_MASKED, value);
        },
      },
    ];
    this.reset();
  }

  reset(): void {
    this.#index = 0;
    this.#cmos.fill(0);
    this.#cmos[STATUS_A] = STATUS_A_RESET;
    this.#cmos[STATUS_B] = STATUS_B_24_HOURS;
    for (const [register, value] of memoryNotes(this.#wires.ramBytes)) {
      this.#cmos[register] = value;
      this.#cmos[register + 1] = value >> 8;
    }
  }

  save() {
    return { index: this.#index, cmos: [...this.#cmos] };
  }

  load(state: ReturnType<Rtc['save']>): void {
    this.#index = state.index;
    this.#cmos.set(state.cmos);
  }

  #read(register: number): number {
    const field = FIELDS[register];
    if (field) return this.#encode(register, field(this.#date));
    switch (register) {
      case STATUS_A:
        return this.#cmos[STATUS_A] | (this.#updating ? UPDATE_IN_PROGRESS : 0);
      case STATUS_C:
        return 0;
      case STATUS_D:
        return STATUS_D_VALID;
      default:
        return this.#cmos[register];
    }
  }

  #write(register: number, value: number): void {
    if (register === STATUS_A) this.#cmos[register] = value & ~UPDATE_IN_PROGRESS;
    else if (!FIELDS[register] && register !== STATUS_C && register !== STATUS_D) this.#cmos[register] = value;
  }

  get #date(): DateTime {
    return dateOf((this.#wires.start ?? DEFAULT_START) + this.#seconds.periodsIn(this.#wires.now()));
  }

  get #updating(): boolean {
    return this.#parts.periodsIn(this.#wires.now()) % UPDATE_PARTS === UPDATE_PARTS - 1;
  }

  /** BCD and 12 hours (bit 7 for the afternoon) as status register B asks. */
  #encode(register: number, value: number): number {
    const status = this.#cmos[STATUS_B];
    const twelve = register === HOUR && !(status & STATUS_B_24_HOURS);
    const shown = twelve ? ((value + 11) % 12) + 1 : value;
    const encoded = status & STATUS_B_BINARY ? shown : Number.parseInt(String(shown), 16);
    return twelve && value >= 12 ? encoded | 0x80 : encoded;
  }
}

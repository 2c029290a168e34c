// The 8254 timer with port 0x61: channel 0 → interrupt line 0, channel 2 → gate and output bits that a kernel polls to calibrate its
// clocks. The oscillator is 1.193182 MHz, exactly, at any clock of the machine. Channel 1 (memory refresh) answers but drives nothing.

import type { Timeline } from '../time/timeline.ts';
import { Alarm } from '../time/timeline.ts';
import { Oscillator } from './clock.ts';
import type { Device, PortRange } from './device.ts';
import { PitChannel, type PitChannelState, resetChannel } from './pit-channel.ts';
import { loadAlarm, saveAlarm } from './saved-alarm.ts';

export interface PitWires {
  /** Machine ticks per second. */
  readonly hz: number;
  /** Time of the CPU that asks, or of the machine between turns. */
  readonly now: () => number;
  readonly timeline: Timeline;
  readonly irq: (asserted: boolean) => void;
}

export const PIT_HZ = 1_193_182;

const CONTROL = 3;
const READ_BACK = 3;
/** Port 0x61: what is written, and the inputs that are read with it. */
const PORT_B = { gate2: 0x01, writable: 0x0f, refresh: 0x10, out2: 0x20 } as const;
/** The refresh bit toggles every 15 µs: 18 clocks. */
const REFRESH_CLOCKS = 18;

export class Pit implements Device {
  readonly name = 'pit';
  readonly memory = [];
  readonly ports: readonly PortRange[];
  readonly #wires: PitWires;
  readonly #oscillator: Oscillator;
  readonly #channels: readonly PitChannel[];
  readonly #rise = new Alarm('pit channel 0', (due) => this.#risen(due));
  #portB = 0;

  constructor(wires: PitWires) {
    this.#wires = wires;
    const oscillator = new Oscillator(PIT_HZ, wires.hz);
    this.#oscillator = oscillator;
    const clock = { now: wires.now, periodsIn: (ticks: number) => oscillator.periodsIn(ticks) };
    this.#channels = [true, true, false].map((gate) => new PitChannel(clock, gate));
    this.ports = [
      { first: 0x40, last: 0x43, width: 8, read: (port) => this.#read(port & 3), write: (port, value) => this.#write(port & 3, value) },
      { first: 0x61, last: 0x61, width: 8, read: () => this.#readPortB(), write: (_, value) => this.#writePortB(value) },
    ];
  }

  reset(): void {
    this.load({ portB: 0, channels: [true, true, false].map(resetChannel), riseAt: null });
    this.#wires.irq(this.#channels[0].out);
  }

  save() {
    return { portB: this.#portB, channels: this.#channels.map(({ state }) => ({ ...state })), riseAt: saveAlarm(this.#rise) };
  }

  /** The interrupt controllers remember the level of their lines themselves. */
  load({ portB, channels, riseAt }: { portB: number; channels: readonly PitChannelState[]; riseAt: number | null }): void {
    this.#portB = portB;
    for (const [index, channel] of this.#channels.entries()) channel.state = { ...channels[index] };
    loadAlarm(this.#wires.timeline, this.#rise, riseAt);
  }

  #read(port: number): number {
    return port === CONTROL ? 0xff : this.#channels[port].read();
  }

  #write(port: number, value: number): void {
    const selected = value >> 6;
    if (port !== CONTROL) this.#channels[port].write(value);
    else if (selected !== READ_BACK) this.#channels[selected].writeControl(value);
    else this.#readBack(value);
    if (port === 0 || (port === CONTROL && selected === 0)) this.#restart();
  }

  /** Bits 1..3 choose channels; bits 4 and 5, low, ask for status and count. */
  #readBack(value: number): void {
    for (const [index, channel] of this.#channels.entries()) {
      if (value & (2 << index)) channel.latch(!(value & 0x10), !(value & 0x20));
    }
  }

  #restart(): void {
    const now = this.#wires.now();
    this.#wires.irq(this.#channels[0].out);
    this.#schedule(this.#channels[0].clocksAt(now));
  }

  #schedule(clocks: number): void {
    const { since, clocks: before } = this.#channels[0].state;
    const rise = this.#channels[0].nextRise(clocks);
    if (rise === Infinity) this.#wires.timeline.cancel(this.#rise);
    else this.#wires.timeline.set(this.#rise, since + this.#oscillator.ticksFor(rise - before));
  }

  /** OUT has been low for a while: shorter than a tick perhaps, so it is made to fall here. */
  #risen(due: number): void {
    this.#wires.irq(false);
    this.#wires.irq(true);
    this.#schedule(this.#channels[0].clocksAt(due));
  }

  #readPortB(): number {
    const refresh = Math.floor(this.#oscillator.periodsIn(this.#wires.now()) / REFRESH_CLOCKS) % 2;
    return this.#portB | (refresh ? PORT_B.refresh : 0) | (this.#channels[2].out ? PORT_B.out2 : 0);
  }

  #writePortB(value: number): void {
    this.#portB = value & PORT_B.writable;
    this.#channels[2].setGate((value & PORT_B.gate2) !== 0);
  }
}

// The IB700 watchdog card: two ports. A write to 0x443 starts its timer, or starts it anew; a write to 0x441 stops it. A timer that is
// left to run out resets the machine. Its low four bits choose the time: 30 s less 2 s for each, so 15 is at once.

import type { Timeline } from '../time/timeline.ts';
import { Alarm } from '../time/timeline.ts';
import type { Device, PortRange } from './device.ts';
import { loadAlarm, type SavedAlarm, saveAlarm } from './saved-alarm.ts';

export interface Ib700Wires {
  /** Machine ticks per second. */
  readonly hz: number;
  /** Time of the CPU that asks, in ticks. */
  readonly now: () => number;
  readonly timeline: Timeline;
  /** The timer has run out; `by` names this device. */
  readonly reset: (by: string) => void;
}

export const IB700_STOP = 0x441;
export const IB700_START = 0x443;

const LONGEST_SECONDS = 30;
const SECONDS_PER_STEP = 2;
const STEPS = 0x0f;

export class Ib700 implements Device {
  readonly name = 'ib700';
  readonly memory = [];
  readonly ports: readonly PortRange[];
  readonly #wires: Ib700Wires;
  readonly #timer: Alarm;

  constructor(wires: Ib700Wires) {
    this.#wires = wires;
    this.#timer = new Alarm('ib700', () => wires.reset('IB700 watchdog'));
    const floating = () => 0xff;
    this.ports = [
      { first: IB700_STOP, last: IB700_STOP, width: 8, read: floating, write: () => wires.timeline.cancel(this.#timer) },
      { first: IB700_START, last: IB700_START, width: 8, read: floating, write: (_, value) => this.#start(value) },
    ];
  }

  reset(): void {
    this.#wires.timeline.cancel(this.#timer);
  }

  save(): { expiresAt: SavedAlarm } {
    return { expiresAt: saveAlarm(this.#timer) };
  }

  load({ expiresAt }: { expiresAt: SavedAlarm }): void {
    loadAlarm(this.#wires.timeline, this.#timer, expiresAt);
  }

  #start(value: number): void {
    const seconds = LONGEST_SECONDS - SECONDS_PER_STEP * (value & STEPS);
    this.#wires.timeline.set(this.#timer, this.#wires.now() + Math.round(seconds * this.#wires.hz));
  }
}

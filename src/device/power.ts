// The fixed hardware of ACPI that the FADT names: PM1 event and control registers and the PM timer. Setting SLP_EN with the sleep
// type of S5 switches the machine off; no event ever happens, so the SCI stays silent (ACPI 6.5, 4.8).

import { Oscillator } from './clock.ts';
import type { Device, PortRange } from './device.ts';

export interface PowerWires {
  /** Machine ticks per second. */
  readonly hz: number;
  readonly now: () => number;
  /** The guest has switched the machine off. */
  readonly powerOff: () => void;
}

export const PM1_EVENT = 0x600;
export const PM1_CONTROL = 0x604;
export const PM_TIMER = 0x608;
/** SLP_TYP of S5, as the DSDT's \_S5 says. */
export const SLEEP_TYPE_S5 = 5;

const PM_TIMER_HZ = 3_579_545;
const SCI_ENABLE = 0x0001;
const SLEEP_ENABLE = 0x2000;
const CONTROL_WRITABLE = 0x1c06;

export class Power implements Device {
  readonly name = 'power';
  readonly memory = [];
  readonly ports: readonly PortRange[];
  readonly #wires: PowerWires;
  readonly #timer: Oscillator;
  #enable = 0;
  #control = SCI_ENABLE;

  constructor(wires: PowerWires) {
    this.#wires = wires;
    this.#timer = new Oscillator(PM_TIMER_HZ, wires.hz);
    this.ports = [
      {
        first: PM1_EVENT,
        last: PM1_EVENT + 3,
        width: 16,
        read: (port) => (port === PM1_EVENT + 2 ? this.#enable : 0),
        write: (port, value) => {
          if (port === PM1_EVENT + 2) this.#enable = value;
        },
      },
      { first: PM1_CONTROL, last: PM1_CONTROL + 1, width: 16, read: () => this.#control, write: (_, value) => this.#write(value) },
      { first: PM_TIMER, last: PM_TIMER + 3, width: 32, read: () => this.#timer.periodsIn(wires.now()) % 2 ** 32, write: () => {} },
    ];
  }

  reset(): void {
    this.load({ enable: 0, control: SCI_ENABLE });
  }

  save() {
    return { enable: this.#enable, control: this.#control };
  }

  load(state: ReturnType<Power['save']>): void {
    this.#enable = state.enable;
    this.#control = state.control;
  }

  /** The machine is always in ACPI mode, so SCI_EN stays set. */
  #write(value: number): void {
    this.#control = (value & CONTROL_WRITABLE) | SCI_ENABLE;
    if (value & SLEEP_ENABLE && ((value >> 10) & 7) === SLEEP_TYPE_S5) this.#wires.powerOff();
  }
}

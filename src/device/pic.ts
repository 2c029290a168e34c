// The two 8259A interrupt controllers of a PC: sixteen lines → one request and its vector. Their output is on LINT0 of the first CPU;
// kernels for several CPUs mask them and use the I/O APIC.

import type { Device, PortRange } from './device.ts';

export interface PicWires {
  /** The master's INT pin, when it changes. */
  readonly output?: (asserted: boolean) => void;
}

/** The master's input that the slave is on. */
export const PIC_CASCADE = 2;
export const PIC_LINES = 16;
const SPURIOUS = 7;

const ICW1 = { init: 0x10, single: 0x02, icw4: 0x01 } as const;
const ICW4_AUTO_EOI = 0x02;
const OCW3 = { identify: 0x08, poll: 0x04, readIsr: 0x03, readIrr: 0x02, specialMaskOn: 0x60, specialMaskOff: 0x40 } as const;

interface ChipState {
  irr: number;
  isr: number;
  imr: number;
  /** Levels of the inputs. */
  lines: number;
  /** Inputs that are level-triggered (ELCR). */
  levelTriggered: number;
  /** ICW2: the vector of input 0. */
  base: number;
  /** The input of lowest priority; the one after it has the highest. */
  lowest: number;
  /** Initialization command words still to come. */
  awaited: readonly ('icw2' | 'icw3' | 'icw4')[];
  autoEoi: boolean;
  rotateOnAutoEoi: boolean;
  specialMask: boolean;
  readIsr: boolean;
  poll: boolean;
}

/** Everything masked, as a BIOS leaves what it does not use. */
const resetState = (base: number): ChipState => ({
  irr: 0,
  isr: 0,
  imr: 0xff,
  lines: 0,
  levelTriggered: 0,
  base,
  lowest: 7,
  awaited: [],
  autoEoi: false,
  rotateOnAutoEoi: false,
  specialMask: false,
  readIsr: false,
  poll: false,
});

class Chip {
  state: ChipState;

  constructor(base: number) {
    this.state = resetState(base);
  }

  setLine(input: number, asserted: boolean): void {
    const { state } = this;
    const bit = 1 << input;
    const rising = asserted && !(state.lines & bit);
    state.lines = asserted ? state.lines | bit : state.lines & ~bit;
    if (rising) state.irr |= bit;
    else if (!asserted) state.irr &= ~bit;
  }

  /** The input to be served next, or -1: requested, not masked, and of higher priority than any in service. */
  get pending(): number {
    const { irr, isr, imr, lowest, specialMask } = this.state;
    for (let rank = 1; rank <= 8; rank++) {
      const input = (lowest + rank) & 7;
      const bit = 1 << input;
      if (isr & bit && !specialMask) return -1;
      if (irr & ~imr & ~isr & bit) return input;
    }
    return -1;
  }

  /** Acknowledges the pending input and gives it; 7 with nothing in service if the request has vanished. */
  acknowledge(): number {
    const input = this.pending;
    if (input < 0) return SPURIOUS;
    const { state } = this;
    const bit = 1 << input;
    if (!(state.levelTriggered & bit)) state.irr &= ~bit;
    if (!state.autoEoi) state.isr |= bit;
    else if (state.rotateOnAutoEoi) state.lowest = input;
    return input;
  }

  read(data: boolean): number {
    const { state } = this;
    if (state.poll) {
      state.poll = false;
      return this.pending < 0 ? 0 : 0x80 | this.acknowledge();
    }
    if (data) return state.imr;
    return state.readIsr ? state.isr : state.irr;
  }

  write(data: boolean, value: number): void {
    if (data) this.#writeData(value);
    else if (value & ICW1.init) this.#initialize(value);
    else if (value & OCW3.identify) this.#writeOcw3(value);
    else this.#writeOcw2(value >> 5, value & 7);
  }

  #initialize(icw1: number): void {
    const { base, lines, levelTriggered } = this.state;
    this.state = {
      ...resetState(base),
      imr: 0,
      lines,
      levelTriggered,
      irr: lines & levelTriggered,
      awaited: ['icw2', ...(icw1 & ICW1.single ? [] : (['icw3'] as const)), ...(icw1 & ICW1.icw4 ? (['icw4'] as const) : [])],
    };
  }

  /** An initialization word if one is awaited, else OCW1; the cascade (ICW3) is wired as in every PC. */
  #writeData(value: number): void {
    const { state } = this;
    const [awaited, ...rest] = state.awaited;
    state.awaited = rest;
    if (awaited === 'icw2') state.base = value & 0xf8;
    else if (awaited === 'icw4') state.autoEoi = (value & ICW4_AUTO_EOI) !== 0;
    else if (awaited === undefined) state.imr = value;
  }

  /** Commands by bits 7:5: rotate, specific, EOI. */
  #writeOcw2(command: number, input: number): void {
    const { state } = this;
    const specific = (command & 2) !== 0;
    const rotate = (command & 4) !== 0;
    if (command & 1) {
      const ended = specific ? input : this.#highestInService;
      if (ended < 0) return;
      state.isr &= ~(1 << ended);
      if (rotate) state.lowest = ended;
    } else if (specific) {
      if (rotate) state.lowest = input;
    } else {
      state.rotateOnAutoEoi = rotate;
    }
  }

  #writeOcw3(value: number): void {
    const { state } = this;
    const special = value & OCW3.specialMaskOn;
    if (special === OCW3.specialMaskOn) state.specialMask = true;
    if (special === OCW3.specialMaskOff) state.specialMask = false;
    const read = value & OCW3.readIsr;
    if (read === OCW3.readIsr) state.readIsr = true;
    if (read === OCW3.readIrr) state.readIsr = false;
    state.poll = (value & OCW3.poll) !== 0;
  }

  get #highestInService(): number {
    const { isr, lowest } = this.state;
    for (let rank = 1; rank <= 8; rank++) {
      const input = (lowest + rank) & 7;
      if (isr & (1 << input)) return input;
    }
    return -1;
  }
}

/** Lines that cannot be level-triggered: timer, keyboard, cascade; clock and coprocessor on the slave. */
const ELCR_WRITABLE = [0xf8, 0xde] as const;

export class PicPair implements Device {
  readonly name = 'pic';
  readonly memory = [];
  readonly ports: readonly PortRange[];
  readonly #chips = [new Chip(0x08), new Chip(0x70)] as const;
  readonly #output: (asserted: boolean) => void;
  #asserted = false;

  constructor({ output = () => {} }: PicWires = {}) {
    this.#output = output;
    const commandAndData = (first: number, index: 0 | 1): PortRange => ({
      first,
      last: first + 1,
      width: 8,
      read: (port) => this.#after(this.#chips[index].read(port !== first)),
      write: (port, value) => this.#after(this.#chips[index].write(port !== first, value)),
    });
    const edgeLevelControl: PortRange = {
      first: 0x4d0,
      last: 0x4d1,
      width: 8,
      read: (port) => this.#chips[port & 1].state.levelTriggered,
      write: (port, value) => {
        this.#chips[port & 1].state.levelTriggered = value & ELCR_WRITABLE[port & 1];
      },
    };
    this.ports = [commandAndData(0x20, 0), commandAndData(0xa0, 1), edgeLevelControl];
  }

  /** The input of an IRQ, to be called with its level. */
  line(irq: number): (asserted: boolean) => void {
    const chip = this.#chips[irq >> 3];
    if (!chip || irq === PIC_CASCADE) throw new Error(`The interrupt controllers have no line ${irq}.`);
    return (asserted) => this.#after(chip.setLine(irq & 7, asserted));
  }

  /** Whether the master asks for an interrupt. */
  get asserted(): boolean {
    return this.#asserted;
  }

  /** The interrupt acknowledge cycle: the vector to deliver, a spurious one if the request has vanished. */
  acknowledge(): number {
    const [master, slave] = this.#chips;
    const input = master.acknowledge();
    if (input !== PIC_CASCADE) return this.#after(master.state.base + input);
    const vector = slave.state.base + slave.acknowledge();
    // The slave's request falls for a moment, even if it has another.
    master.setLine(PIC_CASCADE, false);
    return this.#after(vector);
  }

  reset(): void {
    this.load({ master: resetState(0x08), slave: resetState(0x70) });
  }

  save() {
    return { master: { ...this.#chips[0].state }, slave: { ...this.#chips[1].state } };
  }

  load({ master, slave }: ReturnType<PicPair['save']>): void {
    this.#chips[0].state = { ...master };
    this.#chips[1].state = { ...slave };
    this.#asserted = this.#chips[0].pending >= 0;
    this.#output(this.#asserted);
  }

  /** Passes the slave's request on to the master, and the master's to the CPU. */
  #after<T>(result: T): T {
    const [master, slave] = this.#chips;
    master.setLine(PIC_CASCADE, slave.pending >= 0);
    const asserted = master.pending >= 0;
    if (asserted !== this.#asserted) {
      this.#asserted = asserted;
      this.#output(asserted);
    }
    return result;
  }
}

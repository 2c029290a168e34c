// What an interrupt pushes and IRET pops: up to six slots of the stack, kept as halves so that nothing becomes a bigint on the way. Where
// the stack is flat and at hand they are moved at once, else one after the other with all that this may lead to.

import { RSP, SS } from '../../isa/operand.ts';
import { isFlatData, type Segmented } from '../memory/segment.ts';
import { readWindow, writeWindow, wrote } from '../memory/window.ts';

/** What a frame needs of a CPU: its stack. */
interface Stacked extends Segmented {
  readonly stackSize: 16 | 32 | 64;
  push(value: bigint, size: number): void;
  pop(size: number): bigint;
}

const MAX_SLOTS = 6;
const LOW = 2 * RSP;
const HIGH = LOW + 1;

export class Frame {
  readonly #slots = new BigUint64Array(MAX_SLOTS);
  /** Halves of the slots. */
  readonly #words = new Uint32Array(this.#slots.buffer);
  #count = 0;

  /** Slot n as a number of 32 bits, or whole. */
  low(n: number): number {
    return this.#words[2 * n];
  }

  whole(n: number): bigint {
    return this.#slots[n];
  }

  clear(): void {
    this.#count = 0;
  }

  /** One more to be pushed, after those before it. */
  add(low: number, high = 0): void {
    this.#words[2 * this.#count] = low;
    this.#words[2 * this.#count + 1] = high;
    this.#count++;
  }

  addWhole(value: bigint): void {
    this.#slots[this.#count++] = value;
  }

  /** A fault in the middle leaves what was pushed, as pushing one by one does. */
  push(cpu: Stacked, size: number): void {
    const bytes = this.#count * (size >>> 3);
    const { gpr32, ram } = cpu;
    const at = gpr32[LOW] >= bytes && isFlatStack(cpu, size) ? writeWindow(cpu, gpr32[LOW] - bytes, pointerHigh(cpu), bytes) : -1;
    if (at < 0) {
      for (let n = 0; n < this.#count; n++) cpu.push(this.#slots[n], size);
      return;
    }
    for (let n = 0, to = at + bytes; n < this.#count; n++) {
      to -= size >>> 3;
      ram.view.setUint32(to, this.#words[2 * n], true);
      if (size === 64) ram.view.setUint32(to + 4, this.#words[2 * n + 1], true);
    }
    this.#move(cpu, -bytes);
    wrote(cpu, at, bytes);
  }

  /** Slot 0 is what is popped first. */
  pop(cpu: Stacked, count: number, size: number): void {
    const step = size >>> 3;
    const { gpr32, ram } = cpu;
    const isNear = gpr32[LOW] < 0xffff_ff00 && isFlatStack(cpu, size);
    const at = isNear ? readWindow(cpu, gpr32[LOW], pointerHigh(cpu), count * step) : -1;
    if (at < 0) {
      for (let n = 0; n < count; n++) this.#slots[n] = cpu.pop(size);
      return;
    }
    for (let n = 0; n < count; n++) {
      this.#words[2 * n] = ram.view.getUint32(at + n * step, true);
      this.#words[2 * n + 1] = size === 64 ? ram.view.getUint32(at + n * step + 4, true) : 0;
    }
    this.#move(cpu, count * step);
  }

  /** The low half of the stack pointer is known not to wrap. */
  #move({ gpr32, stackSize }: Stacked, distance: number): void {
    gpr32[LOW] += distance;
    if (stackSize === 32) gpr32[HIGH] = 0;
  }
}

const pointerHigh = ({ gpr32, stackSize }: Stacked): number => (stackSize === 64 ? gpr32[HIGH] : 0);

/** Whether an offset on the stack is the linear address too, with all of memory within the segment. */
const isFlatStack = (cpu: Stacked, size: number): boolean =>
  size >= 32 && (cpu.mode === 64 || (cpu.stackSize === 32 && isFlatData(cpu, SS)));

// Physical address and mode → decoded instruction, shared by the CPUs of a machine. Lines that hold decoded bytes are marked in
// RAM, so a store by any CPU drops exactly the instructions that it may have changed, before the next one is fetched (X3).

import type { Insn, Mode } from '../isa/insn.ts';
import { HAS_CODE, LINE_BYTES, type Ram } from './ram.ts';
import type { Semantic } from './semantics/semantic.ts';
import type { TranslatedEntry } from './translated.ts';

const PAGE_BYTES = 0x1000;
export const MAX_INSN_BYTES = 15;
/** Pages of slots kept, of 32 KiB each: beyond that all are dropped, so that code all over RAM cannot exhaust the host. */
const MAX_PAGES = 2048;

/** A decoded instruction with its meaning at hand. */
export interface Decoded {
  readonly insn: Insn;
  readonly length: number;
  readonly execute: Semantic;
  /** The translator's: code that begins here, how often it was wanted, and how often put off. */
  entry: TranslatedEntry | undefined;
  heat: number;
  patience: number;
}

/** Instructions that begin in a page, by their offset there. */
export type Slots = (Decoded | undefined)[];

/** An instruction on two pages: good only while its second part is still at the same place. */
interface Straddler {
  readonly decoded: Decoded;
  readonly second: number;
}

const MODES = 3;
const keyOf = (page: number, mode: Mode): number => page * MODES + (mode >> 5);

export class InsnCache {
  readonly #ram: Ram;
  readonly #pages = new Map<number, Slots>();
  readonly #straddlers = new Map<number, Straddler>();
  readonly #holders: (() => void)[] = [];

  constructor(ram: Ram) {
    this.#ram = ram;
    ram.onWrite(HAS_CODE, (line) => this.#drop(line));
  }

  /** `forget` is called when slots that a CPU may hold are no longer kept up to date. */
  onClear(forget: () => void): void {
    this.#holders.push(forget);
  }

  /** The slots of a physical page; they stay valid until onClear's callback. */
  slots(page: number, mode: Mode): Slots {
    const key = keyOf(page, mode);
    const known = this.#pages.get(key);
    if (known !== undefined) return known;
    if (this.#pages.size >= MAX_PAGES) this.clear();
    const slots: Slots = new Array<Decoded | undefined>(PAGE_BYTES).fill(undefined);
    this.#pages.set(key, slots);
    return slots;
  }

  /** Whether the instruction that begins there is known. */
  has(physical: number, mode: Mode): boolean {
    return this.#pages.get(keyOf(Math.floor(physical / PAGE_BYTES), mode))?.[physical % PAGE_BYTES] !== undefined || this.straddler(physical, mode) !== undefined;
  }

  /** Keeps an instruction that lies in one page. */
  put(slots: Slots, physical: number, decoded: Decoded): void {
    slots[physical % PAGE_BYTES] = decoded;
    this.#ram.mark(physical, HAS_CODE);
    this.#ram.mark(physical + decoded.length - 1, HAS_CODE);
  }

  /** The instruction that begins at `first` and goes on in another page. */
  straddler(first: number, mode: Mode): Straddler | undefined {
    return this.#straddlers.get(keyOf(first, mode));
  }

  putStraddler(first: number, second: number, mode: Mode, decoded: Decoded): void {
    if (this.#straddlers.size >= MAX_PAGES) this.#straddlers.clear();
    this.#straddlers.set(keyOf(first, mode), { decoded, second });
    this.#ram.mark(first, HAS_CODE);
    this.#ram.mark(second, HAS_CODE);
  }

  clear(): void {
    this.#pages.clear();
    this.#straddlers.clear();
    for (const forget of this.#holders) forget();
  }

  /** Drops what has bytes in a line: it begins there, or up to 14 bytes before. */
  #drop(line: number): void {
    const page = Math.floor(line / PAGE_BYTES);
    const from = line % PAGE_BYTES;
    for (const mode of [16, 32, 64] as const) {
      this.#pages.get(keyOf(page, mode))?.fill(undefined, Math.max(0, from - MAX_INSN_BYTES + 1), from + LINE_BYTES);
    }
    this.#straddlers.clear();
  }
}

// Physical address and mode → decoded instruction, shared by the CPUs of a machine. Lines that hold decoded bytes are marked in
// RAM, so a store by any CPU drops exactly the instructions that it may have changed, before the next one is fetched (X3).

import type { Insn } from '../../isa/insn.ts';
import type { Mode } from '../../isa/operand.ts';
import { Memo } from './memo.ts';
import { HAS_CODE, LINE_BYTES, LINE_SHIFT, type Ram } from '../memory/ram.ts';

const PAGE_BYTES = 0x1000;
export const MAX_INSN_BYTES = 15;
/** Lines of slots in a generation: beyond that the older one is dropped, so that code all over RAM cannot exhaust the host. */
const MAX_LINES = 16384;

/** What an instruction does to the CPU that executes it. */
export type Meaning<Cpu> = (cpu: Cpu, insn: Insn) => void;

/** Translated code that begins at an instruction; what it means only the translator knows. */
export interface TranslatedEntry {
  readonly owner: object;
}

/** The heat of an instruction that no translated code will ever begin with. */
export const HOPELESS = Number.NEGATIVE_INFINITY;

/** A decoded instruction with its meaning at hand. */
export interface Decoded<Cpu> {
  readonly insn: Insn;
  readonly length: number;
  readonly execute: Meaning<Cpu>;
  /** The translator's: code that begins here, and how often it was wanted. */
  entry: TranslatedEntry | undefined;
  heat: number;
}

/** Instructions that begin in a line of RAM, and in the lines of a page, by their offset there. */
type Line<Cpu> = (Decoded<Cpu> | undefined)[];
export type Slots<Cpu> = Line<Cpu>[];

const newLine = <Cpu>(): Line<Cpu> => new Array<Decoded<Cpu> | undefined>(LINE_BYTES).fill(undefined);
/** A line without instructions, for all slots; it is never written. */
const EMPTY: Line<unknown> = newLine();

export const slotAt = <Cpu>(slots: Slots<Cpu>, within: number): Decoded<Cpu> | undefined => slots[within >>> LINE_SHIFT][within & (LINE_BYTES - 1)];

/** An instruction on two pages: good only while its second part is still at the same place. */
interface Straddler<Cpu> {
  readonly decoded: Decoded<Cpu>;
  readonly second: number;
}

const MODES = 3;
/** Slots of a page for each mode. */
type CodePage<Cpu> = (Slots<Cpu> | undefined)[];

export class InsnCache<Cpu> {
  readonly #ram: Ram;
  /** Pages used of late, and those used before; by physical page number. */
  #young = new Map<number, CodePage<Cpu>>();
  #old = new Map<number, CodePage<Cpu>>();
  /** Lines and pages made or found again since the last generation was dropped. */
  #used = 0;
  readonly #straddlers = new Map<number, Straddler<Cpu>>();
  readonly memo = new Memo<Decoded<Cpu>>();
  readonly #holders: (() => void)[] = [];

  constructor(ram: Ram) {
    this.#ram = ram;
    ram.onWrite(HAS_CODE, (line) => this.#drop(line));
  }

  /** `forget` is called when slots that a CPU may hold are no longer kept up to date. */
  onForget(forget: () => void): void {
    this.#holders.push(forget);
  }

  /** The slots of a physical page; they stay valid until onForget's callback. */
  slots(page: number, mode: Mode): Slots<Cpu> {
    let modes = this.#young.get(page);
    if (modes === undefined) {
      modes = this.#old.get(page) ?? new Array<Slots<Cpu> | undefined>(MODES).fill(undefined);
      this.#old.delete(page);
      this.#young.set(page, modes);
      this.#use(1 + modes.reduce((sum, slots = []) => sum + slots.filter((line) => line !== EMPTY).length, 0));
    }
    return (modes[mode >> 5] ??= new Array<Line<Cpu>>(PAGE_BYTES / LINE_BYTES).fill(EMPTY));
  }

  /** The instruction that begins at `physical` and lies in one page, if it is known. */
  at(physical: number, mode: Mode): Decoded<Cpu> | undefined {
    const page = Math.floor(physical / PAGE_BYTES);
    const slots = (this.#young.get(page) ?? this.#old.get(page))?.[mode >> 5];
    return slots && slotAt(slots, physical % PAGE_BYTES);
  }

  /** Keeps an instruction that lies in one page. */
  put(slots: Slots<Cpu>, physical: number, decoded: Decoded<Cpu>): void {
    const line = (physical % PAGE_BYTES) >>> LINE_SHIFT;
    if (slots[line] === EMPTY) {
      slots[line] = newLine();
      this.#use(1);
    }
    slots[line][physical % LINE_BYTES] = decoded;
    this.#ram.mark(physical, HAS_CODE);
    this.#ram.mark(physical + decoded.length - 1, HAS_CODE);
  }

  #use(count: number): void {
    this.#used += count;
    if (this.#used <= MAX_LINES) return;
    this.#used = 0;
    this.#old = this.#young;
    this.#young = new Map();
    this.#forget();
  }

  /** The instruction that begins at `first` and goes on in another page. */
  straddler(first: number, mode: Mode): Straddler<Cpu> | undefined {
    return this.#straddlers.get(first * MODES + (mode >> 5));
  }

  putStraddler(first: number, second: number, mode: Mode, decoded: Decoded<Cpu>): void {
    if (this.#straddlers.size >= MAX_LINES) this.#straddlers.clear();
    this.#straddlers.set(first * MODES + (mode >> 5), { decoded, second });
    this.#ram.mark(first, HAS_CODE);
    this.#ram.mark(second, HAS_CODE);
  }

  clear(): void {
    this.#young.clear();
    this.#old.clear();
    this.#straddlers.clear();
    this.#forget();
  }

  #forget(): void {
    for (const forget of this.#holders) forget();
  }

  /** Drops what has bytes in a line: it begins there, or up to 14 bytes before. */
  #drop(address: number): void {
    const page = Math.floor(address / PAGE_BYTES);
    const line = (address % PAGE_BYTES) >>> LINE_SHIFT;
    for (const slots of this.#young.get(page) ?? this.#old.get(page) ?? []) {
      if (slots === undefined) continue;
      if (slots[line] !== EMPTY) slots[line].fill(undefined);
      if (line > 0 && slots[line - 1] !== EMPTY) slots[line - 1].fill(undefined, LINE_BYTES - MAX_INSN_BYTES + 1);
    }
    if (this.#straddlers.size > 0) this.#straddlers.clear();
  }
}

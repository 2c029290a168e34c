// The TLB as memory, so that translated code looks where the MMU looks: for each kind of access a direct-mapped table of entries of four
// words. A hit implies that rights, canonical form, accessed and dirty flags are in order. Translated code takes the first two words for
// the page number: entries that do not lead to RAM have a bit more there, and only the MMU knows them.

import { READ, WRITE } from './paging.ts';

/** Entries of a table; the low bits of the page number choose one. */
export const TLB_ENTRIES = 2048;
/** Tables: read, write, execute for the supervisor, then the same for the user. */
export const TLB_KINDS = 3;
const TABLES = 2 * TLB_KINDS;

/** Words of an entry: page number (52 bits), what to add to a linear address to find its byte in memory, physical page number. */
const WORDS = 4;
const PAGE_LOW = 0;
const PAGE_HIGH = 1;
const ADDEND = 2;
const FRAME = 3;
const NOT_RAM = 0x8000_0000;
/** PAGE_HIGH of an empty entry: no address has it. */
const EMPTY = 0xffff_ffff;

export const TLB_ENTRY_BYTES = WORDS * 4;
export const TLB_ADDEND_BYTE = ADDEND * 4;
export const TLB_TABLE_BYTES = TLB_ENTRIES * TLB_ENTRY_BYTES;
const TABLES_BYTES = TABLES * TLB_TABLE_BYTES;
/**
 * Behind the tables, what translated code has to know of the run that it is in: when it has no ticks left, in ticks (f64), and whether an
 * interrupt waits for IF (i32).
 */
export const TLB_RUN = { end: TABLES_BYTES, interruptWaits: TABLES_BYTES + 8 } as const;
export const TLB_BYTES = TABLES_BYTES + 64;

/** What leads from linear addresses in a page (its number) to bytes in memory, when its frame is at a physical address of RAM. */
export const addendOf = (ramOffset: number, page: number, frame: number): number => (ramOffset + frame - (page % 2 ** 20) * 0x1000) >>> 0;

export class Tlb {
  readonly #words: Uint32Array;
  /** Where in memory RAM begins, and how much there is. */
  readonly #ramOffset: number;
  readonly #ramBytes: number;
  /** Entries filled since the last time that all were emptied, while they are few: most address spaces do not live long. */
  readonly #filled = new Uint32Array(1024);
  #count = 0;

  /** TLB_BYTES of `memory` from `byteOffset`. */
  constructor(memory: ArrayBufferLike, byteOffset: number, ramOffset: number, ramBytes: number) {
    this.#words = new Uint32Array(memory, byteOffset, TABLES_BYTES / 4);
    this.#ramOffset = ramOffset;
    this.#ramBytes = ramBytes;
    this.#words.fill(EMPTY);
  }

  clear(): void {
    if (this.#count > this.#filled.length) this.#words.fill(EMPTY);
    else for (let index = 0; index < this.#count; index++) this.#words[this.#filled[index] + PAGE_HIGH] = EMPTY;
    this.#count = 0;
  }

  /** Physical address of the page that holds the linear address with these halves, or -1. `table` is the number of its first entry. */
  frame(low: number, high: number, table: number): number {
    const at = (table + ((low >>> 12) & (TLB_ENTRIES - 1))) * WORDS;
    const words = this.#words;
    const isHit = words[at + PAGE_LOW] === ((low >>> 12) | (high << 20)) >>> 0 && (words[at + PAGE_HIGH] & ~NOT_RAM) === high >>> 12;
    return isHit ? words[at + FRAME] * 0x1000 : -1;
  }

  /** Whether translated code finds the address there. */
  isRam(low: number, high: number, table: number): boolean {
    const at = (table + ((low >>> 12) & (TLB_ENTRIES - 1))) * WORDS;
    return this.#words[at + PAGE_LOW] === ((low >>> 12) | (high << 20)) >>> 0 && this.#words[at + PAGE_HIGH] === high >>> 12;
  }

  /** The page of the linear address with these halves is the one at the physical address `frame`. */
  put(low: number, high: number, table: number, frame: number): void {
    const words = this.#words;
    const at = (table + ((low >>> 12) & (TLB_ENTRIES - 1))) * WORDS;
    if (this.#count < this.#filled.length) this.#filled[this.#count] = at;
    this.#count++;
    const access = (table / TLB_ENTRIES) % TLB_KINDS;
    if (access === READ) this.#dropUnlike(low, high, at + TLB_TABLE_BYTES / 4, frame);
    if (access === WRITE) this.#dropUnlike(low, high, at - TLB_TABLE_BYTES / 4, frame);
    words[at + PAGE_LOW] = (low >>> 12) | (high << 20);
    words[at + PAGE_HIGH] = (high >>> 12) | (frame + 0x1000 <= this.#ramBytes ? 0 : NOT_RAM);
    words[at + ADDEND] = addendOf(this.#ramOffset, low >>> 12, frame);
    words[at + FRAME] = frame / 0x1000;
  }

  /** What is read and what is written at an address is the same memory, even if the page tables have changed without a flush. */
  #dropUnlike(low: number, high: number, at: number, frame: number): void {
    const words = this.#words;
    if (words[at + PAGE_LOW] === ((low >>> 12) | (high << 20)) >>> 0 && words[at + FRAME] !== frame / 0x1000) words[at + PAGE_HIGH] = EMPTY;
  }

  /** Empties the entries, in all tables, that may hold `page`. */
  drop(page: number): void {
    for (let table = 0; table < TABLES; table++) this.#words[(table * TLB_ENTRIES + (page % TLB_ENTRIES)) * WORDS + PAGE_HIGH] = EMPTY;
  }
}

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
export const TLB_EMPTY = 0xffff_ffff;

export const TLB_ENTRY_BYTES = WORDS * 4;
export const TLB_HIGH_BYTE = PAGE_HIGH * 4;
export const TLB_ADDEND_BYTE = ADDEND * 4;
export const TLB_FRAME_BYTE = FRAME * 4;
export const TLB_TABLE_BYTES = TLB_ENTRIES * TLB_ENTRY_BYTES;
const TABLES_BYTES = TABLES * TLB_TABLE_BYTES;
/**
 * Behind the tables, what translated code has to know of the run that it is in: when it has no ticks left, in ticks (f64), whether an
 * interrupt waits for IF (i32), whether it may fill entries, as long as nobody wants to see accesses (i32), and whether it may change the
 * privilege, as long as no counter depends on it (i32); what it has to tell: the address of a page that is not present (i64), and the error
 * code of that access plus one (i32; else 0); which region has led to where none is known (i32; else 0). Then what it keeps of the TLB itself: whether parts of large pages are in it, how
 * many entries have been filled since all were emptied, and which, by the number of their first word: so many at most, for most address
 * spaces do not live long.
 */
export const TLB_RUN = {
  end: TABLES_BYTES, interruptWaits: TABLES_BYTES + 8, walksArePlain: TABLES_BYTES + 12, transfersArePlain: TABLES_BYTES + 16,
  faultError: TABLES_BYTES + 20, faultAddress: TABLES_BYTES + 24, lastRegion: TABLES_BYTES + 32, hasLargePages: TABLES_BYTES + 36,
  count: TABLES_BYTES + 40, filled: TABLES_BYTES + 64, filledEntries: 1008,
} as const;
export const TLB_BYTES = TLB_RUN.filled + 4 * TLB_RUN.filledEntries;
const COUNT = TLB_RUN.count / 4;
const HAS_LARGE_PAGES = TLB_RUN.hasLargePages / 4;
const FILLED = TLB_RUN.filled / 4;

/** What leads from linear addresses in a page (its number) to bytes in memory, when its frame is at a physical address of RAM. */
export const addendOf = (ramOffset: number, page: number, frame: number): number => (ramOffset + frame - (page % 2 ** 20) * 0x1000) >>> 0;

export class Tlb {
  readonly #words: Uint32Array;
  /** Where in memory RAM begins, and how much there is. */
  readonly #ramOffset: number;
  readonly #ramBytes: number;

  /** TLB_BYTES of `memory` from `byteOffset`. */
  constructor(memory: ArrayBufferLike, byteOffset: number, ramOffset: number, ramBytes: number) {
    this.#words = new Uint32Array(memory, byteOffset, TLB_BYTES / 4);
    this.#ramOffset = ramOffset;
    this.#ramBytes = ramBytes;
    this.#words.fill(TLB_EMPTY, 0, TABLES_BYTES / 4);
    this.clear();
  }

  clear(): void {
    const words = this.#words;
    const count = words[COUNT];
    if (count > TLB_RUN.filledEntries) words.fill(TLB_EMPTY, 0, TABLES_BYTES / 4);
    else for (let index = 0; index < count; index++) words[words[FILLED + index] + PAGE_HIGH] = TLB_EMPTY;
    words[COUNT] = 0;
    words[HAS_LARGE_PAGES] = 0;
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

  /** The page of the linear address with these halves is the one at the physical address `frame`, maybe as part of a larger one. */
  put(low: number, high: number, table: number, frame: number, isLarge: boolean): void {
    const words = this.#words;
    const at = (table + ((low >>> 12) & (TLB_ENTRIES - 1))) * WORDS;
    const count = words[COUNT];
    if (count < TLB_RUN.filledEntries) words[FILLED + count] = at;
    if (count <= TLB_RUN.filledEntries) words[COUNT]++;
    const access = (table / TLB_ENTRIES) % TLB_KINDS;
    if (access === READ) this.#dropUnlike(low, high, at + TLB_TABLE_BYTES / 4, frame);
    if (access === WRITE) this.#dropUnlike(low, high, at - TLB_TABLE_BYTES / 4, frame);
    words[at + PAGE_LOW] = (low >>> 12) | (high << 20);
    words[at + PAGE_HIGH] = (high >>> 12) | (frame + 0x1000 <= this.#ramBytes ? 0 : NOT_RAM);
    words[at + ADDEND] = addendOf(this.#ramOffset, low >>> 12, frame);
    words[at + FRAME] = frame / 0x1000;
    if (isLarge) words[HAS_LARGE_PAGES] = 1;
  }

  /** What is read and what is written at an address is the same memory, even if the page tables have changed without a flush. */
  #dropUnlike(low: number, high: number, at: number, frame: number): void {
    const words = this.#words;
    if (words[at + PAGE_LOW] === ((low >>> 12) | (high << 20)) >>> 0 && words[at + FRAME] !== frame / 0x1000) words[at + PAGE_HIGH] = TLB_EMPTY;
  }

  /** Empties the entries, in all tables, that may hold `page`: any, if it may be part of a larger one. */
  drop(page: number): void {
    if (this.#words[HAS_LARGE_PAGES] !== 0) {
      this.clear();
      return;
    }
    for (let table = 0; table < TABLES; table++) this.#words[(table * TLB_ENTRIES + (page % TLB_ENTRIES)) * WORDS + PAGE_HIGH] = TLB_EMPTY;
  }
}

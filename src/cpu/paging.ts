// Linear page → physical page, by walking the guest's paging structures: 4-level, PAE and 32-bit paging are three lists of
// levels, the rest is one loop (SDM vol. 3, chapter 4). Pages are numbers of 4 KiB units. Accessed and dirty flags are set only
// when the access is allowed: a fault changes nothing.

import type { Bus } from './bus.ts';
import { Fault, PF } from './fault.ts';
import { AC as FLAG_AC } from './flags.ts';
import type { Ram } from './ram.ts';
import { CR0_PG, CR0_WP, CR4_PAE, CR4_PSE, CR4_SMAP, CR4_SMEP, EFER_LMA, EFER_NXE } from './registers.ts';
import { type CpuState, STATE_OFFSETS } from './state.ts';

/** Kinds of access. */
export const READ = 0;
export const WRITE = 1;
export const EXECUTE = 2;
export type Access = typeof READ | typeof WRITE | typeof EXECUTE;

/** Bits of a page fault's error code (SDM vol. 3, figure 4-12). */
const ERROR_PROTECTION = 1;
const ERROR_WRITE = 2;
const ERROR_USER = 4;
const ERROR_RESERVED = 8;
const ERROR_FETCH = 16;

/** Bits of the low half of an entry; XD is bit 31 of the high half. */
const PRESENT = 1;
const WRITABLE = 2;
const USER = 4;
const ACCESSED = 0x20;
const DIRTY = 0x40;
const PAGE_SIZE = 0x80;
const EXECUTE_DISABLE = 0x8000_0000;

/** Bits 40..51 of an entry are above MAXPHYADDR (40) and reserved; 52..62 are ignored, but with PAE paging reserved too. */
const RESERVED_HIGH = 0x000f_ff00;
const RESERVED_HIGH_PAE = 0x7fff_ff00;

/** How many pages an entry of a level stands for, and whether it can map them itself. */
interface Level {
  readonly span: number;
  readonly large: boolean;
}

const LONGEST = 2 ** 27;
const FOUR_LEVEL: readonly Level[] = [
  { span: LONGEST, large: false },
  { span: 2 ** 18, large: true },
  { span: 2 ** 9, large: true },
  { span: 1, large: false },
];
const PAE: readonly Level[] = FOUR_LEVEL.slice(2);
const TWO_LEVEL: readonly Level[] = [
  { span: 2 ** 10, large: true },
  { span: 1, large: false },
];
const LEVELS = 4;
const CR3 = STATE_OFFSETS.cr3 / 4;

/** The outcome of a walk that succeeded. */
export interface Translation {
  /** Physical page, in units of 4 KiB. */
  readonly page: number;
  /** The page belongs to user mode: SMAP and SMEP may forbid it to the supervisor. */
  readonly user: boolean;
  /** It is part of a larger page: INVLPG of any address in that one must find it. */
  readonly large: boolean;
}

export class Paging {
  readonly #state: CpuState;
  readonly #ram: Ram;
  readonly #bus: Bus;
  /** A walk that would have to read from a device fails. */
  isRamOnly = false;
  /** Entries met on the way down: their addresses and halves. */
  readonly #addresses = new Float64Array(LEVELS);
  readonly #lows = new Uint32Array(LEVELS);

  constructor(state: CpuState, ram: Ram, bus: Bus) {
    this.#state = state;
    this.#ram = ram;
    this.#bus = bus;
  }

  /**
   * Translates linear page `page`. `user` is the mode of the access, `implicit` an access of the processor to its own tables,
   * which AC never excuses. Throws the page fault at linear address `address`.
   */
  walk(page: number, access: Access, user: boolean, implicit: boolean, address: bigint): Translation {
    const { cr0, cr4, efer } = this.#state;
    if ((cr0 & CR0_PG) === 0) return { page, user: false, large: false };
    const wide = (cr4 & CR4_PAE) !== 0;
    const noExecute = wide && (efer & EFER_NXE) !== 0;
    const errorBits =
      (access === WRITE ? ERROR_WRITE : 0) |
      (user ? ERROR_USER : 0) |
      (access === EXECUTE && (noExecute || (cr4 & CR4_SMEP) !== 0) ? ERROR_FETCH : 0);
    const fail = (bits: number): never => {
      throw new Fault(PF, errorBits | bits, address);
    };

    const fourLevel = (efer & EFER_LMA) !== 0;
    const levels = fourLevel ? FOUR_LEVEL : wide ? PAE : TWO_LEVEL;
    const hasPdptes = wide && !fourLevel;
    const reservedHigh = fourLevel ? RESERVED_HIGH : RESERVED_HIGH_PAE;
    const { words32 } = this.#state;
    let table = hasPdptes
      ? this.#pdpte(page, fail)
      : (fourLevel ? (words32[CR3 + 1] & 0xff) * 2 ** 32 : 0) + ((words32[CR3] & 0xffff_f000) >>> 0);
    let rights = WRITABLE | USER;
    let executable = true;
    for (let depth = 0; ; depth++) {
      const { span, large } = levels[depth];
      const index = (span === LONGEST ? Math.floor(page / LONGEST) : (page >>> 0) / span) & (wide ? 511 : 1023);
      const at = table + index * (wide ? 8 : 4);
      const low = this.#read32(at);
      const high = wide ? this.#read32(at + 4) : 0;
      if ((low & PRESENT) === 0) fail(0);
      const leaf = span === 1 || (large && (low & PAGE_SIZE) !== 0 && (wide || (cr4 & CR4_PSE) !== 0));
      const isReserved = (high & reservedHigh) !== 0 || this.#reserved(low, high, span, leaf, wide, noExecute, large);
      if (isReserved) fail(ERROR_PROTECTION | ERROR_RESERVED);
      rights &= low;
      if ((high & EXECUTE_DISABLE) !== 0) executable = false;
      this.#addresses[depth] = at;
      this.#lows[depth] = low;
      if (!leaf) {
        table = (high & 0xff) * 2 ** 32 + ((low & 0xffff_f000) >>> 0);
        continue;
      }
      const isUser = (rights & USER) !== 0;
      if (!this.#allowed(access, user, implicit, isUser, (rights & WRITABLE) !== 0, executable)) fail(ERROR_PROTECTION);
      this.#touch(depth, access);
      return { page: this.#frame(low, high, span, wide) + (page % span), user: isUser, large: span > 1 };
    }
  }

  /** Base of the page directory that the PDPTE register of `page` points to (SDM vol. 3, 4.4.1). */
  #pdpte(page: number, fail: (bits: number) => never): number {
    const entry = this.#state.pdpte[page >>> 18];
    if ((entry & 1n) === 0n) fail(0);
    return Number(entry & 0xff_ffff_f000n);
  }

  /** Whether reserved bits of an entry are set, beside those of its address (SDM vol. 3, 4.3 to 4.5). */
  #reserved(low: number, high: number, span: number, leaf: boolean, wide: boolean, noExecute: boolean, large: boolean): boolean {
    // 4 MiB pages have bits 32..39 of their address in bits 13..20 (PSE-36); bit 21 is reserved.
    if (!wide) return leaf && span > 1 && (low & 0x0020_0000) !== 0;
    if ((high & EXECUTE_DISABLE) !== 0 && !noExecute) return true;
    if (!leaf) return !large && (low & PAGE_SIZE) !== 0;
    return span > 1 && (low & (span * 0x1000 - 1) & ~0x1fff) !== 0;
  }

  /** First physical page of the page that a leaf entry maps. */
  #frame(low: number, high: number, span: number, wide: boolean): number {
    const page = (low >>> 12) - ((low >>> 12) % span);
    const above = wide ? high & 0xff : span > 1 ? (low >>> 13) & 0xff : 0;
    return above * 2 ** 20 + page;
  }

  /** Access rights (SDM vol. 3, 4.6.1). */
  #allowed(access: Access, user: boolean, implicit: boolean, isUser: boolean, writable: boolean, executable: boolean): boolean {
    const { cr0, cr4, rflags } = this.#state;
    if (access === EXECUTE && !executable) return false;
    if (user) return isUser && (access !== WRITE || writable);
    if (access === EXECUTE) return !isUser || (cr4 & CR4_SMEP) === 0;
    if (isUser && (cr4 & CR4_SMAP) !== 0 && (implicit || (rflags & FLAG_AC) === 0)) return false;
    return access !== WRITE || writable || (cr0 & CR0_WP) === 0;
  }

  /** Sets the accessed flags of the entries down to `leaf`, and the dirty flag there. */
  #touch(leaf: number, access: Access): void {
    for (let depth = 0; depth <= leaf; depth++) {
      const low = this.#lows[depth];
      const touched = low | ACCESSED | (depth === leaf && access === WRITE ? DIRTY : 0);
      if (touched !== low) this.#write32(this.#addresses[depth], touched);
    }
  }

  #read32(physical: number): number {
    const ram = this.#ram;
    if (physical + 4 <= ram.size) return ram.view.getUint32(physical, true) | 0;
    if (this.isRamOnly) throw new Fault(PF);
    return Number(this.#bus.readMemory(physical, 32)) | 0;
  }

  #write32(physical: number, value: number): void {
    const ram = this.#ram;
    if (physical + 4 > ram.size) {
      this.#bus.writeMemory(physical, 32, BigInt(value >>> 0));
      return;
    }
    ram.view.setUint32(physical, value, true);
    ram.epoch++;
    ram.written(physical, 4);
  }
}

// Linear page → physical page, by walking the guest's paging structures: 4-level, PAE and 32-bit paging are three lists of
// levels, the rest is one loop (SDM vol. 3, chapter 4). Accessed and dirty flags are set only
// when the access is allowed: a fault changes nothing.

import type { Bus } from '../bus.ts';
import { Fault, PF } from '../events/fault.ts';
import { AC as FLAG_AC } from '../flags.ts';
import type { Ram } from './ram.ts';
import { CR0_PG, CR0_WP, CR4_PAE, CR4_PSE, CR4_SMAP, CR4_SMEP, EFER_LMA, EFER_NXE } from '../identity/registers.ts';
import { type CpuState, STATE_OFFSETS } from '../state.ts';

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

/** The lowest bit of a linear address that an entry of a level leaves open, and whether it can map a page itself. */
interface Level {
  readonly shift: number;
  readonly large: boolean;
}

const PAGE_SHIFT = 12;
const FOUR_LEVEL: readonly Level[] = [
  { shift: 39, large: false },
  { shift: 30, large: true },
  { shift: 21, large: true },
  { shift: PAGE_SHIFT, large: false },
];
const PAE: readonly Level[] = FOUR_LEVEL.slice(2);
const TWO_LEVEL: readonly Level[] = [
  { shift: 22, large: true },
  { shift: PAGE_SHIFT, large: false },
];
const LEVELS = 4;

const CR0 = STATE_OFFSETS.cr0 / 4;
const CR3 = STATE_OFFSETS.cr3 / 4;
const CR4 = STATE_OFFSETS.cr4 / 4;
const EFER = STATE_OFFSETS.efer / 4;

export class Paging {
  readonly #state: CpuState;
  readonly #ram: Ram;
  readonly #bus: Bus;
  /** A walk that anybody could notice fails and changes nothing: one that asks a device, or sets flags in a marked line. */
  isQuiet = false;
  /** Sees what is read from RAM: physical address and size in bits. */
  onLoad: ((physical: number, size: number) => void) | undefined;
  /** Entries met on the way down: their addresses and halves. */
  readonly #addresses = new Float64Array(LEVELS);
  readonly #lows = new Uint32Array(LEVELS);
  /** Of the last walk. The page belongs to user mode: SMAP and SMEP may forbid it to the supervisor. */
  isUser = false;
  /** It is part of a larger page: INVLPG of any address in that one must find it. */
  isLarge = false;

  constructor(state: CpuState, ram: Ram, bus: Bus) {
    this.#state = state;
    this.#ram = ram;
    this.#bus = bus;
  }

  /**
   * Translates the linear address with these halves to a physical page, in units of 4 KiB. `user` is the mode of the access, `implicit`
   * an access of the processor to its own tables, which AC never excuses.
   */
  walk(linearLow: number, linearHigh: number, access: Access, user: boolean, implicit: boolean): number {
    const { words32 } = this.#state;
    const cr4 = words32[CR4];
    this.isUser = false;
    this.isLarge = false;
    if ((words32[CR0] & CR0_PG) === 0) return linearHigh * 2 ** 20 + (linearLow >>> PAGE_SHIFT);
    const wide = (cr4 & CR4_PAE) !== 0;
    const noExecute = wide && (words32[EFER] & EFER_NXE) !== 0;
    const fourLevel = (words32[EFER] & EFER_LMA) !== 0;
    const levels = fourLevel ? FOUR_LEVEL : wide ? PAE : TWO_LEVEL;
    const reservedHigh = fourLevel ? RESERVED_HIGH : RESERVED_HIGH_PAE;
    const base = (words32[CR3] & 0xffff_f000) >>> 0;
    let table = fourLevel ? (words32[CR3 + 1] & 0xff) * 2 ** 32 + base : wide ? this.#pdpte(linearLow >>> 30) : base;
    if (table < 0) throw this.#fault(0, linearLow, linearHigh, access, user);
    let rights = WRITABLE | USER;
    let executable = true;
    for (let depth = 0; ; depth++) {
      const { shift, large } = levels[depth];
      const above = shift < 32 ? (linearLow >>> shift) | (linearHigh << (32 - shift)) : linearHigh >>> (shift - 32);
      const at = wide ? table + (above & 511) * 8 : table + (above & 1023) * 4;
      const low = this.#read32(at);
      const high = wide ? this.#read32(at + 4) : 0;
      if ((low & PRESENT) === 0) throw this.#fault(0, linearLow, linearHigh, access, user);
      const leaf = shift === PAGE_SHIFT || (large && (low & PAGE_SIZE) !== 0 && (wide || (cr4 & CR4_PSE) !== 0));
      if ((high & reservedHigh) !== 0 || this.#reserved(low, high, shift, leaf, wide, noExecute, large)) {
        throw this.#fault(ERROR_PROTECTION | ERROR_RESERVED, linearLow, linearHigh, access, user);
      }
      rights &= low;
      if ((high & EXECUTE_DISABLE) !== 0) executable = false;
      this.#addresses[depth] = at;
      this.#lows[depth] = low;
      if (!leaf) {
        table = (high & 0xff) * 2 ** 32 + ((low & 0xffff_f000) >>> 0);
        continue;
      }
      this.isUser = (rights & USER) !== 0;
      this.isLarge = shift > PAGE_SHIFT;
      if (!this.#allowed(access, user, implicit, this.isUser, (rights & WRITABLE) !== 0, executable)) {
        throw this.#fault(ERROR_PROTECTION, linearLow, linearHigh, access, user);
      }
      this.#touch(depth, access);
      return this.#frame(low, high, shift, wide) + ((linearLow & ((1 << shift) - 1)) >>> PAGE_SHIFT);
    }
  }

  /** The page fault at a linear address. */
  #fault(bits: number, linearLow: number, linearHigh: number, access: Access, user: boolean): Fault {
    const { cr4, efer } = this.#state;
    const isFetch = access === EXECUTE && ((cr4 & CR4_SMEP) !== 0 || ((cr4 & CR4_PAE) !== 0 && (efer & EFER_NXE) !== 0));
    const error = bits | (access === WRITE ? ERROR_WRITE : 0) | (user ? ERROR_USER : 0) | (isFetch ? ERROR_FETCH : 0);
    return new Fault(PF, error, (BigInt(linearHigh) << 32n) | BigInt(linearLow));
  }

  /** Base of the page directory that a PDPTE register points to (SDM vol. 3, 4.4.1), or -1. */
  #pdpte(index: number): number {
    const entry = this.#state.pdpte[index];
    return (entry & 1n) === 0n ? -1 : Number(entry & 0xff_ffff_f000n);
  }

  /** Whether reserved bits of an entry are set, beside those of its address (SDM vol. 3, 4.3 to 4.5). */
  #reserved(low: number, high: number, shift: number, leaf: boolean, wide: boolean, noExecute: boolean, large: boolean): boolean {
    // 4 MiB pages have bits 32..39 of their address in bits 13..20 (PSE-36); bit 21 is reserved.
    const isLarge = shift > PAGE_SHIFT;
    if (!wide) return leaf && isLarge && (low & 0x0020_0000) !== 0;
    if ((high & EXECUTE_DISABLE) !== 0 && !noExecute) return true;
    if (!leaf) return !large && (low & PAGE_SIZE) !== 0;
    return isLarge && (low & ((1 << shift) - 1) & ~0x1fff) !== 0;
  }

  /** First physical page of the page that a leaf entry maps. */
  #frame(low: number, high: number, shift: number, wide: boolean): number {
    const above = wide ? high & 0xff : shift > PAGE_SHIFT ? (low >>> 13) & 0xff : 0;
    return above * 2 ** 20 + ((low & -(1 << shift)) >>> PAGE_SHIFT);
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
    const touched = (depth: number): number => this.#lows[depth] | ACCESSED | (depth === leaf && access === WRITE ? DIRTY : 0);
    for (let depth = 0; this.isQuiet && depth <= leaf; depth++) {
      if (touched(depth) !== (this.#lows[depth] | 0) && this.#ram.isMarked(this.#addresses[depth], 4)) throw new Fault(PF);
    }
    for (let depth = 0; depth <= leaf; depth++) {
      if (touched(depth) !== (this.#lows[depth] | 0)) this.#write32(this.#addresses[depth], touched(depth));
    }
  }

  #read32(physical: number): number {
    const ram = this.#ram;
    if (physical + 4 <= ram.size) {
      this.onLoad?.(physical, 32);
      return ram.view.getUint32(physical, true) | 0;
    }
    if (this.isQuiet) throw new Fault(PF);
    return Number(this.#bus.readMemory(physical, 32)) | 0;
  }

  #write32(physical: number, value: number): void {
    const ram = this.#ram;
    if (physical + 4 > ram.size) {
      this.#bus.writeMemory(physical, 32, BigInt(value >>> 0));
      return;
    }
    ram.changing(physical, 4);
    ram.view.setUint32(physical, value, true);
    ram.written(physical, 4);
  }
}

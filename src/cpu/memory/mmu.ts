// Linear addresses → RAM or bus, through the TLB where it knows the page. Everything else goes the long way.
// A flush drops global pages too: an entry may vanish at any time (SDM vol. 3, 4.10.2.2), so G needs no meaning.

import type { Size } from '../../base/bits.ts';
import { CS, SS } from '../../isa/operand.ts';
import type { Bus } from '../bus.ts';
import { isHighCanonical } from './canonical.ts';
import { AC, Fault, GP, SS_FAULT } from '../events/fault.ts';
import { type Access, EXECUTE, Paging, READ, WRITE } from './paging.ts';
import type { Ram } from './ram.ts';
import { CR4_SMAP } from '../identity/registers.ts';
import type { CpuState } from '../state.ts';
import { TLB_ENTRIES, TLB_KINDS, type Tlb } from './tlb.ts';

const PAGE_BYTES = 0x1000;

/** In place of a segment: an access of the processor to its own tables. It is the supervisor's at any CPL (SDM vol. 3, 4.6). */
export const SYSTEM = -1;

/** Sees all that is read from RAM, and each store to it before it happens. Sizes are in bits. */
export interface AccessWatcher {
  readonly load: (physical: number, size: number) => void;
  /** Whether the store changes nothing. */
  readonly store: (physical: number, size: number, value: bigint) => boolean;
}

export class Mmu {
  readonly #state: CpuState;
  readonly #ram: Ram;
  readonly #view: DataView;
  readonly #size: number;
  readonly #bus: Bus;
  readonly #paging: Paging;
  /** Called when code may have moved: whoever remembers where it is must forget it. */
  readonly #onFlush: () => void;
  readonly #tlb: Tlb;
  /** Where the tables of the current privilege begin. */
  #readTable = 0;
  #writeTable = TLB_ENTRIES;
  /** Takes a 64-bit address apart into halves without making numbers of bigints. */
  readonly #word = new BigUint64Array(1);
  readonly #halves = new Uint32Array(this.#word.buffer);
  /** Physical addresses of the first byte of an access, and of its first byte on another page (-1: there is none). */
  #first = 0;
  #second = -1;
  /** Width of linear addresses: 64 in 64-bit mode, else 32. */
  linearBits = 32;
  /** Pages with data breakpoints: they never enter the TLB, and `onWatched` sees each access to them before it happens. */
  isWatched: ((page: number) => boolean) | undefined;
  onWatched: (linear: bigint, size: number, access: Access) => void = () => {};
  #isAlignmentChecked = false;
  #watcher: AccessWatcher | undefined;
  /** How often something other than RAM has been read or written. */
  busAccesses = 0;

  constructor(state: CpuState, ram: Ram, tlb: Tlb, bus: Bus, onFlush: () => void) {
    this.#state = state;
    this.#tlb = tlb;
    this.#ram = ram;
    this.#view = ram.view;
    this.#size = ram.size;
    this.#bus = bus;
    this.#paging = new Paging(state, ram, bus);
    this.#onFlush = onFlush;
  }

  /** Whether accesses are the user's (CPL 3). */
  set user(user: boolean) {
    this.#readTable = user ? TLB_KINDS * TLB_ENTRIES : 0;
    this.#writeTable = this.#readTable + TLB_ENTRIES;
    this.#onFlush();
  }

  get user(): boolean {
    return this.#readTable !== 0;
  }

  /** Whether the user's data must be aligned; none of its pages is in the TLB then, so that every access comes by the check. */
  set isAlignmentChecked(isChecked: boolean) {
    if (isChecked && !this.#isAlignmentChecked) this.flush();
    this.#isAlignmentChecked = isChecked;
  }

  get hasWatcher(): boolean {
    return this.#watcher !== undefined;
  }

  set watcher(watcher: AccessWatcher | undefined) {
    this.#watcher = watcher;
    this.#paging.onLoad = watcher?.load;
  }

  flush(): void {
    this.#tlb.clear();
    this.#onFlush();
  }

  /** INVLPG. */
  flushPage(linear: bigint): void {
    this.#tlb.drop(Number(linear >> 12n));
    this.#onFlush();
  }

  /** Data at a linear address; `segment` says whether a bad address is #GP or #SS, or is SYSTEM. */
  read(linear: bigint, size: number, segment: number): bigint {
    const physical = this.#lookUp(linear, size, this.#readTable);
    if (physical >= 0 && segment !== SYSTEM) return this.readPhysical(physical, size);
    this.#translateEnds(linear, size, READ, segment);
    return this.#second < 0 ? this.readPhysical(this.#first, size) : this.#readSplit(size);
  }

  write(linear: bigint, size: number, value: bigint, segment: number): void {
    const physical = this.#lookUp(linear, size, this.#writeTable);
    if (physical >= 0 && segment !== SYSTEM) {
      this.writePhysical(physical, size, value);
      return;
    }
    this.#translateEnds(linear, size, WRITE, segment);
    if (this.#second < 0) this.writePhysical(this.#first, size, value);
    else this.#writeSplit(size, value);
  }

  /** Throws the fault that a write would. */
  probeWrite(linear: bigint, size: number, segment: number): void {
    if (this.#lookUp(linear, size, this.#writeTable) < 0) this.#translateEnds(linear, size, WRITE, segment);
  }

  /** Physical address of data that may be read. */
  translateRead(linear: bigint, segment: number): number {
    return this.#translate(linear, READ, segment);
  }

  /** Physical address to fetch code from. */
  translateFetch(linear: bigint): number {
    return this.#translate(linear, EXECUTE, CS);
  }

  /** The same for the address with these halves, if no walk is needed; else -1. */
  knownFetch(low: number, high: number): number {
    const frame = this.#tlb.frame(low, high, this.#readTable + EXECUTE * TLB_ENTRIES);
    return frame < 0 ? -1 : frame + (low & 0xfff);
  }

  /**
   * For translated code, which looks into the TLB by itself: whether the data is there now, after a walk if need be. False for all that an
   * instruction has to be executed for: faults, data on two pages, devices.
   */
  enter(low: number, signedHigh: number, size: number, access: Access): boolean {
    const high = signedHigh >>> 0;
    if ((low & 0xfff) + (size >>> 3) > PAGE_BYTES || !isHighCanonical(high)) return false;
    const table = (this.user ? TLB_KINDS * TLB_ENTRIES : 0) + access * TLB_ENTRIES;
    if (this.#tlb.frame(low, high, table) < 0) {
      this.#paging.isQuiet = true;
      try {
        this.#walk(low, high, access, this.user, false);
      } catch (fault) {
        if (!(fault instanceof Fault)) throw fault;
        return false;
      } finally {
        this.#paging.isQuiet = false;
      }
    }
    return this.#tlb.isRam(low, high, table);
  }

  readPhysical(physical: number, size: number): bigint {
    if (physical + (size >>> 3) > this.#size) {
      this.busAccesses++;
      return this.#bus.readMemory(physical, size as Size);
    }
    this.#watcher?.load(physical, size);
    switch (size) {
      case 64:
        return this.#view.getBigUint64(physical, true);
      case 32:
        return BigInt(this.#view.getUint32(physical, true));
      case 16:
        return BigInt(this.#view.getUint16(physical, true));
      default:
        return BigInt(this.#view.getUint8(physical));
    }
  }

  writePhysical(physical: number, size: number, value: bigint): void {
    const bytes = size >>> 3;
    if (physical + bytes > this.#size) {
      this.busAccesses++;
      this.#bus.writeMemory(physical, size as Size, BigInt.asUintN(size, value));
      return;
    }
    const isSame = this.#watcher?.store(physical, size, value) ?? false;
    const isMarked = this.#ram.isMarked(physical, bytes);
    if (isMarked && !isSame) this.#ram.changing(physical, bytes);
    this.#word[0] = value;
    switch (size) {
      case 64:
        this.#view.setBigUint64(physical, value, true);
        break;
      case 32:
        this.#view.setUint32(physical, this.#halves[0], true);
        break;
      case 16:
        this.#view.setUint16(physical, this.#halves[0], true);
        break;
      default:
        this.#view.setUint8(physical, this.#halves[0]);
    }
    if (isMarked) this.#ram.written(physical, bytes);
  }

  /** Physical address of an access that lies in one page and hits the TLB, else -1. */
  #lookUp(linear: bigint, size: number, table: number): number {
    this.#word[0] = linear;
    const within = this.#halves[0] & 0xfff;
    if (within + (size >>> 3) > PAGE_BYTES) return -1;
    const frame = this.#tlb.frame(this.#halves[0], this.#halves[1], table);
    return frame < 0 ? -1 : frame + within;
  }

  /** Both pages of a split access are checked before anything happens (X7). */
  #translateEnds(linear: bigint, size: number, access: Access, segment: number): void {
    const bytes = size >>> 3;
    this.#word[0] = linear;
    const within = this.#halves[0] & 0xfff;
    const beyond = PAGE_BYTES - within;
    const next = bytes > beyond ? BigInt.asUintN(this.linearBits, linear + BigInt(beyond)) : linear;
    this.#word[0] = next;
    requireCanonical(this.#halves[1], segment); // of all bytes before the first page fault
    this.#first = this.#translate(linear, access, segment);
    this.#second = bytes > beyond ? this.#translate(next, access, segment) : -1;
    if (segment === SYSTEM) return;
    if (this.#isAlignmentChecked && (within & (bytes - 1)) !== 0) throw new Fault(AC, 0);
    if (this.isWatched !== undefined) this.onWatched(linear, size, access);
  }

  #readSplit(size: number): bigint {
    const [first, second] = [this.#first, this.#second];
    const beyond = PAGE_BYTES - (first % PAGE_BYTES);
    let value = 0n;
    for (let i = size / 8 - 1; i >= 0; i--) {
      value = (value << 8n) | this.readPhysical(i < beyond ? first + i : second + i - beyond, 8);
    }
    return value;
  }

  #writeSplit(size: number, value: bigint): void {
    const [first, second] = [this.#first, this.#second];
    const beyond = PAGE_BYTES - (first % PAGE_BYTES);
    for (let i = 0, rest = value; i < size / 8; i++, rest >>= 8n) {
      this.writePhysical(i < beyond ? first + i : second + i - beyond, 8, rest);
    }
  }

  /** Translates one address and enters it in the TLB. */
  #translate(linear: bigint, access: Access, segment: number): number {
    const system = segment === SYSTEM;
    const user = !system && this.user;
    const table = ((user ? TLB_KINDS : 0) + access) * TLB_ENTRIES;
    this.#word[0] = linear;
    const low = this.#halves[0];
    const high = this.#halves[1];
    const within = low & 0xfff;
    const hit = this.#tlb.frame(low, high, table);
    if (hit >= 0) return hit + within;
    requireCanonical(high, segment);
    return this.#walk(low, high, access, user, system) + within;
  }

  /** Physical address of a page, which enters the TLB if it may. */
  #walk(low: number, high: number, access: Access, user: boolean, system: boolean): number {
    const paging = this.#paging;
    const frame = paging.walk(low, high, access, user, system) * PAGE_BYTES;
    // Whether the supervisor may touch the user's data is for AC to say each time.
    const excused = paging.isUser && !user && access !== EXECUTE && (this.#state.cr4 & CR4_SMAP) !== 0;
    const checked = this.#isAlignmentChecked && access !== EXECUTE;
    if (!excused && !checked && !this.isWatched?.(high * 2 ** 20 + (low >>> 12))) {
      this.#tlb.put(low, high, ((user ? TLB_KINDS : 0) + access) * TLB_ENTRIES, frame, paging.isLarge);
    }
    return frame;
  }
}

/** #SS(0) for the stack segment, else #GP(0). */
function requireCanonical(high: number, segment: number): void {
  if (!isHighCanonical(high)) throw new Fault(segment === SS ? SS_FAULT : GP, 0);
}

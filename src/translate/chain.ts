// Regions → one piece of code that goes from region to region. A region that is left for an address returns to the driver, a function of
// our own that looks the address up in a table in the machine's memory and calls the region there; the host is asked only where nothing
// is known. Regions return rather than call each other: a table that every module imported would keep all of them alive for ever.

import { TLB_ADDEND_BYTE, TLB_ENTRIES, TLB_ENTRY_BYTES, TLB_KINDS, TLB_RUN, TLB_TABLE_BYTES } from '../cpu/memory/tlb.ts';
import { STATE_OFFSETS } from '../cpu/state.ts';
import type { Mode } from '../isa/operand.ts';
import { EXECUTE_TABLE } from './emitter.ts';
import { REGION_PARAMS, REGION_TYPE } from './locals.ts';
import { instantiate } from './host.ts';
import { Code, I32, I64, MEMORY, moduleOf, TYPE, type WasmFunction } from './wasm.ts';

/** A direct-mapped table of ways in for each kind of code: entries of four words. */
const WAYS = 4096;
const WORDS = 4;
const WAY_BYTES = WORDS * 4;
const KIND_BYTES = WAYS * WAY_BYTES;
const [RIP_LOW, RIP_HIGH, ADDEND, TARGET] = [0, 1, 2, 3];
/** 32- and 64-bit code, of supervisor and user. Of 16-bit code, where RIP does not say enough, the host is always asked. */
const KINDS = 4;
export const WAYS_BYTES = KINDS * KIND_BYTES;

interface FunctionTable {
  set(index: number, region: RegionFunction | null): void;
}

/** Offsets of state and TLB, ticks that may be taken, number of the entry → ticks that are left, or their complement: ask the host. */
export type RegionFunction = (state: number, tlb: number, ticks: number, entry: number) => number;

/** The same with the way in, and where the ways of the supervisor in this mode are → ticks that are left. */
type Drive = (state: number, tlb: number, ticks: number, target: number, ways: number) => number;

/** An address at which code of a region can be entered, by code of its kind. */
export interface WayIn {
  readonly mode: Mode;
  readonly user: boolean;
  /** Halves of RIP. */
  readonly low: number;
  readonly high: number;
  /** What the TLB has for the page while its code is where the region was made from. */
  readonly addend: number;
  /** Place of the region, and number of the entry there. */
  readonly target: number;
}

const NUMBER_SHIFT = 16;
export const targetOf = (place: number, number: number): number => (number << NUMBER_SHIFT) | place;

export class Chain {
  readonly #words: Uint32Array;
  readonly #waysOffset: number;
  readonly #drive: Drive;
  readonly #table: FunctionTable;
  /** Places of the table that are free; 0 is none, for an empty way in is all zeros. */
  readonly #free: number[] = [];

  /** `regions`: how many there can be at a time. */
  constructor(memory: { readonly buffer: ArrayBuffer }, waysOffset: number, regions: number) {
    this.#words = new Uint32Array(memory.buffer);
    this.#waysOffset = waysOffset;
    const bytes = moduleOf([driverFunction()], { pages: memory.buffer.byteLength / 0x1_0000, table: regions + 1, types: [REGION_TYPE] });
    const { f, t } = instantiate<{ f: Drive; t: FunctionTable }>(bytes, memory);
    this.#drive = f;
    this.#table = t;
    for (let place = regions; place > 0; place--) this.#free.push(place);
  }

  /** Gives a region a place. */
  add(region: RegionFunction): number {
    const place = this.#free.pop();
    if (place === undefined) throw new Error('There are more regions than places for them.');
    this.#table.set(place, region);
    return place;
  }

  remove(place: number): void {
    this.#table.set(place, null);
    this.#free.push(place);
  }

  /** Runs the region and those that it leads to; the way in is known from now on. Gives the ticks that are left. */
  run(way: WayIn, state: number, tlb: number, ticks: number): number {
    if (way.mode !== 16) this.#know(way);
    return this.#drive(state, tlb, ticks, way.target, this.#waysOf(way.mode, false));
  }

  #know(way: WayIn): void {
    const at = this.#at(way);
    const words = this.#words;
    words[at + RIP_LOW] = way.low;
    words[at + RIP_HIGH] = way.high;
    words[at + ADDEND] = way.addend;
    words[at + TARGET] = way.target;
  }

  forget(way: WayIn): void {
    const at = this.#at(way);
    if (this.#words[at + TARGET] === way.target) this.#words[at + TARGET] = 0;
  }

  #waysOf(mode: Mode, user: boolean): number {
    return this.#waysOffset + ((mode === 64 ? 2 : 0) + (user ? 1 : 0)) * KIND_BYTES;
  }

  #at(way: WayIn): number {
    return (this.#waysOf(way.mode, way.user) + ((way.low ^ (way.low >>> HASH_SHIFT)) & (WAYS - 1)) * WAY_BYTES) / 4;
  }
}

const HASH_SHIFT = 9;

/** Calls regions until one asks for the host, or leads to where nothing is known or the TLB has another page. */
function driverFunction(): WasmFunction {
  const [state, tlb, ticks, target, ways, rip, low, way, fetch, user, last] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
  const { i32, i64 } = TYPE;
  const code = new Code();
  code.loop();
  code.get(state).get(tlb).get(ticks).get(target).i32(NUMBER_SHIFT).op(I32.shr_u);
  code.get(target).i32(2 ** NUMBER_SHIFT - 1).op(I32.and).tee(last).callIndirect(1);
  code.tee(ticks).i32(0).op(I32.lt_s).if().get(ticks).i32(-1).op(I32.xor).return().end();
  code.get(state).memory(MEMORY.i64_load, STATE_OFFSETS.rip).tee(rip).op(I32.wrap_i64).tee(low);
  code.get(low).i32(HASH_SHIFT).op(I32.shr_u, I32.xor).i32(WAYS - 1).op(I32.and).i32(Math.log2(WAY_BYTES)).op(I32.shl);
  code.get(state).memory(MEMORY.i32_load, STATE_OFFSETS.cpl).i32(3).op(I32.eq).tee(user).i32(KIND_BYTES).op(I32.mul, I32.add);
  code.get(ways).op(I32.add).set(way);
  code.get(low).i32(12 - Math.log2(TLB_ENTRY_BYTES)).op(I32.shr_u).i32((TLB_ENTRIES - 1) * TLB_ENTRY_BYTES).op(I32.and);
  code.get(user).i32(TLB_KINDS * TLB_TABLE_BYTES).op(I32.mul, I32.add).get(tlb).op(I32.add).set(fetch);
  code.get(way).memory(MEMORY.i64_load, 4 * RIP_LOW).get(rip).op(I64.eq);
  code.get(fetch).memory(MEMORY.i64_load, EXECUTE_TABLE).get(rip).i64(12n).op(I64.shr_u, I64.eq, I32.and);
  code.get(fetch).memory(MEMORY.i32_load, EXECUTE_TABLE + TLB_ADDEND_BYTE).get(way).memory(MEMORY.i32_load, 4 * ADDEND).op(I32.eq, I32.and);
  code.get(way).memory(MEMORY.i32_load, 4 * TARGET).tee(target).i32(0).op(I32.ne, I32.and).brIf(0);
  code.end().get(tlb).get(last).memory(MEMORY.i32_store, TLB_RUN.lastRegion).get(ticks);
  return { params: [...REGION_PARAMS, i32], result: i32, locals: [i64, i32, i32, i32, i32, i32], code };
}

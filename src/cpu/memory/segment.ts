// Selectors → descriptors → segment registers, with the checks of protected mode (SDM vol. 3, 3.4, 5.2 to 5.7). Loads into CS
// belong to far transfers, which have more to check; here are the descriptor itself, the data and stack segments, and the stacks
// of a TSS.

import type { Size } from '../../base/bits.ts';
import { type Mode, SS } from '../../isa/operand.ts';
import { isCanonical } from './canonical.ts';
import { Fault, GP, NP, SS_FAULT, TS } from '../events/fault.ts';
import { type Access, WRITE } from './paging.ts';
import {
  ATTRIBUTE_MASK, DESCRIPTOR_DB, DESCRIPTOR_G, DESCRIPTOR_P, DESCRIPTOR_S, dplOf, TYPE_ACCESSED, TYPE_CODE, TYPE_CONFORMING, TYPE_MASK,
  TYPE_EXPAND_DOWN, TYPE_READABLE, TYPE_TSS, TYPE_WRITABLE,
} from '../identity/registers.ts';
import { type CpuState, LDTR, STATE_OFFSETS, TR } from '../state.ts';
import { type MemoryAccess, systemWindow } from './window.ts';

/** What segments need of a CPU. */
export interface Segmented extends CpuState, MemoryAccess {
  readonly mode: Mode;
  readonly protectedMode: boolean;
  /** What was last read of one of the processor's own tables. */
  readonly entry: Uint32Array;
  readLinear(address: bigint, size: Size): bigint;
  writeLinear(address: bigint, size: Size, value: bigint): void;
  setSegment(segment: number, selector: number, base: bigint, limit: number, attributes: number): void;
  setRealSegment(segment: number, selector: number): void;
}

/** A descriptor as read from its table. `limit` is in bytes whatever G says. */
export interface Descriptor {
  readonly selector: number;
  readonly base: number;
  readonly limit: number;
  readonly attributes: number;
  /** The two words as they are, for gates. */
  readonly low: number;
  readonly high: number;
}

/** TI of a selector. */
const IN_LDT = 4;
/** The error code of a selector: RPL makes room for EXT and IDT. */
export const errorOf = (selector: number): number => selector & 0xfffc;
export const isNull = (selector: number): boolean => (selector & 0xfffc) === 0;

export const isCode = (attributes: number): boolean => (attributes & (DESCRIPTOR_S | TYPE_CODE)) === (DESCRIPTOR_S | TYPE_CODE);
export const isConforming = (attributes: number): boolean => isCode(attributes) && (attributes & TYPE_CONFORMING) !== 0;
const isData = (attributes: number): boolean => (attributes & (DESCRIPTOR_S | TYPE_CODE)) === DESCRIPTOR_S;
export const isWritable = (attributes: number): boolean => isData(attributes) && (attributes & TYPE_WRITABLE) !== 0;
/** P, S and type but for the accessed flag: a data segment that may be read and written and expands up. */
const PLAIN_MASK = DESCRIPTOR_P | DESCRIPTOR_S | TYPE_CODE | TYPE_EXPAND_DOWN | TYPE_WRITABLE;
const PLAIN_DATA = DESCRIPTOR_P | DESCRIPTOR_S | TYPE_WRITABLE;
export const isPlainData = (cpu: Segmented, segment: number): boolean => (cpu.segAttributes[segment] & PLAIN_MASK) === PLAIN_DATA;

/** Offsets in the segment are linear addresses, and none is beyond its limit. */
export const isFlatData = (cpu: Segmented, segment: number): boolean =>
  isPlainData(cpu, segment) && cpu.segLimit[segment] === 0xffff_ffff && cpu.words32[SEG_BASE + 2 * segment] === 0;

/** LAR, VERR and DS take data and readable code. */
export const isReadable = (attributes: number): boolean =>
  isData(attributes) || (isCode(attributes) && (attributes & TYPE_READABLE) !== 0);
export const isPresent = (attributes: number): boolean => (attributes & DESCRIPTOR_P) !== 0;
/** Type and S of a system descriptor, or -1 of code and data. */
export const systemType = (attributes: number): number => ((attributes & DESCRIPTOR_S) !== 0 ? -1 : attributes & TYPE_MASK);

const SEG_BASE = STATE_OFFSETS.segBase / 4;
const GDTR_BASE = STATE_OFFSETS.gdtrBase / 4;
export const IDTR_BASE = STATE_OFFSETS.idtrBase / 4;
const TR_BASE = SEG_BASE + 2 * TR;

/** Where the address of a selector's table is among the words of the state. */
const tableOf = (selector: number): number => ((selector & IN_LDT) !== 0 ? SEG_BASE + 2 * LDTR : GDTR_BASE);

/**
 * Words in one of the processor's own tables, whose address is in the state's words from `base`: the one at `offset`, and for 64 bits the one
 * behind it in `entry[1]`.
 */
export function readTable(cpu: Segmented, base: number, offset: number, size: 16 | 32 | 64): number {
  const { words32, entry, ram } = cpu;
  const sum = words32[base] + offset;
  const high = sum > 0xffff_ffff ? words32[base + 1] + 1 : words32[base + 1];
  const at = systemWindow(cpu, sum >>> 0, high >>> 0, size >>> 3);
  if (at < 0) {
    const value = cpu.readLinear(cpu.words64[base / 2] + BigInt(offset), size);
    entry[0] = Number(value & 0xffff_ffffn);
    entry[1] = Number(value >> 32n);
  } else {
    entry[0] = size === 16 ? ram.view.getUint16(at, true) : ram.view.getUint32(at, true);
    entry[1] = size === 64 ? ram.view.getUint32(at + 4, true) : 0;
  }
  return entry[0];
}

/** The descriptor of a selector that is not null, or undefined when it lies beyond its table. */
export function findDescriptor(cpu: Segmented, selector: number): Descriptor | undefined {
  const inLdt = (selector & IN_LDT) !== 0;
  if (inLdt && !isPresent(cpu.segAttributes[LDTR])) return undefined;
  if ((selector | 7) > (inLdt ? cpu.segLimit[LDTR] : cpu.gdtrLimit)) return undefined;
  const low = readTable(cpu, tableOf(selector), selector & 0xfff8, 64);
  const high = cpu.entry[1];
  const attributes = (high >>> 8) & ATTRIBUTE_MASK;
  const units = (low & 0xffff) | (high & 0xf_0000);
  return {
    selector,
    base: ((high & 0xff00_0000) | ((high & 0xff) << 16) | (low >>> 16)) >>> 0,
    limit: (attributes & DESCRIPTOR_G) !== 0 ? units * 0x1000 + 0xfff : units,
    attributes,
    low,
    high,
  };
}

/** The same, but beyond the table is a fault with the selector as its error code. */
export function readDescriptor(cpu: Segmented, selector: number, vector: number): Descriptor {
  const descriptor = findDescriptor(cpu, selector);
  if (descriptor === undefined) throw new Fault(vector, errorOf(selector));
  return descriptor;
}

/** Base of a 16-byte system descriptor in long mode (SDM vol. 3, 3.5.2), whose upper half must have 0 for its own type. */
export function readWideBase(cpu: Segmented, { selector, base }: Descriptor): bigint {
  const limit = (selector & IN_LDT) !== 0 ? cpu.segLimit[LDTR] : cpu.gdtrLimit;
  if ((selector | 7) + 8 > limit) throw new Fault(GP, errorOf(selector));
  const above = readTable(cpu, tableOf(selector), (selector & 0xfff8) + 8, 64);
  if ((cpu.entry[1] & 0x1f00) !== 0) throw new Fault(GP, errorOf(selector));
  const wide = (BigInt(above) << 32n) | BigInt(base);
  if (!isCanonical(wide)) throw new Fault(GP, errorOf(selector));
  return wide;
}

/** Writes P, DPL, S and type of a descriptor. */
export function writeType(cpu: Segmented, selector: number, type: number): void {
  cpu.writeLinear(cpu.words64[tableOf(selector) / 2] + BigInt((selector & 0xfff8) + 5), 8, BigInt(type & 0xff));
}

/** The processor marks what it loads as accessed. */
export function markAccessed(cpu: Segmented, { selector, attributes }: Descriptor): void {
  if ((attributes & TYPE_ACCESSED) === 0) writeType(cpu, selector, attributes | TYPE_ACCESSED);
}

/** Puts a checked descriptor into a segment register. */
export function setFromDescriptor(cpu: Segmented, segment: number, selector: number, { base, limit, attributes }: Descriptor): void {
  cpu.setSegment(segment, selector, base === 0 ? 0n : BigInt(base), limit, attributes | TYPE_ACCESSED);
}

/** Type and limit of an access outside 64-bit mode (SDM vol. 3, 5.3 and 5.4.1): #SS(0) for the stack segment, #GP(0) for others. */
export function checkAccess(cpu: Segmented, segment: number, offset: number, bytes: number, access: Access): void {
  const attributes = cpu.segAttributes[segment];
  const limit = cpu.segLimit[segment];
  const isOfCode = (attributes & TYPE_CODE) !== 0;
  const last = offset + bytes - 1;
  const bad =
    (attributes & DESCRIPTOR_P) === 0 ||
    (access === WRITE ? isOfCode || (attributes & TYPE_WRITABLE) === 0 : isOfCode && (attributes & TYPE_READABLE) === 0) ||
    (!isOfCode && (attributes & TYPE_EXPAND_DOWN) !== 0
      ? offset <= limit || last > ((attributes & DESCRIPTOR_DB) !== 0 ? 0xffff_ffff : 0xffff)
      : last > limit);
  if (bad) throw new Fault(segment === SS ? SS_FAULT : GP, 0);
}

/** MOV, POP, LDS and so on into any segment register but CS. */
export function loadSegment(cpu: Segmented, segment: number, selector: number): void {
  if (!cpu.protectedMode) cpu.setRealSegment(segment, selector);
  else if (segment === SS) loadStackSegment(cpu, selector);
  else loadDataSegment(cpu, segment, selector);
}

function loadDataSegment(cpu: Segmented, segment: number, selector: number): void {
  if (isNull(selector)) {
    cpu.setSegment(segment, selector, 0n, 0, 0);
    return;
  }
  const descriptor = readDescriptor(cpu, selector, GP);
  const { attributes } = descriptor;
  const dpl = dplOf(attributes);
  if (!isReadable(attributes)) throw new Fault(GP, errorOf(selector));
  if (!isConforming(attributes) && ((selector & 3) > dpl || cpu.cpl > dpl)) throw new Fault(GP, errorOf(selector));
  if (!isPresent(attributes)) throw new Fault(NP, errorOf(selector));
  markAccessed(cpu, descriptor);
  setFromDescriptor(cpu, segment, selector, descriptor);
}

function loadStackSegment(cpu: Segmented, selector: number): void {
  const descriptor = checkStackSegment(cpu, selector, cpu.cpl, GP);
  if (descriptor === undefined) cpu.setSegment(SS, selector, 0n, 0, 0);
  else setFromDescriptor(cpu, SS, selector, descriptor);
}

/**
 * The descriptor of a stack for code of privilege `cpl`; undefined is the null selector that 64-bit mode takes below CPL 3.
 * `vector` is #GP, or #TS when the selector comes from a TSS.
 */
export function checkStackSegment(cpu: Segmented, selector: number, cpl: number, vector: number): Descriptor | undefined {
  if (isNull(selector)) {
    if (cpu.mode === 64 && vector === GP && cpl < 3 && (selector & 3) === cpl) return undefined;
    throw new Fault(vector, 0);
  }
  const descriptor = readDescriptor(cpu, selector, vector);
  const { attributes } = descriptor;
  const error = errorOf(selector);
  if ((selector & 3) !== cpl || !isWritable(attributes) || dplOf(attributes) !== cpl) throw new Fault(vector, error);
  if (!isPresent(attributes)) throw new Fault(SS_FAULT, error);
  markAccessed(cpu, descriptor);
  return descriptor;
}

/** RSP for privilege `cpl` or, if `ist` is not 0, that interrupt stack, from a 64-bit TSS (SDM vol. 3, figure 8-11), to `entry`. */
export function readTssRsp(cpu: Segmented, cpl: number, ist: number): void {
  readTss(cpu, ist !== 0 ? 0x1c + 8 * ist : 4 + 8 * cpl, 64);
}

/** SS and ESP for privilege `cpl` from a 32-bit or 16-bit TSS (SDM vol. 3, figures 8-2 and 8-10). */
export function readTssStack(cpu: Segmented, cpl: number): { readonly selector: number; readonly pointer: number } {
  if (((cpu.segAttributes[TR] & TYPE_MASK) & TYPE_TSS) === TYPE_TSS) {
    return { pointer: readTss(cpu, 4 + 8 * cpl, 32), selector: readTss(cpu, 8 + 8 * cpl, 16) };
  }
  return { pointer: readTss(cpu, 2 + 4 * cpl, 16), selector: readTss(cpu, 4 + 4 * cpl, 16) };
}

function readTss(cpu: Segmented, offset: number, size: 16 | 32 | 64): number {
  if (!isPresent(cpu.segAttributes[TR]) || offset + size / 8 - 1 > cpu.segLimit[TR]) {
    throw new Fault(TS, errorOf(cpu.segSelector[TR]));
  }
  return readTable(cpu, TR_BASE, offset, size);
}

/** Whether the I/O permission bitmap allows `bytes` ports from `port` on (SDM vol. 1, 19.5.2). */
export function bitmapAllows(cpu: Segmented, port: number, bytes: number): boolean {
  const attributes = cpu.segAttributes[TR];
  if (!isPresent(attributes) || (attributes & TYPE_TSS) !== TYPE_TSS || cpu.segLimit[TR] < 0x67) return false;
  const at = readTable(cpu, TR_BASE, 0x66, 16) + (port >>> 3);
  // The processor always reads two bytes, so the bitmap ends with one of all ones.
  if (at + 1 > cpu.segLimit[TR]) return false;
  const bits = readTable(cpu, TR_BASE, at, 16);
  return ((bits >>> (port & 7)) & ((1 << bytes) - 1)) === 0;
}

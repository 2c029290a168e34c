// Selectors → descriptors → segment registers, with the checks of protected mode (SDM vol. 3, 3.4, 5.2 to 5.7). Loads into CS
// belong to far transfers, which have more to check; here are the descriptor itself, the data and stack segments, and the stacks
// of a TSS.

import { SS } from '../isa/insn.ts';
import type { Cpu } from './cpu.ts';
import { Fault, GP, NP, SS_FAULT, TS } from './fault.ts';
import {
  ATTRIBUTE_MASK, DESCRIPTOR_G, DESCRIPTOR_P, DESCRIPTOR_S, dplOf, TYPE_ACCESSED, TYPE_CODE, TYPE_CONFORMING, TYPE_MASK,
  TYPE_READABLE, TYPE_TSS, TYPE_WRITABLE,
} from './registers.ts';
import { LDTR, TR } from './state.ts';

/** A descriptor as read from its table; `address` is where it stands. `limit` is in bytes whatever G says. */
export interface Descriptor {
  readonly selector: number;
  readonly address: bigint;
  readonly base: bigint;
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
/** LAR, VERR and DS take data and readable code. */
export const isReadable = (attributes: number): boolean =>
  isData(attributes) || (isCode(attributes) && (attributes & TYPE_READABLE) !== 0);
export const isPresent = (attributes: number): boolean => (attributes & DESCRIPTOR_P) !== 0;
/** Type and S of a system descriptor, or -1 of code and data. */
export const systemType = (attributes: number): number => ((attributes & DESCRIPTOR_S) !== 0 ? -1 : attributes & TYPE_MASK);

/** The descriptor of a selector that is not null, or undefined when it lies beyond its table. */
export function findDescriptor(cpu: Cpu, selector: number): Descriptor | undefined {
  const inLdt = (selector & IN_LDT) !== 0;
  if (inLdt && !isPresent(cpu.segAttributes[LDTR])) return undefined;
  const limit = inLdt ? cpu.segLimit[LDTR] : cpu.gdtrLimit;
  if ((selector | 7) > limit) return undefined;
  const address = BigInt.asUintN(64, (inLdt ? cpu.segBase[LDTR] : cpu.gdtrBase) + BigInt(selector & 0xfff8));
  return descriptorAt(cpu, selector, address);
}

function descriptorAt(cpu: Cpu, selector: number, address: bigint): Descriptor {
  const words = cpu.readLinear(address, 64);
  const low = Number(words & 0xffff_ffffn);
  const high = Number(words >> 32n);
  const attributes = (high >>> 8) & ATTRIBUTE_MASK;
  const units = (low & 0xffff) | (high & 0xf_0000);
  return {
    selector,
    address,
    base: BigInt(((high & 0xff00_0000) | ((high & 0xff) << 16) | (low >>> 16)) >>> 0),
    limit: (attributes & DESCRIPTOR_G) !== 0 ? units * 0x1000 + 0xfff : units,
    attributes,
    low,
    high,
  };
}

/** The same, but beyond the table is a fault with the selector as its error code. */
export function readDescriptor(cpu: Cpu, selector: number, vector: number): Descriptor {
  const descriptor = findDescriptor(cpu, selector);
  if (descriptor === undefined) throw new Fault(vector, errorOf(selector));
  return descriptor;
}

/** Upper half of the base of a 16-byte system descriptor in long mode (SDM vol. 3, 3.5.2); its own type field must be 0. */
export function readHighBase(cpu: Cpu, descriptor: Descriptor): bigint {
  const { selector, address } = descriptor;
  const limit = (selector & IN_LDT) !== 0 ? cpu.segLimit[LDTR] : cpu.gdtrLimit;
  if ((selector | 7) + 8 > limit) throw new Fault(GP, errorOf(selector));
  const words = cpu.readLinear(address + 8n, 64);
  if ((words >> 40n) & 0x1fn) throw new Fault(GP, errorOf(selector));
  const base = ((words & 0xffff_ffffn) << 32n) | descriptor.base;
  if (!isCanonical(base)) throw new Fault(GP, errorOf(selector));
  return base;
}

export const isCanonical = (address: bigint): boolean => BigInt.asUintN(64, BigInt.asIntN(48, address)) === address;

/** The processor marks what it loads as accessed. */
export function markAccessed(cpu: Cpu, { address, attributes }: Descriptor): void {
  if ((attributes & TYPE_ACCESSED) === 0) cpu.writeLinear(address + 5n, 8, BigInt((attributes & 0xff) | TYPE_ACCESSED));
}

/** Puts a checked descriptor into a segment register. */
export function setFromDescriptor(cpu: Cpu, segment: number, selector: number, { base, limit, attributes }: Descriptor): void {
  cpu.setSegment(segment, selector, base, limit, attributes | TYPE_ACCESSED);
}

/** MOV, POP, LDS and so on into any segment register but CS. */
export function loadSegment(cpu: Cpu, segment: number, selector: number): void {
  if (!cpu.protectedMode) cpu.setRealSegment(segment, selector);
  else if (segment === SS) loadStackSegment(cpu, selector);
  else loadDataSegment(cpu, segment, selector);
}

function loadDataSegment(cpu: Cpu, segment: number, selector: number): void {
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

function loadStackSegment(cpu: Cpu, selector: number): void {
  const descriptor = checkStackSegment(cpu, selector, cpu.cpl, GP);
  if (descriptor === undefined) cpu.setSegment(SS, selector, 0n, 0, 0);
  else setFromDescriptor(cpu, SS, selector, descriptor);
}

/**
 * The descriptor of a stack for code of privilege `cpl`; undefined is the null selector that 64-bit mode takes below CPL 3.
 * `vector` is #GP, or #TS when the selector comes from a TSS.
 */
export function checkStackSegment(cpu: Cpu, selector: number, cpl: number, vector: number): Descriptor | undefined {
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

/** RSP for privilege `cpl` or, if `ist` is not 0, that interrupt stack, from a 64-bit TSS (SDM vol. 3, figure 8-11). */
export function readTssRsp(cpu: Cpu, cpl: number, ist: number): bigint {
  const offset = ist !== 0 ? 0x1c + 8 * ist : 4 + 8 * cpl;
  return readTss(cpu, offset, 64);
}

/** SS and ESP for privilege `cpl` from a 32-bit or 16-bit TSS (SDM vol. 3, figures 8-2 and 8-10). */
export function readTssStack(cpu: Cpu, cpl: number): { readonly selector: number; readonly pointer: bigint } {
  if (((cpu.segAttributes[TR] & TYPE_MASK) & TYPE_TSS) === TYPE_TSS) {
    return { pointer: readTss(cpu, 4 + 8 * cpl, 32), selector: Number(readTss(cpu, 8 + 8 * cpl, 16)) };
  }
  return { pointer: readTss(cpu, 2 + 4 * cpl, 16), selector: Number(readTss(cpu, 4 + 4 * cpl, 16)) };
}

function readTss(cpu: Cpu, offset: number, size: 16 | 32 | 64): bigint {
  if (!isPresent(cpu.segAttributes[TR]) || offset + size / 8 - 1 > cpu.segLimit[TR]) {
    throw new Fault(TS, errorOf(cpu.segSelector[TR]));
  }
  return cpu.readLinear(cpu.segBase[TR] + BigInt(offset), size);
}

/** Whether the I/O permission bitmap allows `bytes` ports from `port` on (SDM vol. 1, 19.5.2). */
export function bitmapAllows(cpu: Cpu, port: number, bytes: number): boolean {
  const attributes = cpu.segAttributes[TR];
  if (!isPresent(attributes) || (attributes & TYPE_TSS) !== TYPE_TSS || cpu.segLimit[TR] < 0x67) return false;
  const at = Number(cpu.readLinear(cpu.segBase[TR] + 0x66n, 16)) + (port >>> 3);
  // The processor always reads two bytes, so the bitmap ends with one of all ones.
  if (at + 1 > cpu.segLimit[TR]) return false;
  const bits = Number(cpu.readLinear(cpu.segBase[TR] + BigInt(at), 16));
  return ((bits >>> (port & 7)) & ((1 << bytes) - 1)) === 0;
}

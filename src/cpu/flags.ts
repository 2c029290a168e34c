// Operands and result of an operation → RFLAGS. The three values are laid out as words and looked at as 32-bit halves: no flag
// depends on more than the top bits, the low byte and whether all is zero, and plain numbers are several times faster than bigint.
// Flags that the manual leaves undefined are those of recent Intel processors where these are known, else they stay as they are.

import type { Size } from '../base/bits.ts';

/** Bits of RFLAGS (SDM vol. 1, 3.4.3). */
export const CF = 1 << 0;
export const PF = 1 << 2;
export const AF = 1 << 4;
export const ZF = 1 << 6;
export const SF = 1 << 7;
export const TF = 1 << 8;
export const IF = 1 << 9;
export const DF = 1 << 10;
export const OF = 1 << 11;
export const IOPL = 3 << 12;
export const NT = 1 << 14;
export const RF = 1 << 16;
export const VM = 1 << 17;
export const AC = 1 << 18;
export const VIF = 1 << 19;
export const VIP = 1 << 20;
export const ID = 1 << 21;

/** The flags that arithmetic changes. */
export const STATUS = CF | PF | AF | ZF | SF | OF;

/** What these functions need of a CPU. */
export interface FlagsRegister {
  rflags: number;
}

/** Gives the flags in `affected` the values that they have in `values`. */
export function setFlags(cpu: FlagsRegister, affected: number, values: number): void {
  cpu.rflags = (cpu.rflags & ~affected) | (values & affected);
}

/** Whether the condition of Jcc, SETcc, CMOVcc is true; `condition` is 0..15 as encoded (SDM vol. 1, appendix B). */
export function holds(rflags: number, condition: number): boolean {
  return isTrue(rflags, condition >> 1) !== ((condition & 1) === 1);
}

function isTrue(rflags: number, test: number): boolean {
  switch (test) {
    case 0:
      return (rflags & OF) !== 0;
    case 1:
      return (rflags & CF) !== 0;
    case 2:
      return (rflags & ZF) !== 0;
    case 3:
      return (rflags & (CF | ZF)) !== 0;
    case 4:
      return (rflags & SF) !== 0;
    case 5:
      return (rflags & PF) !== 0;
    case 6:
      return isLess(rflags);
    default:
      return isLess(rflags) || (rflags & ZF) !== 0;
  }
}

const isLess = (rflags: number): boolean => ((rflags & SF) !== 0) !== ((rflags & OF) !== 0);

/** PF for each low byte: set when its number of ones is even. */
const PARITY = Uint8Array.from({ length: 256 }, (_, byte) => {
  let odd = byte;
  for (const half of [4, 2, 1]) odd ^= odd >> half;
  return odd & 1 ? 0 : PF;
});

/** The operation at hand: its operands and its result, which need not be truncated. Nothing stays here between two calls. */
const WORDS = new BigUint64Array(3);
const HALVES = new Int32Array(WORDS.buffer);
const A = 0;
const B = 1;
const RESULT = 2;

/** The highest bits of a word of that size as a 32-bit number: the sign is bit 31. */
const top = (word: number, size: Size): number => (size === 64 ? HALVES[2 * word + 1] : HALVES[2 * word] << (32 - size));
const low = (word: number): number => HALVES[2 * word];

/** SF, ZF and PF. */
function ofResult(size: Size): number {
  const high = top(RESULT, size);
  const isZero = high === 0 && (size < 64 || low(RESULT) === 0);
  return ((high >>> 31) * SF) | (isZero ? ZF : 0) | PARITY[low(RESULT) & 0xff];
}

/** ADD, ADC, INC: `result` is the sum, with the carry in if there was one. */
export function setFlagsOfAdd(cpu: FlagsRegister, a: bigint, b: bigint, result: bigint, size: Size, affected = STATUS): void {
  WORDS[A] = a;
  WORDS[B] = b;
  WORDS[RESULT] = result;
  const [x, y, sum] = [top(A, size), top(B, size), top(RESULT, size)];
  const carry = (x & y) | ((x | y) & ~sum);
  const overflow = (x ^ sum) & (y ^ sum);
  const values = (carry >>> 31) | ((overflow >>> 31) * OF) | ((low(A) ^ low(B) ^ low(RESULT)) & AF) | ofResult(size);
  setFlags(cpu, affected, values);
}

/** SUB, SBB, CMP, DEC, NEG: `result` is a - b, less the borrow in if there was one. */
export function setFlagsOfSub(cpu: FlagsRegister, a: bigint, b: bigint, result: bigint, size: Size, affected = STATUS): void {
  WORDS[A] = a;
  WORDS[B] = b;
  WORDS[RESULT] = result;
  const [x, y, difference] = [top(A, size), top(B, size), top(RESULT, size)];
  const borrow = (~x & y) | ((~x | y) & difference);
  const overflow = (x ^ y) & (x ^ difference);
  const values = (borrow >>> 31) | ((overflow >>> 31) * OF) | ((low(A) ^ low(B) ^ low(RESULT)) & AF) | ofResult(size);
  setFlags(cpu, affected, values);
}

/** AND, OR, XOR, TEST: CF, OF and the undefined AF are cleared. */
export function setFlagsOfLogic(cpu: FlagsRegister, result: bigint, size: Size): void {
  WORDS[RESULT] = result;
  setFlags(cpu, STATUS, ofResult(size));
}

/** MUL, IMUL: CF and OF tell that the low half is not the whole product; SF and PF follow it, ZF and AF are cleared (all undefined). */
export function setFlagsOfMultiply(cpu: FlagsRegister, product: bigint, size: Size, overflow: boolean): void {
  WORDS[RESULT] = product;
  setFlags(cpu, STATUS, (ofResult(size) & ~ZF) | (overflow ? CF | OF : 0));
}

/**
 * Shifts and rotates: `carry` is the last bit that went out. OF is defined for a count of 1 only: whether the sign has changed. To the left
 * the old sign is in CF, to the right it is now the bit below the sign; the same is done for other counts, as if for the last step.
 */
function ofShift(result: bigint, carry: number, size: Size, direction: 'left' | 'right'): number {
  WORDS[RESULT] = result;
  const sign = top(RESULT, size) >>> 31;
  const before = direction === 'left' ? carry : (top(RESULT, size) >>> 30) & 1;
  return carry | ((sign ^ before) * OF);
}

/** SHL, SHR, SAR, SHLD, SHRD with a count other than 0. AF is undefined and cleared. */
export function setFlagsOfShift(
  cpu: FlagsRegister,
  result: bigint,
  carry: number,
  size: Size,
  direction: 'left' | 'right',
): void {
  setFlags(cpu, STATUS, ofShift(result, carry, size, direction) | ofResult(size));
}

/** ROL, ROR, RCL, RCR with a count other than 0. */
export function setFlagsOfRotate(
  cpu: FlagsRegister,
  result: bigint,
  carry: number,
  size: Size,
  direction: 'left' | 'right',
): void {
  setFlags(cpu, CF | OF, ofShift(result, carry, size, direction));
}

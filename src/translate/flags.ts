// RFLAGS as translated code has them: not computed, but what they would be computed from, in locals. `kind` says which operation it was and
// how wide, `a`, `b` and `r` are its operands and result with zeros above the width, `rest` has what cannot be told from these. Conditions
// of a known kind are comparisons; all six flags are computed where the region is left, by one function for all kinds.

import type { Size } from '../base/bits.ts';
import { AF, CF, OF, PF, SF, STATUS, ZF } from '../cpu/flags.ts';
import { FUNCTION, LOCAL } from './locals.ts';
import { Code, I32, I64, TYPE, type WasmFunction } from './wasm.ts';

/**
 * `all`: `rest` has the six flags. `add`, `sub`: without a carry in, which `adc`, `sbb` have. `inc`, `dec`: CF is in `rest`, `b` is 1.
 * `shl`, `shr`: CF, the last bit that went out, is in `rest`. `mul`: CF and OF are in `rest`, ZF is clear.
 */
const KINDS = ['all', 'inc', 'dec', 'shl', 'shr', 'mul', 'add', 'adc', 'sub', 'sbb', 'logic'] as const;
/** The kinds up to this have CF in bit 0 of `rest`. */
const LAST_WITH_CARRY = KINDS.indexOf('mul');
type KindName = (typeof KINDS)[number];

/** A name and a width as the number that `kind` holds. */
export type Kind = number;
const SIZES: readonly Size[] = [8, 16, 32, 64];
export const kindOf = (name: KindName, size: Size): Kind => KINDS.indexOf(name) * 4 + SIZES.indexOf(size);
export const ALL: Kind = kindOf('all', 8);
const nameOf = (kind: Kind): KindName => KINDS[kind >> 2];
const sizeOf = (kind: Kind): Size => SIZES[kind & 3];

const { a: A, b: B, r: R, rest: REST, kind: KIND } = LOCAL;

/** Computes all six into `rest`. */
export function emitAllFlags(code: Code, known: Kind | undefined): void {
  if (known === ALL) return;
  emitFlags(code, known);
  code.set(REST).i32(ALL).set(KIND);
}

/** Pushes the six flags in their places of RFLAGS. */
export function emitFlags(code: Code, known: Kind | undefined): void {
  if (known === ALL) code.get(REST);
  else code.get(KIND).get(A).get(B).get(R).get(REST).call(FUNCTION.flags);
}

/** Tests of conditions by their number halved (SDM vol. 1, appendix B). */
const [OVERFLOW, BELOW, ZERO, BELOW_EQUAL, SIGN, PARITY, LESS] = [0, 1, 2, 3, 4, 5, 6];

/** Pushes 1 if the condition is true, else 0. Gives the kind that is known afterwards. */
export function emitCondition(code: Code, condition: number, known: Kind | undefined): Kind | undefined {
  const test = condition >> 1;
  const direct = known !== undefined && known !== ALL && emitDirect(code, test, nameOf(known), sizeOf(known));
  if (!direct) {
    emitAllFlags(code, known);
    emitTestOfAll(code, test);
  }
  if (condition & 1) code.op(I32.eqz);
  return direct ? known : ALL;
}

/** CF as 0 or 1. Of an unknown kind it is mostly that of a loop's own INC or DEC. */
export function emitCarry(code: Code, known: Kind | undefined): Kind | undefined {
  if (known !== undefined) return emitCondition(code, 2 * BELOW, known);
  code.get(KIND).i32(4 * LAST_WITH_CARRY + 4).op(I32.lt_u).if(TYPE.i32).get(REST).else();
  emitFlags(code, known);
  code.end().i32(CF).op(I32.and);
  return undefined;
}

function emitTestOfAll(code: Code, test: number): void {
  const mask = [OF, CF, ZF, CF | ZF, SF, PF][test];
  if (mask !== undefined) {
    code.get(REST).i32(mask).op(I32.and).i32(0).op(I32.ne);
    return;
  }
  code.get(REST).i32(7).op(I32.shr_u).get(REST).i32(11).op(I32.shr_u, I32.xor).i32(1).op(I32.and);
  if (test !== LESS) code.get(REST).i32(ZF).op(I32.and).i32(0).op(I32.ne, I32.or);
}

/** Comparisons that give a condition of a known kind; false if there is none shorter than computing the flags. */
function emitDirect(code: Code, test: number, name: KindName, size: Size): boolean {
  switch (test) {
    case ZERO:
      if (name === 'mul') return false;
      code.get(R).op(I64.eqz);
      return true;
    case SIGN:
      code.get(R).i64(BigInt(size - 1)).op(I64.shr_u, I32.wrap_i64);
      return true;
    case PARITY:
      code.get(R).op(I32.wrap_i64).i32(0xff).op(I32.and, I32.popcnt).i32(1).op(I32.and, I32.eqz);
      return true;
    case BELOW:
      return emitBelow(code, name);
    case BELOW_EQUAL:
      if (name === 'sub') code.get(A).get(B).op(I64.le_u);
      else {
        if (name === 'mul' || !emitBelow(code, name)) return false;
        code.get(R).op(I64.eqz, I32.or);
      }
      return true;
    case OVERFLOW:
      if (name === 'logic') code.i32(0);
      else if (name === 'mul') code.get(REST).i32(1).op(I32.and);
      else return false;
      return true;
    default: {
      const isLess = test === LESS;
      if (name === 'logic') {
        emitSigned(code, R, size);
        if (size === 64) code.i64(0n).op(isLess ? I64.lt_s : I64.le_s);
        else code.i32(0).op(isLess ? I32.lt_s : I32.le_s);
        return true;
      }
      if (name !== 'sub' && name !== 'dec') return false;
      emitSigned(code, A, size);
      emitSigned(code, B, size);
      code.op(size === 64 ? (isLess ? I64.lt_s : I64.le_s) : isLess ? I32.lt_s : I32.le_s);
      return true;
    }
  }
}

function emitBelow(code: Code, name: KindName): boolean {
  switch (name) {
    case 'sub':
      code.get(A).get(B).op(I64.lt_u);
      return true;
    case 'add':
      code.get(R).get(A).op(I64.lt_u);
      return true;
    case 'logic':
      code.i32(0);
      return true;
    case 'inc':
    case 'dec':
    case 'shl':
    case 'shr':
    case 'mul':
      code.get(REST).i32(1).op(I32.and);
      return true;
    default:
      return false;
  }
}

/** A local of that width with its sign: an i64, or an i32 for less than 64 bits. */
function emitSigned(code: Code, local: number, size: Size): void {
  code.get(local);
  if (size === 64) return;
  code.op(I32.wrap_i64);
  if (size === 16) code.op(I32.extend16_s);
  if (size === 8) code.op(I32.extend8_s);
}

/** Function of kind, a, b, r, rest: the six flags. It follows src/cpu/flags.ts in meaning and not in text. */
export function flagsFunction(): WasmFunction {
  const [kind, a, b, r, rest, shift, x, y, z] = [0, 1, 2, 3, 4, 5, 6, 7, 8];
  const code = new Code();
  code.get(kind).i32(4).op(I32.lt_u).if().get(rest).return().end();
  // Operands and result moved up to bit 63: x, y, z.
  code.i64(64n).i64(8n).get(kind).i32(3).op(I32.and, I64.extend_i32_u, I64.shl, I64.sub).set(shift);
  for (const [from, to] of [[a, x], [b, y], [r, z]]) code.get(from).get(shift).op(I64.shl).set(to);
  const topBit = (): Code => code.i64(63n).op(I64.shr_u, I32.wrap_i64);
  const times = (flag: number): Code => code.i32(Math.log2(flag)).op(I32.shl);
  const kindIs = (...names: readonly KindName[]): void => {
    names.forEach((name, index) => {
      code.get(kind).i32(2).op(I32.shr_u).i32(KINDS.indexOf(name)).op(I32.eq);
      if (index > 0) code.op(I32.or);
    });
  };

  // SF, ZF, PF
  code.get(z);
  topBit();
  times(SF);
  code.get(z).op(I64.eqz);
  kindIs('mul');
  code.op(I32.eqz, I32.and);
  times(ZF);
  code.op(I32.or);
  code.get(r).op(I32.wrap_i64).i32(0xff).op(I32.and, I32.popcnt).i32(1).op(I32.and, I32.eqz);
  times(PF);
  code.op(I32.or);

  // AF, OF, CF
  kindIs('logic');
  code.if(TYPE.i32).i32(0).else();
  kindIs('mul');
  code.if(TYPE.i32).get(rest).else();
  kindIs('shl', 'shr');
  code.if(TYPE.i32);
    // Whether the sign has changed: the old one is in CF to the left, and below the sign to the right.
    code.get(z);
    topBit();
    kindIs('shl');
    code.if(TYPE.i32).get(rest).i32(1).op(I32.and).else();
    code.get(z).i64(62n).op(I64.shr_u, I32.wrap_i64).i32(1).op(I32.and).end().op(I32.xor);
    times(OF);
    code.get(rest).i32(1).op(I32.and, I32.or);
  code.else();
  {
    const isSum = (): void => kindIs('add', 'adc', 'inc');
    const inverted = (local: number): Code => code.get(local).i64(-1n).op(I64.xor);
    code.get(a).get(b).get(r).op(I64.xor, I64.xor, I32.wrap_i64).i32(AF).op(I32.and);
    isSum();
    code.if(TYPE.i64).get(x).get(z).op(I64.xor).get(y).get(z).op(I64.xor, I64.and);
    code.else().get(x).get(y).op(I64.xor).get(x).get(z).op(I64.xor, I64.and).end();
    topBit();
    times(OF);
    code.op(I32.or);
    kindIs('inc', 'dec');
    code.if(TYPE.i32).get(rest).i32(1).op(I32.and).else();
    isSum();
    code.if(TYPE.i64).get(x).get(y).op(I64.and).get(x).get(y).op(I64.or);
    inverted(z).op(I64.and, I64.or).else();
    inverted(x).get(y).op(I64.and);
    inverted(x).get(y).op(I64.or).get(z).op(I64.and, I64.or).end();
    topBit();
    code.end().op(I32.or);
  }
  code.end().end().end().op(I32.or).i32(STATUS).op(I32.and);
  const { i32, i64 } = TYPE;
  return { params: [i32, i64, i64, i64, i32], result: i32, locals: [i64, i64, i64, i64], code };
}

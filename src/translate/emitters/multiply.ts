// Multiplication and division. Flags of a division stay as they are.

import { CF, OF } from '../../cpu/flags.ts';
import { RAX, RDX } from '../../isa/operand.ts';
import type { Emitter } from '../emitter.ts';
import { FUNCTION, LOCAL } from '../locals.ts';
import { Code, I32, I64, TYPE, type WasmFunction } from '../wasm.ts';
import { type Emit, type Emitters, putResult } from './common.ts';

const { r: R, rest: REST, t: T, u: U } = LOCAL;

/** The high half of the product of t and u, as unsigned or signed numbers. */
function multiplyHigh(e: Emitter, isSigned: boolean): void {
  const { code } = e;
  code.get(T).get(U).call(FUNCTION.multiplyHigh);
  if (!isSigned) return;
  for (const [sign, other] of [[T, U], [U, T]]) code.get(sign).i64(63n).op(I64.shr_s).get(other).op(I64.and, I64.sub);
}

/** IMUL of two or three operands. */
const multiply =
  (first: 'dst' | 'src', second: 'src' | 'third'): Emit =>
  (e, insn) => {
    const { code } = e;
    const { dst, size } = insn;
    if (insn.src.kind === 'none') {
      multiplyLong(true)(e, insn);
      return;
    }
    e.find(insn.src, 'read');
    e.get(insn[first]);
    e.widenSigned(size).set(T);
    e.get(insn[second]);
    e.widenSigned(size).set(U);
    code.get(T).get(U).op(I64.mul).set(R);
    if (size === 64) {
      multiplyHigh(e, true);
      code.get(R).i64(63n).op(I64.shr_s);
    } else {
      code.get(R).get(R).op(I32.wrap_i64);
      e.widenSigned(size);
    }
    code.op(I64.ne).i32(CF | OF).op(I32.mul).set(REST);
    code.get(R);
    e.narrow(size);
    e.widen(size).set(R);
    putResult(e, dst, size);
    e.setFlags('mul', size);
  };

/** MUL and IMUL of one operand: rDX:rAX, or AX, is rAX times it. */
const multiplyLong =
  (isSigned: boolean): Emit =>
  (e, { dst, size }) => {
    const { code } = e;
    const widen = (): void => void (isSigned ? e.widenSigned(size) : e.widen(size));
    e.find(dst, 'read');
    e.getReg(RAX, size);
    widen();
    code.set(T);
    e.get(dst);
    widen();
    code.set(U);
    // Low half into r, high half into `linear`.
    code.get(T).get(U).op(I64.mul).set(R);
    if (size === 64) multiplyHigh(e, isSigned);
    else code.get(R).i64(BigInt(size)).op(isSigned ? I64.shr_s : I64.shr_u);
    code.set(LOCAL.linear);
    code.get(LOCAL.linear);
    if (!isSigned) code.i64(0n);
    else if (size === 64) code.get(R).i64(63n).op(I64.shr_s);
    else {
      code.get(R).op(I32.wrap_i64);
      e.widenSigned(size).i64(63n).op(I64.shr_s);
    }
    code.op(I64.ne).i32(CF | OF).op(I32.mul).set(REST);
    code.get(R);
    if (size === 8) {
      e.narrow(16);
      e.setReg(RAX, 16);
    } else {
      e.narrow(size);
      e.setReg(RAX, size);
      code.get(LOCAL.linear);
      e.narrow(size);
      e.setReg(RDX, size);
    }
    code.get(R);
    e.narrow(size);
    e.widen(size).set(R);
    e.setFlags('mul', size);
  };

/** DIV and IDIV; what faults, and dividends of 128 bits that are no 64-bit numbers, are the interpreter's. */
const divide =
  (isSigned: boolean): Emit =>
  (e, { dst, size }) => {
    const { code } = e;
    const widen = (): void => void (isSigned ? e.widenSigned(size) : e.widen(size));
    e.find(dst, 'read');
    e.get(dst);
    widen();
    code.tee(U).op(I64.eqz);
    e.leaveBeforeIf();
    if (size === 8) {
      e.getReg(RAX, 16);
      if (isSigned) e.widenSigned(16);
      else e.widen(16);
    } else if (size === 64) {
      e.getWhole(RDX);
      if (isSigned) e.getWhole(RAX).i64(63n).op(I64.shr_s);
      else code.i64(0n);
      code.op(I64.ne);
      e.leaveBeforeIf();
      e.getWhole(RAX);
    } else {
      e.getReg(RDX, size);
      e.widen(size).i64(BigInt(size)).op(I64.shl);
      e.getReg(RAX, size);
      e.widen(size).op(I64.or);
      if (isSigned && size === 16) code.op(I64.extend32_s);
    }
    code.set(T);
    if (isSigned && size >= 32) {
      // The one quotient that does not fit in 64 bits.
      code.get(T).i64(-(2n ** 63n)).op(I64.eq).get(U).i64(-1n).op(I64.eq, I32.and);
      e.leaveBeforeIf();
    }
    code.get(T).get(U).op(isSigned ? I64.div_s : I64.div_u).set(LOCAL.linear);
    if (size < 64) {
      code.get(LOCAL.linear).get(LOCAL.linear).op(I32.wrap_i64);
      if (isSigned) e.widenSigned(size);
      else {
        if (size < 32) code.i32(size === 8 ? 0xff : 0xffff).op(I32.and);
        code.op(I64.extend_i32_u);
      }
      code.op(I64.ne);
      e.leaveBeforeIf();
    }
    code.get(T).get(U).op(isSigned ? I64.rem_s : I64.rem_u).set(T);
    if (size === 8) {
      code.get(T).i64(0xffn).op(I64.and).i64(8n).op(I64.shl).get(LOCAL.linear).i64(0xffn).op(I64.and, I64.or, I32.wrap_i64);
      e.setReg(RAX, 16);
      return;
    }
    code.get(LOCAL.linear);
    e.narrow(size);
    e.setReg(RAX, size);
    code.get(T);
    e.narrow(size);
    e.setReg(RDX, size);
  };

/** Function of two unsigned numbers: the high half of their product, from four products of halves. */
export function multiplyHighFunction(): WasmFunction {
  const [a, b, middle, sum] = [0, 1, 2, 3];
  const code = new Code();
  const low = (local: number): Code => code.get(local).i64(0xffff_ffffn).op(I64.and);
  const high = (local: number): Code => code.get(local).i64(32n).op(I64.shr_u);
  low(a);
  low(b).op(I64.mul).i64(32n).op(I64.shr_u);
  high(a);
  low(b).op(I64.mul, I64.add).set(middle);
  low(middle);
  low(a);
  high(b).op(I64.mul, I64.add).set(sum);
  high(a);
  high(b).op(I64.mul);
  high(middle).op(I64.add);
  high(sum).op(I64.add);
  const { i64 } = TYPE;
  return { params: [i64, i64], result: i64, locals: [i64, i64], code };
}

export const MULTIPLY: Emitters = {
  mul: multiplyLong(false),
  imul: multiply('dst', 'src'),
  imul3: multiply('src', 'third'),
  div: divide(false),
  idiv: divide(true),
};

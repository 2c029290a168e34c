// Shifts and rotates: the operand in t, the count in u, the result in `linear`, since memory operands are written through t. With a
// count of 0 no flag changes, so what is known of them is lost where the count is only known when it runs.

import type { Size } from '../../base/bits.ts';
import type { Operand } from '../../isa/operand.ts';
import type { Emitter } from '../emitter.ts';
import { emitAllFlags } from '../flags.ts';
import { LOCAL } from '../locals.ts';
import { I32, I64 } from '../wasm.ts';
import { type Emit, type Emitters, replaceCarry } from './common.ts';

const { r: R, rest: REST, t: T, u: U, y: Y } = LOCAL;

const readCount = (e: Emitter, op: Operand, size: Size): void => {
  e.get(op);
  e.code.i32(size === 64 ? 63 : 31).op(I32.and, I64.extend_i32_u);
};

/** SHL, SHR, SAR: the operand in t, the count in u; the result stays in r, the last bit out in `rest`. */
const shift =
  (name: 'shl' | 'shr' | 'sar'): Emit =>
  (e, { dst, src, size }) => {
    const { code } = e;
    const fixed = src.kind === 'imm' ? Number(src.value) & (size === 64 ? 63 : 31) : undefined;
    e.find(dst, 'update');
    e.get(dst);
    (name === 'sar' ? e.widenSigned(size) : e.widen(size)).set(T);
    readCount(e, src, size);
    code.set(U);
    const shifted = (): void => {
      code.get(T).get(U).op(name === 'shl' ? I64.shl : name === 'shr' ? I64.shr_u : I64.shr_s);
    };
    const setFlags = (): void => {
      code.get(U).op(I64.eqz).if();
      code.else();
    };
    if (fixed === 0) {
      shifted();
      e.narrow(size);
      e.set(dst);
      return;
    }
    // The result first as an i64 in `linear`: memory operands are written through t.
    shifted();
    e.narrow(size);
    e.widen(size).set(LOCAL.linear);
    if (fixed === undefined) setFlags();
    if (name !== 'shl') code.get(T).get(U).i64(1n).op(I64.sub, name === 'shr' ? I64.shr_u : I64.shr_s);
    else if (size === 64) code.get(T).i64(64n).get(U).op(I64.sub, I64.shr_u);
    else code.get(T).get(U).op(I64.shl).i64(BigInt(size)).op(I64.shr_u);
    code.op(I32.wrap_i64).i32(1).op(I32.and).set(REST).get(LOCAL.linear).set(R);
    e.setFlags(name === 'shl' ? 'shl' : 'shr', size);
    if (fixed === undefined) {
      code.end();
      e.kind = undefined;
    }
    code.get(LOCAL.linear);
    if (size < 64) code.op(I32.wrap_i64);
    e.set(dst);
  };

/** ROL and ROR. OF: whether the sign has changed in the last step, as for shifts. */
const rotate =
  (left: boolean): Emit =>
  (e, { dst, src, size }) => {
    const { code } = e;
    const fixed = src.kind === 'imm' ? Number(src.value) & (size === 64 ? 63 : 31) : undefined;
    e.find(dst, 'update');
    if (fixed !== 0) {
      emitAllFlags(code, e.kind);
      e.setAllFlags();
    }
    e.get(dst);
    e.widen(size).set(T);
    readCount(e, src, size);
    code.set(U);
    if (size === 64) code.get(T).get(U).op(left ? I64.rotl : I64.rotr);
    else if (size === 32) {
      code.get(T).op(I32.wrap_i64).get(U).op(I32.wrap_i64, left ? I32.rotl : I32.rotr, I64.extend_i32_u);
    } else {
      // Two copies side by side.
      code.get(U).i64(BigInt(size - 1)).op(I64.and).set(LOCAL.linear);
      code.get(T).get(T).i64(BigInt(size)).op(I64.shl, I64.or);
      if (left) code.i64(BigInt(size)).get(LOCAL.linear).op(I64.sub, I64.shr_u);
      else code.get(LOCAL.linear).op(I64.shr_u);
      code.i64(size === 8 ? 0xffn : 0xffffn).op(I64.and);
    }
    code.set(LOCAL.linear);
    if (fixed !== 0) {
      const bit = (index: number): void => {
        code.get(LOCAL.linear).i64(BigInt(index)).op(I64.shr_u, I32.wrap_i64).i32(1).op(I32.and);
      };
      if (fixed === undefined) code.get(U).op(I64.eqz).if().else();
      bit(left ? 0 : size - 1);
      code.set(Y);
      replaceCarry(e, () => {
        bit(size - 1);
        if (left) code.get(Y);
        else bit(size - 2);
        code.op(I32.xor);
      });
      if (fixed === undefined) code.end();
    }
    code.get(LOCAL.linear);
    if (size < 64) code.op(I32.wrap_i64);
    e.set(dst);
  };

/** SHLD and SHRD, of 32 and 64 bits: what goes out on one side of t comes in from the other side of `linear`. */
const double =
  (left: boolean): Emit =>
  (e, { dst, src, third, size }) => {
    const { code } = e;
    e.find(dst, 'update');
    e.get(dst);
    e.widen(size).set(T);
    readCount(e, third, size);
    code.set(U).get(T).get(U).op(left ? I64.shl : I64.shr_u);
    e.get(src);
    // By one first: the whole width would be no shift at all.
    e.widen(size).i64(1n).op(left ? I64.shr_u : I64.shl).i64(BigInt(size - 1)).get(U).op(I64.sub, left ? I64.shr_u : I64.shl, I64.or);
    e.narrow(size);
    e.widen(size).set(LOCAL.linear);
    code.get(U).op(I64.eqz).if().else();
    code.get(T);
    if (left) code.i64(BigInt(size)).get(U);
    else code.get(U).i64(1n);
    code.op(I64.sub, I64.shr_u, I32.wrap_i64).i32(1).op(I32.and).set(REST).get(LOCAL.linear).set(R);
    e.setFlags(left ? 'shl' : 'shr', size);
    code.end();
    e.kind = undefined;
    code.get(LOCAL.linear);
    if (size < 64) code.op(I32.wrap_i64);
    e.set(dst);
  };

/** RCL and RCR: CF, in a, is one more bit above the operand. Of 65 bits the parts are put together one by one. */
const rotateThroughCarry =
  (left: boolean): Emit =>
  (e, { dst, src, size }) => {
    const { code } = e;
    const [into, outOf] = left ? [I64.shl, I64.shr_u] : [I64.shr_u, I64.shl];
    const C = LOCAL.a;
    const L = LOCAL.linear;
    e.find(dst, 'update');
    emitAllFlags(code, e.kind);
    e.setAllFlags();
    code.get(REST).i32(1).op(I32.and, I64.extend_i32_u).set(C);
    e.get(dst);
    e.widen(size).tee(T).set(L);
    readCount(e, src, size);
    if (size < 32) code.i64(BigInt(size + 1)).op(I64.rem_u);
    code.tee(U).op(I64.eqz).if().else();
    const bit = (local: number, index: () => void): void => {
      code.get(local);
      index();
      code.op(I64.shr_u, I32.wrap_i64).i32(1).op(I32.and);
    };
    const above = (): void => void code.i64(BigInt(size));
    if (size === 64) {
      const rest = (): void => void code.i64(64n).get(U).op(I64.sub);
      const lessOne = (): void => void code.get(U).i64(1n).op(I64.sub);
      code.get(T).get(U).op(into).get(C);
      if (left) lessOne();
      else rest();
      code.op(I64.shl, I64.or).get(T).i64(1n).op(outOf);
      rest();
      code.op(outOf, I64.or).set(L);
      bit(T, left ? rest : lessOne);
    } else {
      code.get(T).get(C);
      above();
      code.op(I64.shl, I64.or).tee(T).get(U).op(into).get(T).i64(BigInt(size + 1)).get(U).op(I64.sub, outOf, I64.or).set(L);
      bit(L, above);
    }
    code.set(Y).get(L);
    e.narrow(size);
    e.widen(size).set(L);
    replaceCarry(e, () => {
      bit(L, () => code.i64(BigInt(size - 1)));
      if (left) code.get(Y);
      else bit(L, () => code.i64(BigInt(size - 2)));
      code.op(I32.xor);
    });
    code.end().get(L);
    if (size < 64) code.op(I32.wrap_i64);
    e.set(dst);
  };

export const SHIFT: Emitters = {
  shl: shift('shl'),
  shr: shift('shr'),
  sar: shift('sar'),
  rol: rotate(true),
  ror: rotate(false),
  rcl: rotateThroughCarry(true),
  rcr: rotateThroughCarry(false),
  shld: double(true),
  shrd: double(false),
};

// Bit tests, scans and counts, and the carry flag alone.

import type { Size } from '../../base/bits.ts';
import { ZF } from '../../cpu/flags.ts';
import type { MemOperand, Operand } from '../../isa/operand.ts';
import type { Emitter } from '../emitter.ts';
import { emitAllFlags } from '../flags.ts';
import { LOCAL } from '../locals.ts';
import { I32, I64 } from '../wasm.ts';
import { type Emit, type Emitters, replaceCarry, widthOf } from './common.ts';

const { rest: REST, t: T, u: U, y: Y } = LOCAL;

/** A bit string in memory: the index in a register is signed and may lie far outside of the operand. */
function findWordOfBit(e: Emitter, dst: MemOperand, src: Operand, size: Size, access: 'read' | 'update'): void {
  e.offset(dst);
  e.get(src);
  e.widenSigned(size).i64(3n).op(I64.shr_s).i64(BigInt(-size / 8)).op(I64.and, I64.add);
  e.truncate(dst.addressSize);
  e.findAt(dst.segment, size, access);
}

/** BT family. */
const bitTest =
  (op?: 'or' | 'xor' | 'andNot'): Emit =>
  (e, { dst, src, size }) => {
    const { code } = e;
    const access = op ? 'update' : 'read';
    if (dst.kind === 'mem' && src.kind === 'reg') findWordOfBit(e, dst, src, size, access);
    else e.find(dst, access);
    emitAllFlags(code, e.kind);
    e.setAllFlags();
    e.get(src);
    e.widen(src.kind === 'reg' ? size : widthOf(src)).i64(BigInt(size - 1)).op(I64.and).set(U);
    e.get(dst);
    e.widen(size).set(T);
    code.get(T).get(U).op(I64.shr_u, I32.wrap_i64).i32(1).op(I32.and).set(Y);
    replaceCarry(e);
    if (op === undefined) return;
    code.get(T).i64(1n).get(U).op(I64.shl);
    if (op === 'andNot') code.i64(-1n).op(I64.xor, I64.and);
    else code.op(I64[op]);
    if (size < 64) code.op(I32.wrap_i64);
    e.set(dst);
  };

/** BSF, BSR, TZCNT, LZCNT, POPCNT: `found` makes the answer of t, which is not 0 for the first two. */
const scan =
  (found: (e: Emitter, size: Size) => void, kind: 'scan' | 'zeros' | 'ones'): Emit =>
  (e, { dst, src, size }) => {
    const { code } = e;
    e.find(src, 'read');
    e.get(src);
    e.widen(size).set(T);
    if (kind === 'scan') {
      code.get(T).op(I64.eqz).if().else();
      found(e, size);
      e.narrow(size);
      e.set(dst);
      code.end();
      code.get(T).op(I64.eqz).i32(ZF).op(I32.mul).set(REST);
    } else {
      found(e, size);
      code.set(U);
      code.get(kind === 'ones' ? T : U).op(I64.eqz).i32(ZF).op(I32.mul);
      if (kind === 'zeros') code.get(T).op(I64.eqz, I32.or);
      code.set(REST).get(U);
      e.narrow(size);
      e.set(dst);
    }
    e.setAllFlags();
  };

const lowestBit = (e: Emitter, size: Size): void => {
  e.code.get(T);
  // A bit above the operand ends the search.
  if (size < 64) e.code.i64(1n << BigInt(size)).op(I64.or);
  e.code.op(I64.ctz);
};
const leadingZeros = (e: Emitter, size: Size): void => {
  e.code.get(T).op(I64.clz).i64(BigInt(64 - size)).op(I64.sub);
};
const highestBit = (e: Emitter): void => {
  e.code.i64(63n).get(T).op(I64.clz, I64.sub);
};
const ones = (e: Emitter): void => {
  e.code.get(T).op(I64.popcnt);
};

export const BITS: Emitters = {
  bt: bitTest(),
  bts: bitTest('or'),
  btr: bitTest('andNot'),
  btc: bitTest('xor'),
  bsf: scan(lowestBit, 'scan'),
  bsr: scan(highestBit, 'scan'),
  tzcnt: scan(lowestBit, 'zeros'),
  lzcnt: scan(leadingZeros, 'zeros'),
  popcnt: scan(ones, 'ones'),
};

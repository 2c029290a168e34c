// Addition to comparison, and logic.

import { LOCAL } from '../locals.ts';
import { I32, I64 } from '../wasm.ts';
import { combine, type Emit, type Emitters, putResult, takeOperands } from './common.ts';

const { a: A, b: B, r: R, rest: REST, x: X } = LOCAL;

const arithmetic =
  (op: 'add' | 'sub', name: 'add' | 'adc' | 'sub' | 'sbb', keeps = true): Emit =>
  (e, { dst, src, size }) => {
    const withCarry = name === 'adc' || name === 'sbb';
    e.find(dst, keeps ? 'update' : 'read');
    e.find(src, 'read');
    if (withCarry) {
      e.carry();
      e.code.set(X);
    }
    takeOperands(e, dst, src, size);
    combine(e, size, op, withCarry);
    if (keeps) putResult(e, dst, size);
    e.setFlags(name, size);
  };

const logic =
  (op: 'and' | 'or' | 'xor', keeps = true): Emit =>
  (e, { dst, src, size }) => {
    e.find(dst, keeps ? 'update' : 'read');
    e.find(src, 'read');
    e.get(dst);
    e.get(src);
    e.code.op(size === 64 ? I64[op] : I32[op]);
    e.widen(size).set(R);
    if (keeps) putResult(e, dst, size);
    e.setFlags('logic', size);
  };

/** INC and DEC keep CF, which goes to bit 0 of `rest` unless it is there. */
const count =
  (op: 'add' | 'sub', name: 'inc' | 'dec'): Emit =>
  (e, { dst, size }) => {
    e.find(dst, 'update');
    e.carry();
    e.code.set(REST);
    e.get(dst);
    e.widen(size).set(A);
    e.code.i64(1n).set(B);
    combine(e, size, op);
    putResult(e, dst, size);
    e.setFlags(name, size);
  };

export const INTEGER: Emitters = {
  add: arithmetic('add', 'add'),
  adc: arithmetic('add', 'adc'),
  sub: arithmetic('sub', 'sub'),
  sbb: arithmetic('sub', 'sbb'),
  cmp: arithmetic('sub', 'sub', false),
  inc: count('add', 'inc'),
  dec: count('sub', 'dec'),
  neg: (e, { dst, size }) => {
    e.find(dst, 'update');
    e.code.i64(0n).set(A);
    e.get(dst);
    e.widen(size).set(B);
    combine(e, size, 'sub');
    putResult(e, dst, size);
    e.setFlags('sub', size);
  },
  not: (e, { dst, size }) => {
    e.find(dst, 'update');
    e.get(dst);
    if (size === 64) e.code.i64(-1n).op(I64.xor);
    else e.code.i32(-1).op(I32.xor);
    e.set(dst);
  },
  and: logic('and'),
  or: logic('or'),
  xor: logic('xor'),
  test: logic('and', false),
};

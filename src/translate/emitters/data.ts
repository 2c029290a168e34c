// Data movement.

import type { Size } from '../../base/bits.ts';
import { type MemOperand, type Operand, RAX, RDX } from '../../isa/insn.ts';
import { LOCAL } from '../locals.ts';
import { I32, I64 } from '../wasm.ts';
import { combine, type Emit, type Emitters, putResult, takeOperands, widthOf } from './common.ts';

const { a: A, b: B, t: T, u: U, y: Y } = LOCAL;

const move: Emit = (e, { dst, src }) => {
  e.find(src, 'read');
  e.find(dst, 'write');
  e.get(src);
  e.set(dst);
};

const convert =
  (isSigned: boolean): Emit =>
  (e, { dst, src, size }) => {
    e.find(src, 'read');
    e.get(src);
    if (isSigned) e.widenSigned(widthOf(src));
    else e.widen(widthOf(src));
    e.narrow(size);
    e.set(dst);
  };

const exchange: Emit = (e, { dst, src, size }) => {
  const { code } = e;
  e.find(dst, 'update');
  e.find(src, 'update');
  e.get(dst);
  e.widen(size).set(U);
  e.get(src);
  e.widen(size).set(LOCAL.linear);
  const put = (op: Operand, local: number): void => {
    code.get(local);
    if (size < 64) code.op(I32.wrap_i64);
    e.set(op);
  };
  if (dst.kind === 'mem') put(dst, LOCAL.linear);
  put(src, U);
  if (dst.kind !== 'mem') put(dst, LOCAL.linear);
};

const exchangeAdd: Emit = (e, { dst, src, size }) => {
  e.find(dst, 'update');
  takeOperands(e, dst, src, size);
  combine(e, size, 'add');
  if (dst.kind === 'mem') putResult(e, dst, size);
  e.code.get(A);
  if (size < 64) e.code.op(I32.wrap_i64);
  e.set(src);
  if (dst.kind !== 'mem') putResult(e, dst, size);
  e.setFlags('add', size);
};

/** Memory is written in both cases; of registers only the one that changes. */
const compareExchange: Emit = (e, { dst, src, size }) => {
  const { code } = e;
  e.find(dst, 'update');
  e.getReg(RAX, size);
  e.widen(size).set(A);
  e.get(dst);
  e.widen(size).set(B);
  e.get(src);
  e.widen(size).set(U);
  const put = (local: number, set: () => void): void => {
    code.get(local);
    if (size < 64) code.op(I32.wrap_i64);
    set();
  };
  combine(e, size, 'sub');
  if (dst.kind === 'mem') {
    code.get(U).get(B).get(A).get(B).op(I64.eq).select().set(LOCAL.linear);
    put(LOCAL.linear, () => e.set(dst));
  }
  code.get(A).get(B).op(I64.eq).if();
  if (dst.kind !== 'mem') put(U, () => e.set(dst));
  code.else();
  put(B, () => e.setReg(RAX, size));
  code.end();
  e.setFlags('sub', size);
};

const swapBytes: Emit = (e, { dst, size }) => {
  const { code } = e;
  e.get(dst);
  e.widen(size).set(T);
  const swapPairs = (mask: bigint, shift: bigint): void => {
    code.get(T).i64(mask).op(I64.and).i64(shift).op(I64.shl).get(T).i64(shift).op(I64.shr_u).i64(mask).op(I64.and, I64.or).set(T);
  };
  swapPairs(0x00ff_00ff_00ff_00ffn, 8n);
  swapPairs(0x0000_ffff_0000_ffffn, 16n);
  code.get(T).i64(32n).op(I64.rotl);
  if (size === 32) code.i64(32n).op(I64.shr_u, I32.wrap_i64);
  e.set(dst);
};

export const DATA: Emitters = {
  mov: move,
  movzx: convert(false),
  movsx: convert(true),
  lea: (e, { dst, src }) => {
    e.offset(src as MemOperand);
    e.narrow(widthOf(dst));
    e.set(dst);
  },
  xchg: exchange,
  xadd: exchangeAdd,
  cmpxchg: compareExchange,
  bswap: swapBytes,
  cmovcc: (e, { dst, src, form }) => {
    e.find(src, 'read');
    e.condition(form.condition);
    e.code.set(Y);
    e.get(src);
    e.get(dst);
    e.code.get(Y).select();
    e.set(dst);
  },
  setcc: (e, { dst, form }) => {
    e.find(dst, 'write');
    e.condition(form.condition);
    e.set(dst);
  },
  cbw: (e, { size }) => {
    const half = (size / 2) as Size;
    e.getReg(RAX, half);
    e.widenSigned(half);
    e.narrow(size);
    e.setReg(RAX, size);
  },
  cwd: (e, { size }) => {
    e.getReg(RAX, size);
    e.widenSigned(size).i64(63n).op(I64.shr_s);
    e.narrow(size);
    e.setReg(RDX, size);
  },
};

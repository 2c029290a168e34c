// Data movement.

import type { Size } from '../../base/bits.ts';
import { ZF } from '../../cpu/flags.ts';
import { STATE_OFFSETS } from '../../cpu/state.ts';
import { DS, FS, type MemOperand, NONE, type Operand, RAX, RBX, RCX, RDX } from '../../isa/operand.ts';
import { emitAllFlags } from '../flags.ts';
import { LOCAL } from '../locals.ts';
import { I32, I64, MEMORY } from '../wasm.ts';
import { combine, type Emit, type Emitters, putResult, takeOperands, widthOf } from './common.ts';

const { a: A, b: B, rest: REST, t: T, u: U, y: Y } = LOCAL;

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

/** BSWAP and MOVBE. */
const swapBytes =
  (from: 'dst' | 'src'): Emit =>
  (e, insn) => {
    const { code } = e;
    const { dst, size } = insn;
    e.find(insn[from], 'read');
    e.find(dst, 'write');
    e.get(insn[from]);
    e.widen(size).set(T);
    const swapPairs = (mask: bigint, shift: bigint): void => {
      code.get(T).i64(mask).op(I64.and).i64(shift).op(I64.shl).get(T).i64(shift).op(I64.shr_u).i64(mask).op(I64.and, I64.or).set(T);
    };
    swapPairs(0x00ff_00ff_00ff_00ffn, 8n);
    swapPairs(0x0000_ffff_0000_ffffn, 16n);
    code.get(T).i64(32n).op(I64.rotl);
    if (size < 64) code.i64(BigInt(64 - size)).op(I64.shr_u, I32.wrap_i64);
    e.set(dst);
  };

/** CMPXCHG8B and 16B: t and u are what is there, both halves are written in any case. */
const compareExchangePair =
  (size: 32 | 64): Emit =>
  (e, { dst }) => {
    const { code } = e;
    const memory = dst as MemOperand;
    e.offset(memory);
    if (size === 64) {
      code.tee(T);
      if (memory.segment >= FS) code.get(LOCAL.state).memory(MEMORY.i64_load, STATE_OFFSETS.segBase + 8 * memory.segment).op(I64.add);
      code.op(I32.wrap_i64).i32(15).op(I32.and);
      e.leaveBeforeIf();
      code.get(T);
    }
    // If aligned, the other half is in the same line.
    e.findAt(memory.segment, 64, 'update');
    emitAllFlags(code, e.kind);
    e.setAllFlags();
    const half = (at: number): void => {
      code.get(LOCAL.host).i32(at).op(I32.add);
    };
    for (const [local, at] of [[T, 0], [U, size / 8]]) {
      half(at);
      e.load(size);
      e.widen(size).set(local);
    }
    const differs = (register: number, local: number): void => {
      e.getReg(register, size);
      e.widen(size).get(local).op(I64.ne);
    };
    differs(RAX, T);
    differs(RDX, U);
    code.op(I32.or, I32.eqz).tee(Y).i32(Math.log2(ZF)).op(I32.shl).get(REST).i32(~ZF).op(I32.and, I32.or).set(REST);
    for (const [register, local, at] of [[RBX, T, 0], [RCX, U, size / 8]]) {
      half(at);
      e.getReg(register, size);
      code.get(local);
      if (size === 32) code.op(I32.wrap_i64);
      code.get(Y).select();
      e.store(size);
    }
    code.get(Y).op(I32.eqz);
    e.if();
    for (const [register, local] of [[RAX, T], [RDX, U]]) {
      code.get(local);
      if (size === 32) code.op(I32.wrap_i64);
      e.setReg(register, size);
    }
    e.end();
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
  bswap: swapBytes('dst'),
  movbe: swapBytes('src'),
  cmpxchg8b: compareExchangePair(32),
  cmpxchg16b: compareExchangePair(64),
  xlat: (e, { addressSize, segment }) => {
    e.getWhole(RBX);
    e.getReg(RAX, 8);
    e.code.op(I64.extend_i32_u, I64.add);
    e.narrow(addressSize);
    e.widen(addressSize);
    e.findAt(segment === NONE ? DS : segment, 8, 'read');
    e.code.get(LOCAL.host);
    e.load(8);
    e.setReg(RAX, 8);
  },
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

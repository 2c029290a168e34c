// What several emitters need. The names of locals are short here because an emitter is mostly made of them.

import type { Size } from '../../base/bits.ts';
import { CF, OF } from '../../cpu/flags.ts';
import { STATE_OFFSETS } from '../../cpu/state.ts';
import type { Insn } from '../../isa/insn.ts';
import type { MemOperand, Operand, RegOperand } from '../../isa/operand.ts';
import type { Sem } from '../../isa/sems.ts';
import type { Emitter } from '../emitter.ts';
import { emitAllFlags } from '../flags.ts';
import { LOCAL } from '../locals.ts';
import { type Code, F64, I32, I64, MEMORY } from '../wasm.ts';

export type Emit = (e: Emitter, insn: Insn) => void;
/** Some of the meanings; index.ts puts them together. */
export type Emitters = Partial<Record<Sem, Emit>>;

const { a: A, b: B, r: R, rest: REST, x: X, y: Y } = LOCAL;

export const widthOf = (op: Operand): Size => (op as RegOperand | MemOperand).size as Size;

/** a and b into their locals, with zeros above. */
export function takeOperands(e: Emitter, dst: Operand, src: Operand, size: Size): void {
  e.get(dst);
  e.widen(size).set(A);
  e.get(src);
  e.widen(size).set(B);
}

/** The operation on a and b, as a value of that size, into r. */
export function combine(e: Emitter, size: Size, op: 'add' | 'sub' | 'and' | 'or' | 'xor', carry = false): void {
  const { code } = e;
  if (size === 64) {
    code.get(A).get(B).op(I64[op]);
    if (carry) code.get(X).op(I64.extend_i32_u, I64[op]);
  } else {
    code.get(A).op(I32.wrap_i64).get(B).op(I32.wrap_i64, I32[op]);
    if (carry) code.get(X).op(I32[op]);
    if (size < 32) code.i32(size === 8 ? 0xff : 0xffff).op(I32.and);
    code.op(I64.extend_i32_u);
  }
  code.set(R);
}

export function putResult(e: Emitter, dst: Operand, size: Size): void {
  e.code.get(R);
  if (size < 64) e.code.op(I32.wrap_i64);
  e.set(dst);
}

/** Puts CF, and OF where `overflow` pushes it, in place of what they were; the new CF is in y as 0 or 1. */
export function replaceCarry(e: Emitter, overflow?: () => void): void {
  const { code } = e;
  code.get(REST).i32(~(overflow ? CF | OF : CF)).op(I32.and).get(Y).op(I32.or);
  if (overflow) {
    overflow();
    code.i32(Math.log2(OF)).op(I32.shl, I32.or);
  }
  code.set(REST);
}

/** RFLAGS of the state: its six flags of arithmetic are of the past. */
export const pushRflags = (code: Code): Code => code.get(LOCAL.state).memory(MEMORY.i32_load, STATE_OFFSETS.rflags);

/** All six are in `rest`, and nowhere else. */
export function settle(e: Emitter): void {
  emitAllFlags(e.code, e.kind);
  e.setAllFlags();
}

/** Ticks that are not those of a retired instruction: the i32 that is pushed. */
export function addToExtraTicks(code: Code, push: () => void): void {
  code.get(LOCAL.state).get(LOCAL.state).memory(MEMORY.f64_load, STATE_OFFSETS.extraTicks);
  push();
  code.op(F64.convert_i32_s, F64.add).memory(MEMORY.f64_store, STATE_OFFSETS.extraTicks);
}

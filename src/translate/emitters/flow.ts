// The stack, and what near branches do besides branching, which is the region's. An indirect target goes to LOCAL.rip.

import type { Size } from '../../base/bits.ts';
import type { Insn } from '../../isa/insn.ts';
import { type MemOperand, type Operand, RBP, RCX, RSP, SS } from '../../isa/operand.ts';
import type { Emitter } from '../emitter.ts';
import { LOCAL } from '../locals.ts';
import { I32, I64 } from '../wasm.ts';
import type { Emit, Emitters } from './common.ts';

const { u: U, y: Y } = LOCAL;

const push: Emit = (e, { dst, size }) => {
  e.find(dst, 'read');
  e.get(dst);
  pushValue(e, size);
};

/** Pushes the value on the WebAssembly stack. */
export function pushValue(e: Emitter, size: Size): void {
  const value = size === 64 ? U : Y;
  e.code.set(value);
  e.stackOffset(-size / 8);
  e.findAt(SS, size, 'write');
  e.code.get(LOCAL.host).get(value);
  e.store(size);
  e.moveStack(-size / 8);
}

/** The address of a destination in memory counts with the stack pointer behind what was popped. */
function popToMemory(e: Emitter, dst: MemOperand, size: Size): void {
  const value = size === 64 ? U : Y;
  e.stackOffset(0);
  e.findAt(SS, size, 'read');
  e.code.get(LOCAL.host);
  e.load(size);
  e.code.set(value);
  e.find(dst.base === RSP ? { ...dst, displacement: dst.displacement + BigInt(size / 8) } : dst, 'write');
  e.code.get(LOCAL.host).get(value);
  e.store(size);
  e.moveStack(size / 8);
}

const pop: Emit = (e, { dst, size }) => {
  if (dst.kind === 'mem') {
    popToMemory(e, dst, size);
    return;
  }
  e.stackOffset(0);
  e.findAt(SS, size, 'read');
  e.moveStack(size / 8);
  e.code.get(LOCAL.host);
  e.load(size);
  e.set(dst);
};

const leave: Emit = (e, { size }) => {
  e.getWhole(RBP);
  e.truncate(e.stackSize);
  e.findAt(SS, size, 'read');
  e.getWhole(RBP).set(LOCAL.linear);
  e.code.get(LOCAL.host);
  e.load(size);
  e.setReg(RBP, size);
  e.code.get(LOCAL.linear).i64(BigInt(size / 8)).op(I64.add);
  e.truncate(e.stackSize);
  e.setStack();
};

const call: Emit = (e, { dst, size }) => {
  takeTarget(e, dst, size);
  e.constant(e.ripAt(e.step.next), size);
  pushValue(e, size);
};

const jump: Emit = (e, { dst, size }) => takeTarget(e, dst, size);

const ret: Emit = (e, { dst, size }) => {
  e.stackOffset(0);
  e.findAt(SS, size, 'read');
  e.code.get(LOCAL.host);
  e.load(size);
  e.widen(size).set(LOCAL.rip);
  checkTarget(e);
  e.moveStack(size / 8 + (dst.kind === 'imm' ? Number(dst.value) : 0));
};

function takeTarget(e: Emitter, dst: Operand, size: Size): void {
  if (dst.kind === 'rel') return;
  e.find(dst, 'read');
  e.get(dst);
  e.widen(size).set(LOCAL.rip);
  checkTarget(e);
}

/** A target that is not canonical faults before anything changes. */
function checkTarget(e: Emitter): void {
  if (e.mode !== 64) return;
  e.code.get(LOCAL.rip).i64(16n).op(I64.shl).i64(16n).op(I64.shr_s).get(LOCAL.rip).op(I64.ne);
  e.leaveBeforeIf();
}

/** LOOP family and JrCXZ: the count; whether to branch is left on the stack by branchCondition(). */
const countDown: Emit = (e, { addressSize }) => {
  const size = addressSize as Size;
  e.getReg(RCX, size);
  e.code.op(...(size === 64 ? [] : [I64.extend_i32_u])).i64(1n).op(I64.sub);
  e.narrow(size);
  e.setReg(RCX, size);
};

/** Pushes whether the conditional branch, already executed, is taken. */
export function branchCondition(e: Emitter, { form, addressSize }: Insn): void {
  const { code } = e;
  const isZero = (): void => {
    e.getReg(RCX, addressSize as Size);
    code.op(addressSize === 64 ? I64.eqz : I32.eqz);
  };
  switch (form.sem) {
    case 'jcc':
      e.condition(form.condition);
      return;
    case 'jrcxz':
      isZero();
      return;
    case 'loop':
      isZero();
      code.op(I32.eqz);
      return;
    default:
      // Conditions 4 and 5 are E and NE.
      e.condition(form.sem === 'loope' ? 4 : 5);
      isZero();
      code.op(I32.eqz, I32.and);
  }
}

const nothing: Emit = () => {};

export const FLOW: Emitters = {
  push,
  pop,
  jcc: nothing,
  jrcxz: nothing,
  jmp: jump,
  loop: countDown,
  loope: countDown,
  loopne: countDown,
  call,
  ret,
  leave,
  nop: nothing,
  prefetch: nothing,
  fence: nothing,
};

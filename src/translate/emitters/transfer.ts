// INT n and IRET between the kernel and the user, as systems are set up that have nothing unusual: flat segments that are marked as accessed,
// 32- or 64-bit throughout, the tables and the frame at hand. Everything else is the interpreter's, and so is what an interrupt, an NMI or a
// trap may follow at once. The region is left behind them, by the driver, which looks at the privilege.

import { AC, DF, ID, IF, IOPL, NT, RF, STATUS, TF, VIF, VIP, VM } from '../../cpu/flags.ts';
import { EFER_LMA } from '../../cpu/identity/registers.ts';
import { STATE_OFFSETS, TR } from '../../cpu/state.ts';
import { CS, DS, ES, FS, GS, type ImmOperand, RSP, SS } from '../../isa/operand.ts';
import type { Emitter } from '../emitter.ts';
import { LOCAL } from '../locals.ts';
import { type Code, I32, I64, MEMORY } from '../wasm.ts';
import { type Emitters, pushRflags, settle } from './common.ts';
import { load, pushIsMiddle, pushIsMinded, requireCanonical, requireNoInterrupt, setSegment, store } from './privilege.ts';

const { a: A, b: B, r: R, t: T, x: X, y: Y, rest: REST, from: FRAME, next: SS_SELECTOR } = LOCAL;
/** What IRET restores at CPL 0 besides the flags of arithmetic. */
const RESTORED = TF | DF | NT | RF | AC | ID | IF | IOPL | VIF | VIP;

/** Flat segments: what must be how in a descriptor's two words, DPL aside. Base and limit; P, S and type; L or D of code, B of a 32-bit stack. */
const CODE = { 64: [0xffef_9fffn, 0x00af_9b00n], 32: [0xffcf_9fffn, 0x00cf_9b00n] } as const;
const STACK = { 64: [0xff8f_9fffn, 0x008f_9300n], 32: [0xffcf_9fffn, 0x00cf_9300n] } as const;
/** A code segment may be readable or not. */
const READABLE = 0x200n;
const LOW_WORD = 0xffffn;

/** The segment whose descriptor is in a local. */
const setFromDescriptor = (e: Emitter, segment: number, selector: () => void, descriptor: number): void =>
  setSegment(e, segment, selector, () => e.code.get(descriptor).i64(40n).op(I64.shr_u, I32.wrap_i64).i32(0xf0ff).op(I32.and));

/** Finds what is at an offset, pushed as an i64, in a table of the processor's own. */
function findInTable(e: Emitter, base: number, pushOffset: () => void, bytes: number): void {
  e.code.get(LOCAL.state).memory(MEMORY.i64_load, base);
  pushOffset();
  e.code.op(I64.add);
  e.findSystem(bytes, 'read');
}

/** The descriptor of the selector in `selector`, which is in the GDT and not null, into `into`. */
function readDescriptor(e: Emitter, selector: number, into: number): void {
  const { code } = e;
  code.get(selector).i32(0xfff8).op(I32.and, I32.eqz).get(selector).i32(4).op(I32.and, I32.or);
  code.get(selector).i32(7).op(I32.or);
  load(e, 'gdtrLimit').op(I32.gt_u, I32.or);
  e.leaveBeforeIf();
  findInTable(e, STATE_OFFSETS.gdtrBase, () => code.get(selector).i32(0xfff8).op(I32.and, I64.extend_i32_u), 8);
  code.get(LOCAL.host).memory(MEMORY.i64_load, 0).set(into);
}

/** Leaves unless the descriptor in `local` is that of a flat segment with the DPL that is pushed. */
function requireFlat(e: Emitter, local: number, [mask, value]: readonly [bigint, bigint], pushDpl: () => void): void {
  const { code } = e;
  const isCode = (value & 0x800n) !== 0n;
  const bits = ((isCode ? mask & ~READABLE : mask) << 32n) | 0xffff_ffffn;
  const dpl = 3n << 45n;
  code.get(local).i64(bits | dpl).op(I64.and);
  pushDpl();
  code.op(I64.extend_i32_u).i64(45n).op(I64.shl).i64(((isCode ? value & ~READABLE : value) << 32n) | LOW_WORD).op(I64.or, I64.ne);
  e.leaveBeforeIf();
}

const sizeOf = (e: Emitter): 32 | 64 => (e.mode === 64 ? 64 : 32);

/** Leaves unless this privilege may change, in 32-bit code outside of IA-32e mode; `pushOther` is one more reason. */
function requireUsual(e: Emitter, pushOther: () => void): void {
  pushIsMinded(e);
  pushOther();
  e.code.op(I32.or);
  if (e.mode !== 64) load(e, 'efer').i32(EFER_LMA).op(I32.and, I32.or);
  e.leaveBeforeIf();
}

/** RPL of the selector in Y. */
const pushRpl = ({ code }: Emitter): Code => code.get(Y).i32(3).op(I32.and);

/** The stack that IRET returns to, at FRAME, into SS_SELECTOR and B: in 64-bit mode always, where CPL 0 knows a null selector; else the user's. */
function readReturnStack(e: Emitter, size: 32 | 64): void {
  const { code } = e;
  const at = (4 * size) / 8;
  if (size === 64) {
    code.i64(0n).set(B).get(FRAME).memory(MEMORY.i32_load16_u, at).tee(SS_SELECTOR);
    pushRpl(e).op(I32.or);
  } else pushRpl(e);
  e.if();
  if (size === 32) {
    e.stackOffset(0);
    e.findAt(SS, 5 * size, 'read');
    code.get(FRAME).memory(MEMORY.i32_load16_u, at).set(SS_SELECTOR);
  }
  code.get(SS_SELECTOR).get(Y).op(I32.xor).i32(3).op(I32.and);
  e.leaveBeforeIf();
  readDescriptor(e, SS_SELECTOR, B);
  requireFlat(e, B, STACK[size], () => pushRpl(e));
  e.end();
}

/** Leaves if the user would lose a data segment on return to it. */
function requireUserSegments(e: Emitter): void {
  pushRpl(e);
  e.if();
  for (const segment of [ES, DS, FS, GS]) {
    load(e, 'segAttributes', 4 * segment).i32(0xe0).op(I32.and).i32(0x80).op(I32.sub).i32(0x60).op(I32.lt_u);
    if (segment !== ES) e.code.op(I32.or);
  }
  e.leaveBeforeIf();
  e.end();
}

function emitReturn(e: Emitter): void {
  const { code } = e;
  const size = sizeOf(e);
  const step = size / 8;
  settle(e);
  requireUsual(e, () => {
    load(e, 'cpl');
    load(e, 'nmiPending').op(I32.or);
    pushRflags(code).i32(NT).op(I32.and, I32.or);
  });
  e.stackOffset(0);
  e.findAt(SS, (size === 64 ? 5 : 3) * size, 'read');
  code.get(LOCAL.host).tee(FRAME).memory(MEMORY.i32_load16_u, step).tee(Y).i32(1).op(I32.add).i32(2).op(I32.and);
  code.get(FRAME).memory(MEMORY.i32_load, 2 * step).tee(X).i32(TF | AC | VM | VIF | VIP).op(I32.and, I32.or);
  e.leaveBeforeIf();
  requireNoInterrupt(e);
  readDescriptor(e, Y, A);
  requireFlat(e, A, CODE[size], () => pushRpl(e));
  const slot = (n: number): void => {
    code.get(FRAME).memory(size === 64 ? MEMORY.i64_load : MEMORY.i32_load, n * step);
    if (size === 32) code.op(I64.extend_i32_u);
  };
  slot(0);
  code.set(LOCAL.rip);
  if (size === 64) requireCanonical(e, LOCAL.rip);
  readReturnStack(e, size);
  requireUserSegments(e);

  if (size === 32) {
    e.moveStack(3 * step);
    pushRpl(e);
    e.if();
  }
  setFromDescriptor(e, SS, () => code.get(SS_SELECTOR), B);
  slot(3);
  e.setWhole(RSP);
  if (size === 32) e.end();
  setFromDescriptor(e, CS, () => code.get(Y), A);
  store(e, STATE_OFFSETS.cpl, () => pushRpl(e));
  store(e, STATE_OFFSETS.nmiBlocked, () => code.i32(0));
  store(e, STATE_OFFSETS.rflags, () => pushRflags(code).i32(~RESTORED).op(I32.and).get(X).i32(RESTORED).op(I32.and, I32.or));
  code.get(X).i32(STATUS).op(I32.and).set(REST);
  e.setAllFlags();
}

/** The gate of a vector into A, its offset to LOCAL.rip: an interrupt or trap gate of this size that may be called, without a stack of its own. */
function readGate(e: Emitter, vector: number): void {
  const { code } = e;
  const is64 = e.mode === 64;
  const bytes = is64 ? 16 : 8;
  const at = vector * bytes;
  load(e, 'idtrLimit').i32(at + bytes - 1).op(I32.lt_u);
  e.leaveBeforeIf();
  findInTable(e, STATE_OFFSETS.idtrBase, () => code.i64(BigInt(at)), bytes);
  code.get(LOCAL.host).memory(MEMORY.i64_load, 0).tee(A).i64(is64 ? 0x9e07_0000_0000n : 0x9e00_0000_0000n).op(I64.and);
  code.i64(0x8e00_0000_0000n).op(I64.ne);
  code.get(A).i64(45n).op(I64.shr_u, I32.wrap_i64).i32(3).op(I32.and);
  load(e, 'cpl').op(I32.lt_u, I32.or);
  e.leaveBeforeIf();
  code.get(A).i64(LOW_WORD).op(I64.and).get(A).i64(32n).op(I64.shr_u).i64(0xffff_0000n).op(I64.and, I64.or);
  if (is64) code.get(LOCAL.host).memory(MEMORY.i32_load, 8).op(I64.extend_i32_u).i64(32n).op(I64.shl, I64.or);
  code.set(LOCAL.rip);
  if (is64) requireCanonical(e, LOCAL.rip);
}

/** Opens code for calls from the user. */
function ifFromUser(e: Emitter): void {
  load(e, 'cpl');
  e.if();
}

/** The handler's stack pointer to T: from the TSS, or as it is. In 32-bit code its segment goes to R, the selector to SS_SELECTOR. */
function readHandlerStack(e: Emitter): void {
  const { code } = e;
  e.stackOffset(0);
  code.set(T);
  ifFromUser(e);
  load(e, 'segAttributes', 4 * TR).i32(0x89).op(I32.and).i32(0x89).op(I32.ne);
  load(e, 'segLimit', 4 * TR).i32(11).op(I32.lt_u, I32.or);
  e.leaveBeforeIf();
  findInTable(e, STATE_OFFSETS.segBase + 8 * TR, () => code.i64(4n), 8);
  code.get(LOCAL.host).memory(MEMORY.i64_load, 0).set(T);
  if (e.mode === 64) requireCanonical(e, T);
  else {
    code.get(T).i64(32n).op(I64.shr_u, I32.wrap_i64).i32(0xffff).op(I32.and).tee(SS_SELECTOR).i32(3).op(I32.and);
    e.leaveBeforeIf();
    readDescriptor(e, SS_SELECTOR, R);
    requireFlat(e, R, STACK[32], () => code.i32(0));
  }
  e.end();
}

/** Finds the frame below T, which moves there: in 32-bit code without a change of privilege it is shorter. */
function findFrame(e: Emitter): void {
  const find = (slots: number): void => {
    const bytes = (slots * sizeOf(e)) / 8;
    e.code.get(T).i64(BigInt(bytes)).op(I64.sub);
    e.truncate(e.stackSize);
    e.code.tee(T);
    e.findSystem(bytes, 'write');
  };
  if (e.mode === 64) {
    e.code.get(T).i64(~15n).op(I64.and).set(T);
    find(5);
    return;
  }
  ifFromUser(e);
  find(5);
  e.else();
  find(3);
  e.end();
}

/** Writes the frame, and SS where the privilege changes. */
function writeFrame(e: Emitter): void {
  const { code } = e;
  const size = sizeOf(e);
  let place = 0;
  const put = (push: () => void): void => {
    code.get(LOCAL.host);
    push();
    code.memory(size === 64 ? MEMORY.i64_store : MEMORY.i32_store, place++ * (size / 8));
  };
  const putWord = (push: () => Code): void =>
    put(() => {
      push();
      if (size === 64) code.op(I64.extend_i32_u);
    });
  put(() => e.constant(e.ripAt(e.step.next), size));
  putWord(() => load(e, 'segSelector', 4 * CS));
  putWord(() => pushRflags(code).i32(~STATUS).op(I32.and).get(REST).op(I32.or));
  if (size === 32) ifFromUser(e);
  put(() => e.getReg(RSP, size));
  putWord(() => load(e, 'segSelector', 4 * SS));
  if (size === 64) {
    ifFromUser(e);
    setSegment(e, SS, () => code.i32(0), () => code.i32(0));
  } else setFromDescriptor(e, SS, () => code.get(SS_SELECTOR), R);
  e.end();
}

function emitInterrupt(e: Emitter, vector: number): void {
  const { code } = e;
  settle(e);
  requireUsual(e, () => pushIsMiddle(e));
  readGate(e, vector);
  code.get(A).op(I32.wrap_i64).i32(16).op(I32.shr_u).set(Y);
  readDescriptor(e, Y, B);
  requireFlat(e, B, CODE[sizeOf(e)], () => code.i32(0));
  readHandlerStack(e);
  findFrame(e);

  writeFrame(e);
  code.get(T);
  e.setWhole(RSP);
  setFromDescriptor(e, CS, () => code.get(Y).i32(0xfffc).op(I32.and), B);
  store(e, STATE_OFFSETS.cpl, () => code.i32(0));
  // Bit 40 of the gate tells a trap gate, which leaves IF.
  store(e, STATE_OFFSETS.rflags, () => {
    pushRflags(code).i32(~(TF | NT | RF | VM | IF)).get(A).i64(40n).op(I64.shr_u, I32.wrap_i64).i32(1).op(I32.and);
    code.i32(Math.log2(IF)).op(I32.shl, I32.or, I32.and);
  });
}

export const TRANSFER: Emitters = {
  int: (e, { dst }) => emitInterrupt(e, Number((dst as ImmOperand).value)),
  iret: emitReturn,
};

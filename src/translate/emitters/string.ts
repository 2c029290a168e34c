// String instructions. A repetition goes by runs of elements that lie in one page, as many at once as the count, the ticks that are left and
// that page allow: each takes its tick and is a boundary, as the interpreter has it. Where the next element is not simply RAM, or the ticks
// are used up, the region is left in the middle of the instruction.

import type { Size } from '../../base/bits.ts';
import { DF } from '../../cpu/flags.ts';
import { LINE_SHIFT } from '../../cpu/memory/ram.ts';
import { STATE_OFFSETS } from '../../cpu/state.ts';
import type { Insn } from '../../isa/insn.ts';
import { DS, ES, NONE, RAX, RCX, RDI, RSI } from '../../isa/operand.ts';
import type { Emitter } from '../emitter.ts';
import { LOCAL } from '../locals.ts';
import { type Code, I32, I64, MEMORY } from '../wasm.ts';
import { addToExtraTicks, combine, type Emit, type Emitters } from './common.ts';

/** The source is at `from`, the destination at `host`; x is how many elements are to be done at once, y is scratch. */
const { a: A, b: B, host: HOST, from: FROM, left: LEFT, linear: LINEAR, x: X, y: Y } = LOCAL;
const PAGE_BYTES = 0x1000;
const SEGMENT_BYTES = 0x1_0000;

interface StringKind {
  readonly source: boolean;
  readonly destination: 'read' | 'write' | undefined;
  /** Moves or loads one element; a comparison leaves its operands in a and b. */
  readonly element: (e: Emitter, size: Size) => void;
  /** x elements upwards, where that is more than one by one. */
  readonly several?: (e: Emitter, size: Size) => void;
  readonly compares?: true;
}

const shiftOf = (size: Size): number => Math.log2(size / 8);

/** Pushes how many bytes x elements have. */
const pushBytes = ({ code }: Emitter, size: Size): Code => code.get(X).i32(shiftOf(size)).op(I32.shl);

/** x becomes no more elements than there are from an offset to the end. */
const limit = ({ code }: Emitter, end: number, pushOffset: () => void, size: Size): void => {
  code.i32(end);
  pushOffset();
  code.op(I32.sub).i32(shiftOf(size)).op(I32.shr_u);
  code.tee(Y).get(X).get(Y).get(X).op(I32.lt_u).select().set(X);
};

const pushDirection = ({ code }: Emitter): Code =>
  code.get(LOCAL.state).memory(MEMORY.i32_load, STATE_OFFSETS.rflags).i32(DF).op(I32.and);

const pushIndex = (e: Emitter, index: number, { addressSize }: Insn): Code => {
  e.getReg(index, addressSize);
  return e.widen(addressSize);
};

/** `from` and `host`; x becomes no more than what lies in their pages. */
function locate(e: Emitter, kind: StringKind, insn: Insn): void {
  const { size, segment, repeat } = insn;
  const find = (index: number, from: number, access: 'read' | 'write'): void => {
    pushIndex(e, index, insn);
    e.findAt(from, size, access);
    if (repeat === 'none') return;
    if (e.mode === 16) limit(e, SEGMENT_BYTES, () => pushIndex(e, index, insn).op(I32.wrap_i64), size);
    limit(e, PAGE_BYTES, () => e.code.get(LINEAR).op(I32.wrap_i64).i32(PAGE_BYTES - 1).op(I32.and), size);
  };
  if (kind.source) {
    find(RSI, segment === NONE ? DS : segment, 'read');
    e.code.get(HOST).set(FROM);
  }
  if (kind.destination) find(RDI, ES, kind.destination);
}

/** Moves the index registers by x elements. */
function advance(e: Emitter, kind: StringKind, insn: Insn): void {
  e.code.i32(0);
  pushBytes(e, insn.size).tee(Y).op(I32.sub).get(Y);
  pushDirection(e).select().set(Y);
  for (const index of [...(kind.source ? [RSI] : []), ...(kind.destination ? [RDI] : [])]) {
    pushIndex(e, index, insn).get(Y).op(I64.extend_i32_s, I64.add);
    e.narrow(insn.addressSize);
    e.setReg(index, insn.addressSize);
  }
}

const string =
  (kind: StringKind): Emit =>
  (e, insn) => {
    if (insn.repeat !== 'none') {
      repeat(e, kind, insn);
      return;
    }
    locate(e, kind, insn);
    kind.element(e, insn.size);
    e.code.i32(1).set(X);
    advance(e, kind, insn);
    if (kind.compares) setFlags(e, insn);
  };

function setFlags(e: Emitter, { size }: Insn): void {
  combine(e, size, 'sub');
  e.setFlags('sub', size);
}

function repeat(e: Emitter, kind: StringKind, insn: Insn): void {
  const { code } = e;
  const { size, addressSize } = insn;
  const pushCount = (): Code => pushIndex(e, RCX, insn);
  // From here on each iteration pays for itself, and is an extra one: but for the last, as comes out below.
  pushCount().op(I64.eqz, I32.eqz);
  e.if();
  e.giveBackTick();
  const again = e.loop();
  code.get(LEFT).op(I32.eqz);
  e.leaveBeforeIf();
  pushCount().get(LEFT).op(I64.extend_i32_u);
  pushCount().get(LEFT).op(I64.extend_i32_u, I64.lt_u).select().op(I32.wrap_i64).set(X);
  code.i32(1).get(X);
  pushDirection(e).select().set(X);
  locate(e, kind, insn);
  if (kind.destination === 'write') avoidMarks(e, size);
  if (kind.several) kind.several(e, size);
  else oneByOne(e, kind, insn);
  advance(e, kind, insn);
  pushCount().get(X).op(I64.extend_i32_u, I64.sub);
  e.narrow(addressSize);
  e.setReg(RCX, addressSize);
  code.get(LEFT).get(X).op(I32.sub).set(LEFT);
  addToExtraTicks(code, () => code.get(X));
  setRepeating(code, true);
  pushCount().op(I64.eqz, I32.eqz);
  if (kind.compares) {
    setFlags(e, insn);
    pushGoesOn(code, insn).op(I32.and);
  }
  e.if();
  e.br(again);
  e.end();
  e.end();
  addToExtraTicks(code, () => code.i32(-1));
  setRepeating(code, false);
  e.end();
  if (kind.compares) e.kind = undefined;
}

const pushGoesOn = (code: Code, insn: Insn): Code => code.get(A).get(B).op(insn.repeat === 'rep' ? I64.eq : I64.ne);

const setRepeating = (code: Code, repeating: boolean): Code =>
  code.get(LOCAL.state).i32(Number(repeating)).memory(MEMORY.i32_store, STATE_OFFSETS.repeating);

/** Up to x elements upwards, fewer if a comparison ends it; x becomes how many there were. */
function oneByOne(e: Emitter, kind: StringKind, insn: Insn): void {
  const { code } = e;
  const bytes = insn.size / 8;
  code.get(X).set(Y);
  const again = e.loop();
  kind.element(e, insn.size);
  for (const pointer of [FROM, HOST]) code.get(pointer).i32(bytes).op(I32.add).set(pointer);
  code.get(Y).i32(1).op(I32.sub).tee(Y);
  if (kind.compares) {
    code.i32(0).op(I32.ne);
    pushGoesOn(code, insn).op(I32.and);
  }
  e.if();
  e.br(again);
  e.end();
  e.end();
  code.get(X).get(Y).op(I32.sub).set(X);
}

/** If somebody wants to know of a store to one of x elements, x becomes 1: the first is known to be in order. */
function avoidMarks(e: Emitter, size: Size): void {
  const { code } = e;
  const [line, last] = [Y, LOCAL.entry];
  code.get(HOST).i32(LINE_SHIFT).op(I32.shr_u).set(line);
  code.get(HOST);
  pushBytes(e, size).op(I32.add).i32(1).op(I32.sub).i32(LINE_SHIFT).op(I32.shr_u).set(last);
  const again = e.loop();
  code.get(line).memory(MEMORY.i32_load8_u, e.context.marksOffset);
  e.if();
  code.i32(1).set(X);
  e.else();
  code.get(line).i32(1).op(I32.add).tee(line).get(last).op(I32.le_u);
  e.if();
  e.br(again);
  e.end();
  e.end();
  e.end();
}

/** Elements that a copy forward would meet again, since the destination begins in the midst of the source, go in a later run. */
function copy(e: Emitter, size: Size): void {
  const { code } = e;
  code.get(HOST).get(FROM).op(I32.sub).tee(Y).i32(1).op(I32.sub);
  pushBytes(e, size).i32(1).op(I32.sub, I32.lt_u);
  e.if();
  code.get(Y).i32(shiftOf(size)).op(I32.shr_u).tee(Y).i32(1).get(Y).select().set(X);
  e.end();
  code.get(HOST).get(FROM);
  pushBytes(e, size);
  code.copyMemory();
}

const load = (e: Emitter, from: number, size: Size): Code => {
  e.code.get(from);
  e.load(size);
  return e.widen(size);
};

const store = (e: Emitter, size: Size): void => {
  e.code.get(HOST);
  e.getReg(RAX, size);
  e.store(size);
};

export const STRING: Emitters = {
  movs: string({
    source: true,
    destination: 'write',
    element: (e, size) => {
      e.code.get(HOST).get(FROM);
      e.load(size);
      e.store(size);
    },
    several: copy,
  }),
  stos: string({ source: false, destination: 'write', element: store }),
  lods: string({
    source: true,
    destination: undefined,
    element: (e, size) => {
      e.code.get(FROM);
      e.load(size);
      e.setReg(RAX, size);
    },
  }),
  scas: string({
    source: false,
    destination: 'read',
    element: (e, size) => {
      e.getReg(RAX, size);
      e.widen(size).set(A);
      load(e, HOST, size).set(B);
    },
    compares: true,
  }),
  cmps: string({
    source: true,
    destination: 'read',
    element: (e, size) => {
      load(e, FROM, size).set(A);
      load(e, HOST, size).set(B);
    },
    compares: true,
  }),
};

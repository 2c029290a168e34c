// Flags one by one and all together. What RFLAGS has besides the six of arithmetic lies in the state all the time. IF may be set here only
// because the engine looks, before a run, whether an interrupt waits for it: none can come to wait during the run.

import type { Size } from '../../base/bits.ts';
import { AC, AF, CF, DF, ID, IF, IOPL, NT, OF, PF, RF, SF, STATUS, TF, VM, ZF } from '../../cpu/flags.ts';
import { STATE_OFFSETS, STI_SHADOW } from '../../cpu/state.ts';
import { TLB_RUN } from '../../cpu/memory/tlb.ts';
import { RAX, SS } from '../../isa/operand.ts';
import type { Emitter } from '../emitter.ts';
import { LOCAL } from '../locals.ts';
import { type Code, I32, I64, MEMORY } from '../wasm.ts';
import { type Emit, type Emitters, pushRflags, settle } from './common.ts';
import { pushValue } from './flow.ts';

const { rest: REST, x: X, y: Y } = LOCAL;
/** What LAHF and SAHF move. */
const LOW_FLAGS = SF | ZF | AF | PF | CF;

const pushCpl = (code: Code): Code => code.get(LOCAL.state).memory(MEMORY.i32_load, STATE_OFFSETS.cpl);

const setCarry =
  (change: (code: Code) => Code): Emit =>
  (e) => {
    settle(e);
    change(e.code.get(REST)).set(REST);
  };

/** A flag of the state. */
const setFlag = ({ code }: Emitter, flag: number, value: boolean): void => {
  code.get(LOCAL.state);
  pushRflags(code).i32(value ? flag : ~flag).op(value ? I32.or : I32.and).memory(MEMORY.i32_store, STATE_OFFSETS.rflags);
};

/** CLI and STI need CPL <= IOPL (S8). */
const requireIopl = (e: Emitter): void => {
  pushCpl(e.code);
  pushRflags(e.code).i32(Math.log2(IOPL / 3)).op(I32.shr_u).i32(3).op(I32.and, I32.gt_u);
  e.leaveBeforeIf();
};

/** Pushes 1 where setting IF would let an interrupt in. */
const pushWaits = ({ code }: Emitter): Code => code.get(LOCAL.tlb).memory(MEMORY.i32_load, TLB_RUN.interruptWaits);

const sti: Emit = (e) => {
  const { code } = e;
  requireIopl(e);
  pushRflags(code).i32(IF).op(I32.and, I32.eqz);
  pushWaits(e).op(I32.and);
  e.leaveBeforeIf();
  code.get(LOCAL.state).i32(STI_SHADOW).i32(0);
  pushRflags(code).i32(IF).op(I32.and, I32.eqz).select().memory(MEMORY.i32_store, STATE_OFFSETS.shadow);
  setFlag(e, IF, true);
};

const pushf: Emit = (e, { size }) => {
  const { code } = e;
  settle(e);
  pushRflags(code).i32(~(STATUS | VM | RF)).op(I32.and).get(REST).op(I32.or);
  if (size === 16) code.i32(0xffff).op(I32.and);
  if (size === 64) code.op(I64.extend_i32_u);
  pushValue(e, size);
};

/** Changes of TF, IOPL and AC are the interpreter's, those of IF for all but CPL 0. */
const popf: Emit = (e, { size }) => {
  const { code } = e;
  e.stackOffset(0);
  e.findAt(SS, size, 'read');
  code.get(LOCAL.host);
  e.load(size);
  if (size === 64) code.op(I32.wrap_i64);
  code.tee(X);
  pushRflags(code).op(I32.xor).tee(Y).i32(size === 16 ? TF | IOPL : TF | IOPL | AC).op(I32.and);
  e.leaveBeforeIf();
  code.get(Y).i32(IF).op(I32.and).i32(0).op(I32.ne);
  pushCpl(code).get(X).i32(IF).op(I32.and).i32(0).op(I32.ne);
  pushWaits(e).op(I32.and, I32.or).i32(0).op(I32.ne, I32.and);
  e.leaveBeforeIf();
  const changed = DF | NT | IF | (size === 16 ? 0 : ID);
  code.get(LOCAL.state);
  pushRflags(code).get(Y).i32(changed).op(I32.and, I32.xor).memory(MEMORY.i32_store, STATE_OFFSETS.rflags);
  code.get(X).i32(STATUS).op(I32.and).set(REST);
  e.setAllFlags();
  e.moveStack((size as Size) / 8);
};

export const FLAG: Emitters = {
  clc: setCarry((code) => code.i32(~CF).op(I32.and)),
  stc: setCarry((code) => code.i32(CF).op(I32.or)),
  cmc: setCarry((code) => code.i32(CF).op(I32.xor)),
  cld: (e) => setFlag(e, DF, false),
  std: (e) => setFlag(e, DF, true),
  cli: (e) => {
    requireIopl(e);
    setFlag(e, IF, false);
  },
  sti,
  pushf,
  popf,
  lahf: (e) => {
    settle(e);
    e.code.get(REST).i32(LOW_FLAGS).op(I32.and).i32(2).op(I32.or);
    e.setReg(RAX, 8, true);
  },
  sahf: (e) => {
    settle(e);
    e.code.get(REST).i32(OF).op(I32.and);
    e.getReg(RAX, 8, true);
    e.code.i32(LOW_FLAGS).op(I32.and, I32.or).set(REST);
  },
  salc: (e) => {
    e.code.i32(0);
    e.carry();
    e.code.op(I32.sub);
    e.setReg(RAX, 8);
  },
};

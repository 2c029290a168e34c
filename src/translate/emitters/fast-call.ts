// SYSCALL and SYSRET of 64-bit code: fixed flat segments (SDM vol. 2). What may follow at once, a trap or an interrupt, is the interpreter's.

import { AC, RF, STATUS, TF } from '../../cpu/flags.ts';
import { EFER_SCE } from '../../cpu/identity/registers.ts';
import { STATE_OFFSETS } from '../../cpu/state.ts';
import { CS, RCX, SS } from '../../isa/operand.ts';
import type { Emitter } from '../emitter.ts';
import { LOCAL } from '../locals.ts';
import { type Code, I32, I64, MEMORY } from '../wasm.ts';
import { type Emitters, pushRflags, settle } from './common.ts';
import { load, pushIsMiddle, pushIsMinded, requireCanonical, requireNoInterrupt, setSegment, store } from './privilege.ts';

const { x: X, rest: REST } = LOCAL;
const R11 = 11;

/** Attributes of CS and SS without DPL. */
const SYSTEM_CODE = 0xa09b;
const SYSTEM_STACK = 0xc093;
/** What SYSRET takes of R11. */
const SYSRET_FLAGS = 0x3c_7fd7;

/** CS and SS from a selector in STAR. */
function setSystemSegments(e: Emitter, shift: number, distance: number, cpl: number): void {
  const { code } = e;
  const selector = (add: number) => (): void => {
    load(e, 'star', 4).i32(shift).op(I32.shr_u).i32(0xfffc).op(I32.and).i32(add).op(I32.add).i32(cpl).op(I32.or);
  };
  setSegment(e, CS, selector(distance), () => code.i32(SYSTEM_CODE | (cpl << 5)));
  setSegment(e, SS, selector(8), () => code.i32(SYSTEM_STACK | (cpl << 5)));
  store(e, STATE_OFFSETS.cpl, () => code.i32(cpl));
}

export const FAST_CALL: Emitters = {
  syscall: (e) => {
    const { code } = e;
    settle(e);
    pushIsMinded(e);
    load(e, 'efer').i32(EFER_SCE).op(I32.and, I32.eqz, I32.or);
    pushIsMiddle(e).op(I32.or);
    e.leaveBeforeIf();
    code.i64(e.ripAt(e.step.next));
    e.setWhole(RCX);
    pushRflags(code).i32(~(STATUS | RF)).op(I32.and).get(REST).op(I32.or, I64.extend_i32_u);
    e.setWhole(R11);
    const kept = (): Code => load(e, 'fmask').i32(RF).op(I32.or).i32(-1).op(I32.xor);
    store(e, STATE_OFFSETS.rflags, () => {
      pushRflags(code);
      kept().op(I32.and).i32(2).op(I32.or);
    });
    code.get(REST);
    kept().op(I32.and).set(REST);
    setSystemSegments(e, 0, 0, 0);
    code.get(LOCAL.state).memory(MEMORY.i64_load, STATE_OFFSETS.lstar).set(LOCAL.rip);
  },
  sysret: (e) => {
    const { code } = e;
    pushIsMinded(e);
    load(e, 'efer').i32(EFER_SCE).op(I32.and, I32.eqz, I32.or);
    load(e, 'cpl').op(I32.or);
    e.getReg(R11, 32);
    code.i32(SYSRET_FLAGS).op(I32.and).tee(X).i32(TF | AC).op(I32.and, I32.or);
    e.leaveBeforeIf();
    requireNoInterrupt(e);
    e.getWhole(RCX).set(LOCAL.rip);
    requireCanonical(e, LOCAL.rip);
    setSystemSegments(e, 16, 16, 3);
    store(e, STATE_OFFSETS.rflags, () => code.get(X).i32(2).op(I32.or));
    code.get(X).i32(STATUS).op(I32.and).set(REST);
    e.setAllFlags();
  },
};

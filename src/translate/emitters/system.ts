// Time, and what the kernel does with segments all the time.

import { STATE_OFFSETS } from '../../cpu/state.ts';
import { CR4_TSD } from '../../cpu/identity/registers.ts';
import { GS, RAX, RCX, RDX, type SystemRegOperand } from '../../isa/operand.ts';
import type { Emitter } from '../emitter.ts';
import { LOCAL } from '../locals.ts';
import { ticksOf } from '../region.ts';
import { I32, I64, MEMORY } from '../wasm.ts';
import { addToExtraTicks, type Emitters, widthOf } from './common.ts';

const { t: T } = LOCAL;

const readTime = (e: Emitter): void => {
  const { code } = e;
  code.get(LOCAL.state).memory(MEMORY.i32_load, STATE_OFFSETS.cr4).i32(CR4_TSD).op(I32.and);
  e.leaveBeforeIf();
  e.pushTime();
  code.get(LOCAL.state).memory(MEMORY.i64_load, STATE_OFFSETS.tscAdjust).op(I64.add).tee(T).op(I32.wrap_i64);
  e.setReg(RAX, 32);
  code.get(T).i64(32n).op(I64.shr_u, I32.wrap_i64);
  e.setReg(RDX, 32);
};

/** Control registers that are state and nothing else to who reads them. */
export const CONTROL_REGISTERS: ReadonlyMap<number, number> = new Map([
  [0, STATE_OFFSETS.cr0], [2, STATE_OFFSETS.cr2], [3, STATE_OFFSETS.cr3], [4, STATE_OFFSETS.cr4],
]);
/** Those of 64 bits. */
const WIDE: readonly number[] = [2, 3];

export const SYSTEM: Emitters = {
  rdtsc: readTime,
  rdtscp: (e) => {
    readTime(e);
    e.code.get(LOCAL.state).memory(MEMORY.i32_load, STATE_OFFSETS.tscAux);
    e.setReg(RCX, 32);
  },
  pause: (e, insn) => addToExtraTicks(e.code, () => e.code.i32(ticksOf(insn) - 1)),
  swapgs: (e) => {
    const { code } = e;
    const [base, other] = [STATE_OFFSETS.segBase + 8 * GS, STATE_OFFSETS.kernelGsBase];
    code.get(LOCAL.state).memory(MEMORY.i32_load, STATE_OFFSETS.cpl);
    e.leaveBeforeIf();
    code.get(LOCAL.state).memory(MEMORY.i64_load, base).set(T);
    code.get(LOCAL.state).get(LOCAL.state).memory(MEMORY.i64_load, other).memory(MEMORY.i64_store, base);
    code.get(LOCAL.state).get(T).memory(MEMORY.i64_store, other);
  },
  /** From a control register. */
  mov_cr: (e, { dst, src }) => {
    const { index } = src as SystemRegOperand;
    const at = CONTROL_REGISTERS.get(index)!;
    e.code.get(LOCAL.state).memory(MEMORY.i32_load, STATE_OFFSETS.cpl);
    e.leaveBeforeIf();
    const isWide = WIDE.includes(index) && widthOf(dst) === 64;
    e.code.get(LOCAL.state).memory(isWide ? MEMORY.i64_load : MEMORY.i32_load, at);
    if (widthOf(dst) === 64 && !isWide) e.code.op(I64.extend_i32_u);
    e.set(dst);
  },
  /** From a segment register. */
  mov_seg: (e, { dst, src }) => {
    e.find(dst, 'write');
    e.code.get(LOCAL.state).memory(MEMORY.i32_load, STATE_OFFSETS.segSelector + 4 * (src as SystemRegOperand).index);
    if (widthOf(dst) === 64) e.code.op(I64.extend_i32_u);
    e.set(dst);
  },
};

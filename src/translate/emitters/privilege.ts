// What instructions that change the privilege have in common: where it may be changed at all, segment registers, what must not follow at once.

import { IF } from '../../cpu/flags.ts';
import { STATE_OFFSETS } from '../../cpu/state.ts';
import { TLB_RUN } from '../../cpu/memory/tlb.ts';
import type { Emitter } from '../emitter.ts';
import { LOCAL } from '../locals.ts';
import { type Code, I32, I64, MEMORY } from '../wasm.ts';
import { pushRflags } from './common.ts';

/** Pushes a field of the state, or one behind it. */
export const load = (e: Emitter, name: keyof typeof STATE_OFFSETS, more = 0): Code =>
  e.code.get(LOCAL.state).memory(MEMORY.i32_load, STATE_OFFSETS[name] + more);

/** The i32 that is pushed, to a place in the state. */
export const store = (e: Emitter, offset: number, push: () => void): void => {
  e.code.get(LOCAL.state);
  push();
  e.code.memory(MEMORY.i32_store, offset);
};

/** Pushes whether somebody but this CPU itself minds what its privilege is. */
export const pushIsMinded = ({ code }: Emitter): Code => code.get(LOCAL.tlb).memory(MEMORY.i32_load, TLB_RUN.transfersArePlain).op(I32.eqz);

/** Pushes whether the CPL is 1 or 2, which is not the user's and not the kernel's. */
export const pushIsMiddle = (e: Emitter): Code => load(e, 'cpl').i32(1).op(I32.add).i32(2).op(I32.and);

/** A segment register by selector and attributes, of a flat segment; one that has no attributes has no limit either. */
export function setSegment(e: Emitter, segment: number, selector: () => void, attributes: () => void): void {
  const { code } = e;
  store(e, STATE_OFFSETS.segSelector + 4 * segment, selector);
  code.get(LOCAL.state).i64(0n).memory(MEMORY.i64_store, STATE_OFFSETS.segBase + 8 * segment);
  store(e, STATE_OFFSETS.segAttributes + 4 * segment, attributes);
  store(e, STATE_OFFSETS.segLimit + 4 * segment, () => {
    load(e, 'segAttributes', 4 * segment).op(I32.eqz).i32(1).op(I32.sub);
  });
}

/** Leaves if IF, in the flags in LOCAL.x, would let an interrupt in. */
export function requireNoInterrupt(e: Emitter): void {
  e.code.get(LOCAL.x);
  pushRflags(e.code).i32(-1).op(I32.xor, I32.and).i32(Math.log2(IF)).op(I32.shr_u);
  e.code.get(LOCAL.tlb).memory(MEMORY.i32_load, TLB_RUN.interruptWaits).op(I32.and);
  e.leaveBeforeIf();
}

/** Leaves unless the i64 in a local is a canonical address. */
export function requireCanonical(e: Emitter, local: number): void {
  e.code.get(local).i64(16n).op(I64.shl).i64(16n).op(I64.shr_s).get(local).op(I64.ne);
  e.leaveBeforeIf();
}

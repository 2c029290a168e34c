// The locals of a region's function and the functions of its module: one list, so that two emitters cannot mean different things by a number.

import { type FunctionType, TYPE, type ValueType } from './wasm.ts';

const { i32, i64 } = TYPE;

/**
 * Parameters: offsets of the CPU's state block and TLB in memory, ticks left, number of the block to begin with. Then the general
 * registers, and scratch. `a`, `b`, `r`, `rest`, `kind` are RFLAGS not yet computed (flags.ts), `rip` is set before leaving, `host` is
 * where in memory the operand of an instruction lies, `from` that of a second one.
 */
export const LOCAL = {
  state: 0, tlb: 1, left: 2, next: 3, gpr: 4, a: 20, b: 21, r: 22, rip: 23, linear: 24, t: 25, u: 26, rest: 27, kind: 28, entry: 29, host: 30,
  x: 31, y: 32, from: 33,
} as const;

export const REGION_PARAMS: readonly ValueType[] = [i32, i32, i32, i32];
export const REGION_TYPE: FunctionType = { params: REGION_PARAMS, result: i32 };
export const REGION_LOCALS: readonly ValueType[] = [...new Array<ValueType>(23).fill(i64), ...new Array<ValueType>(7).fill(i32)];

/** Functions of a module by their number. The first is imported: see walk.ts. */
export const FUNCTION = { walk: 0, region: 1, flags: 2, find: 3, multiplyHigh: 4 } as const;

// The recorded instructions once more, to be executed where they fault: what a fault has changed, if anything.

import { expect } from 'vitest';
import type { Insn } from '../../src/isa/insn.ts';
import { decoded, execute, type FlatCpu } from '../support/flat-cpu.ts';
import { CODE, DATA, type State, WINDOW } from './inputs.ts';
import type { Recorded } from './outcome.ts';
import { PLAIN } from './recorded.ts';

export interface Decoded extends Recorded {
  readonly insn: Insn;
}

/** Without repeated strings: there each iteration is an instruction of its own. */
const SINGLE: readonly Decoded[] = PLAIN.filter(({ text }) => !text.startsWith('rep'))
  .map((recorded) => ({ ...recorded, insn: decoded(recorded.code, recorded.bits) }));

export const inBits = (bits: 32 | 64): Decoded[] => SINGLE.filter((recorded) => recorded.bits === bits);

/** Puts `state` into the CPU, with its data and all pointers into them moved by `distance`. */
export function load({ cpu, busWrites }: FlatCpu, state: State, distance = 0): void {
  const isPointer = (value: bigint): boolean => value >= DATA && value < DATA + BigInt(WINDOW);
  cpu.gpr.set(state.gpr.map((value) => (isPointer(value) ? value + BigInt(distance) : value)));
  cpu.rflags = 2 | state.flags;
  cpu.rip = CODE;
  busWrites.length = 0;
  around(cpu.ram.bytes).fill(0);
  cpu.ram.bytes.set(state.data, Number(DATA) + distance);
}

/** The memory that an instruction may reach. */
const around = (bytes: Uint8Array): Uint8Array => bytes.subarray(Number(DATA) - 2 * WINDOW, Number(DATA) + 2 * WINDOW);

const snapshot = ({ cpu, busWrites }: FlatCpu): string =>
  `${cpu.gpr.join()} ${cpu.rflags} ${cpu.rip} ${busWrites.length} ${Buffer.from(around(cpu.ram.bytes)).toString('latin1')}`;

/** `trace` names the instruction and `where` it was if it has faulted and something is not as before. */
export interface Attempt {
  readonly faulted: boolean;
  readonly trace: readonly string[];
}

export function attempt(on: FlatCpu, { insn, text }: Decoded, where: string): Attempt {
  const before = snapshot(on);
  const fault = execute(on.cpu, insn);
  return { faulted: fault !== undefined, trace: fault && snapshot(on) !== before ? [`${text}, ${where}: ${fault.vector}`] : [] };
}

/** There were faults, and none has left a trace. */
export function expectNoTrace(attempts: readonly Attempt[]): void {
  expect(attempts.flatMap(({ trace }) => trace)).toEqual([]);
  expect(attempts.some(({ faulted }) => faulted)).toBe(true);
}

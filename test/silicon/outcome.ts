// The state after an instruction ↔ its line in vectors.txt: flags, then what has changed: ` rax=..`, ` @offset in the window=bytes`,
// ` >offset of RIP` unless it is the next instruction. In front, after a fault, `!vector:error code` and for #PF `:address`, all
// hexadecimal; RIP is then expected to be the instruction's own.

import { hex } from '../../src/base/bits.ts';
import { REGISTER_NAMES } from '../../src/isa/names.ts';
import { type Case, type State, splitCase } from './inputs.ts';

/** `rip` is an offset from the instruction's first byte. */
export interface After extends State {
  readonly rip: bigint;
  readonly fault?: { readonly vector: number; readonly error: number; readonly address: bigint } | undefined;
}

const PAGE_FAULT = 14;

export function outcomeText(length: number, before: State, { gpr, flags, data, rip, fault }: After): string {
  const registers = [...gpr].map((value, i) => (value === before.gpr[i] ? '' : ` ${REGISTER_NAMES[64][i]}=${hex(value)}`));
  const changed = [...data.keys()].filter((at) => data[at] !== before.data[at]);
  const [first, last] = [changed[0], changed.at(-1)!];
  const memory = changed.length ? ` @${first}=${[...data.subarray(first, last + 1)].map((byte) => hex(byte, 2)).join('')}` : '';
  const reason = fault ? `!${hex(fault.vector)}:${hex(fault.error)}${fault.vector === PAGE_FAULT ? `:${hex(fault.address)}` : ''} ` : '';
  return reason + hex(flags) + registers.join('') + memory + (rip === (fault ? 0n : BigInt(length)) ? '' : ` >${hex(rip)}`);
}

export const flagsOf = (outcome: string): number => Number.parseInt(outcome, 16);

export const withFlags = (outcome: string, flags: number): string => outcome.replace(/^\w+/, hex(flags));

/** An instruction as recorded, with what became of each of its states. */
export interface Recorded extends Case {
  readonly code: Uint8Array;
  readonly outcomes: readonly string[];
}

export const formatRecorded = (bytes: string, line: string, outcomes: readonly string[]): string =>
  [`: ${bytes} ${line}`, ...outcomes, ''].join('\n');

export function parseRecorded(file: string): Recorded[] {
  return file
    .split(/^: /m)
    .slice(1)
    .map((part) => {
      const [head, ...outcomes] = part.trimEnd().split('\n');
      const [bytes] = head.split(' ', 1);
      const code = Uint8Array.from(bytes.match(/../g)!, (byte) => Number.parseInt(byte, 16));
      return { code, ...splitCase(head.slice(bytes.length + 1)), outcomes };
    });
}

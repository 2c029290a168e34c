// What a real processor made of some 50,000 states (native/vectors.txt, renewed by `npm run fixtures:native`) against the interpreter.
// The bytes were assembled by NASM, so that the decoder is judged too. Only what the manual leaves undefined is not compared.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Insn } from '../../src/isa/insn.ts';
import { decoded, execute, flatCpu } from '../support/flat-cpu.ts';
import { CODE, DATA, type State, stateBefore, WINDOW } from './native/inputs.ts';
import { flagsOf, outcomeText, parseRecorded, type Recorded, withFlags } from './native/outcome.ts';
import { isResultUndefined, undefinedFlags } from './native/undefined.ts';

const RECORDED = parseRecorded(readFileSync('test/cpu/native/vectors.txt', 'utf8'));
const FLAGS = 0xcd5;
/** IF and bit 1, as any program finds them: PUSHF shows them. */
const OTHER_FLAGS = 0x202;

/** A CPU at the privilege of programs, and the data that instructions may use. */
function bench(bits: 32 | 64) {
  const { cpu } = flatCpu(bits, 0x40_0000);
  cpu.setCpl(3);
  const bytesFrom = (start: number, end: number): Uint8Array => cpu.ram.bytes.subarray(Number(DATA) + start, Number(DATA) + end);
  return { cpu, window: bytesFrom(0, WINDOW), surroundings: bytesFrom(-WINDOW, 2 * WINDOW) };
}

const BENCHES = { 32: bench(32), 64: bench(64) } as const;
type Bench = (typeof BENCHES)[32 | 64];

function load({ cpu, window, surroundings }: Bench, state: State): void {
  cpu.gpr.set(state.gpr);
  cpu.rflags = OTHER_FLAGS | state.flags;
  cpu.rip = CODE;
  surroundings.fill(0);
  window.set(state.data);
}

function outcomeOf({ cpu, window }: Bench, insn: Insn, before: State): string {
  const fault = execute(cpu, insn);
  if (fault) return `!${fault.vector}`;
  const after = { gpr: cpu.gpr, flags: cpu.rflags & FLAGS, data: window, rip: cpu.nextRip - CODE };
  return outcomeText(insn.length, before, after);
}

/** The masked count of a shift or rotate, which decides what is undefined; 0 for other instructions. */
function countOf({ cpu }: Bench, { form, src, third, size }: Insn): number {
  if (!/^(sh[lr]d?|sar|ro[lr]|rc[lr])$/.test(form.sem)) return 0;
  return Number(cpu.read(third.kind === 'none' ? src : third)) & (size === 64 ? 63 : 31);
}

/** `got` with the undefined flags as they are in `outcome`. */
function withoutUndefined(got: string, outcome: string, flags: number): string {
  if (got.startsWith('!') || outcome.startsWith('!')) return got;
  return withFlags(got, (flagsOf(got) & ~flags) | (flagsOf(outcome) & flags));
}

/** The vectors in which the two differ, as a reader wants to see them. */
function differences(recorded: Recorded): string[] {
  const { code, text, bits, outcomes } = recorded;
  const on = BENCHES[bits];
  const insn = decoded(code, bits);
  const { mnemonic } = insn.form;
  return outcomes.flatMap((outcome, index) => {
    const before = stateBefore(recorded, index);
    load(on, before);
    const count = countOf(on, insn);
    const got = outcomeOf(on, insn, before);
    const isSame = withoutUndefined(got, outcome, undefinedFlags(mnemonic, insn.size, count)) === outcome;
    return isSame || isResultUndefined(mnemonic, insn.size, count)
      ? []
      : [`${text} #${index}: processor ${outcome}, interpreter ${got}`];
  });
}

const mnemonicOf = ({ text }: Recorded): string => text.replace(/^(?:(?:lock|rep|repe|repne|a16|a32|o16) )*/, '').split(' ')[0];

describe('the interpreter does what a processor does', () => {
  const mnemonics = [...new Set(RECORDED.map(mnemonicOf))];
  test.each(mnemonics)('%s', (mnemonic) =>
    expect(RECORDED.filter((recorded) => mnemonicOf(recorded) === mnemonic).flatMap(differences)).toEqual([]),
  );
});

test('there are more than 50,000 vectors', () => {
  expect(RECORDED.reduce((sum, { outcomes }) => sum + outcomes.length, 0)).toBeGreaterThan(50_000);
});

// What a real processor made of more than 100,000 states (vectors.txt, renewed by `npm run fixtures:silicon`) against every engine. The
// bytes were assembled by NASM, so that the decoder is judged too. Only what the manual leaves undefined is not compared.

import { describe, expect, test } from 'vitest';
import { decode } from '../../src/isa/decode.ts';
import type { Insn } from '../../src/isa/insn.ts';
import { ENGINES } from '../../src/machine/config.ts';
import { Bench } from './bench.ts';
import { type State, stateBefore } from './inputs.ts';
import { flagsOf, type Recorded, withFlags } from './outcome.ts';
import { RECORDED } from './recorded.ts';
import { isResultUndefined, undefinedFlags } from './undefined.ts';

const MNEMONICS = [...new Set(RECORDED.map(mnemonicOf))];
const BENCHES = ENGINES.map((engine) => ({ engine, 32: new Bench(32, engine), 64: new Bench(64, engine) }));

function mnemonicOf({ text }: Recorded): string {
  return text.replace(/^(?:(?:lock|rep|repe|repne|a16|a32|o16) )*/, '').split(' ')[0];
}

/** The masked count of a shift or rotate, which decides what is undefined; 0 for other instructions. */
function countOf({ form, src, third, size }: Insn, { gpr }: State): number {
  if (!/^(sh[lr]d?|sar|ro[lr]|rc[lr])$/.test(form.sem)) return 0;
  const count = third.kind === 'none' ? src : third;
  return Number((count.kind === 'imm' ? count.value : gpr[1]) & (size === 64 ? 63n : 31n));
}

/** `got` with the undefined flags as they are in `outcome`. */
function withoutUndefined(got: string, outcome: string, flags: number): string {
  if (flags === 0 || got.startsWith('!') || outcome.startsWith('!')) return got;
  return withFlags(got, (flagsOf(got) & ~flags) | (flagsOf(outcome) & flags));
}

/** The vectors in which any engine differs, as a reader wants to see them. */
function differences(recorded: Recorded): string[] {
  const { code, text, bits, outcomes } = recorded;
  const insn = decode(code, 0, bits);
  for (const { [bits]: bench } of BENCHES) bench.load(recorded);
  return outcomes.flatMap((outcome, index) => {
    const before = stateBefore(recorded, index);
    const [flags, isUndefined] =
      typeof insn === 'string'
        ? [0, false]
        : [undefinedFlags(insn.form.mnemonic, insn.size, countOf(insn, before)), isResultUndefined(insn.form.mnemonic, insn.size, countOf(insn, before))];
    return BENCHES.flatMap(({ engine, [bits]: bench }) => {
      const got = bench.execute(code.length, before);
      return isUndefined || withoutUndefined(got, outcome, flags) === outcome ? [] : [`${text} #${index}: processor ${outcome}, ${engine} ${got}`];
    });
  });
}

describe(`every engine (${ENGINES.join(', ')}) does what a processor does`, () => {
  test.each(MNEMONICS)('%s', (mnemonic) =>
    expect(RECORDED.filter((recorded) => mnemonicOf(recorded) === mnemonic).flatMap(differences)).toEqual([]),
  );
});

test('there are more than 1,000 forms and shapes, and more than 100,000 vectors', () => {
  const vectors = RECORDED.reduce((sum, { outcomes }) => sum + outcomes.length, 0);
  const faults = RECORDED.reduce((sum, { outcomes }) => sum + outcomes.filter((outcome) => outcome.startsWith('!')).length, 0);
  const translated = BENCHES.reduce((sum, { 32: in32, 64: in64 }) => sum + in32.translated + in64.translated, 0);
  console.log(`${RECORDED.length} instructions, ${vectors} vectors, ${faults} of them faults; ${translated} were executed by translated code`);
  expect(RECORDED.length).toBeGreaterThan(1_000);
  expect(vectors).toBeGreaterThan(100_000);
  expect(translated).toBeGreaterThan(vectors / 3);
});

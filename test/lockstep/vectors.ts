// Every state of test/silicon, by mnemonic, on every variant: what no processor was asked for counts too, the flags that the manual leaves
// undefined and all other registers.

import { Bench } from '../silicon/bench.ts';
import { stateBefore } from '../silicon/inputs.ts';
import type { Recorded } from '../silicon/outcome.ts';
import { RECORDED } from '../silicon/recorded.ts';
import type { Result } from './compare.ts';
import { nameOf } from './lane.ts';
import { VARIANTS } from './subject.ts';

const mnemonicOf = ({ text }: Recorded): string => text.replace(/^(?:(?:lock|rep|repe|repne|a16|a32|o16) )*/, '').split(' ')[0];
const MOST_DIFFERENCES = 5;

const benches = VARIANTS.map((variant) => ({
  variant,
  32: new Bench(32, variant.engine, variant.fastForward),
  64: new Bench(64, variant.engine, variant.fastForward),
}));

export const vectorNames = (): string[] => [...new Set(RECORDED.map(mnemonicOf))];

const compareRecorded = (recorded: Recorded): string[] => {
  const { bits, code, outcomes, text } = recorded;
  for (const { [bits]: bench } of benches) bench.load(recorded);
  return outcomes.flatMap((_, index) => {
    const before = stateBefore(recorded, index);
    const [expected, ...others] = benches.map(({ variant, [bits]: bench }) => {
      const outcome = bench.execute(code.length, before);
      return { variant, outcome, state: bench.state };
    });
    return others.flatMap(({ variant, outcome, state }) =>
      outcome === expected.outcome && Buffer.compare(state, expected.state) === 0
        ? []
        : [`${nameOf(variant)} is not as ${nameOf(expected.variant)}: ${text} #${index}: ${outcome}, not ${expected.outcome}`],
    );
  });
};

export const compareVectors = (mnemonic: string): Result => {
  const chosen = RECORDED.filter((recorded) => mnemonicOf(recorded) === mnemonic);
  const translatedBefore = translatedSoFar();
  const differences = chosen.flatMap(compareRecorded);
  const instructions = chosen.reduce((sum, { outcomes }) => sum + outcomes.length, 0);
  const engines = VARIANTS.filter(({ engine }) => engine === 'translate').length;
  return {
    runs: chosen.length * (VARIANTS.length - 1),
    instructions,
    translatable: engines * instructions,
    translated: translatedSoFar() - translatedBefore,
    differences: differences.slice(0, MOST_DIFFERENCES),
  };
};

const translatedSoFar = (): number => benches.reduce((sum, { 32: in32, 64: in64 }) => sum + in32.translated + in64.translated, 0);

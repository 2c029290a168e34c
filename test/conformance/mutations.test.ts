// Each rule that is taken away makes at least one check fail; and translating everything at its second execution makes none fail.

import { describe, expect, test } from 'vitest';
import { MUTATIONS, programsWith } from './mutations.ts';
import { isClean, programNames, readProgram, runProgram } from './programs.ts';

/** Everything is translated at its second execution: at the first nobody knows yet what belongs together. */
const HOT = { hot: 2 };

describe('without the rule a check fails', () => {
  test.each(MUTATIONS)('$number: $rule', async (mutation) => {
    const { program, engine = 'interpret' } = mutation;
    const mutated = await programsWith([mutation]);
    expect(mutated.isClean(mutated.runProgram(mutated.readProgram(program), engine, {}, HOT))).toBe(false);
  });
});

test('everything translated at its second execution: no check fails', () => {
  expect(programNames().filter((name) => !isClean(runProgram(readProgram(name), 'translate', {}, HOT)))).toEqual([]);
});

// Each rule that is taken away makes at least one check fail; and translating everything at its first execution makes none fail.

import { describe, expect, test } from 'vitest';
import { MUTATIONS, programsWith } from './mutations.ts';

/** How often an instruction runs before it is translated. */
const HOT = { file: 'src/translate/engine.ts', find: /const HOT = \d+;/, replace: 'const HOT = 1;' };

describe('without the rule a check fails', () => {
  test.each(MUTATIONS)('$number: $rule', async (mutation) => {
    const { isClean, readProgram, runProgram } = await programsWith([mutation]);
    expect(isClean(runProgram(readProgram(mutation.program), 'interpret'))).toBe(false);
  });
});

test('everything translated at its first execution: no check fails', async () => {
  const { isClean, programNames, readProgram, runProgram } = await programsWith([HOT]);
  expect(programNames().filter((name) => !isClean(runProgram(readProgram(name), 'translate')))).toEqual([]);
});

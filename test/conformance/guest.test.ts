// Every guest program on every engine: one test for each, whose failure shows the checks that failed.

import { describe, expect, test } from 'vitest';
import { ENGINES } from './engines.ts';
import { programNames, readProgram, runProgram } from './programs.ts';

describe.each(ENGINES)('%s', (engine) => {
  test.each(programNames())('%s', (name) => {
    const { checks, planned, remarks, ended } = runProgram(readProgram(name), engine);
    expect({ failed: checks.filter(({ passed }) => !passed), remarks, ended }).toEqual({ failed: [], remarks: [], ended: true });
    expect(checks.length).toBe(planned);
  });
});

// Every guest program on every engine: one test for each, whose failure shows the checks that failed. NASM assembles the same bytes.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folderWith } from '../support/cli.ts';
import { has } from '../support/tools.ts';
import { ENGINES } from './engines.ts';
import { GUEST_FOLDER, programNames, readProgram, runProgram } from './programs.ts';

describe.each(ENGINES)('%s', (engine) => {
  test.each(programNames())('%s', (name) => {
    const { checks, planned, remarks, ended } = runProgram(readProgram(name), engine);
    expect({ failed: checks.filter(({ passed }) => !passed), remarks, ended }).toEqual({ failed: [], remarks: [], ended: true });
    expect(checks.length).toBe(planned);
  });
});

test.skipIf(!has('nasm')).each(programNames())('%s is what NASM makes of it', (name) => {
  const output = join(folderWith({}), 'program.bin');
  const { stderr } = spawnSync('nasm', ['-i', `${GUEST_FOLDER}/`, join(GUEST_FOLDER, `${name}.asm`), '-o', output], { encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(readFileSync(output).equals(readProgram(name).image)).toBe(true);
});

// The scenarios of asm/scenarios/ as the lab reads them, in the order of their names.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readScenario, type Scenario } from '../../src/index.ts';

const FOLDER = join('asm', 'scenarios');

export const catalogue = (): Scenario[] =>
  readdirSync(FOLDER)
    .filter((file) => file.endsWith('.asm'))
    .map((file) => file.slice(0, -'.asm'.length))
    .sort()
    .map((name) => {
      const scenario = readScenario(name, readFileSync(join(FOLDER, `${name}.asm`), 'utf8'));
      if (typeof scenario === 'string') throw new Error(scenario);
      return scenario;
    });

// The scenarios of asm/scenarios/ as the lab reads them, in the order of their names.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMistake, readScenario, type Scenario } from '../../src/index.ts';

const FOLDER = join('asm', 'scenarios');

export const pathOf = (scenario: string): string => join(FOLDER, `${scenario}.asm`);

export const catalogue = (): Scenario[] =>
  readdirSync(FOLDER)
    .filter((file) => file.endsWith('.asm'))
    .map((file) => file.slice(0, -'.asm'.length))
    .sort()
    .map((name) => {
      const scenario = readScenario(pathOf(name), readFileSync(pathOf(name), 'utf8'));
      if (isMistake(scenario)) throw new Error(`${pathOf(name)}: ${scenario.text}`);
      return scenario;
    });

// The folder of scenarios → Scenario values.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { didYouMean, isMistake, readScenario, type Scenario } from '../index.ts';
import { refuseSource } from './assembly.ts';
import { CliError, EXIT } from './exit-code.ts';
import { ASM_FOLDER, displayPath } from './files.ts';

const FOLDER = join(ASM_FOLDER, 'scenarios');
const fileOf = (name: string): string => join(FOLDER, `${name}.asm`);

export const scenarioNames = (): string[] =>
  readdirSync(FOLDER)
    .filter((file) => file.endsWith('.asm'))
    .map((file) => file.slice(0, -'.asm'.length))
    .sort();

const read = (name: string): Scenario => {
  const scenario = readScenario(displayPath(fileOf(name)), readFileSync(fileOf(name), 'utf8'));
  if (isMistake(scenario)) throw refuseSource([scenario]);
  return scenario;
};

export const allScenarios = (): Scenario[] => scenarioNames().map(read);

/** The scenario called `name`, if there is one. */
export const findScenario = (name: string): Scenario | undefined =>
  /^[\w-]+$/.test(name) && existsSync(fileOf(name)) ? read(name) : undefined;

/** The message for a name that is none: of a path that there is no such file, of a word the nearest scenario. */
export const unknownTarget = (name: string, command = 'run'): CliError => {
  if (/[./\\]/.test(name)) return new CliError(`${name}: cannot be read: no such file`, EXIT.BAD_INPUT);
  const hint = didYouMean(name, scenarioNames()) || "; 'clispin scenarios' lists what there is";
  return new CliError(`clispin ${command}: '${name}' is no scenario${command === 'run' ? ' and no file' : ''}${hint}`, EXIT.USAGE);
};

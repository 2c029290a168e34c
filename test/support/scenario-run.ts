// A scenario by name → its whole run in this process: what `clispin run NAME` does, without the terminal.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  applyConditions, caseIn, completeConfig, isMistake, Machine, type MachineConfig, parseExpectation, parseWords, readScenario, Run, type RunResult, toElf,
} from '../../src/index.ts';
import { assembleFile } from '../../src/cli/assembly.ts';

export interface ScenarioRun extends RunResult {
  readonly console: readonly string[];
  readonly machine: Machine;
}

export interface ScenarioSettings {
  readonly config?: Partial<MachineConfig>;
  readonly append?: string;
  readonly expect?: string;
  readonly until?: number;
}

export const kernel = toElf(assembleFile(join('asm', 'kernel.asm'), { includePaths: ['asm'], defines: [] }).object);

export const runScenario = (name: string, { config, append, expect, until }: ScenarioSettings = {}): ScenarioRun => {
  const scenario = readScenario(name, readFileSync(join('asm', 'scenarios', `${name}.asm`), 'utf8'));
  const expectation = expect === undefined ? undefined : parseExpectation(expect);
  if (isMistake(scenario)) throw new Error(scenario.text);
  if (typeof expectation === 'string') throw new Error(expectation);
  const { cpus = scenario.setting.cpus, pmu = scenario.setting.pmu } = config ?? {};
  const one = caseIn(scenario, { ...applyConditions(scenario.setting, parseWords(append ?? '')), cpus, pmu });
  const complete = completeConfig({ ...config, cpus, pmu, commandLine: one.commandLine });
  if ('errors' in complete) throw new Error(complete.errors.join('; '));
  const machine = new Machine(complete);
  const failure = machine.load(kernel);
  if (failure) throw new Error(failure.error);
  const run = new Run(machine, expectation ?? one.expectation, until ?? one.untilSeconds);
  while (!run.advance());
  const console = machine.journal.entries.flatMap((entry) => (entry.kind === 'console' ? [entry.text] : []));
  return { ...run.result(), console, machine };
};

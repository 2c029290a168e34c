// The sources → what can be run: every scenario of the kernel, and the integer mix of the benchmarks, which boots without a kernel.

import { formatDiagnostic, isMistake, readScenario, type Scenario } from '../index.ts';
import type { Sources } from './sources.ts';

interface Common {
  readonly name: string;
  readonly title: string;
  /** Where its source is. */
  readonly path: string;
}

export type Target =
  | (Common & { readonly kind: 'scenario'; readonly scenario: Scenario })
  /** `defines` choose the mode that it runs in. */
  | (Common & { readonly kind: 'program'; readonly defines: readonly string[] });

const SCENARIOS = 'asm/scenarios/';
const MIX = 'bench/programs/mix.asm';

const PROGRAMS: readonly Target[] = [
  { kind: 'program', name: 'mix-64', title: 'Integer mix in 64-bit mode: lists, matrices, a state machine, checksums', path: MIX, defines: ['LONG'] },
  { kind: 'program', name: 'mix-32', title: 'The same in 32-bit mode', path: MIX, defines: [] },
];

/** All of them in the order of their names, programs last; a string is a scenario that cannot be read, and why. */
export const targetsOf = (sources: Sources): (Target | string)[] => {
  const names = Object.keys(sources).filter((path) => path.startsWith(SCENARIOS)).map((path) => path.slice(SCENARIOS.length, -'.asm'.length));
  return [...names.sort().map((name) => scenarioTarget(sources, name)), ...PROGRAMS];
};

const scenarioTarget = (sources: Sources, name: string): Target | string => {
  const path = `${SCENARIOS}${name}.asm`;
  const scenario = readScenario(path, sources[path]);
  return isMistake(scenario) ? formatDiagnostic(scenario) : { kind: 'scenario', name, title: scenario.title, path, scenario };
};

// A scenario's case, an image → a result that is plain data, so that it can come from another thread.

import type { MachineConfig } from '../machine/config.ts';
import { completeConfig } from '../machine/config.ts';
import { Machine } from '../machine/machine.ts';
import { Run, type RunResult } from './run.ts';
import type { Case } from './scenario.ts';

/** What a run is made of, besides the image. */
export interface RunRequest {
  readonly config: Partial<MachineConfig>;
  readonly expectation: Case['expectation'];
  readonly untilSeconds: number;
}

/** The request for `one`; `seed` chooses the interleaving, `hz` a clock other than the default. */
export const requestOf = ({ setting: { cpus, pmu }, commandLine, expectation, untilSeconds }: Case, seed = 0, hz?: number): RunRequest => ({
  config: { cpus, pmu, seed, commandLine, ...(hz === undefined ? {} : { hz }) },
  expectation,
  untilSeconds,
});

/** Runs it to its end; a string result says why it cannot be run. */
export const runRequest = (image: Uint8Array, { config: wanted, expectation, untilSeconds }: RunRequest): RunResult | string => {
  const config = completeConfig(wanted);
  if ('errors' in config) return config.errors.join('; ');
  const machine = new Machine(config);
  const failure = machine.load(image);
  if (failure) return failure.error;
  const run = new Run(machine, expectation, untilSeconds);
  while (!run.advance());
  return run.result();
};

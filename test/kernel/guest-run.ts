// A guest program that includes the kernel → its run: console lines without time stamps, and what the machine came to.

import { join } from 'node:path';
import { completeConfig, Machine, type MachineConfig, Run, type RunResult, toElf } from '../../src/index.ts';
import { assembleFile } from '../../src/cli/assembly.ts';

export interface GuestRun extends RunResult {
  /** What the guest wrote, line by line, with its time stamps. */
  readonly lines: readonly string[];
  /** The same without time stamps. */
  readonly texts: readonly string[];
}

const assembled = new Map<string, Uint8Array>();

const imageOf = (source: string): Uint8Array => {
  const image = assembled.get(source) ?? toElf(assembleFile(source, { includePaths: ['asm'], defines: [] }).object);
  assembled.set(source, image);
  return image;
};

export const guest = (name: string): string => join('test', 'kernel', 'guest', `${name}.asm`);

/** Boots `source` with `commandLine` for `seconds` of guest time. */
export const runGuest = (source: string, commandLine: string, seconds: number, config: Partial<MachineConfig> = {}): GuestRun => {
  const complete = completeConfig({ ...config, commandLine });
  if ('errors' in complete) throw new Error(complete.errors.join('; '));
  const machine = new Machine(complete);
  const failure = machine.load(imageOf(source));
  if (failure) throw new Error(failure.error);
  const run = new Run(machine, undefined, seconds);
  while (!run.advance());
  const lines = machine.journal.entries.flatMap((entry) => (entry.kind === 'console' ? [entry.text] : []));
  return { ...run.result(), lines, texts: lines.map((line) => line.replace(/^\[ *\d+\.\d{6}\] /, '')) };
};

/** The time stamp of a line, in seconds. */
export const secondsOf = (line: string): number => Number(/^\[ *(\d+\.\d{6})\]/.exec(line)?.[1]);

/** The lines from the first that contains `first` to the next that contains `last`. */
export const between = (texts: readonly string[], first: string, last: string): readonly string[] => {
  const start = texts.findIndex((text) => text.includes(first));
  const length = texts.slice(start).findIndex((text) => text.includes(last));
  return start < 0 || length < 0 ? [] : texts.slice(start, start + length + 1);
};

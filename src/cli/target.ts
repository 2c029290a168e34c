// A name on the command line → what to boot: a scenario in the kernel, a source to assemble, or an image as it is.

import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { isScenario, readScenario, type Scenario, toElf, toFlat } from '../index.ts';
import { assembleFile } from './assembly.ts';
import { CliError, EXIT } from './exit-code.ts';
import { readBytes } from './files.ts';
import { assembleKernel, preparedKernel } from './prepared-kernel.ts';
import { findScenario, unknownTarget } from './scenario-files.ts';

export interface Target {
  readonly name: string;
  readonly image: Uint8Array;
  readonly scenario: Scenario | undefined;
}

/** Once a process: every scenario is in the one kernel. */
let kernel: Uint8Array | undefined;

/** The kernel, with every scenario in it. */
export const kernelImage = (): Uint8Array => (kernel ??= preparedKernel() ?? assembleKernel());

/** Finds and prepares `name`; with `isFlat` a source becomes a file without headers. */
export const loadTarget = (name: string, isFlat = false): Target => {
  const scenario = findScenario(name);
  if (scenario) return { name, image: kernelImage(), scenario };
  if (!existsSync(name)) throw unknownTarget(name);
  return name.endsWith('.asm') ? loadSource(name, isFlat) : { name, image: readBytes(name), scenario: undefined };
};

/** A source that opens as a scenario does is one: it includes the kernel and adds itself to its table. */
const loadSource = (path: string, isFlat: boolean): Target => {
  const { object } = assembleFile(path, { includePaths: [], defines: [] });
  if (object.sections.every(({ bytes }) => bytes.length === 0)) throw new CliError(`${path}: assembles to nothing`, EXIT.BAD_INPUT);
  const text = new TextDecoder().decode(readBytes(path));
  const scenario = isScenario(text) ? readScenario(basename(path, '.asm'), text) : undefined;
  if (typeof scenario === 'string') throw new CliError(scenario, EXIT.BAD_INPUT);
  return { name: path, image: isFlat ? toFlat(object) : toElf(object), scenario };
};

// A name on the command line → what to boot: a scenario in the kernel, a source to assemble, or an image as it is.

import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isScenario, type ObjectFile, readScenario, type Scenario, toElf, toFlat } from '../index.ts';
import { assembleFile } from './assembly.ts';
import { CliError, EXIT } from './exit-code.ts';
import { ASM_FOLDER, readBytes } from './files.ts';
import { findScenario, unknownTarget } from './scenario-files.ts';

export interface Target {
  readonly name: string;
  readonly image: Uint8Array;
  readonly scenario: Scenario | undefined;
}

const KERNEL = join(ASM_FOLDER, 'kernel.asm');

/** Assembled once a process: every scenario is in the one kernel. */
let kernel: ObjectFile | undefined;

const targetOf = (name: string, object: ObjectFile, scenario: Scenario | undefined): Target => ({
  name,
  image: toElf(object),
  scenario,
});

const kernelObject = (): ObjectFile => (kernel ??= assembleFile(KERNEL, { includePaths: [ASM_FOLDER], defines: [] }).object);

/** The kernel, with every scenario in it. */
export const kernelImage = (): Uint8Array => toElf(kernelObject());

/** Finds and prepares `name`; with `isFlat` a source becomes a file without headers. */
export const loadTarget = (name: string, isFlat = false): Target => {
  const scenario = findScenario(name);
  if (scenario) return targetOf(name, kernelObject(), scenario);
  if (!existsSync(name)) throw unknownTarget(name);
  return name.endsWith('.asm') ? loadSource(name, isFlat) : { name, image: readBytes(name), scenario: undefined };
};

/** A source that opens as a scenario does is one: it includes the kernel and adds itself to its table. */
const loadSource = (path: string, isFlat: boolean): Target => {
  const { object } = assembleFile(path, { includePaths: [ASM_FOLDER], defines: [] });
  if (object.sections.every(({ bytes }) => bytes.length === 0)) throw new CliError(`${path}: assembles to nothing`, EXIT.BAD_INPUT);
  const text = new TextDecoder().decode(readBytes(path));
  const scenario = isScenario(text) ? readScenario(basename(path, '.asm'), text) : undefined;
  if (typeof scenario === 'string') throw new CliError(scenario, EXIT.BAD_INPUT);
  return isFlat ? { name: path, image: toFlat(object), scenario } : targetOf(path, object, scenario);
};

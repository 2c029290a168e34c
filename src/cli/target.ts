// A name on the command line → what to boot: a scenario in the kernel, a source to assemble, or an image as it is.

import { existsSync } from 'node:fs';
import {
  checkScenario, declaredName, type Diagnostic, isMistake, isScenario, kernelNames, readScenario, type Scenario, toElf, toFlat,
} from '../index.ts';
import { assembleFile, refuseSource } from './assembly.ts';
import { CliError, EXIT } from './exit-code.ts';
import { readBytes, STANDARD, STDIN } from './files.ts';
import { assembleKernel, preparedKernel } from './prepared-kernel.ts';
import { findScenario, unknownTarget } from './scenario-files.ts';

export interface Target {
  readonly name: string;
  readonly image: Uint8Array;
  readonly scenario: Scenario | undefined;
  /** What the assembler had to say. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Once a process: every scenario is in the one kernel. */
let kernel: Uint8Array | undefined;

/** The kernel, with every scenario in it. */
export const kernelImage = (): Uint8Array => (kernel ??= preparedKernel() ?? assembleKernel());

/** Finds and prepares `name`; with `isFlat` a source becomes a file without headers. `-` is the standard input. */
export const loadTarget = (name: string, isFlat = false): Target => {
  const scenario = findScenario(name);
  if (scenario) return { name, image: kernelImage(), scenario, diagnostics: [] };
  if (name !== STANDARD && !existsSync(name)) throw unknownTarget(name);
  return isSource(name) ? loadSource(name, isFlat) : { name, image: readBytes(name), scenario: undefined, diagnostics: [] };
};

/** By the name of a file; of what comes from elsewhere by its content, since no image is without a zero. */
const isSource = (name: string): boolean => (name === STANDARD ? !readBytes(name).includes(0) : name.endsWith('.asm'));

/** A source that opens as a scenario does is one: it includes the kernel and adds itself to its table. */
const loadSource = (name: string, isFlat: boolean): Target => {
  const { object, diagnostics } = assembleFile(name, { includePaths: [], defines: [] });
  const path = name === STANDARD ? STDIN : name;
  if (object.sections.every(({ bytes }) => bytes.length === 0)) throw new CliError(`${path}: assembles to nothing`, EXIT.BAD_INPUT);
  const image = isFlat ? toFlat(object) : toElf(object);
  const text = new TextDecoder().decode(readBytes(name));
  if (!isScenario(text)) return { name, image, scenario: undefined, diagnostics };
  const scenario = readScenario(path, text, name === STANDARD ? declaredName(text) : undefined);
  if (isMistake(scenario)) throw refuseSource([scenario]);
  const mistakes = checkScenario(path, text, scenario, kernelNames(toElf(object)));
  if (mistakes.length > 0) throw refuseSource(mistakes);
  return { name, image, scenario, diagnostics };
};

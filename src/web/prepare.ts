// A choice and the sources → an image and how to run it, or what is wrong. What `clispin run` does with its options: the same choice is the
// same run, to the last bit of the state.

import {
  applyConditions, assemble, caseIn, checkScenario, completeConfig, type Expectation, formatDiagnostic, impossible, type KernelNames, kernelNames,
  type MachineConfig, parseExpectation, quote, repeatWords, toElf, toFlat,
} from '../index.ts';
import type { Choice } from './choice.ts';
import { sourceIo, type Sources } from './sources.ts';
import { type Target, targetsOf } from './targets.ts';

export interface Prepared {
  readonly target: Target;
  readonly image: Uint8Array;
  readonly config: MachineConfig;
  readonly expectation: Expectation;
  readonly untilSeconds: number;
  /** What repeats the run on the command line. */
  readonly command: readonly string[];
  /** What the kernel in the image knows; nothing of one that has no tables. */
  readonly names: KernelNames;
}

type Problems = { readonly problems: readonly string[] };

const KERNEL = 'asm/kernel.asm';

/** Programs count on a clock that is faster than anything they do. */
const PROGRAM_HZ = 1_000_000_000;
const PROGRAM_SECONDS = 60;
/** What the debug-exit port makes of the 0 that a program writes when all its results are right. */
const RIGHT = parseExpectation('exit=1') as Expectation;

/** Mistakes shown of one source. */
const SHOWN = 20;

/** `image` is what was assembled before of the same sources, if it was. */
export const prepare = (sources: Sources, choice: Choice, image?: Uint8Array): Prepared | Problems => {
  const targets = targetsOf(sources);
  const target = targets.find((one) => typeof one !== 'string' && one.name === choice.run);
  if (target === undefined || typeof target === 'string') {
    const broken = targets.filter((one) => typeof one === 'string');
    return { problems: broken.length > 0 ? broken : [`'${choice.run}' is nothing that can be run`] };
  }
  return target.kind === 'scenario' ? prepareScenario(sources, choice, target, image) : prepareProgram(sources, choice, target, image);
};

const prepareScenario = (sources: Sources, choice: Choice, target: Target & { kind: 'scenario' }, image: Uint8Array | undefined): Prepared | Problems => {
  const { conditions, seed, engine, fastForward } = choice;
  const setting = applyConditions(target.scenario.setting, conditions);
  const why = impossible(setting);
  if (why) return { problems: [why] };
  const one = caseIn(target.scenario, setting, conditions);
  const { cpus, pmu } = setting;
  return complete(
    { target, expectation: one.expectation, untilSeconds: one.untilSeconds, command: repeatWords(one, seed).map(quote) },
    { cpus, pmu, seed, engine, fastForward, commandLine: one.commandLine },
    checked(sources, target, image ?? assembled(sources, KERNEL, [], toElf)),
  );
};

const prepareProgram = (sources: Sources, choice: Choice, target: Target & { kind: 'program' }, image: Uint8Array | undefined): Prepared | Problems => {
  const { scale, engine, fastForward } = choice;
  const defines = [`SCALE=${scale}`, ...target.defines];
  const options = defines.map((define) => `-d ${define}`).join(' ');
  const file = `${target.name}.bin`;
  return complete(
    {
      target,
      expectation: RIGHT,
      untilSeconds: PROGRAM_SECONDS,
      command: [`clispin asm ${target.path} ${options} -o ${file} && clispin run ${file} --cpus 1 --hz 1GHz --expect exit=1`],
    },
    { cpus: 1, hz: PROGRAM_HZ, engine, fastForward },
    image ?? assembled(sources, target.path, defines, toFlat),
  );
};

type Assembled = Uint8Array | Problems;

const assembled = (sources: Sources, path: string, defines: readonly string[], write: typeof toElf): Assembled => {
  const { object, diagnostics } = assemble(path, sourceIo(sources), { defines });
  if (object) return write(object);
  const errors = diagnostics.filter(({ severity }) => severity === 'error').map(formatDiagnostic);
  const more = errors.length - SHOWN;
  return { problems: more > 0 ? [...errors.slice(0, SHOWN), `… and ${more} more errors`] : errors };
};

/** The image, unless its scenario would not be the run that its source means. */
const checked = (sources: Sources, { path, scenario }: Target & { kind: 'scenario' }, image: Assembled): Assembled => {
  if ('problems' in image) return image;
  const mistakes = checkScenario(path, sources[path], scenario, kernelNames(image));
  return mistakes.length > 0 ? { problems: mistakes.map(formatDiagnostic) } : image;
};

const complete = (plan: Omit<Prepared, 'image' | 'config' | 'names'>, wanted: Partial<MachineConfig>, image: Assembled): Prepared | Problems => {
  if ('problems' in image) return image;
  const config = completeConfig(wanted);
  return 'errors' in config ? { problems: config.errors } : { ...plan, image, config, names: kernelNames(image) };
};

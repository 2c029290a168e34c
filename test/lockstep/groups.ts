// What is run in lockstep, in groups. Each run has a name, from which and from the seed everything follows: a name that failed is
// all one needs to see it again.

import { type Bits, build, programNames as benchmarkNames, readProgram as readBenchmark } from '../../bench/programs.ts';
import { programNames, readProgram } from '../conformance/programs.ts';
import { guestSource, readGuest } from '../fuzz/guest-case.ts';
import type { Random } from '../../src/base/random.ts';
import { completeConfig, Machine, type MachineConfig } from '../../src/index.ts';
import { pick } from '../fuzz/pick.ts';
import { catalogue } from '../support/catalogue.ts';
import { kernel, runScenario } from '../support/scenario-run.ts';
import { compareLanes, type Result } from './compare.ts';
import { retiredBy, translatedBy } from './lane.ts';
import { randomGuest } from './random-guest.ts';
import { randomSystem } from './random-system.ts';
import { planFor, randomFor, type Subject, VARIANTS, type Variant } from './subject.ts';
import { compareVectors, vectorNames } from './vectors.ts';

const MIB = 1024 * 1024;
const RAM_BYTES = 16 * MIB;

export interface Group {
  /** What there is; of a fuzzer without an end. */
  readonly names: () => Iterable<string>;
  readonly run: (name: string, seed: number) => Result;
}

const TURNS: Readonly<Record<string, (seed: number) => Partial<MachineConfig>>> = {
  '1': () => ({ turn: 1 }),
  '64': () => ({ turn: 64 }),
  '1000': () => ({ turn: 1000 }),
  random: (seed) => ({ turn: 1000, seed: 1 + (seed % 0xffff_ffff) }),
};
const TURN_NAMES = Object.keys(TURNS);

const complete = (wanted: Partial<MachineConfig>): MachineConfig => {
  const config = completeConfig({ ramBytes: RAM_BYTES, ...wanted });
  if ('errors' in config) throw new Error(config.errors.join('; '));
  return config;
};

const loaderOf = (image: Uint8Array) => (machine: Machine): void => {
  const error = machine.load(image);
  if (error) throw new Error(error.error);
};

const readTurn = (name: string, seed: number) => {
  const [what, turn, way] = name.split(' ');
  return { what, turns: TURNS[turn.slice('turn='.length)](seed), isDisturbed: way === 'disturbed' };
};

/** The clock of those that are compared with what runs without fast-forward: of scenarios all instructions are executed, for 20 s and more. */
const SLOW = { plain: 1_000_000, disturbed: 250_000 } as const;

/** How long it takes when nothing disturbs it, and a little more. */
const lengthOf = (config: MachineConfig, load: Subject['load']): number => {
  const machine = new Machine({ ...config, engine: 'translate' });
  load(machine);
  machine.run(MOST_TICKS);
  return Math.ceil(1.05 * machine.now);
};
const MOST_TICKS = 4_000_000;

/** Most of their code runs a few times only; less, and what is written again and again would be translated as often. */
const GUEST_HOT = 8;

const guests: Group = {
  names: () => programNames().flatMap((name) => TURN_NAMES.flatMap((turn) => ['plain', 'disturbed'].map((way) => `${name} turn=${turn} ${way}`))),
  run: (name, seed) => {
    const { what, turns, isDisturbed } = readTurn(name, seed);
    const { cpus, pmu, image } = readProgram(what);
    const config = complete({ cpus, pmu, hz: SLOW.plain, ...turns });
    const load = loaderOf(image);
    const subject = { config, load, end: lengthOf(config, load), hot: GUEST_HOT };
    return compareLanes(subject, planFor(subject, randomFor(seed, name), 10, isDisturbed ? 16 : 0));
  },
};

/** A storm, which is the same all the time, may be cut short: so many instructions are executed at most. */
const MOST_INSTRUCTIONS = 8_000_000;

const runOf = (name: string, seed: number, hz: number, variants: readonly Variant[]): Result => {
  const { what, turns, isDisturbed } = readTurn(name, seed);
  const { machine } = runScenario(what, { config: { ramBytes: RAM_BYTES, hz, engine: 'translate', ...turns } });
  const executed = variants.some(({ fastForward }) => !fastForward) ? retiredBy(machine) : translatedBy(machine);
  const end = Math.ceil(machine.now * Math.min(1, MOST_INSTRUCTIONS / executed));
  const subject = { config: machine.config, load: loaderOf(kernel), end, hot: 40, variants };
  return compareLanes(subject, planFor(subject, randomFor(seed, name), 7, isDisturbed ? 24 : 0));
};

const scenarios: Group = {
  names: () => catalogue().flatMap(({ name }) => [`${name} turn=64 plain`, ...TURN_NAMES.map((turn) => `${name} turn=${turn} disturbed`)]),
  run: (name, seed) => runOf(name, seed, name.endsWith('plain') ? SLOW.plain : SLOW.disturbed, VARIANTS),
};

/** The scenarios with the clock of a real machine, of which only fast-forward makes little enough. */
const gigahertz: Group = {
  names: () => catalogue().flatMap(({ name }) => [`${name} turn=1000 plain`, `${name} turn=random plain`]),
  run: (name, seed) => runOf(name, seed, 1_000_000_000, VARIANTS.filter(({ fastForward }) => fastForward)),
};

/** Programs that are translated for the most part (bench/programs); they take no interrupts but their own. */
const benchmarks: Group = {
  names: () =>
    benchmarkNames().flatMap((name) =>
      readBenchmark(name).bits.flatMap((bits) => ['64', '1000', 'random'].map((turn) => `${name}-${bits} turn=${turn} plain`)),
    ),
  run: (name, seed) => {
    const { what, turns } = readTurn(name, seed);
    const [, program, bits] = /^(.*)-(\d+)$/.exec(what)!;
    const { bytes } = build(program, { bits: Number(bits) as Bits, scale: 1 });
    const config = complete({ cpus: readBenchmark(program).cpus, ramBytes: BENCHMARK_RAM_BYTES, hz: 1_000_000_000, ...turns });
    const load = loaderOf(bytes);
    const subject = { config, load, end: Math.min(lengthOf(config, load), MOST_BENCHMARK_TICKS), hot: 100 };
    return compareLanes(subject, planFor(subject, randomFor(seed, name), 6, 0));
  },
};
const BENCHMARK_RAM_BYTES = 64 * MIB;
const MOST_BENCHMARK_TICKS = 3_000_000;

const vectors: Group = { names: vectorNames, run: (name) => compareVectors(name) };

/** Of ten cases one is of those that misuse all they can reach, which seldom stay in translated code. */
function* fuzzNames(): Generator<string> {
  for (let number = 1; ; number++) yield `${number % 10 === 0 ? 'hostile' : 'program'} ${number}`;
}

const HOSTILE_TICKS = 20_000;

const fuzz: Group = {
  names: fuzzNames,
  run: (name, seed) => {
    const random = randomFor(seed, name);
    const turns = TURNS[pick(random, TURN_NAMES)](random.next());
    const subject = name.startsWith('hostile') ? hostileGuest(random, turns) : randomGuest(random, turns);
    return compareLanes(subject, planFor(subject, random, 5, random.below(12)));
  },
};

const hostileGuest = (random: Random, turns: Partial<MachineConfig>): Subject => {
  const { config, image } = readGuest(guestSource(random.next()));
  return { config: { ...config, ...turns }, load: loaderOf(image), end: HOSTILE_TICKS, hot: pick(random, [1, 5, 60]) };
};

/** Small systems, cut anywhere, with turns of any length. */
const systems: Group = {
  names: function* () {
    for (let number = 1; ; number++) yield `system ${number}`;
  },
  run: (name, seed) => {
    const random = randomFor(seed, name);
    const subject = randomSystem(random, { turn: pick(random, [1, 7, 39, 64, 64, 1000]), seed: pick(random, [0, 0, random.next()]) });
    return compareLanes(subject, planFor(subject, random, 3 + random.below(4), random.below(3)));
  },
};

export const GROUPS = { scenarios, gigahertz, guests, benchmarks, vectors, fuzz, systems } as const satisfies Record<string, Group>;
export type GroupName = keyof typeof GROUPS;
export const GROUP_NAMES = Object.keys(GROUPS) as GroupName[];

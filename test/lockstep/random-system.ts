// A seed → a small system (system.asm) whose CPUs do one thing after the other that a kernel does, at random: wait, count, copy, set timers
// and counters, change page tables and code, go to user mode, fault, watch with the debug registers, interrupt and restart each other.

import { readFileSync } from 'node:fs';
import type { Random } from '../../src/base/random.ts';
import { assemble, completeConfig, formatDiagnostic, type Machine, type MachineConfig, toFlat } from '../../src/index.ts';
import { pick } from '../fuzz/pick.ts';
import { pieces } from './system-pieces.ts';
import type { Subject } from './subject.ts';

const FOLDER = 'test/lockstep';
/** All that system.inc has need of, and what a BIOS leaves below 1 MiB. */
const RAM_BYTES = 0x20_0000;
/** Where the pieces are in the image: PIECES - BASE of system.inc. */
const PLACE = 0x20000 - 0x8000;

export interface SystemSource {
  readonly mode: 32 | 64;
  readonly cpus: number;
}

const assembled = (name: string, text: string, { mode, cpus }: SystemSource): Uint8Array => {
  const source = `%define MODE ${mode}\n%define CPUS ${cpus}\n${text}`;
  const { object, diagnostics } = assemble(name, {
    read: (path) => ({ path, text: path === name ? source : readFileSync(`${FOLDER}/${path}`, 'utf8') }),
    readBytes: () => undefined,
  });
  if (!object) throw new Error(diagnostics.map(formatDiagnostic).join('\n'));
  return toFlat(object);
};

const frames = new Map<string, Uint8Array>();

/** The part of the image that is the same in every system of a kind. */
const frameOf = (source: SystemSource): Uint8Array => {
  const key = `${source.mode} ${source.cpus}`;
  let frame = frames.get(key);
  if (!frame) frames.set(key, (frame = assembled('system.asm', readFileSync(`${FOLDER}/system.asm`, 'utf8'), source)));
  return frame;
};

/** The random part as a source, to be read when something differs. */
export const systemSource = (random: Random, source: SystemSource): string => {
  const count = 3 + random.below(25);
  const names = Array.from({ length: count }, (_, index) => `piece${index}`);
  return `%include "system.inc"
        org     PIECES
bits ${source.mode}
        dd      ${count}, ${names.join(', ')}
${names.map((name) => `${name}:\n${pieces(random, source)}        ret\n${padding(random)}`).join('')}`;
};

/** Pieces lie on the same line of memory, or pages apart. */
const padding = (random: Random): string => `        times ${random.below(6) === 0 ? random.below(2000) : random.below(8)} nop\n`;

export const randomSystem = (random: Random, turns: Partial<MachineConfig>): Subject => {
  const source: SystemSource = { mode: pick(random, [32, 64]), cpus: pick(random, [1, 1, 1, 2, 2, 3]) };
  const { mode, cpus } = source;
  const complete = completeConfig({ hz: pick(random, [1_000_000, 50_000_000, 1_000_000_000]), ...turns, cpus, pmu: random.below(6) > 0 });
  if ('errors' in complete) throw new Error(complete.errors.join('; '));
  const image = frameOf({ mode, cpus }).slice();
  image.set(assembled('pieces.asm', systemSource(random, source), source), PLACE);
  const load = (machine: Machine): void => {
    const error = machine.load(image);
    if (error) throw new Error(error.error);
  };
  return { config: { ...complete, ramBytes: RAM_BYTES }, load, end: endOf(random), hot: pick(random, [8, 60, 60, 200]) };
};

/** Ticks: mostly few, for what is wrong shows soon; now and then so many that a timer of the slowest kind comes. */
const endOf = (random: Random): number => (random.below(60) === 0 ? 400_000 : pick(random, [2_000, 5_000, 10_000, 20_000, 40_000]));

// Programs × targets → speeds side by side. Targets take turns, so that whatever else the machine does meets all of them alike; each
// does as much of the same work as keeps it busy for the same time, so that warming up weighs the same.

import { runReference } from './clock.ts';
import { type Bits, type Program, readProgram } from './programs.ts';
import { type Spread, spreadOf } from './statistics.ts';
import type { Sample, Target } from './targets.ts';

export interface Settings {
  readonly runs: number;
  /** How long a run should take. */
  readonly targetMs: number;
}

export interface Comparison {
  readonly program: Program;
  readonly bits: Bits;
  /** Operations a millisecond, by target; absent for what cannot run the program or failed. */
  readonly speeds: ReadonlyMap<string, Spread>;
  /** Those that began and failed. */
  readonly failed: readonly string[];
  /** Instructions in one operation, as our own engines count them. */
  readonly instructionsEach: number;
}

/** Nobody is asked for more: the programs count in 32 bits. */
const MOST = 100_000;

const noise: { ms: number[]; wallMs: number[] } = { ms: [], wallMs: [] };

/** How long the same loop took whenever it was tried between measurements, relative to the quickest; of the thread, and of the wall. */
export const noiseSpread = (): { readonly thread: Spread; readonly wall: Spread } => {
  const relative = (values: readonly number[]): Spread => spreadOf(values.map((value) => value / Math.min(...noise.ms)));
  return { thread: relative(noise.ms), wall: relative(noise.wallMs) };
};

/** The median time of the reference loop so far. */
export const referenceMs = (): number => spreadOf(noise.ms).median;

const listenToNoise = (): void => {
  const { ms, wallMs } = runReference();
  noise.ms.push(ms);
  noise.wallMs.push(wallMs);
};

/** The scale with which `target` is busy for about `targetMs`. */
const findScale = async (target: Target, program: Program, bits: Bits, targetMs: number): Promise<number | undefined> => {
  let scale = Math.max(2, Math.ceil(program.scale / 8));
  while (true) {
    const sample = await target.measure(program, bits, scale);
    if (!sample) return undefined;
    const factor = targetMs / Math.max(sample.ms, 1);
    if (factor < 4 || scale * factor > MOST) return Math.max(2, Math.min(MOST, Math.round(scale * factor)));
    scale = Math.round(scale * Math.min(factor, 30));
  }
};

export const compare = async (name: string, bits: Bits, targets: readonly Target[], settings: Settings): Promise<Comparison> => {
  const program = readProgram(name);
  const scales = new Map<Target, number>();
  const failed: string[] = [];
  for (const target of targets) {
    if (!target.runs(program, bits)) continue;
    const scale = await findScale(target, program, bits, settings.targetMs);
    if (scale === undefined) failed.push(target.name);
    else scales.set(target, scale);
  }
  const samples = new Map<string, Sample[]>();
  for (let run = 0; run < settings.runs; run++) {
    for (const [target, scale] of scales) {
      listenToNoise();
      const sample = await target.measure(program, bits, scale);
      if (sample) samples.set(target.name, [...(samples.get(target.name) ?? []), sample]);
      else failed.push(target.name);
    }
  }
  const counted = [...samples.values()].flat().find(({ instructions }) => instructions > 0);
  return {
    program,
    bits,
    failed: [...new Set(failed)],
    instructionsEach: counted ? counted.instructions / counted.operations : Number.NaN,
    speeds: new Map([...samples].map(([target, list]) => [target, spreadOf(list.map(({ operations, ms }) => operations / ms))])),
  };
};

/** Millions of instructions a second. */
export const mips = ({ instructionsEach }: Comparison, speed: Spread): Spread => {
  const scale = (value: number): number => (value * instructionsEach) / 1000;
  return { min: scale(speed.min), median: scale(speed.median), max: scale(speed.max) };
};

/** How often the first is as fast as the second. */
export const ratio = ({ speeds }: Comparison, first: string, second: string): number =>
  (speeds.get(first)?.median ?? Number.NaN) / (speeds.get(second)?.median ?? Number.NaN);

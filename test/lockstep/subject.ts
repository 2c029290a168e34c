// What is run in lockstep, and the plan of such a run: where states are compared, and what happens to the machine meanwhile. All of it
// comes from a seed, the same for every variant: interrupts and NMIs at boundaries of a CPU and between turns, a save and a load.

import { Hash } from '../../src/base/hash.ts';
import { Random } from '../../src/base/random.ts';
import type { Machine, MachineConfig } from '../../src/index.ts';
import { pick } from '../fuzz/pick.ts';

/** Who runs: nothing of this may be observed. */
export interface Variant {
  readonly engine: MachineConfig['engine'];
  readonly fastForward: boolean;
}

/** The first of those that run is what the others are compared with. */
export const VARIANTS: readonly Variant[] = [
  { engine: 'interpret', fastForward: false },
  { engine: 'interpret', fastForward: true },
  { engine: 'translate', fastForward: false },
  { engine: 'translate', fastForward: true },
];

export interface Subject {
  readonly config: MachineConfig;
  /** Makes a new machine ready to run. */
  readonly load: (machine: Machine) => void;
  /** Ticks to run for. */
  readonly end: number;
  /** How often an instruction is executed before it is translated. */
  readonly hot?: number;
  readonly variants?: readonly Variant[];
}

export interface Arrival {
  readonly cpu: number;
  readonly kind: 'nmi' | 'interrupt';
  readonly vector: number;
}

export interface Step {
  /** The machine runs to here, */
  readonly until: number;
  /** then this arrives from outside, */
  readonly arrivals: readonly Arrival[];
  /** and it is saved, and another goes on. */
  readonly reload: boolean;
}

export interface Plan {
  readonly steps: readonly Step[];
  /** What a CPU's own clock brings about, in the middle of a turn. */
  readonly alarms: readonly (Arrival & { readonly due: number })[];
}

/** Numbers that depend on the seed and on what they are for. */
export const randomFor = (seed: number, what: string): Random =>
  new Random(Number.parseInt(new Hash().number(seed).text(what).finish().slice(0, 8), 16));

const FIRST_VECTOR = 32;

/** So many comparisons; and so many arrivals, of which every second is in the middle of a turn. */
export const planFor = ({ config, end }: Subject, random: Random, comparisons: number, arrivals: number): Plan => {
  const time = (): number => 1 + random.below(end);
  const arrival = (): Arrival => ({
    cpu: random.below(config.cpus),
    kind: pick(random, ['nmi', 'interrupt', 'interrupt']),
    vector: FIRST_VECTOR + random.below(256 - FIRST_VECTOR),
  });
  const times = Array.from({ length: comparisons - 1 }, time).sort((a, b) => a - b);
  const outside = arrivals >> 1;
  const stops = Array.from({ length: outside }, () => random.below(times.length));
  const reload = random.below(2 * times.length);
  return {
    steps: [...times, end].map((until, index) => ({
      until,
      arrivals: stops.filter((stop) => stop === index).map(arrival),
      reload: reload === index,
    })),
    alarms: Array.from({ length: arrivals - outside }, () => ({ ...arrival(), due: time() })),
  };
};

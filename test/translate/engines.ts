// One program on machines with each engine, with and without fast-forward: what must be the same.

import type { MachineConfig } from '../../src/index.ts';
import { boot } from '../machine/boot.ts';

/** Hash and time of each machine at several times, the interpreter's first. */
export function runs(program: string, config: Partial<MachineConfig>, ends: readonly number[]): string[][] {
  return [
    { engine: 'interpret', fastForward: false },
    { engine: 'translate', fastForward: false },
    { engine: 'translate', fastForward: true },
  ].map((choice) => {
    const machine = boot(program, { ...config, ...(choice as Partial<MachineConfig>) });
    return ends.map((end) => `${machine.run(end).kind} ${machine.now} ${machine.stateHash()}`);
  });
}

/** Lengths of turns, and one CPU alone. */
export const TURNS: readonly Partial<MachineConfig>[] = [
  { turn: 1 }, { turn: 64 }, { turn: 1000 }, { turn: 500, seed: 3 }, { turn: 100, cpus: 1 },
];

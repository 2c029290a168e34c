// Code that is written anew and again, for minutes → the memory of this process as time goes by; it must not grow.

import { completeConfig, Machine } from '../src/index.ts';
import { build } from './programs.ts';

const MINUTE_MS = 60_000;
const SLICE_TICKS = 10_000_000;
const LINES = 10;

/** Prints a line for each tenth of the time. */
export const soak = (minutes: number): void => {
  const config = completeConfig({ engine: 'translate', fastForward: false, ramBytes: 64 * 1024 * 1024, hz: 1_000_000_000 });
  if ('errors' in config) throw new Error(config.errors.join('; '));
  const machine = new Machine(config);
  const error = machine.load(build('scaling/rewrite', { bits: 64, scale: 2 ** 27, defines: ['PLACES=4096'] }).bytes);
  if (error) throw new Error(error.error);
  const start = performance.now();
  for (let line = 1; line <= LINES; line++) {
    while (performance.now() - start < (line / LINES) * minutes * MINUTE_MS) {
      const { kind } = machine.run(machine.now + SLICE_TICKS);
      if (kind !== 'until') throw new Error(`The program has ended: ${kind}.`);
    }
    const mib = Math.round(process.memoryUsage().rss / 2 ** 20);
    console.log(`${((line / LINES) * minutes).toFixed(1)} min: ${mib} MiB, ${Math.round(machine.now / 1e6)} million instructions`);
  }
};

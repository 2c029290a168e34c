// A machine between two slices of its run → how much it has done, and what each CPU does: enough for a picture of the run.

import { IF } from '../cpu/flags.ts';
import type { Machine } from '../machine/machine.ts';

export interface CpuActivity {
  /** Ticks since power-on, and how many of them it slept. */
  readonly ticks: number;
  readonly haltedTicks: number;
  /** Whether it would take an interrupt now. */
  readonly interruptible: boolean;
}

export interface Activity {
  /** Guest seconds since power-on. */
  readonly seconds: number;
  /** Instructions that all CPUs have retired. */
  readonly instructions: number;
  /** How many of them were not executed one by one, since fast-forward had proved what they do; no result depends on it. */
  readonly skipped: number;
  readonly cpus: readonly CpuActivity[];
}

export const activityOf = ({ cpus, now, config }: Machine): Activity => ({
  seconds: now / config.hz,
  instructions: cpus.reduce((sum, { time, haltedTicks, extraTicks }) => sum + time - haltedTicks - extraTicks, 0),
  skipped: cpus.reduce((sum, { spin }) => sum + (spin?.skipped ?? 0), 0),
  cpus: cpus.map(({ time, haltedTicks, rflags }) => ({ ticks: time, haltedTicks, interruptible: (rflags & IF) !== 0 })),
});

// Activities in the order of time → for each CPU the outline of how busy it was, in seconds by 0..1 with 1 at the bottom, as an SVG path:
// once for the time in which it took interrupts, once for the time in which it did not.

import type { Activity } from '../index.ts';

export interface Lane {
  readonly open: string;
  readonly deaf: string;
}

/** However long a run is, a lane has no more columns than this. */
const COLUMNS = 600;

/** So much is seen of a CPU that sleeps while it takes no interrupts. */
const LEAST = 0.08;

export class Timeline {
  readonly #width: number;
  readonly #lanes: { open: string; deaf: string }[] = [];
  /** Where the column in the making begins. */
  #from: Activity | undefined;
  #last: Activity | undefined;

  constructor(untilSeconds: number) {
    this.#width = untilSeconds / COLUMNS;
  }

  /** Guest seconds that it shows. */
  get seconds(): number {
    return this.#last?.seconds ?? 0;
  }

  get lanes(): readonly Lane[] {
    return this.#lanes;
  }

  add(activity: Activity): void {
    this.#last = activity;
    this.#from ??= { ...activity, seconds: 0, cpus: activity.cpus.map((cpu) => ({ ...cpu, ticks: 0, haltedTicks: 0 })) };
    if (activity.seconds - this.#from.seconds >= this.#width) this.finish();
  }

  /** Nothing more comes: what is left becomes a column, however narrow. */
  finish(): void {
    const [from, to] = [this.#from, this.#last];
    if (!from || !to || to.seconds <= from.seconds) return;
    for (const [id, { ticks, haltedTicks, interruptible }] of to.cpus.entries()) {
      const lane = (this.#lanes[id] ??= { open: '', deaf: '' });
      const before = from.cpus[id];
      const busy = 1 - (haltedTicks - before.haltedTicks) / Math.max(1, ticks - before.ticks);
      if (interruptible) lane.open += column(from.seconds, to.seconds, busy);
      else lane.deaf += column(from.seconds, to.seconds, Math.max(busy, LEAST));
    }
    this.#from = to;
  }
}

const column = (from: number, to: number, height: number): string =>
  height <= 0 ? '' : `M${number(from)} 1V${number(1 - height)}H${number(to)}V1Z`;

const number = (value: number): string => `${Math.round(value * 1000) / 1000}`;

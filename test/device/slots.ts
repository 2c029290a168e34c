// A CPU reduced to what its own devices see of it: instruction slots, halted ticks, and alarms fired at boundaries as src/README.md
// says. `execute` runs one instruction whose effect is `action`, so that tests can be written in instructions.

import { Timeline } from '../../src/time/timeline.ts';

export class Slots {
  readonly timeline = new Timeline();
  time = 0;
  haltedTicks = 0;
  extraTicks = 0;

  readonly now = (): number => this.time;
  readonly cycles = (): number => this.time - this.haltedTicks;
  readonly retired = (): number => this.time - this.haltedTicks - this.extraTicks;

  /** One instruction that takes `ticks`; gives what `action` gives. */
  execute<T>(action: () => T, ticks = 1): T {
    const result = action();
    this.time += ticks;
    this.extraTicks += ticks - 1;
    this.timeline.runUntil(this.time);
    return result;
  }

  /** `count` instructions that do nothing. */
  run(count: number): void {
    for (let done = 0; done < count; done++) this.execute(() => {});
  }

  pause(): void {
    this.execute(() => {}, 40);
  }

  /** `ticks` in HLT. */
  halt(ticks: number): void {
    const end = this.time + ticks;
    while (this.time < end) {
      const next = Math.min(end, Math.max(this.timeline.nextDue, this.time + 1));
      this.haltedTicks += next - this.time;
      this.time = next;
      this.timeline.runUntil(next);
    }
  }

  /** Instructions that do nothing until `done` is true at a boundary, `limit` at most; gives how many. */
  runUntil(done: () => boolean, limit = 100_000): number {
    let count = 0;
    for (; !done() && count < limit; count++) this.execute(() => {});
    return count;
  }
}

// When turns end that nothing cuts short. All are equally long, or a seed decides: then ends are a function of time, block by block, so
// that turns which nobody can tell apart can be passed over without looking at each.

import { mix32 } from '../base/hash.ts';
import { Random } from '../base/random.ts';

export interface TurnEnds {
  /** The end of a turn that begins at `now`. */
  next(now: number): number;
  /** The beginning of the turn in which `time` is, if turns follow each other from `now` on. */
  start(now: number, time: number): number;
  /** Of the ends from `now` to the first at or after `until`, the last that is before `alarm`; `now` if there is none. */
  pass(now: number, alarm: number, until: number): number;
}

export const turnEnds = (turn: number, seed: number): TurnEnds => (seed === 0 ? equalTurns(turn) : new RandomTurns(turn, seed));

export const equalTurns = (length: number): TurnEnds => ({
  next: (now) => now + length,
  start: (now, time) => now + length * Math.floor((time - now) / length),
  pass: (now, alarm, until) =>
    now + length * Math.max(0, Math.min(Math.ceil((alarm - now) / length) - 1, Math.ceil((until - now) / length))),
});

/** So many turns of the greatest length fit into a block, at whose end a turn ends. */
const BLOCK_TURNS = 64;
const BLOCKS_KEPT = 16;

class RandomTurns implements TurnEnds {
  readonly #most: number;
  readonly #seed: number;
  readonly #blockTicks: number;
  /** The last blocks that were asked for, by number. */
  readonly #blocks = new Map<number, readonly number[]>();

  /** Turns take 1 to `most` ticks. */
  constructor(most: number, seed: number) {
    this.#most = most;
    this.#seed = seed;
    this.#blockTicks = most * BLOCK_TURNS;
  }

  next(now: number): number {
    return this.#endsIn(Math.floor(now / this.#blockTicks)).find((end) => end > now)!;
  }

  start(now: number, time: number): number {
    return Math.max(now, this.#before(time + 1));
  }

  pass(now: number, alarm: number, until: number): number {
    if (until <= now) return now;
    const last = until < alarm ? this.next(until - 1) : alarm;
    return Math.max(now, last < alarm ? last : this.#before(alarm));
  }

  /** The last end before `time`, which is more than 0. */
  #before(time: number): number {
    const block = Math.floor((time - 1) / this.#blockTicks);
    return this.#endsIn(block).findLast((end) => end < time) ?? block * this.#blockTicks;
  }

  #endsIn(block: number): readonly number[] {
    const known = this.#blocks.get(block);
    if (known !== undefined) return known;
    const random = new Random(mix32(this.#seed ^ mix32(block)) ^ Math.floor(block / 0x1_0000_0000));
    const stop = (block + 1) * this.#blockTicks;
    const ends: number[] = [];
    for (let end = block * this.#blockTicks; end < stop; ) {
      end = Math.min(end + 1 + random.below(this.#most), stop);
      ends.push(end);
    }
    if (this.#blocks.size === BLOCKS_KEPT) this.#blocks.clear();
    this.#blocks.set(block, ends);
    return ends;
  }
}

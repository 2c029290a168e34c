// Seed → numbers that look random and are the same everywhere: xoshiro128** (Blackman and Vigna, 2018), 32 bits at a time, which
// is exact in JavaScript's integer operations. Every seed is a good one, because the state comes out of a mixing function.

import { mix32 } from './hash.ts';

export class Random {
  readonly #state: Uint32Array;

  constructor(seed: number) {
    this.#state = Uint32Array.from([1, 2, 3, 4], (lane) => mix32(seed ^ Math.imul(lane, 0x9e37_79b9)));
    this.#state[3] |= 1; // the one state that is not allowed is all zeros
  }

  /** The next 32 bits, unsigned. */
  next(): number {
    const s = this.#state;
    const product = Math.imul(s[1], 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const shifted = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = (s[3] << 11) | (s[3] >>> 21);
    return result;
  }

  /** An integer in 0..`count` - 1; `count` is at most 2^32. */
  below(count: number): number {
    return Math.floor((this.next() / 0x1_0000_0000) * count);
  }

  /** Goes on from a state as the algorithm's authors write it. */
  load(state: readonly number[]): void {
    this.#state.set(state);
  }
}

// Ticks of the machine ↔ periods of a device's own oscillator, exact in integers: the machine's clock may be slower or faster, and
// neither need divide the other.

/** An oscillator of `rate` Hz in a machine of `hz` ticks a second; rational rates are written with a denominator. */
export class Oscillator {
  readonly #rate: bigint;
  readonly #hz: bigint;

  constructor(rate: number, hz: number, denominator = 1) {
    this.#rate = BigInt(rate);
    this.#hz = BigInt(hz) * BigInt(denominator);
  }

  /** Whole periods in `ticks`. */
  periodsIn(ticks: number): number {
    return Number((BigInt(ticks) * this.#rate) / this.#hz);
  }

  /** The least number of ticks that hold `periods` periods. */
  ticksFor(periods: number): number {
    return Number((BigInt(periods) * this.#hz + this.#rate - 1n) / this.#rate);
  }
}

// A machine with an image, an expectation and a limit → a run that ends by itself and a result. It goes in slices of fixed length, so
// that a caller may show the console, or stop, between two of them without any influence on what happens.

import type { Machine, Outcome } from '../machine/machine.ts';
import type { Expectation } from './expectation.ts';
import { FindingReader, type Origin } from './findings.ts';
import { isDecided, judge, type Verdict } from './judge.ts';
import type { Refusal } from './refusals.ts';

/** What one call of advance() runs: so many ticks, and of a fast clock, most of whose time is skipped, so many seconds. */
const SLICE_TICKS = 100_000;
const SLICE_SECONDS = 0.01;

/** The last report is complete, and the run over, when the console has been quiet for so long; in seconds. */
const QUIET_SECONDS = 0.5;

export interface RunResult {
  readonly outcome: Outcome;
  readonly verdict: Verdict;
  /** Guest seconds since power-on. */
  readonly seconds: number;
  readonly origin: Origin;
  /** What the guest's kernel would not take of its command line; no message twice. */
  readonly refusals: readonly Refusal[];
  /** Bytes that the guest wrote to its serial port while the transmitter was full. */
  readonly lostBytes: number;
  readonly stateHash: string;
  /** Whether the guest ever wrote a line to its serial port. */
  readonly silent: boolean;
}

export class Run {
  readonly #machine: Machine;
  readonly #expectation: Expectation | undefined;
  readonly #limit: number;
  readonly #slice: number;
  readonly #reader = new FindingReader();
  /** When the last line was complete; undefined before the first. */
  #lastLine: number | undefined;
  #outcome: Outcome = { kind: 'until' };
  /** How much had happened when `isDecided` was asked last, and its answer. */
  #asked = { happenings: 0, decided: false };

  /** `machine` has its image loaded; `untilSeconds` is guest time since power-on. */
  constructor(machine: Machine, expectation: Expectation | undefined, untilSeconds: number) {
    this.#machine = machine;
    this.#expectation = expectation;
    this.#limit = Math.round(untilSeconds * machine.config.hz);
    this.#slice = Math.max(SLICE_TICKS, Math.round(SLICE_SECONDS * machine.config.hz));
    const observe = machine.journal.onEntry;
    machine.journal.onEntry = (entry) => {
      observe(entry);
      if (entry.kind !== 'console') return;
      this.#lastLine = machine.now;
      this.#reader.add({ seconds: entry.time / machine.config.hz, cpu: entry.cpu, text: entry.text });
    };
  }

  /** Runs one slice; true when the run is over. */
  advance(): boolean {
    const machine = this.#machine;
    this.#outcome = machine.run(Math.min(machine.now + this.#slice, this.#limit));
    if (this.#outcome.kind !== 'until') {
      this.#reader.end(this.#outcome, machine.now / machine.config.hz);
      return true;
    }
    return machine.now >= this.#limit || (this.#isQuiet() && this.#isDecided());
  }

  result(): RunResult {
    const { happenings, origin, refusals } = this.#reader;
    return {
      outcome: this.#outcome,
      verdict: judge(happenings, origin, this.#expectation),
      seconds: this.#machine.now / this.#machine.config.hz,
      origin,
      refusals,
      lostBytes: this.#machine.lostBytes,
      stateHash: this.#machine.stateHash(),
      silent: this.#lastLine === undefined,
    };
  }

  #isQuiet(): boolean {
    return this.#machine.now - (this.#lastLine ?? 0) > QUIET_SECONDS * this.#machine.config.hz;
  }

  /** Whether a judged run has nothing more to say. */
  #isDecided(): boolean {
    if (this.#expectation === undefined) return false;
    const { happenings, origin } = this.#reader;
    if (this.#asked.happenings < happenings.length)
      this.#asked = { happenings: happenings.length, decided: isDecided(happenings, origin, this.#expectation) };
    return this.#asked.decided;
  }
}

// A machine with an image, an expectation and a limit → a run that ends by itself and a result. It goes in slices of fixed length, so
// that a caller may show the console, or stop, between two of them without any influence on what happens.

import type { Machine, Outcome } from '../machine/machine.ts';
import type { Expectation } from './expectation.ts';
import { FindingReader } from './findings.ts';
import { judge, type Verdict } from './judge.ts';

/** Ticks that one call of advance() runs. */
export const SLICE = 100_000;

/** A report is complete, and the run over, when the console has been quiet for so long after it; in seconds. */
const QUIET_SECONDS = 0.5;

export interface RunResult {
  readonly outcome: Outcome;
  readonly verdict: Verdict;
  /** Guest seconds since power-on. */
  readonly seconds: number;
  /** The onset that the scenario announced, in seconds since power-on. */
  readonly onset: number | undefined;
  readonly stateHash: string;
  /** Whether the guest ever wrote a line to its serial port. */
  readonly silent: boolean;
}

export class Run {
  readonly #machine: Machine;
  readonly #expectation: Expectation | undefined;
  readonly #limit: number;
  readonly #reader = new FindingReader();
  /** When the last line was complete; undefined before the first. */
  #lastLine: number | undefined;
  #outcome: Outcome = { kind: 'until' };

  /** `machine` has its image loaded; `untilSeconds` is guest time since power-on. */
  constructor(machine: Machine, expectation: Expectation | undefined, untilSeconds: number) {
    this.#machine = machine;
    this.#expectation = expectation;
    this.#limit = Math.round(untilSeconds * machine.config.hz);
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
    this.#outcome = this.#machine.run(Math.min(this.#machine.now + SLICE, this.#limit));
    return this.#outcome.kind !== 'until' || this.#machine.now >= this.#limit || this.#reported();
  }

  result(): RunResult {
    const { findings, onset } = this.#reader;
    return {
      outcome: this.#outcome,
      verdict: judge(findings, onset, this.#expectation),
      seconds: this.#machine.now / this.#machine.config.hz,
      onset,
      stateHash: this.#machine.stateHash(),
      silent: this.#lastLine === undefined,
    };
  }

  /** Whether a judged run has nothing more to say. */
  #reported(): boolean {
    if (this.#expectation === undefined || this.#reader.findings.length === 0) return false;
    return this.#machine.now - (this.#lastLine ?? 0) > QUIET_SECONDS * this.#machine.config.hz;
  }
}

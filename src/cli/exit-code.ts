// How a process ends → a number that scripts can rely on (README, "Exit codes").

import type { Diagnostic } from '../index.ts';

export const EXIT = {
  OK: 0,
  NOT_AS_EXPECTED: 1,
  USAGE: 2,
  BAD_INPUT: 3,
  /** A file cannot be written, the disk is full, nobody reads the pipe. */
  OUTPUT: 4,
  /** Without an expectation, how the guest ended: even numbers, which none can write to the debug-exit port. */
  TRIPLE_FAULT: 10,
  RESET: 12,
  ASLEEP: 14,
  INTERNAL: 70,
  LIMIT: 124,
  INTERRUPTED: 130,
} as const;

/** A mistake of the user, or the end of a command: carries the message and the exit code to main(). */
export class CliError {
  readonly message: string;
  readonly code: number;
  /** What has been told already: the mistakes in a source. */
  readonly diagnostics: readonly Diagnostic[];
  constructor(message: string, code: number, diagnostics: readonly Diagnostic[] = []) {
    this.message = message;
    this.code = code;
    this.diagnostics = diagnostics;
  }
}

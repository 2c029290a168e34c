// How a process ends → a number that scripts can rely on (README, "Exit codes").

export const EXIT = {
  OK: 0,
  NOT_AS_EXPECTED: 1,
  USAGE: 2,
  BAD_INPUT: 3,
  /** A file cannot be written, the disk is full, nobody reads the pipe. */
  OUTPUT: 4,
  INTERNAL: 70,
  LIMIT: 124,
  INTERRUPTED: 130,
} as const;

/** A mistake of the user, or the end of a command: carries the message and the exit code to main(). */
export class CliError {
  readonly message: string;
  readonly code: number;
  constructor(message: string, code: number) {
    this.message = message;
    this.code = code;
  }
}

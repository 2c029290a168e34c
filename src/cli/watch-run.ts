// A prepared run → the guest's console as it comes, and the result. The only place where a run meets the host's clock and signals.

import { setImmediate } from 'node:timers/promises';
import { BytesToText, Run, type RunResult } from '../index.ts';
import type { Expectation, Machine } from '../index.ts';
import { CliError, EXIT } from './exit-code.ts';
import { paint, restoreTitle, showTitle } from './terminal.ts';

/** How often, in milliseconds, a long run lets signals in and says how far it is. */
const PULSE = 100;
const NEWLINE = 10;

export interface WatchOptions {
  readonly expectation: Expectation | undefined;
  readonly untilSeconds: number;
  /** The state of the CPUs, for a run that is interrupted. */
  readonly describeCpus: () => string;
  /** Where the console goes. */
  readonly show: (text: string) => void;
  /** Where it goes instead as the bytes that it is. */
  readonly showRaw?: ((bytes: Uint8Array) => void) | undefined;
}

/** Runs to the end, or to Ctrl-C: exit code 130, with every CPU's state. */
export const watchRun = async (machine: Machine, { expectation, untilSeconds, show, showRaw, describeCpus }: WatchOptions): Promise<RunResult> => {
  const run = new Run(machine, expectation, untilSeconds);
  const decoder = new BytesToText();
  const line: number[] = [];
  const flush = (): void => {
    const bytes = line.splice(0);
    if (bytes.length === 0) return;
    if (showRaw) showRaw(Uint8Array.from(bytes));
    else show(decoder.take(bytes));
  };
  machine.onConsoleByte = (byte) => {
    line.push(byte);
    if (byte === NEWLINE) flush();
  };
  let interrupted = false;
  const interrupt = (): void => {
    interrupted = true;
  };
  process.on('SIGINT', interrupt);
  try {
    let pulse = Date.now() + PULSE;
    while (!run.advance()) {
      flush();
      if (Date.now() < pulse) continue;
      await setImmediate();
      showTitle(`clispin ${(machine.now / machine.config.hz).toFixed(1)} of ${untilSeconds} s`);
      pulse = Date.now() + PULSE;
      if (interrupted) throw new CliError(interruptedText(machine, describeCpus()), EXIT.INTERRUPTED);
    }
  } finally {
    flush();
    show(decoder.finish());
    restoreTitle();
    process.off('SIGINT', interrupt);
  }
  return run.result();
};

const interruptedText = (machine: Machine, cpus: string): string =>
  [cpus, paint('yellow', `interrupted at ${(machine.now / machine.config.hz).toFixed(3)} s of guest time`)].join('\n');

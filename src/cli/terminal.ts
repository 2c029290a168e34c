// Text → the terminal: colour only where a person looks, and a closed pipe is a quiet end.

import { stderr, stdout } from 'node:process';

const COLOURS = { red: 31, green: 32, yellow: 33, grey: 90, bold: 1 } as const;

const coloured = stdout.isTTY && !process.env.NO_COLOR;

/** `text` in `colour` on a terminal, as it is elsewhere. */
export const paint = (colour: keyof typeof COLOURS, text: string): string =>
  coloured ? `\x1b[${COLOURS[colour]}m${text}\x1b[0m` : text;

/** How far a long command is, in the last row of a terminal, in place of what stood there; nothing elsewhere. */
export const showProgress = (text: string): void => {
  if (stderr.isTTY) stderr.write(`\r\x1b[K${text}`);
};

/** Ends the process quietly when whoever reads our output has gone. */
export const surviveClosedPipe = (): void => {
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
};

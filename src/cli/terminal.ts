// Text → the terminal, and whoever else reads what we print: the one place where it passes. Colour only where a person looks; and nothing that
// came from a guest, a source or a file's name reaches a terminal as a control character.

import { stderr, stdout } from 'node:process';
import { jsonText, printable, schemaOf } from '../index.ts';
import { EXIT } from './exit-code.ts';
import { reasonOf } from './files.ts';

const COLOURS = { red: 31, green: 32, yellow: 33, grey: 90, bold: 1 } as const;
const NAMES = Object.keys(COLOURS) as (keyof typeof COLOURS)[];

/** Halves of surrogate pairs, which no text that was read can have alone: the first ends a colour, the others begin one. */
const MARK = 0xdc00;
const END = String.fromCharCode(MARK);
const MARKS = /(?<![\ud800-\udbff])[\udc00-\udc0f]/g;

/** `text` in `colour` on a terminal, as it is elsewhere. */
export const paint = (colour: keyof typeof COLOURS, text: string): string => `${String.fromCharCode(MARK + 1 + NAMES.indexOf(colour))}${text}${END}`;

const isColoured = (stream: NodeJS.WriteStream): boolean => stream.isTTY && !process.env.NO_COLOR;

const sequenceOf = (mark: string): string => `\x1b[${mark === END ? 0 : COLOURS[NAMES[mark.charCodeAt(0) - MARK - 1]]}m`;

const write = (stream: NodeJS.WriteStream, text: string): void => {
  stream.write(printable(text).replace(MARKS, (mark) => (isColoured(stream) ? sequenceOf(mark) : '')));
};

/** To the standard output, as it stands. */
export const say = (text: string): void => write(stdout, text);
export const sayLine = (text = ''): void => say(`${text}\n`);
/** For a program: `value` under the schema `clispin-NAME`. */
export const sayJson = (name: string, value: object): void => sayLine(jsonText({ ...schemaOf(name), ...value }));
/** To the standard error, a line. */
export const complain = (text: string): void => write(stderr, `${text}\n`);
/** Bytes as they are, for who has asked for them. */
export const sayRaw = (bytes: Uint8Array): void => void stdout.write(bytes);

/** How far a long command is, in the last row of a terminal, in place of what stood there; nothing elsewhere. */
export const showProgress = (text: string): void => {
  if (stderr.isTTY) stderr.write(`\r\x1b[K${printable(text)}`);
};

let isTitled = false;

/** In the title of a terminal's window, where it disturbs neither the console nor a pipe. The title before is kept on the terminal's own stack. */
export const showTitle = (text: string): void => {
  if (!stderr.isTTY) return;
  if (!isTitled) process.once('exit', restoreTitle);
  stderr.write(`${isTitled ? '' : '\x1b[22;0t'}\x1b]0;${printable(text)}\x07`);
  isTitled = true;
};

export const restoreTitle = (): void => {
  if (isTitled) stderr.write('\x1b[23;0t');
  isTitled = false;
};

/** What cannot be printed ends the process with a code of its own, whatever else it would have been; who does not listen is not told. */
export const surviveLostOutput = (): void => {
  stderr.on('error', () => {});
  stdout.on('error', (error) => {
    complain(`clispin: standard output: ${reasonOf(error)}`);
    process.exit(EXIT.OUTPUT);
  });
};

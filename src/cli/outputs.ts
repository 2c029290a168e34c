// Contents → files. A plain file is written whole or not at all: beside its place under a name that nobody has, then renamed. What is no
// plain file of ours is not replaced: devices and pipes are written through, links followed, and a file with several names keeps them.

import { randomBytes } from 'node:crypto';
import {
  closeSync, existsSync, fchmodSync, ftruncateSync, lstatSync, openSync, readFileSync, readlinkSync, renameSync, rmSync, type Stats, statSync, writeSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { CliError, EXIT } from './exit-code.ts';
import { reasonOf } from './files.ts';

const STDOUT = 1;
const MOST_LINKS = 40;

/** Where a path leads, through symbolic links, also to what is not there yet. */
const followLinks = (path: string): string => {
  let at = resolve(path);
  for (let links = 0; lstatSync(at, { throwIfNoEntry: false })?.isSymbolicLink(); links++) {
    if (links === MOST_LINKS) throw new CliError(`${path}: cannot be written: too many symbolic links`, EXIT.OUTPUT);
    at = resolve(dirname(at), readlinkSync(at));
  }
  return at;
};

/** What tells whether two paths are the same file. */
const identityOf = (path: string): string => {
  const target = followLinks(path);
  const known = statSync(target, { throwIfNoEntry: false });
  if (known) return `${known.dev}:${known.ino}`;
  const folder = statSync(dirname(target), { throwIfNoEntry: false });
  return `${folder?.dev}:${folder?.ino}/${basename(target)}`;
};

const isPlain = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? true;

/** Files that a command is to write, by the option that names them, and files that it reads. */
export interface Wanted {
  readonly command: string;
  readonly outputs: readonly (readonly [option: string, path: string | undefined])[];
  readonly inputs?: readonly string[];
}

/** Refuses before a long run, not after it, what cannot be written, and files that one would overwrite with another. */
export const checkOutputs = ({ command, outputs, inputs = [] }: Wanted): void => {
  const taken = new Map<string, string>();
  for (const path of inputs) if (path !== '-' && existsSync(path) && isPlain(path)) taken.set(identityOf(path), `'${path}', which is read`);
  for (const [option, path] of outputs) {
    if (path === undefined) continue;
    if (path !== '-') requireWritable(path);
    if (path !== '-' && !isPlain(path)) continue;
    const identity = path === '-' ? path : identityOf(path);
    const other = taken.get(identity);
    if (other !== undefined) throw new CliError(`clispin ${command}: --${option}: '${path}' is the same file as ${other}`, EXIT.USAGE);
    taken.set(identity, `that of --${option}`);
  }
};

const requireWritable = (path: string): void => {
  const target = followLinks(path);
  const why = !existsSync(dirname(target)) ? 'no such directory' : statSync(target, { throwIfNoEntry: false })?.isDirectory() ? 'is a directory' : '';
  if (why) throw new CliError(`${path}: cannot be written: ${why}`, EXIT.OUTPUT);
};

/** Writes to `path`, or to the standard output for `-`. */
export const writeWhole = (path: string, content: Uint8Array | string): void => {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  try {
    if (path === '-') return writeAll(STDOUT, bytes);
    return holdingSignals(() => writeTo(followLinks(path), bytes));
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(`${path === '-' ? 'standard output' : path}: cannot be written: ${reasonOf(error)}`, EXIT.OUTPUT);
  }
};

const writeTo = (path: string, bytes: Uint8Array): void => {
  const known = statSync(path, { throwIfNoEntry: false });
  if (known && !known.isFile()) writeThrough(path, bytes);
  else if (known && known.nlink > 1) writeInPlace(path, bytes);
  else writeBeside(path, bytes, known);
};

/** A device or a pipe. */
const writeThrough = (path: string, bytes: Uint8Array): void => {
  const file = openSync(path, 'w');
  try {
    writeAll(file, bytes);
  } finally {
    closeSync(file);
  }
};

const writeBeside = (path: string, bytes: Uint8Array, known: Stats | undefined): void => {
  const draft = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}`);
  let file: number;
  try {
    file = openSync(draft, 'wx', 0o666);
  } catch (error) {
    // A folder that takes no new file may have an old one that can be written.
    if (known) return writeInPlace(path, bytes);
    throw error;
  }
  try {
    if (known) fchmodSync(file, known.mode & 0o7777);
    writeAll(file, bytes);
    closeSync(file);
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
};

/** The same file with another content; when that fails in the middle, with its old one. */
const writeInPlace = (path: string, bytes: Uint8Array): void => {
  const old = readFileSync(path);
  const file = openSync(path, 'r+');
  const put = (content: Uint8Array): void => {
    writeAll(file, content, 0);
    ftruncateSync(file, content.length);
  };
  try {
    put(bytes);
  } catch (error) {
    put(old);
    throw error;
  } finally {
    closeSync(file);
  }
};

const TRY_AGAIN_MS = 5;

/** A pipe whose reader is slow says so; then again a little later. */
const writeAll = (file: number, bytes: Uint8Array, position?: number): void => {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(file, bytes, at, bytes.length - at, position === undefined ? null : position + at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, TRY_AGAIN_MS);
    }
  }
};

/** Ctrl-C in the middle comes when the file is whole, and nothing is left beside it. */
const holdingSignals = (action: () => void): void => {
  const end = (): never => process.exit(EXIT.INTERRUPTED);
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.on(signal, end);
  try {
    action();
  } finally {
    setImmediate(() => {
      for (const signal of signals) process.off(signal, end);
    });
  }
};

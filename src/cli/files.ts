// Paths → contents: files that are read, and where sources are looked for.

import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SourceIo } from '../index.ts';
import { CliError, EXIT } from './exit-code.ts';

/** The kernel's sources, which are shipped beside dist/. */
export const ASM_FOLDER = fileURLToPath(new URL('../asm/', import.meta.url));

const isFile = (path: string): boolean => existsSync(path) && statSync(path).isFile();

/** Why the host refuses something, for a person. */
export const reasonOf = (error: unknown): string => {
  const { code, message } = error as NodeJS.ErrnoException;
  const REASONS: Record<string, string> = {
    ENOENT: 'no such file',
    EACCES: 'permission denied',
    EISDIR: 'is a directory',
    ENOTDIR: 'a part of the path is not a directory',
    ENOSPC: 'no space left',
    EDQUOT: 'no space left',
    EROFS: 'the file system is read-only',
    EPERM: 'not permitted',
    EPIPE: 'nobody reads it any more',
    ETXTBSY: 'it is being executed',
  };
  return (code && REASONS[code]) ?? message;
};

/** What stands for the standard input or output where a path is expected. */
export const STANDARD = '-';
/** What messages call the standard input. */
export const STDIN = 'stdin';

let standardInput: Uint8Array | undefined;

/** A file, or for `-` all of the standard input. */
export const readBytes = (path: string): Uint8Array => {
  try {
    return path === STANDARD ? (standardInput ??= readFileSync(0)) : readFileSync(path);
  } catch (error) {
    throw new CliError(`${path}: cannot be read: ${reasonOf(error)}`, EXIT.BAD_INPUT);
  }
};

/**
 * Sources for the assembler. A file is looked up where NASM does it: in the current folder, then in the include paths; and then beside
 * the file that names it, and among the kernel's. What the kernel includes is beside it, whatever the current folder has.
 */
export const sourceIo = (includePaths: readonly string[]): SourceIo => {
  const find = (path: string, from: string | undefined): string | undefined => {
    const beside = from === undefined ? [] : [dirname(from)];
    const isOwn = beside.some((folder) => `${resolve(folder)}/`.startsWith(ASM_FOLDER));
    const folders = [...(isOwn ? beside : []), '', ...includePaths, ...beside, ASM_FOLDER];
    return folders.map((folder) => (isAbsolute(path) ? path : join(folder, path))).find(isFile);
  };
  return {
    read: (path, from) => {
      if (path === STANDARD && from === undefined) return { path: STDIN, text: readBytes(path) };
      const found = find(path, from);
      return found === undefined ? undefined : { path: displayPath(found), text: readFileSync(found) };
    },
    readBytes: (path, from) => {
      const found = find(path, from);
      return found === undefined ? undefined : readFileSync(found);
    },
    environment: (name) => process.env[name],
  };
};

/** As short as it can be said from here: relative for what lies below the current folder. */
export const displayPath = (path: string): string => {
  const short = relative('', path);
  return short.startsWith('..') ? path : short;
};

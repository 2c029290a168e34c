// Sources as a table of texts, and what the preprocessor makes of them as plain lines: for tests.

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { expand, type ExpandOptions } from '../../src/assembler/preprocessor/expand.ts';
import { Diagnostics } from '../../src/assembler/reporter.ts';
import { SourceFiles, type SourceIo } from '../../src/assembler/language/sources.ts';
import { spellAll } from '../../src/assembler/language/tokens.ts';
import { type Diagnostic, formatDiagnostic } from '../../src/base/diagnostic.ts';

/** Sources by name; a text alone is `a.asm`. */
export type Sources = string | Readonly<Record<string, string | Uint8Array>>;

export const ioFor = (sources: Sources): SourceIo => {
  const table = typeof sources === 'string' ? { 'a.asm': sources } : sources;
  return {
    read: (path) => (Object.hasOwn(table, path) ? { path, text: table[path] } : undefined),
    readBytes: (path) => (Object.hasOwn(table, path) ? Buffer.from(table[path]) : undefined),
  };
};

/** Files of this machine, included ones beside the including one. */
export const fileIo: SourceIo = {
  read: (path, from) => {
    const found = from === undefined ? path : join(dirname(from), path);
    return { path: found, text: readFileSync(found, 'utf8') };
  },
  readBytes: () => undefined,
};

export interface Expanded {
  readonly lines: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Preprocesses `a.asm`. */
export const expandSources = (sources: Sources, options?: ExpandOptions): Expanded => {
  const files = new SourceFiles(ioFor(sources));
  const reporter = new Diagnostics(files.texts);
  const lines = Array.from(expand('a.asm', files, reporter, options), ({ tokens }) => spellAll(tokens));
  return { lines, diagnostics: reporter.list };
};

/** Checks the lines that come out, and that there is nothing to complain about. Indentation and blank lines do not count. */
export const expectLines = (sources: Sources, lines: string, options?: ExpandOptions): void => {
  const { lines: found, diagnostics } = expandSources(sources, options);
  expect({ lines: found, diagnostics: diagnostics.map(formatDiagnostic) }).toEqual({ lines: bare(lines), diagnostics: [] });
};

const bare = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** Checks all diagnostics, word for word but without the quoted source lines. */
export const expectDiagnostics = (sources: Sources, diagnostics: string, options?: ExpandOptions): void => {
  const found = expandSources(sources, options).diagnostics.map(({ source: _, ...rest }) => formatDiagnostic(rest));
  expect(found.join('\n').split('\n')).toEqual(bare(diagnostics));
};

/** The text of lines as far as blanks and the numbers of local labels do not matter, for comparison with `nasm -E`. */
export const normalise = (text: string): string[] => {
  const numbers = new Map<string, number>();
  const renumber = (label: string): string => {
    if (!numbers.has(label)) numbers.set(label, numbers.size);
    return `..@${numbers.get(label)}`;
  };
  return text
    .split('\n')
    .filter((line) => !/^\s*(?:%line|\[warning|$)/.test(line))
    .map((line) => line.trim().replace(/\s+/g, ' ').replace(/ ?([^\w ]) ?/g, '$1').replace(/\.\.@\d+/g, renumber));
};

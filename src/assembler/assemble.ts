// The assembler: source text → object file and diagnostics. It knows no files: `SourceIo` gives it texts. Nothing that a source
// says makes it throw, or run for ever.

import type { Diagnostic } from '../base/diagnostic.ts';
import { buildObject } from './build-object.ts';
import { expand, type ExpandOptions } from './expand.ts';
import { type Layout, layOut } from './layout.ts';
import type { ObjectFile } from './object.ts';
import { parse } from './parse.ts';
import { Diagnostics, splitLines } from './reporter.ts';
import type { Origin, SourceIo } from './tokens.ts';

export type AssembleOptions = ExpandOptions;

export interface Assembly {
  /** Absent when there are errors. */
  readonly object?: ObjectFile;
  /** What each statement came to, for a listing; absent as the object is. */
  readonly layout?: Layout;
  /** The sources that were read, as lines by path. */
  readonly sources: ReadonlyMap<string, readonly string[]>;
  readonly diagnostics: readonly Diagnostic[];
}

/** Assembles the source at the path `entry`. */
export const assemble = (entry: string, io: SourceIo, options: AssembleOptions = {}): Assembly => {
  const sources = new Map<string, string[]>();
  const reporter = new Diagnostics();
  const recording: SourceIo = {
    read: (path, from) => {
      const file = io.read(path, from);
      if (file && !sources.has(file.path)) {
        sources.set(file.path, splitLines(file.text));
        reporter.remember(file.path, file.text);
      }
      return file;
    },
    readBytes: (path, from) => io.readBytes(path, from),
  };
  const start: Origin = { place: { file: entry, line: 0, column: 0 } };
  const statements = parse(expand(entry, recording, reporter, options), recording, reporter);
  const layout = layOut(statements, start, reporter);
  const diagnostics = reporter.list;
  if (reporter.hasErrors || !layout) return { sources, diagnostics };
  return { object: buildObject(entry, layout), layout, sources, diagnostics };
};

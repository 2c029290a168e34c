// The assembler: source text → object file and diagnostics. It knows no files: `SourceIo` gives it texts. Nothing that a source
// says makes it throw, or run for ever.

import type { Diagnostic } from '../base/diagnostic.ts';
import { buildObject } from './output/build-object.ts';
import { expand, type ExpandOptions } from './preprocessor/expand.ts';
import type { Value } from './language/value.ts';
import { type Layout, layOut } from './passes/layout.ts';
import type { ObjectFile } from './output/object.ts';
import { Parser } from './language/parse.ts';
import { Pass } from './passes/pass.ts';
import { Program } from './passes/program.ts';
import { Questions } from './passes/questions.ts';
import { Diagnostics } from './reporter.ts';
import { SourceFiles, type SourceIo } from './language/sources.ts';
import { showText } from './language/text.ts';
import type { Origin } from './language/tokens.ts';

export type AssembleOptions = ExpandOptions;

export interface Assembly {
  /** Absent when there are errors. */
  readonly object?: ObjectFile;
  /** What each statement came to, for a listing; absent as the object is. */
  readonly layout?: Layout;
  /** The texts of the sources that were read, by path: what is no UTF-8 is shown as Latin-1. */
  readonly sources: ReadonlyMap<string, string>;
  readonly diagnostics: readonly Diagnostic[];
}

/** Expansions of a source whose macros depend on its layout; one that needs more contradicts itself. */
const MAX_ATTEMPTS = 10;

/** Assembles the source at the path `entry`. */
export const assemble = (entry: string, io: SourceIo, options: AssembleOptions = {}): Assembly => {
  let known: readonly Value[] | undefined;
  for (let attempts = 1; ; attempts++) {
    const { assembly, corrections } = attempt(entry, io, options, known, attempts === MAX_ATTEMPTS);
    if (!corrections) return assembly;
    known = corrections;
  }
};

/** One expansion and its layout; `known` answers what the preprocessor asks about the layout. */
const attempt = (
  entry: string, io: SourceIo, options: AssembleOptions, known: readonly Value[] | undefined, isLast: boolean,
): { assembly: Assembly; corrections?: readonly Value[] } => {
  const files = new SourceFiles(io);
  const reporter = new Diagnostics(files.texts);
  const start: Origin = { place: { file: entry, line: 0, column: 0 } };
  const program = new Program();
  const questions = new Questions(program, known);
  const parser = new Parser(files, reporter);
  const first = new Pass(program, { growOnly: false });
  first.begin();
  for (const line of expand(entry, files, reporter, { ...options, scope: questions })) {
    const statement = parser.parse(line);
    if (statement) first.add(statement);
  }
  first.end();
  const layout = layOut(program, first, start, reporter);
  const corrections = layout && questions.corrections(layout);
  if (corrections && isLast) {
    reporter.error(start, `no layout found in ${MAX_ATTEMPTS} expansions: what the macros ask about it changes it`);
  } else if (corrections) {
    return { assembly: { sources: new Map(), diagnostics: reporter.list }, corrections };
  }
  const diagnostics = reporter.list;
  const sources = new Map(Array.from(files.texts, ([path, text]) => [path, showText(text)]));
  if (reporter.hasErrors || !layout) return { assembly: { sources, diagnostics } };
  return { assembly: { object: buildObject(entry, layout), layout, sources, diagnostics } };
};

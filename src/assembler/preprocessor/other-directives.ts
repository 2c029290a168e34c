// The remaining directives: files, contexts, messages. What would reach outside of the sources (`%!`, `%pathsearch`) or belongs
// to NASM's own packages and calling conventions is refused by name. NASM manual 4.6-4.11.
import type { Directive } from './define-directives.ts';
import { Defines } from './defines.ts';
import type { Percent, Piece } from '../language/lex.ts';
import { Fatal, isPunctuation, isWord, spellPieces } from './pieces.ts';
import type { Preprocessor } from './preprocessor.ts';
import { splitLines } from '../reporter.ts';
import { type Origin, textOf } from '../language/tokens.ts';

const DEEPEST_INCLUDE = 64;

/** Reads `path` next. Throws when that is not possible: without a file, all further messages would mislead. */
export const readFile = (state: Preprocessor, path: string, origin: Origin, from?: string): void => {
  if (state.input.includeDepth > DEEPEST_INCLUDE) {
    throw new Fatal(origin, `files include each other more than ${DEEPEST_INCLUDE} deep`);
  }
  const source = state.io.read(path, from);
  if (!source) throw new Fatal(origin, `cannot read '${path}'`);
  if (!isText(source.text)) throw new Fatal({ place: { file: source.path, line: 1, column: 1 } }, 'not a text file');
  const lines = splitLines(source.text);
  state.input.push({ kind: 'file', path: source.path, lines, next: 0, conditionals: [], builtin: false, macro: origin.macro });
};

/** Control characters and bytes that are no UTF-8 are rare in text, and there is no zero. */
const isText = (text: string): boolean => {
  if (text.includes('\0')) return false;
  const odd = text.match(/[\x01-\x06\x0e-\x19\x1c-\x1f\ufffd]/g)?.length ?? 0;
  return odd * 20 <= text.length;
};

const include: Directive = (state, pieces, directive) => {
  const [path] = state.expandSingle(pieces);
  if (path?.kind === 'string') readFile(state, textOf(path), state.originOf(directive), state.input.file?.path);
  else state.reporter.error(path?.origin ?? directive.origin, `'${directive.text}' expects the name of a file in quotes`);
};

const message =
  (report: (state: Preprocessor, origin: Origin, text: string) => void): Directive =>
  (state, pieces, directive) => {
    const row = state.expandSingle(pieces);
    const [first] = row;
    report(state, directive.origin, row.length === 1 && first.kind === 'string' ? textOf(first) : spellPieces(row));
  };

/** The name behind `%push`, `%pop`, `%repl`; '' without one; undefined after a report. */
const contextNameIn = (state: Preprocessor, pieces: readonly Piece[], directive: Percent): string | undefined => {
  const [name] = state.expandSingle(pieces);
  if (name === undefined || isWord(name)) return name?.text ?? '';
  state.reporter.error(name.origin, `'${directive.text}' expects the name of a context`);
  return undefined;
};

const push: Directive = (state, pieces, directive) => {
  const name = contextNameIn(state, pieces, directive);
  if (name !== undefined) state.contexts.push({ name, number: state.takeUnique(), defines: new Defines() });
};

const pop: Directive = (state, pieces, directive) => {
  const name = contextNameIn(state, pieces, directive);
  const top = state.contexts.at(-1);
  if (!top) state.reporter.error(directive.origin, `'${directive.text}': no context is open`);
  else if (name && name !== top.name)
    state.reporter.error(directive.origin, `'${directive.text} ${name}': the innermost context is '${top.name}'`);
  else state.contexts.pop();
};

const rename: Directive = (state, pieces, directive) => {
  const name = contextNameIn(state, pieces, directive);
  const top = state.contexts.at(-1);
  if (!top) state.reporter.error(directive.origin, `'${directive.text}': no context is open`);
  else if (name !== undefined) top.name = name;
};

/** `%line number[+step] [file]`: what the next line is called in messages. */
const line: Directive = (state, pieces, directive) => {
  const [number, plus, step] = pieces;
  const hasStep = isPunctuation(plus, '+') && step?.kind === 'number';
  const { file } = state.input;
  if (number?.kind !== 'number' || !file) {
    state.reporter.error(directive.origin, `'${directive.text}' expects the number of a line`);
    return;
  }
  const name = spellPieces(pieces.slice(hasStep ? 3 : 1));
  const shown = { line: Number(number.value), step: hasStep ? Number(step.value) : 1 };
  file.shown = { file: name === '' ? (file.shown?.file ?? file.path) : name, ...shown };
};

const clear: Directive = (state) => {
  state.defines.clear();
  state.macros.clear();
};

const refuse: Directive = (state, _, { origin, text }) => state.reporter.error(origin, `'${text}' is not supported`);

const REFUSED = ['use', 'pathsearch', 'arg', 'local', 'stacksize', 'defalias', 'undefalias', 'aliases'];

const ignore: Directive = () => {};

export const OTHER_DIRECTIVES: Readonly<Record<string, Directive>> = {
  include,
  error: message((state, origin, text) => state.reporter.error(origin, text)),
  warning: message((state, origin, text) => state.reporter.warning(origin, text)),
  fatal: message((_, origin, text) => {
    throw new Fatal(origin, text);
  }),
  push,
  pop,
  repl: rename,
  line,
  clear,
  pragma: ignore,
  depend: ignore,
  null: ignore,
  ...Object.fromEntries(REFUSED.map((name) => [name, refuse])),
};

// The remaining directives: files, packages, contexts, messages. What belongs to NASM's own calling conventions is refused by name.
// NASM manual 4.6-4.11.
import type { Directive } from './define-directives.ts';
import { Defines } from './defines.ts';
import type { Percent, Piece } from '../language/lex.ts';
import { Fatal, isPunctuation, isWord, spellPieces } from './pieces.ts';
import type { Preprocessor } from './preprocessor.ts';
import { PACKAGES, packageIn } from './packages.ts';
import { quote } from '../language/strings.ts';
import { bytesOfText, showText, splitLines, takeText } from '../language/text.ts';
import { type Origin, pieceAt, textOf } from '../language/tokens.ts';

const DEEPEST_INCLUDE = 64;

/** Reads `path` next. Throws when that is not possible: without a file, all further messages would mislead. */
export const readFile = (state: Preprocessor, path: string, origin: Origin, from?: string): void => {
  if (state.input.includeDepth > DEEPEST_INCLUDE) {
    throw new Fatal(origin, `files include each other more than ${DEEPEST_INCLUDE} deep`);
  }
  const source = state.files.read(path, from);
  if (!source) throw new Fatal(origin, `cannot read '${path}'`);
  if (!isText(source.text)) throw new Fatal({ place: { file: source.path, line: 1, column: 1 } }, 'not a text file');
  const lines = splitLines(source.text);
  state.input.push({ kind: 'file', path: source.path, lines, next: 0, conditionals: [], builtin: false, macro: origin.macro });
};

/** Control characters are rare in text, and there is no zero. */
const isText = (text: string): boolean => {
  if (text.includes('\0')) return false;
  const odd = text.match(/[\x01-\x06\x0e-\x19\x1c-\x1f]/g)?.length ?? 0;
  return odd * 20 <= text.length;
};

const include: Directive = (state, pieces, directive) => {
  const [path] = state.expandSingle(pieces);
  if (path?.kind === 'string') readFile(state, textOf(path), state.originOf(directive), state.input.file?.path);
  else state.reporter.error(path?.origin ?? directive.origin, `'${directive.text}' expects the name of a file in quotes`);
};

/** `%pathsearch name "file"`: the path under which the file is read, or as it is written where there is none. */
const pathsearch: Directive = (state, pieces, directive) => {
  const [name, ...rest] = state.withWholeName(pieces);
  const [path] = state.expandSingle(rest);
  if (!isWord(name) || path?.kind !== 'string') {
    state.reporter.error(directive.origin, `'${directive.text}' expects a name and a file in quotes`);
    return;
  }
  const found = state.files.read(textOf(path), state.input.file?.path)?.path;
  const bytes = found === undefined ? path.value : bytesOfText(takeText(found));
  const body = [pieceAt('string', quote(bytes), bytes, path)];
  state.defines.define({ name: name.text, caseless: directive.lower[0] === 'i', parameters: undefined, body, isActive: false });
};

/** `%use`: the macros of one of NASM's packages, the first time that it is asked for. */
const use: Directive = (state, pieces, directive) => {
  const name = packageIn(state, pieces, directive);
  if (name === undefined || state.usedPackages.has(name)) return;
  state.usedPackages.add(name);
  const lines = splitLines(PACKAGES[name]);
  state.input.push({ kind: 'file', path: `<${name}>`, lines, next: 0, conditionals: [], builtin: true, macro: undefined });
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

/** `%line number[+step] [file]`: what this line is called in messages, and by how much the number of each line after it is larger. */
const line: Directive = (state, pieces, directive) => {
  const [number, plus, step] = pieces;
  const hasStep = isPunctuation(plus, '+') && step?.kind === 'number';
  const { file } = state.input;
  if (number?.kind !== 'number' || !file) {
    state.reporter.error(directive.origin, `'${directive.text}' expects the number of a line`);
    return;
  }
  const named = pieces.slice(hasStep ? 3 : 1);
  const name = named.length === 1 && named[0].kind === 'string' ? textOf(named[0]) : spellPieces(named);
  const each = hasStep ? Number(step.value) : 1;
  file.shown = { file: name === '' ? (file.shown?.file ?? file.path) : showText(name), line: Number(number.value) + each, step: each };
};

const clear: Directive = (state) => {
  state.defines.clear();
  state.macros.clear();
};

const refuse: Directive = (state, _, { origin, text }) => state.reporter.error(origin, `'${text}' is not supported`);

const REFUSED = ['arg', 'local', 'stacksize'];

const ignore: Directive = () => {};

export const OTHER_DIRECTIVES: Readonly<Record<string, Directive>> = {
  include,
  require: include, // NASM 2.16 reads a file again, whatever its manual says
  pathsearch,
  ipathsearch: pathsearch,
  use,
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

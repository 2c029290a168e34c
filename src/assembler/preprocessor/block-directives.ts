// The directives that record lines and read them again: `%macro` … `%endmacro` and `%rep` … `%endrep`. NASM manual 4.3, 4.5.
import type { Directive } from './define-directives.ts';
import type { Percent, Piece } from '../language/lex.ts';
import { type Arity, parseArity, splitDefaults } from './macros.ts';
import { isWord, spellPieces } from './pieces.ts';
import type { Preprocessor, Recording } from './preprocessor.ts';
import type { RawLine } from './raw-line.ts';

/** As in NASM. */
const MOST_REPETITIONS = 1_000_000n;

const MACRO_NAMES: readonly string[] = ['macro', 'imacro', 'rmacro', 'irmacro'];

/** Whether the line belongs to the body being recorded; false at its end. */
export const record = (state: Preprocessor, recording: Recording, line: RawLine): boolean => {
  const { directive, pieces } = line;
  if (directive) {
    const name = directive.lower;
    if (recording.kind === 'macro' ? MACRO_NAMES.includes(name) : name === 'rep') recording.nested++;
    else if (recording.kind === 'macro' ? name === 'endmacro' || name === 'endm' : name === 'endrep') {
      if (recording.nested === 0) return false;
      recording.nested--;
    }
  }
  recording.lines.push(line);
  state.spend(pieces.length, pieces.length);
  return true;
};

interface Header {
  readonly name: string;
  readonly arity: Arity;
  readonly rest: readonly Piece[];
}

/** `name 1-3+ …`; undefined after a report. */
const parseHeader = (state: Preprocessor, pieces: readonly Piece[], directive: Percent): Header | undefined => {
  const [name, ...after] = state.withWholeName(pieces);
  if (!isWord(name)) {
    state.reporter.error(name?.origin ?? directive.origin, `'${directive.text}' expects the name of a macro`);
    return undefined;
  }
  const row = state.expandSingle(after);
  const end = row.findIndex((piece, index) => index > 0 && piece.spaceBefore);
  const text = spellPieces(row.slice(0, end < 0 ? undefined : end));
  const arity = parseArity(text);
  if (!arity) {
    const problem = text === '' ? 'expects how many arguments the macro takes' : `expects a number of arguments, not '${text}'`;
    state.reporter.error(row[0]?.origin ?? directive.origin, `'${directive.text}' ${problem}`);
    return undefined;
  }
  const rest = end < 0 ? [] : row.slice(end);
  return { name: name.text, arity, rest: isWord(rest[0]) && rest[0].text.toLowerCase() === '.nolist' ? rest.slice(1) : rest };
};

const beginMacro: Directive = (state, pieces, directive) => {
  const header = parseHeader(state, pieces, directive);
  const kind = directive.lower;
  const defaults = header ? splitDefaults(header.rest, header.arity, state.reporter) : [];
  const builtin = state.input.file?.builtin ?? false;
  const finish = (body: readonly RawLine[]): void => {
    if (!header) return;
    const { name, arity } = header;
    const takesLabel = body.some(({ pieces: line }) => line.some((piece) => piece.kind === 'percent' && piece.text === '%00'));
    const [caseless, recursive] = [kind.startsWith('i'), kind.includes('rm')];
    state.macros.define({ name, ...arity, caseless, recursive, builtin, defaults, body, takesLabel, depth: 0 });
  };
  state.recording = { kind: 'macro', origin: state.originOf(directive), lines: [], nested: 0, finish };
};

const removeMacro: Directive = (state, pieces, directive) => {
  const header = parseHeader(state, pieces, directive);
  if (header) state.macros.undefine(header.name, header.arity);
};

const beginRep: Directive = (state, pieces, directive) => {
  let count = state.constant(pieces, directive.text) ?? 0n;
  if (count > MOST_REPETITIONS) {
    state.reporter.error(directive.origin, `'${directive.text}' of ${count}: at most ${MOST_REPETITIONS} are possible`);
    count = 0n;
  }
  const finish = (body: readonly RawLine[]): void => {
    if (count > 0n) state.input.push({ kind: 'rep', body, next: 0, remaining: Number(count), isOver: false });
  };
  state.recording = { kind: 'rep', origin: state.originOf(directive), lines: [], nested: 0, finish };
};

const exitRep: Directive = (state, _, directive) => {
  const { rep } = state.input;
  if (rep) rep.isOver = true;
  else state.reporter.error(directive.origin, `'${directive.text}' outside of '%rep'`);
};

const exitMacro: Directive = (state, _, directive) => {
  const { frames, macro } = state.input;
  if (!macro) state.reporter.error(directive.origin, `'${directive.text}' outside of a macro`);
  else for (const frame of frames.slice(frames.lastIndexOf(macro))) if (frame.kind !== 'file') frame.isOver = true;
};

const rotate: Directive = (state, pieces, directive) => {
  const { macro } = state.input;
  if (!macro) {
    state.reporter.error(directive.origin, `'${directive.text}' means nothing outside of a macro`);
    return;
  }
  const count = BigInt(macro.arguments.length);
  if (count === 0n) state.reporter.error(directive.origin, `'${directive.text}': the macro has no arguments`);
  const by = state.constant(pieces, directive.text);
  if (by === undefined || count === 0n) return;
  macro.rotation = Number((((BigInt(macro.rotation) + by) % count) + count) % count);
};

const strayEnd =
  (begin: string): Directive =>
  (state, _, { origin, text }) =>
    state.reporter.error(origin, `'${text}' has no '${begin}'`);

export const BLOCK_DIRECTIVES: Readonly<Record<string, Directive>> = {
  ...Object.fromEntries(MACRO_NAMES.map((name) => [name, beginMacro])),
  unmacro: removeMacro,
  unimacro: removeMacro,
  endmacro: strayEnd('%macro'),
  endm: strayEnd('%macro'),
  rep: beginRep,
  endrep: strayEnd('%rep'),
  exitrep: exitRep,
  exitmacro: exitMacro,
  rotate,
};

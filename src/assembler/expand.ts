// Source files → lines of tokens: the preprocessor's main loop. One line at a time, and only when it is asked for, so that
// `%if` and `%assign` may ask the assembler (by `scope`) for the symbols above them. NASM manual, chapter 4.
import { BLOCK_DIRECTIVES, record } from './block-directives.ts';
import { handleConditional, isReading } from './conditionals.ts';
import { DEFINE_DIRECTIVES, type Directive } from './define-directives.ts';
import { numberPieces } from './expand-single.ts';
import type { Scope } from './expression.ts';
import type { FileFrame } from './input.ts';
import { lex, type Percent, type Piece } from './lex.ts';
import { matchCall } from './macros.ts';
import { OTHER_DIRECTIVES, readFile } from './other-directives.ts';
import { Fatal, isPunctuation } from './pieces.ts';
import { bothNames, PRELUDE } from './prelude.ts';
import { Preprocessor } from './preprocessor.ts';
import { directiveIn, RawLine } from './raw-line.ts';
import { splitLines } from './reporter.ts';
import { quote } from './strings.ts';
import { substitute } from './substitute.ts';
import { type Expansion, type Line, type Origin, pieceAt, type Reporter, type SourceIo, type Token } from './tokens.ts';

export interface ExpandOptions {
  /** Macros defined from outside, as `NAME` or `NAME=text`. */
  readonly defines?: readonly string[];
  /** What `__OUTPUT_FORMAT__` is. */
  readonly format?: string;
  /** The values of symbols and of `$`, as far as they are known while lines are still being made. */
  readonly scope?: Scope;
}

/** The lines of `entry` and of all that it includes. Reports mistakes and goes on; ends early where that makes no sense. */
export function* expand(entry: string, io: SourceIo, reporter: Reporter, options: ExpandOptions = {}): Generator<Line> {
  const state = new Preprocessor(reporter, io, options.scope);
  try {
    definePrelude(state, options);
    readFile(state, entry, { place: { file: entry, line: 0, column: 0 } });
    for (let lines = nextLines(state); lines; lines = nextLines(state)) for (const line of lines) yield line;
  } catch (failure) {
    if (!(failure instanceof Fatal)) throw failure;
    reporter.error(failure.origin, failure.text);
  }
}

const DIRECTIVES: ReadonlyMap<string, Directive> = new Map(
  Object.entries({ ...DEFINE_DIRECTIVES, ...BLOCK_DIRECTIVES, ...OTHER_DIRECTIVES }),
);

const definePrelude = (state: Preprocessor, { defines = [], format = 'bin' }: ExpandOptions): void => {
  const run = (path: string, lines: readonly string[]): void => {
    state.input.push({ kind: 'file', path, lines, next: 0, conditionals: [], builtin: true, macro: undefined });
    nextLines(state); // Directives only: no line comes out.
  };
  run('<standard macros>', splitLines(PRELUDE));
  run('<command line>', defines.map((text) => `%define ${text.replace('=', ' ')}`));
  const dynamic = (name: string, body: (use: Origin) => readonly Piece[]): void => {
    for (const spelling of bothNames(name)) state.defines.define({ name: spelling, caseless: false, parameters: undefined, body, isActive: false });
  };
  const number = (value: number, origin: Origin): readonly Piece[] => numberPieces(BigInt(value), origin);
  dynamic('LINE', (origin) => number(state.origin.place.line, origin));
  dynamic('BITS', (origin) => number(state.bits, origin));
  dynamic('OUTPUT_FORMAT', ({ place, macro }) => lex(format, place, macro));
  dynamic('FILE', (origin) => {
    const bytes = new TextEncoder().encode(state.origin.place.file);
    return [pieceAt('string', quote(bytes), bytes, origin)];
  });
};

/** What the next raw line becomes that leaves something for the assembler; undefined at the end of all. */
const nextLines = (state: Preprocessor): readonly Line[] | undefined => {
  const lines: Line[] = [];
  for (let read = state.input.read(); read; read = state.input.read()) {
    if (read instanceof RawLine) handleLine(state, read, lines);
    else endFile(state, read);
    if (lines.length > 0) return lines;
  }
  return undefined;
};

const endFile = (state: Preprocessor, file: FileFrame): void => {
  for (const { origin } of file.conditionals) state.reporter.error(origin, `this '%if' has no '%endif'`);
  if (!state.recording) return;
  const { kind, origin } = state.recording;
  state.reporter.error(origin, `this '%${kind}' has no '%end${kind}'`);
  state.recording = undefined;
};

const handleLine = (state: Preprocessor, raw: RawLine, lines: Line[]): void => {
  state.beginLine(raw.pieces[0]);
  const { recording } = state;
  if (recording) {
    if (record(state, recording, raw)) return;
    state.recording = undefined;
    recording.finish(recording.lines);
    return;
  }
  const { directive } = raw;
  if (directive && handleConditional(state, directive, raw)) return;
  if (!isReading(state)) return;
  const pieces = raw.isReplaced || state.input.macro ? substitute(state, raw) : raw.pieces;
  if (raw.isAsWritten && isFinal(state, pieces)) {
    if (!handleCall(state, pieces, pieces.length, lines)) emit(state, pieces, lines);
    return;
  }
  const substituted = directiveIn(pieces);
  if (substituted) {
    if (directive || !handleConditional(state, substituted, new RawLine(pieces))) handleDirective(state, substituted, pieces.slice(1));
    return;
  }
  const row = state.expandSingle(pieces);
  if (row.length === 0 || handleCall(state, row, raw.pieces.length, lines)) return;
  const tokens = state.finish(row);
  if (tokens) emit(state, tokens, lines);
};

/** Whether the tokens of a line are what the assembler gets: there are no single-line macros among them. */
const isFinal = (state: Preprocessor, tokens: readonly Piece[]): tokens is readonly Token[] => {
  return !state.usesDefinition(tokens);
};

const handleDirective = (state: Preprocessor, directive: Percent, pieces: readonly Piece[]): void => {
  const handle = DIRECTIVES.get(directive.lower);
  if (handle) handle(state, pieces, directive);
  else state.reporter.error(directive.origin, `there is no directive '${directive.text.slice(0, 40)}'`);
};

/** If the line calls a macro: its label as a line of its own, and the macro's body next to be read. */
const handleCall = (state: Preprocessor, row: readonly Piece[], rawLength: number, lines: Line[]): boolean => {
  if (handleCallAt(state, 0, row, rawLength, lines)) return true;
  if (row.length === 1 || !canBeLabel(row[0])) return false;
  return handleCallAt(state, isPunctuation(row[1], ':') ? 2 : 1, row, rawLength, lines);
};

/** If a macro is called by the name at `at`, with a label in front of it unless that is 0. */
const handleCallAt = (state: Preprocessor, at: number, row: readonly Piece[], rawLength: number, lines: Line[]): boolean => {
  const name = row[at];
  if (name === undefined || name.kind !== 'word' || name.escaped) return false;
  const candidates = state.macros.calledBy(name);
  if (candidates.length === 0) return false;
  const call = matchCall(candidates, row.slice(at + 1), rawLength > at + 1, state.reporter);
  if (call === undefined) return true;
  if (call === 'mismatch') {
    state.reporter.warning(name.origin, `no macro '${name.text}' takes these arguments`);
    return false;
  }
  const { macro } = call;
  if (macro.depth > 0 && !macro.recursive) return false;
  if (state.input.frames.length > DEEPEST_CALL) {
    throw new Fatal(name.origin, `macros call each other more than ${DEEPEST_CALL} deep`);
  }
  const label = row.slice(0, Math.min(at, 1));
  if (label.length > 0 && !macro.takesLabel) {
    const tokens = state.finish([label[0], colonAfter(label[0])]);
    if (tokens) emit(state, tokens, lines);
  }
  const unique = state.takeUnique();
  const expansion: Expansion = { name: macro.name, call: state.origin };
  state.input.push({ kind: 'macro', ...call, next: 0, rotation: 0, label, calledAs: name.text, unique, expansion });
  return true;
};

const DEEPEST_CALL = 10_000;

const canBeLabel = (piece: Piece): boolean => piece.kind === 'word' || (piece.kind === 'percent' && piece.value === 'context');

const colonAfter = (piece: Piece): Piece => pieceAt('punctuation', ':', undefined, piece);

const emit = (state: Preprocessor, tokens: readonly Token[], lines: Line[]): void => {
  if (tokens.length === 0) return;
  if (tokens[0].text === '[') noteBits(state, tokens);
  lines.push({ tokens, origin: state.origin });
};

const noteBits = (state: Preprocessor, [, name, bits]: readonly Token[]): void => {
  const setsBits = name?.kind === 'word' && name.text.toLowerCase() === 'bits';
  if (setsBits && bits?.kind === 'number') state.bits = Number(bits.value);
};

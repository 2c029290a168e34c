// Source files → lines of tokens: the preprocessor's main loop. One line at a time, and only when it is asked for, so that
// `%if` and `%assign` may ask the assembler (by `scope`) for the symbols above them. NASM manual, chapter 4.
import { BLOCK_DIRECTIVES, record } from './block-directives.ts';
import { handleConditional, isReading } from './conditionals.ts';
import { DEFINE_DIRECTIVES, type Directive } from './define-directives.ts';
import { numberPieces } from './expand-single.ts';
import type { Scope } from '../language/evaluate.ts';
import type { FileFrame } from './input.ts';
import { lex, type Percent, type Piece } from '../language/lex.ts';
import { type Call, matchCall } from './macros.ts';
import { OTHER_DIRECTIVES, readFile } from './other-directives.ts';
import { Fatal, isPunctuation, movedTo } from './pieces.ts';
import { bothNames, POINTER_SIZES, PRELUDE, timeMacros } from './prelude.ts';
import { Preprocessor } from './preprocessor.ts';
import { directiveIn, RawLine } from './raw-line.ts';
import { quote } from '../language/strings.ts';
import type { SourceFiles } from '../language/sources.ts';
import { bytesOfText, splitLines, takeText } from '../language/text.ts';
import { substitute } from './substitute.ts';
import { type Expansion, type Line, type Origin, pieceAt, type Reporter, type Token, type Word } from '../language/tokens.ts';

export interface ExpandOptions {
  /** Macros defined from outside, as `NAME` or `NAME=text`. */
  readonly defines?: readonly string[];
  /** When `__DATE__` and its kin say that it is, in seconds since the beginning of 1970, in UTC. 0 if nobody says. */
  readonly time?: number;
  /** What `__OUTPUT_FORMAT__` is. */
  readonly format?: string;
  /** The values of symbols and of `$`, as far as they are known while lines are still being made. */
  readonly scope?: Scope;
}

/** The lines of `entry` and of all that it includes. Reports mistakes and goes on; ends early where that makes no sense. */
export function* expand(entry: string, files: SourceFiles, reporter: Reporter, options: ExpandOptions = {}): Generator<Line> {
  const state = new Preprocessor(reporter, files, options.scope);
  try {
    definePrelude(state, options);
    readFile(state, entry, { place: { file: entry, line: 0, column: 0 } });
    for (let line = nextLine(state); line; line = nextLine(state)) yield line;
  } catch (failure) {
    if (!(failure instanceof Fatal)) throw failure;
    state.reporter.error(failure.origin, failure.text);
  }
}

const DIRECTIVES: ReadonlyMap<string, Directive> = new Map(
  Object.entries({ ...DEFINE_DIRECTIVES, ...BLOCK_DIRECTIVES, ...OTHER_DIRECTIVES }),
);

const definePrelude = (state: Preprocessor, { defines = [], format = 'bin', time = 0 }: ExpandOptions): void => {
  const run = (path: string, lines: readonly string[]): void => {
    state.input.push({ kind: 'file', path, lines, next: 0, conditionals: [], builtin: true, macro: undefined });
    nextLine(state); // Directives only: no line comes out.
  };
  run('<standard macros>', splitLines(PRELUDE));
  run('<time>', timeMacros(time));
  run('<command line>', defines.map((text) => `%define ${takeText(text).replace('=', ' ')}`));
  const dynamic = (name: string, body: (use: Origin) => readonly Piece[]): void => {
    for (const spelling of bothNames(name)) state.defines.define({ name: spelling, caseless: false, parameters: undefined, body, isActive: false });
  };
  const number = (value: number, origin: Origin): readonly Piece[] => numberPieces(BigInt(value), origin);
  dynamic('LINE', (origin) => number(state.origin.place.line, origin));
  dynamic('BITS', (origin) => number(state.bits, origin));
  dynamic('PTR', ({ place, macro }) => lex(POINTER_SIZES[state.bits] ?? 'word', place, macro));
  dynamic('OUTPUT_FORMAT', ({ place, macro }) => lex(format, place, macro));
  dynamic('FILE', (origin) => {
    const bytes = bytesOfText(takeText(state.origin.place.file));
    return [pieceAt('string', quote(bytes), bytes, origin)];
  });
};

/** The next line for the assembler; undefined at the end of all. No raw line makes more than one. */
const nextLine = (state: Preprocessor): Line | undefined => {
  for (let read = state.input.read(); read; read = state.input.read()) {
    const line = read instanceof RawLine ? handleLine(state, read) : endFile(state, read);
    if (line) return line;
  }
  return undefined;
};

const endFile = (state: Preprocessor, file: FileFrame): undefined => {
  for (const { origin } of file.conditionals) state.reporter.error(origin, `this '%if' has no '%endif'`);
  if (!state.recording) return undefined;
  const { kind, origin } = state.recording;
  state.reporter.error(origin, `this '%${kind}' has no '%end${kind}'`);
  state.recording = undefined;
  return undefined;
};

const handleLine = (state: Preprocessor, raw: RawLine): Line | undefined => {
  state.beginLine(raw.pieces[0]);
  const { recording } = state;
  if (recording) {
    if (record(state, recording, raw)) return undefined;
    state.recording = undefined;
    recording.finish(recording.lines);
    return undefined;
  }
  const { directive } = raw;
  if (directive && handleConditional(state, directive, raw)) return undefined;
  if (!isReading(state)) return undefined;
  const pieces = raw.isReplaced || state.input.macro ? substitute(state, raw) : raw.pieces;
  const isOfBody = pieces === raw.pieces && state.input.top?.kind !== 'file';
  if (raw.plainSince >= 0 && raw.plainSince === state.changesOfNames) return lineOf(state, pieces as readonly Token[], isOfBody);
  if (raw.isAsWritten && isFinal(state, pieces)) {
    if (isOfBody && !state.macros.areNamedIn(pieces)) raw.plainSince = state.changesOfNames;
    const call = callIn(state, pieces, pieces.length);
    return call ? enter(state, call) : lineOf(state, pieces, isOfBody);
  }
  const substituted = directiveIn(pieces);
  if (substituted) {
    if (directive || !handleConditional(state, substituted, new RawLine(pieces))) handleDirective(state, substituted, pieces.slice(1));
    return undefined;
  }
  const row = state.expandSingle(pieces);
  if (row.length === 0) return undefined;
  const call = callIn(state, row, raw.pieces.length);
  return call ? enter(state, call) : lineOf(state, state.finish(row));
};

/** Whether the tokens of a line are what the assembler gets: there are no single-line macros among them. */
const isFinal = (state: Preprocessor, tokens: readonly Piece[]): tokens is readonly Token[] => !state.usesDefinition(tokens);

const handleDirective = (state: Preprocessor, directive: Percent, pieces: readonly Piece[]): void => {
  const handle = DIRECTIVES.get(directive.lower);
  if (handle) handle(state, pieces, directive);
  else state.reporter.error(directive.origin, `there is no directive '${directive.text.slice(0, 40)}'`);
};

/** A use of a macro, with the label in front of it; `refused` when something is wrong with it, which has been reported. */
type Use = 'refused' | { readonly call: Call; readonly name: Word; readonly label: readonly Piece[] };

/** The macro that a line calls, if it does. */
const callIn = (state: Preprocessor, row: readonly Piece[], rawLength: number): Use | undefined => {
  const use = callAt(state, 0, row, rawLength);
  if (use || row.length === 1 || !canBeLabel(row[0])) return use;
  return callAt(state, isPunctuation(row[1], ':') ? 2 : 1, row, rawLength);
};

/** The macro that is called by the name at `at`, with a label in front of it unless that is 0. */
const callAt = (state: Preprocessor, at: number, row: readonly Piece[], rawLength: number): Use | undefined => {
  const name = row[at];
  if (name === undefined || name.kind !== 'word' || name.escaped) return undefined;
  const candidates = state.macros.calledBy(name);
  if (candidates.length === 0) return undefined;
  const call = matchCall(candidates, row.slice(at + 1), rawLength > at + 1, state.reporter);
  if (call === undefined) return 'refused';
  if ('mismatch' in call) {
    state.reporter.warning(name, call.mismatch);
    return undefined;
  }
  const { macro } = call;
  return macro.depth > 0 && !macro.recursive ? undefined : { call, name, label: row.slice(0, Math.min(at, 1)) };
};

/** Has the macro's body read next; its label is a line of its own, unless the body places it. */
const enter = (state: Preprocessor, use: Use): Line | undefined => {
  if (use === 'refused') return undefined;
  const { call, name, label } = use;
  if (state.input.frames.length > DEEPEST_CALL) {
    throw new Fatal(name, `macros call each other more than ${DEEPEST_CALL} deep`);
  }
  const isPlaced = label.length > 0 && !call.macro.takesLabel;
  const line = isPlaced ? lineOf(state, state.finish([label[0], colonAfter(label[0])])) : undefined;
  const unique = state.takeUnique();
  const expansion: Expansion = { name: call.macro.name, call: state.origin };
  const given = call.macro.builtin ? call.arguments : call.arguments.map(passedOn);
  state.input.push({
    kind: 'macro', macro: call.macro, arguments: given, next: 0, rotation: 0, label: passedOn(label), calledAs: name.text, unique, expansion, isOver: false,
  });
  return line;
};

/** An argument becomes part of the lines of the body, whatever it came from. */
const passedOn = (pieces: readonly Piece[]): readonly Piece[] =>
  pieces.some(({ macro }) => macro !== undefined) ? pieces.map((piece) => movedTo(piece, piece.line, piece.column, undefined)) : pieces;

const DEEPEST_CALL = 10_000;

const canBeLabel = (piece: Piece): boolean => piece.kind === 'word' || (piece.kind === 'percent' && piece.value === 'context');

const colonAfter = (piece: Piece): Piece => pieceAt('punctuation', ':', undefined, piece);

const lineOf = (state: Preprocessor, tokens: readonly Token[] | undefined, isOfBody = false): Line | undefined => {
  if (tokens === undefined || tokens.length === 0) return undefined;
  if (tokens[0].text === '[') noteBits(state, tokens);
  return { tokens, origin: state.origin, isOfBody };
};

const noteBits = (state: Preprocessor, tokens: readonly Token[]): void => {
  if (tokens.length < 3 || tokens[1].lower !== 'bits') return;
  const bits = tokens[2];
  if (bits.kind === 'number') state.bits = Number(bits.value);
};

// The directives that define single-line macros: `%define` and its kin, numbers (`%assign`) and strings (`%strcat`, …).
// Each exists twice, with an `i` in front of the name ignoring case. NASM manual 4.1 and 4.2.
import type { Defines, Parameter, ParameterStyle, SingleMacro } from './defines.ts';
import { numberPieces } from './expand-single.ts';
import { lex, type Percent, type Piece } from '../language/lex.ts';
import { contextName, Fatal, isContextName, isPunctuation, isWord, spacedRow, splitAtCommas, spellPieces } from './pieces.ts';
import type { Preprocessor } from './preprocessor.ts';
import { quote } from '../language/strings.ts';
import { bytesOfText } from '../language/text.ts';
import { pieceAt, type StringToken, textOf } from '../language/tokens.ts';

export type Directive = (state: Preprocessor, pieces: readonly Piece[], directive: Percent) => void;

/** A name to define: its table, the rest of the line behind it. */
interface Target {
  readonly defines: Defines;
  readonly name: string;
  readonly rest: readonly Piece[];
}

const target = (state: Preprocessor, given: readonly Piece[], directive: Percent): Target | undefined => {
  const pieces = state.withWholeName(given);
  const piece: Piece | undefined = pieces[0];
  const rest = pieces.slice(1);
  if (isWord(piece)) return { defines: state.defines, name: piece.text, rest };
  if (piece && isContextName(piece)) {
    const defines = state.definesFor(piece);
    if (defines) return { defines, name: contextName(piece).name, rest };
    state.reporter.error(piece.origin, `'${piece.text}': no such context is open`);
    return undefined;
  }
  state.reporter.error(piece?.origin ?? directive.origin, `'${directive.text}' expects a name`);
  return undefined;
};

const define = (
  state: Preprocessor, { defines, name }: Target, directive: Percent, body: readonly Piece[], parameters?: Parameter[],
): void => {
  const caseless = directive.lower[0] === 'i';
  const macro: SingleMacro = { name, caseless, parameters, body, isActive: false };
  if (defines.define(macro)) return;
  state.reporter.error(directive.origin, `'${name}' cannot be defined both with and without brackets`);
};

const defineText =
  (prepare: (state: Preprocessor, body: readonly Piece[], parameters: readonly Parameter[]) => readonly Piece[]): Directive =>
  (state, pieces, directive) => {
    const found = target(state, pieces, directive);
    if (!found) return;
    const opens = isPunctuation(found.rest[0], '(') && !found.rest[0].spaceBefore;
    const taken = opens ? takeParameters(state, found.rest) : { body: found.rest, parameters: undefined };
    if (taken) define(state, found, directive, prepare(state, taken.body, taken.parameters ?? []), taken.parameters);
  };

const STYLES: Readonly<Record<string, ParameterStyle>> = { '=': 'value', '&': 'string', '&&': 'string', '!': 'raw' };

/** `(a, =b, c+)` and the body behind it; undefined after a report. One without a name takes an argument that nothing uses. */
const takeParameters = (
  state: Preprocessor,
  pieces: readonly Piece[],
): { readonly parameters: Parameter[]; readonly body: readonly Piece[] } | undefined => {
  const close = pieces.findIndex((piece) => isPunctuation(piece, ')'));
  if (close < 0) {
    state.reporter.error(pieces[0].origin, `the list of parameters has no ')'`);
    return undefined;
  }
  const parameters: Parameter[] = [];
  const parts = splitAtCommas(pieces.slice(1, close));
  for (const [index, part] of parts.entries()) {
    const style = part[0]?.kind === 'punctuation' ? STYLES[part[0].text] : 'plain';
    const greedy = index === parts.length - 1 && isPunctuation(part.at(-1), '+');
    const [name, ...more] = part.slice(style === 'plain' ? 0 : 1, greedy ? -1 : undefined);
    const isUnnamed = part.length === 0 && parts.length > 1;
    if (!isUnnamed && (style === undefined || !isWord(name) || more.length > 0)) {
      state.reporter.error((more[0] ?? name ?? part[0] ?? pieces[0]).origin, 'the name of a parameter is expected');
      return undefined;
    }
    parameters.push({ name: name?.text ?? '', style, greedy });
  }
  return { parameters, body: pieces.slice(close + 1) };
};

const undefine: Directive = (state, pieces, directive) => {
  const found = target(state, pieces, directive);
  found?.defines.undefine(found.name);
};

/** `%defalias name other`: whatever is done to `name` is done to `other`. */
const defineAlias: Directive = (state, pieces, directive) => {
  const found = target(state, pieces, directive);
  if (!found) return;
  const [other] = state.withWholeName(found.rest);
  if (isWord(other)) found.defines.alias(found.name, other.text, directive.lower[0] === 'i');
  else state.reporter.error(other?.origin ?? directive.origin, `'${directive.text}' expects the name that is meant`);
};

const removeAlias: Directive = (state, pieces, directive) => {
  const found = target(state, pieces, directive);
  found?.defines.unalias(found.name);
};

const switchAliases: Directive = (state, pieces, directive) => {
  const [word] = pieces;
  const isOn = isWord(word) ? { on: true, off: false }[word.lower] : undefined;
  if (isOn === undefined) state.reporter.error(word?.origin ?? directive.origin, `'${directive.text}' expects 'on' or 'off'`);
  else state.defines.followsAliases = isOn;
};

const assign: Directive = (state, pieces, directive) => {
  const found = target(state, pieces, directive);
  const value = found && state.constant(found.rest, directive.text);
  if (found && value !== undefined) define(state, found, directive, numberPieces(value, state.origin));
};

/** Defines the name as a string. */
const defineString = (state: Preprocessor, found: Target, directive: Percent, bytes: Uint8Array): void => {
  if (bytes.length > LONGEST_STRING) {
    throw new Fatal(directive.origin, `'${directive.text}' makes a string of ${bytes.length} bytes`);
  }
  define(state, found, directive, [pieceAt('string', quote(bytes), bytes, state.origin)]);
};

const LONGEST_STRING = 1_000_000;

/** What needs no thought about how to quote it. */
const IS_PLAIN = /^[\w.$@~?-]{0,1000}$/;

const defstr: Directive = (state, pieces, directive) => {
  const found = target(state, pieces, directive);
  if (!found) return;
  const text = spellPieces(state.expandSingle(found.rest));
  if (IS_PLAIN.test(text)) define(state, found, directive, [pieceAt('string', `'${text}'`, bytesOfText(text), state.origin)]);
  else defineString(state, found, directive, bytesOfText(text));
};

/** The first `count` strings of the expanded text and what follows; undefined after a report. */
const stringIn = (
  state: Preprocessor,
  { rest }: Target,
  { text, origin }: Percent,
): { readonly string: StringToken; readonly rest: readonly Piece[] } | undefined => {
  const [string, ...after] = state.expandSingle(rest);
  if (string?.kind === 'string') return { string, rest: after };
  state.reporter.error(string?.origin ?? origin, `'${text}' expects a string`);
  return undefined;
};

const deftok: Directive = (state, pieces, directive) => {
  const found = target(state, pieces, directive);
  const taken = found && stringIn(state, found, directive);
  if (!taken) return;
  const { string } = taken;
  const lexed = lex(textOf(string), { ...string.origin.place, column: string.origin.place.column + 1 }, string.origin.macro);
  define(state, found, directive, lexed);
};

const strlen: Directive = (state, pieces, directive) => {
  const found = target(state, pieces, directive);
  const taken = found && stringIn(state, found, directive);
  if (!taken) return;
  define(state, found, directive, numberPieces(BigInt(taken.string.value.length), state.origin));
};

/** `%substr name string, start [, length]`: counts bytes from 1; a negative length counts from the end. */
const substr: Directive = (state, pieces, directive) => {
  const found = target(state, pieces, directive);
  const taken = found && stringIn(state, found, directive);
  if (!taken) return;
  const { value: bytes } = taken.string;
  const rest = isPunctuation(taken.rest[0], ',') ? taken.rest.slice(1) : taken.rest;
  const [startText = [], lengthText] = splitAtCommas(rest);
  const start = state.constant(startText, directive.text);
  const length = lengthText ? state.constant(lengthText, directive.text) : 1n;
  if (start === undefined || length === undefined) return;
  const from = start < 1n ? 0 : clamp(start - 1n);
  const count = length < 0n ? bytes.length + 1 - from + clamp(length) : clamp(length);
  defineString(state, found, directive, bytes.slice(from, from + Math.max(count, 0)));
};

const clamp = (value: bigint): number => Number(value < -0x7fffffffn ? -0x7fffffffn : value > 0x7fffffffn ? 0x7fffffffn : value);

const strcat: Directive = (state, pieces, directive) => {
  const found = target(state, pieces, directive);
  if (!found) return;
  const parts: number[] = [];
  for (const piece of state.expandSingle(found.rest)) {
    if (piece.kind === 'string') for (const byte of piece.value) parts.push(byte);
    else if (!isPunctuation(piece, ',')) {
      state.reporter.error(piece.origin, `'${directive.text}' expects strings`);
      return;
    }
  }
  defineString(state, found, directive, Uint8Array.from(parts));
};

/** `%xdefine` expands now; what is left of the names of macros that take part in their own text stays, and so do its parameters. */
const expandNow = (state: Preprocessor, body: readonly Piece[], parameters: readonly Parameter[]): readonly Piece[] => {
  const hidden = parameters.flatMap(({ name }) => state.defines.find(name) ?? []).filter(({ isActive }) => !isActive);
  for (const macro of hidden) macro.isActive = true;
  const expanded = state.expandSingle(body);
  for (const macro of hidden) macro.isActive = false;
  return spacedRow(expanded, false);
};

export const DEFINE_DIRECTIVES: Readonly<Record<string, Directive>> = {
  define: defineText((_, body) => body),
  idefine: defineText((_, body) => body),
  xdefine: defineText(expandNow),
  ixdefine: defineText(expandNow),
  undef: undefine,
  defalias: defineAlias,
  idefalias: defineAlias,
  undefalias: removeAlias,
  aliases: switchAliases,
  assign,
  iassign: assign,
  defstr,
  idefstr: defstr,
  deftok,
  ideftok: deftok,
  strlen,
  istrlen: strlen,
  substr,
  isubstr: substr,
  strcat,
  istrcat: strcat,
};

// A raw line → the line with everything in it that belongs to the multi-line macro around it (`%1`, `%0`, `%%label`, `%+1`,
// `%{2:3}`, `%?`) and with `%[…]` expanded. Done before directives are looked at, so that they see the arguments.
// NASM manual 4.1.3, 4.3.2, 4.3.6, 4.3.9.
import type { MacroFrame } from './input.ts';
import { lex, type Percent, type PercentSort, type Piece } from '../language/lex.ts';
import { isWord, joinTouching, movedTo, Row, wordAt } from './pieces.ts';
import type { Preprocessor } from './preprocessor.ts';
import { isReplaced, type RawLine } from './raw-line.ts';
import { pieceAt } from '../language/tokens.ts';

export const substitute = (state: Preprocessor, { pieces, isReplaced }: RawLine): readonly Piece[] => {
  const { macro } = state.input;
  const own = macro?.macro.builtin ? movedToCall(macro, pieces) : pieces;
  const row = isReplaced ? replaceAll(state, own, macro) : own;
  if (macro) state.spend(row.length, row.length);
  return row;
};

/** What the prelude's macros produce counts as written where they are called. */
const movedToCall = ({ expansion }: MacroFrame, pieces: readonly Piece[]): Piece[] => {
  const { place, macro } = expansion.call;
  return pieces.map((piece) => movedTo(piece, place, place.column, macro));
};

const replaceAll = (state: Preprocessor, pieces: readonly Piece[], macro: MacroFrame | undefined): readonly Piece[] => {
  const row = new Row();
  const asksForVariables = pieces[0].kind === 'percent' && IFENV.test(pieces[0].lower);
  for (let index = 0; index < pieces.length; index++) {
    const piece = pieces[index];
    const isName = asksForVariables && piece.value === 'environment';
    if (piece.kind === 'percent' && isReplaced(piece) && !isName) row.replace(piece, replacement(state, piece, macro), KEEPS_BLANK.has(piece.value));
    else row.keep(piece);
  }
  return joinTouching(row.pieces);
};

/** They ask for variables of the environment, not for what these are. */
const IFENV = /^(?:el)?ifn?env$/;

/** Whose content may begin with a blank that counts: `%[ x]`, and an argument in braces. */
const KEEPS_BLANK: ReadonlySet<PercentSort> = new Set(['indirect', 'parameter', 'range']);

const replacement = (state: Preprocessor, piece: Percent, macro: MacroFrame | undefined): readonly Piece[] => {
  if (piece.value === 'indirect') return expandIndirect(state, piece);
  if (piece.value === 'environment') return variable(state, piece);
  if (!macro) {
    if (piece.value === 'self') return [piece];
    state.reporter.error(piece.origin, `'${piece.text}' means nothing outside of a macro`);
    return [];
  }
  const word = wordFor(piece, macro);
  if (word !== undefined) return [wordAt(word, piece, false)];
  if (piece.value === 'parameter') return parameter(piece, macro);
  return piece.value === 'range' ? range(state, piece, macro) : condition(state, piece, macro);
};

/** Of pieces that become a name, that name. */
const wordFor = ({ value: sort, text }: Percent, { calledAs, macro, unique }: MacroFrame): string | undefined => {
  if (sort === 'self') return text === '%?' ? calledAs : macro.name;
  return sort === 'local' ? `..@${unique}.${text.slice(2)}` : undefined;
};

const expandIndirect = (state: Preprocessor, { text, origin }: Percent): readonly Piece[] => {
  const { place, macro } = origin;
  const inner = lex(text, { ...place, column: place.column + 2 }, macro);
  return state.nested(() => state.expandSingle(replaceAll(state, inner, state.input.macro)));
};

/** The value of a variable of the environment: read as tokens only at the end, so that macros and `%defstr` see it as it is. */
const variable = (state: Preprocessor, { text, origin }: Percent): readonly Piece[] => {
  const value = state.files.environment(variableName(text));
  if (value === undefined) state.reporter.warning(origin, `'${text}': the environment has no such variable`);
  return value === undefined ? [] : [pieceAt<'percent', PercentSort>('percent', value, 'variable', origin)];
};

/** Of `%!name` and `%!'name'`. */
export const variableName = (text: string): string => text.slice(2).replace(/^(['"`])(.*)\1$/s, '$2');

/** Argument `index` from 0, after rotation. */
const argument = ({ arguments: given, rotation }: MacroFrame, index: number): readonly Piece[] | undefined =>
  index < given.length ? given[(index + rotation) % given.length] : undefined;

const parameter = ({ text, origin }: Percent, macro: MacroFrame): readonly Piece[] => {
  if (text === '%00') return macro.label;
  const number = Number(text.slice(1));
  if (number > 0) return argument(macro, number - 1) ?? [];
  const count = macro.arguments.length;
  return [pieceAt('number', `${count}`, BigInt(count), origin)];
};

/** `%{a:b}`: arguments a to b with commas between; negative ones count from the end, and b may stand before a. */
const range = (state: Preprocessor, { text, origin }: Percent, macro: MacroFrame): readonly Piece[] => {
  const count = macro.arguments.length;
  const [first, last] = text
    .slice(1)
    .split(':')
    .map((end) => (Number(end) < 0 ? Number(end) + count + 1 : Number(end)));
  if (count === 0) return [];
  if (Math.min(first, last) < 1 || Math.max(first, last) > count) {
    state.reporter.error(origin, `'${text}': the macro has ${count} argument${count === 1 ? '' : 's'}`);
    return [];
  }
  const step = first <= last ? 1 : -1;
  const pieces: Piece[] = [];
  for (let number = first; number !== last + step; number += step) {
    if (number !== first) pieces.push(pieceAt('punctuation', ',', undefined, origin));
    for (const piece of argument(macro, number - 1) ?? []) pieces.push(piece);
  }
  return pieces;
};

/** Those whose opposite is spelled with or without `n`; `pe` and `po` are each other's. */
const CONDITIONS: ReadonlySet<string> = new Set([
  ...['a', 'ae', 'b', 'be', 'c', 'e', 'g', 'ge', 'l', 'le', 'o', 'p', 's', 'z'].flatMap((code) => [code, `n${code}`]),
  'pe',
  'po',
]);
const WITHOUT_OPPOSITE: ReadonlySet<string> = new Set(['cxz', 'ecxz', 'rcxz']);

const opposite = (code: string): string => {
  if (code === 'pe' || code === 'po') return code === 'pe' ? 'po' : 'pe';
  return code.startsWith('n') ? code.slice(1) : `n${code}`;
};

/** `%+1` is argument 1, which must be a condition code; `%-1` its opposite. */
const condition = (state: Preprocessor, piece: Percent, macro: MacroFrame): readonly Piece[] => {
  const { text, origin } = piece;
  const given = argument(macro, Number(text.slice(2)) - 1) ?? [];
  const code = given.length === 1 && isWord(given[0]) ? given[0].text.toLowerCase() : '';
  const isInverse = text[1] === '-';
  if (CONDITIONS.has(code)) return [wordAt(isInverse ? opposite(code) : code, piece, false)];
  if (WITHOUT_OPPOSITE.has(code) && !isInverse) return [wordAt(code, piece, false)];
  const problem = WITHOUT_OPPOSITE.has(code) ? `'${code}' has no opposite` : `argument ${text.slice(2)} is not a condition code`;
  state.reporter.error(origin, `'${text}': ${problem}`);
  return [];
};

// One line of source → pieces: the tokens of the assembler, plus what only the preprocessor understands (`%…`) and what
// nobody does. A piece that is wrong is not reported here: in a branch not taken, or in the text of an `%error`, it does no harm.
// NASM manual 3.1, 3.4 and 4.
import type { Place } from '../base/diagnostic.ts';
import { isFloat, parseNumber } from './numbers.ts';
import { unquote } from './strings.ts';
import type { Origin, Token } from './tokens.ts';

/** What follows a `%`. The text is without braces: `%{1}` and `%1` are the same piece. */
export type PercentSort =
  | 'directive' //   %name
  | 'parameter' //   %1 %0 %00
  | 'condition' //   %+1 %-1
  | 'range' //       %{1:3}
  | 'local' //       %%name
  | 'context' //     %$name %$$name
  | 'indirect' //    %[…]; the text is what stands inside
  | 'paste' //       %+
  | 'self' //        %? %??
  | 'environment'; // %!name

export interface Percent {
  readonly kind: 'percent';
  readonly sort: PercentSort;
  readonly text: string;
  readonly origin: Origin;
  readonly spaceBefore: boolean;
}

/** Text that is no token; `problem` says why. */
export interface Broken {
  readonly kind: 'broken';
  readonly text: string;
  readonly problem: string;
  readonly origin: Origin;
  readonly spaceBefore: boolean;
}

export type Piece = Token | Percent | Broken;

const NAME = /\$?[A-Za-z_.?@\u0080-\uffff][\w$#@~.?\u0080-\uffff]*/y;
const NUMBER = /0[xh][\w.]*p[+-][0-9]\w*|[0-9][0-9_.]*e[+-][0-9]\w*|\$?[0-9][\w.]*/iy;
const STRING = /'[^']*'|"[^"]*"|`(?:[^`\\]|\\.)*`/y;
const PERCENT_NAME = /%(?:%\$?|\$*)[\w#@~.?\u0080-\uffff][\w$#@~.?\u0080-\uffff]*/y;
const PERCENT = /%(?:[{[]|[+-]?[0-9]+|\+|\?\??|!(?:'[^']*'|"[^"]*"|[\w.]*))/y;
const OPERATOR = /\$\$|%%|<=>|<<<|>>>|<<|>>|<=|>=|<>|==|!=|&&|\|\||\^\^|\/\/|./sy;

/** The pieces of a line that begins at `place`; `macro`: whose expansion the text comes from. */
export const lex = (text: string, place: Place, macro?: Origin['macro']): Piece[] => {
  const pieces: Piece[] = [];
  let spaceBefore = false;
  for (let index = 0; index < text.length; ) {
    const character = text[index];
    if (character === ' ' || (character >= '\t' && character <= '\r')) {
      spaceBefore = true;
      index++;
      continue;
    }
    if (character === ';') break;
    const here = { file: place.file, line: place.line, column: place.column + index };
    const piece = pieceAt(text, index, macro ? { place: here, macro } : { place: here }, spaceBefore);
    pieces.push(piece.piece);
    index += piece.length;
    spaceBefore = false;
  }
  return pieces;
};

interface Taken {
  readonly piece: Piece;
  readonly length: number;
}

const matchAt = (pattern: RegExp, text: string, index: number): string | undefined => {
  pattern.lastIndex = index;
  return pattern.exec(text)?.[0];
};

const pieceAt = (text: string, index: number, origin: Origin, spaceBefore: boolean): Taken => {
  const name = matchAt(NAME, text, index);
  if (name !== undefined) {
    const escaped = name[0] === '$';
    return { piece: { kind: 'word', text: escaped ? name.slice(1) : name, escaped, origin, spaceBefore }, length: name.length };
  }
  const number = matchAt(NUMBER, text, index);
  if (number !== undefined) return { piece: numberPiece(number, origin, spaceBefore), length: number.length };
  if (QUOTES.includes(text[index])) return stringAt(text, index, origin, spaceBefore);
  const percent = matchAt(PERCENT, text, index) ?? matchAt(PERCENT_NAME, text, index);
  if (percent === '%{' || percent === '%[') return bracketedAt(text, index, origin, spaceBefore);
  if (percent !== undefined)
    return { piece: { kind: 'percent', sort: sortOf(percent), text: percent, origin, spaceBefore }, length: percent.length };
  const operator = matchAt(OPERATOR, text, index) ?? text[index];
  return { piece: { kind: 'punctuation', text: operator, origin, spaceBefore }, length: operator.length };
};

const QUOTES = '\'"`';

const stringAt = (text: string, index: number, origin: Origin, spaceBefore: boolean): Taken => {
  const string = matchAt(STRING, text, index);
  return string === undefined
    ? brokenTo(text.slice(index), `this string has no closing ${text[index]}`, origin, spaceBefore)
    : { piece: { kind: 'string', text: string, bytes: unquote(string), origin, spaceBefore }, length: string.length };
};

const brokenTo = (text: string, problem: string, origin: Origin, spaceBefore: boolean): Taken => ({
  piece: { kind: 'broken', text, problem, origin, spaceBefore },
  length: text.length,
});

/** A number token; wider than 64 bits keeps its low 64, as NASM does. */
const numberPiece = (text: string, origin: Origin, spaceBefore: boolean): Piece => {
  if (isFloat(text)) return { kind: 'float', text, origin, spaceBefore };
  const value = parseNumber(text);
  return value === undefined
    ? { kind: 'broken', text, problem: `'${text.slice(0, 40)}' is not a number`, origin, spaceBefore }
    : { kind: 'number', text, value: BigInt.asIntN(64, value), origin, spaceBefore };
};

/** `%{…}` and `%[…]`: to the matching bracket, over quoted strings. */
const bracketedAt = (text: string, index: number, origin: Origin, spaceBefore: boolean): Taken => {
  const open = text[index + 1];
  const close = open === '{' ? '}' : ']';
  let depth = 0;
  for (let at = index + 1; at < text.length; at++) {
    if (text[at] === open) depth++;
    else if (text[at] === close) depth--;
    else if (QUOTES.includes(text[at])) at += (matchAt(STRING, text, at)?.length ?? 1) - 1;
    if (depth > 0) continue;
    const inner = text.slice(index + 2, at);
    const [sort, content]: [PercentSort, string] = open === '[' ? ['indirect', inner] : [sortOf(`%${inner}`), `%${inner}`];
    return { piece: { kind: 'percent', sort, text: content, origin, spaceBefore }, length: at + 1 - index };
  }
  return brokenTo(text.slice(index), `'%${open}' has no closing '${close}'`, origin, spaceBefore);
};

const SORTS: readonly (readonly [RegExp, PercentSort])[] = [
  [/^%[0-9]+$/, 'parameter'],
  [/^%[+-][0-9]+$/, 'condition'],
  [/^%-?[0-9]+:-?[0-9]+$/, 'range'],
  [/^%%/, 'local'],
  [/^%\$/, 'context'],
  [/^%\+$/, 'paste'],
  [/^%\?\??$/, 'self'],
  [/^%!/, 'environment'],
];

const sortOf = (text: string): PercentSort => SORTS.find(([pattern]) => pattern.test(text))?.[1] ?? 'directive';

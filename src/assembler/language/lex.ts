// One line of source → pieces: the tokens of the assembler, plus what only the preprocessor understands (`%…`) and what
// nobody does. A piece that is wrong is not reported here: in a branch not taken, or in the text of an `%error`, it does no harm.
// NASM manual 3.1, 3.4 and 4.
import type { Place } from '../../base/diagnostic.ts';
import { LONGEST_LINE } from '../limits.ts';
import { isFloat, parseNumber } from './numbers.ts';
import { unquote } from './strings.ts';
import { type Expansion, type Token, Written } from './tokens.ts';

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
  | 'environment' // %!name
  | 'variable'; //   what %!name stands for, in the words of the environment

/** Of `%[…]`, the text is what stands inside; of all others it has the `%`. */
export type Percent = Written<'percent', PercentSort>;

/** Text that is no token; the value says why. */
export type Broken = Written<'broken', string>;

export type Piece = Token | Percent | Broken;

const NAME = /\$?[A-Za-z_.?@\u0080-\uffff][\w$#@~.?\u0080-\uffff]*/y;
const NUMBER = /0[xh][\w.]*p[+-][0-9]\w*|[0-9][0-9_.]*e[+-][0-9]\w*|\$?[0-9][\w.]*/iy;
const STRING = /'[^']*'|"[^"]*"|`(?:[^`\\]|\\.)*`/y;
const PERCENT_NAME = /%(?:%\$?|\$*)[\w#@~.?\u0080-\uffff][\w$#@~.?\u0080-\uffff]*/y;
const PERCENT = /%(?:[{[]|[+-]?[0-9]+|\+|\?\??|!(?:'[^']*'|"[^"]*"|[\w.]*))/y;
const OPERATOR = /\$\$|%%|<=>|<<<|>>>|<<|>>|<=|>=|<>|==|!=|&&|\|\||\^\^|\/\/|./sy;

/** What a character below 0x80 may begin, as a sum: most pieces are then found by one pattern. */
const BEGINS = { name: 1, number: 2, string: 4, percent: 8, single: 16 } as const;
const beginsOf = (character: string): number =>
  (/[A-Za-z_.?@$]/.test(character) ? BEGINS.name : 0) |
  (/[0-9$]/.test(character) ? BEGINS.number : 0) |
  (/['"`]/.test(character) ? BEGINS.string : 0) |
  (character === '%' ? BEGINS.percent : 0) |
  (',[]():+-*'.includes(character) ? BEGINS.single : 0); // an operator by itself, whatever follows
const BEGINNINGS = Uint8Array.from({ length: 0x80 }, (_, code) => beginsOf(String.fromCharCode(code)));

/**
 * The pieces of a line that begins at `place`; `macro`: whose expansion the text comes from. What most lines consist of is read here, the
 * rest by a `Lexer`.
 */
export const lex = (text: string, place: Place, macro?: Expansion): Piece[] => {
  const pieces: Piece[] = [];
  let lexer: Lexer | undefined;
  let spaceBefore = false;
  let index = 0;
  while (index < text.length) {
    if (pieces.length === LONGEST_LINE) {
      const problem = `this line has more than ${LONGEST_LINE} tokens`;
      return [new Written('broken', '', '', problem, false, true, place, place.column + index, macro)];
    }
    const code = text.charCodeAt(index);
    if (code === SPACE || (code >= TAB && code <= RETURN)) {
      spaceBefore = true;
      do index++;
      while (text.charCodeAt(index) === SPACE);
      continue;
    }
    if (code === SEMICOLON) break;
    const begins = code < 0x80 ? BEGINNINGS[code] : BEGINS.name;
    NAME.lastIndex = index;
    if (begins === BEGINS.name && NAME.test(text)) {
      const word = text.slice(index, NAME.lastIndex);
      pieces.push(new Written('word', word, word.toLowerCase(), undefined, false, spaceBefore, place, place.column + index, macro));
      index = NAME.lastIndex;
    } else if (begins === BEGINS.single) {
      const character = text[index];
      pieces.push(new Written('punctuation', character, character, undefined, false, spaceBefore, place, place.column + index, macro));
      index++;
    } else {
      lexer ??= new Lexer(text, place, macro);
      pieces.push(lexer.pieceAt(index, begins, spaceBefore));
      index = lexer.end;
    }
    spaceBefore = false;
  }
  return pieces;
};

class Lexer {
  readonly #text: string;
  readonly #place: Place;
  readonly #macro: Expansion | undefined;
  /** The next character to be read. */
  #index = 0;

  constructor(text: string, place: Place, macro: Expansion | undefined) {
    this.#text = text;
    this.#place = place;
    this.#macro = macro;
  }

  /** The piece at `index`, behind which `end` then is. */
  pieceAt(index: number, begins: number, spaceBefore: boolean): Piece {
    this.#index = index;
    return this.#piece(begins, spaceBefore);
  }

  get end(): number {
    return this.#index;
  }

  #piece(begins: number, spaceBefore: boolean): Piece {
    const column = this.#place.column + this.#index;
    if (begins & BEGINS.name) {
      const text = this.#take(NAME);
      if (text !== undefined) return this.#word(text, column, spaceBefore);
    }
    if (begins & BEGINS.number) {
      const text = this.#take(NUMBER);
      if (text !== undefined) return this.#number(text, column, spaceBefore);
    }
    if (begins & BEGINS.string) return this.#string(column, spaceBefore);
    if (begins & BEGINS.percent) {
      const text = this.#take(PERCENT) ?? this.#take(PERCENT_NAME);
      if (text === '%{' || text === '%[') return this.#bracketed(text, column, spaceBefore);
      if (text !== undefined) return this.#percent(text, sortOf(text), column, spaceBefore);
    }
    return this.#make('punctuation', this.#take(OPERATOR) ?? this.#rest(1), undefined, column, spaceBefore);
  }

  #make<Kind extends string, Value>(kind: Kind, text: string, value: Value, column: number, spaceBefore: boolean): Written<Kind, Value> {
    return new Written(kind, text, text, value, false, spaceBefore, this.#place, column, this.#macro);
  }

  #percent(text: string, sort: PercentSort, column: number, spaceBefore: boolean): Percent {
    const lower = sort === 'directive' ? text.slice(1).toLowerCase() : text;
    return new Written('percent', text, lower, sort, false, spaceBefore, this.#place, column, this.#macro);
  }

  #word(text: string, column: number, spaceBefore: boolean): Piece {
    const escaped = text.charCodeAt(0) === DOLLAR;
    const name = escaped ? text.slice(1) : text;
    return new Written('word', name, name.toLowerCase(), undefined, escaped, spaceBefore, this.#place, column, this.#macro);
  }

  /** A number wider than 64 bits keeps its low 64, as with NASM. */
  #number(text: string, column: number, spaceBefore: boolean): Piece {
    if (isFloat(text)) return this.#make('float', text, undefined, column, spaceBefore);
    const value = parseNumber(text);
    return value === undefined
      ? this.#make('broken', text, noNumber(text.slice(0, 40)), column, spaceBefore)
      : this.#make('number', text, BigInt.asIntN(64, value), column, spaceBefore);
  }

  /** What the pattern finds here, which then lies behind. */
  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#index;
    if (!pattern.test(this.#text)) return undefined;
    const text = this.#text.slice(this.#index, pattern.lastIndex);
    this.#index = pattern.lastIndex;
    return text;
  }

  #rest(length: number): string {
    const text = this.#text.slice(this.#index, this.#index + length);
    this.#index += length;
    return text;
  }

  #string(column: number, spaceBefore: boolean): Piece {
    const text = this.#take(STRING);
    if (text !== undefined) return this.#make('string', text, unquote(text), column, spaceBefore);
    return this.#broken(`this string has no closing ${this.#text[this.#index]}`, column, spaceBefore);
  }

  /** All that is left, from here on. */
  #broken(problem: string, column: number, spaceBefore: boolean): Piece {
    return this.#make('broken', this.#rest(this.#text.length - this.#index), problem, column, spaceBefore);
  }

  /** `%{…}` and `%[…]`, from behind the opening bracket to the matching one, over quoted strings. */
  #bracketed(begin: '%{' | '%[', column: number, spaceBefore: boolean): Piece {
    const text = this.#text;
    const open = begin[1];
    const close = open === '{' ? '}' : ']';
    const start = this.#index;
    let depth = 1;
    while (this.#index < text.length) {
      const character = text[this.#index];
      if (QUOTES.includes(character) && this.#take(STRING) !== undefined) continue;
      this.#index++;
      if (character === open) depth++;
      else if (character === close && --depth === 0) {
        const inner = text.slice(start, this.#index - 1);
        const [sort, content]: [PercentSort, string] = open === '[' ? ['indirect', inner] : [sortOf(`%${inner}`), `%${inner}`];
        return this.#percent(content, sort, column, spaceBefore);
      }
    }
    this.#index = start - begin.length;
    return this.#broken(`'${begin}' has no closing '${close}'`, column, spaceBefore);
  }
}

const noNumber = (text: string): string =>
  /^(?:[0-9_]+p|0p[0-9_]+)$/i.test(text) ? `packed decimals like ${text} are not supported` : `'${text}' is not a number`;

const TAB = 0x09;
const RETURN = 0x0d;
const SPACE = 0x20;
const DOLLAR = 0x24;
const SEMICOLON = 0x3b;
const QUOTES = '\'"`';

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

const sortOf = (text: string): PercentSort => SORTS.find((sort) => sort[0].test(text))?.[1] ?? 'directive';

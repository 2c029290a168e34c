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
export const lex = (text: string, place: Place, macro?: Origin['macro']): Piece[] => new Lexer(text, place, macro).run();

/** What a character below 0x80 may begin, as a sum: most pieces are then found by one pattern. */
const BEGINS = { name: 1, number: 2, string: 4, percent: 8 } as const;
const beginsOf = (character: string): number =>
  (/[A-Za-z_.?@$]/.test(character) ? BEGINS.name : 0) |
  (/[0-9$]/.test(character) ? BEGINS.number : 0) |
  (/['"`]/.test(character) ? BEGINS.string : 0) |
  (character === '%' ? BEGINS.percent : 0);
const BEGINNINGS = Uint8Array.from({ length: 0x80 }, (_, code) => beginsOf(String.fromCharCode(code)));

class Lexer {
  readonly #text: string;
  readonly #place: Place;
  readonly #macro: Origin['macro'];
  /** The next character to be read. */
  #index = 0;

  constructor(text: string, place: Place, macro: Origin['macro']) {
    this.#text = text;
    this.#place = place;
    this.#macro = macro;
  }

  run(): Piece[] {
    const text = this.#text;
    const pieces: Piece[] = [];
    let spaceBefore = false;
    while (this.#index < text.length) {
      const code = text.charCodeAt(this.#index);
      if (code === SPACE || (code >= TAB && code <= RETURN)) {
        spaceBefore = true;
        this.#index++;
        continue;
      }
      if (code === SEMICOLON) break;
      pieces.push(this.#piece(code < 0x80 ? BEGINNINGS[code] : BEGINS.name, spaceBefore));
      spaceBefore = false;
    }
    return pieces;
  }

  #piece(begins: number, spaceBefore: boolean): Piece {
    const { file, line, column } = this.#place;
    const origin: Origin = { place: { file, line, column: column + this.#index }, macro: this.#macro };
    if (begins & BEGINS.name) {
      const text = this.#take(NAME);
      if (text !== undefined) return wordPiece(text, origin, spaceBefore);
    }
    if (begins & BEGINS.number) {
      const text = this.#take(NUMBER);
      if (text !== undefined) return numberPiece(text, origin, spaceBefore);
    }
    if (begins & BEGINS.string) return this.#string(origin, spaceBefore);
    if (begins & BEGINS.percent) {
      const text = this.#take(PERCENT) ?? this.#take(PERCENT_NAME);
      if (text === '%{' || text === '%[') return this.#bracketed(text, origin, spaceBefore);
      if (text !== undefined) return { kind: 'percent', sort: sortOf(text), text, origin, spaceBefore };
    }
    const text = this.#take(OPERATOR) ?? this.#rest(1);
    return { kind: 'punctuation', text, origin, spaceBefore };
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

  #string(origin: Origin, spaceBefore: boolean): Piece {
    const text = this.#take(STRING);
    if (text !== undefined) return { kind: 'string', text, bytes: unquote(text), origin, spaceBefore };
    return this.#broken(`this string has no closing ${this.#text[this.#index]}`, origin, spaceBefore);
  }

  /** All that is left, from here on. */
  #broken(problem: string, origin: Origin, spaceBefore: boolean): Piece {
    return { kind: 'broken', text: this.#rest(this.#text.length - this.#index), problem, origin, spaceBefore };
  }

  /** `%{…}` and `%[…]`, from behind the opening bracket to the matching one, over quoted strings. */
  #bracketed(begin: '%{' | '%[', origin: Origin, spaceBefore: boolean): Piece {
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
        return { kind: 'percent', sort, text: content, origin, spaceBefore };
      }
    }
    this.#index = start - begin.length;
    return this.#broken(`'${begin}' has no closing '${close}'`, origin, spaceBefore);
  }
}

const TAB = 0x09;
const RETURN = 0x0d;
const SPACE = 0x20;
const SEMICOLON = 0x3b;
const QUOTES = '\'"`';

const wordPiece = (text: string, origin: Origin, spaceBefore: boolean): Piece => {
  const escaped = text[0] === '$';
  return { kind: 'word', text: escaped ? text.slice(1) : text, escaped, origin, spaceBefore };
};

/** A number token; wider than 64 bits keeps its low 64, as NASM does. */
const numberPiece = (text: string, origin: Origin, spaceBefore: boolean): Piece => {
  if (isFloat(text)) return { kind: 'float', text, origin, spaceBefore };
  const value = parseNumber(text);
  return value === undefined
    ? { kind: 'broken', text, problem: `'${text.slice(0, 40)}' is not a number`, origin, spaceBefore }
    : { kind: 'number', text, value: BigInt.asIntN(64, value), origin, spaceBefore };
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

// Source text → tokens → lines: the nouns between the assembler's stages. The preprocessor (`expand.ts`) answers everything
// that begins with `%`, and the macros of the prelude turn NASM's plain directives into primitive ones in brackets: what comes
// after it sees only labels, instructions, data and `[directive …]` lines (list in `prelude.ts`). NASM manual, chapters 3-7.
import type { Place } from '../../base/diagnostic.ts';
import { textOfBytes } from './text.ts';

/** Where something was written and, when a macro produced it, who called that macro (the innermost first, then outwards). */
export interface Origin {
  readonly place: Place;
  readonly macro?: Expansion | undefined;
}

/** One use of a macro, single-line or multi-line. */
export interface Expansion {
  readonly name: string;
  readonly call: Origin;
}

/**
 * A piece of a line. All kinds are objects of one class, which also are their own origins: there are a hundred thousand of them, and
 * few are ever asked where they come from. In the body of a multi-line macro they are the same for each expansion: that they come from
 * one is said by the line that they stand in, and added when they are reported (`InLine`).
 */
export class Written<Kind extends string, Value> implements Origin {
  // Declared only: a definition would give each field a value twice.
  declare readonly kind: Kind;
  /** As in the source; of a word without the `$` that escapes it, of a string with its quotes. */
  declare readonly text: string;
  /** Of a word, in lower case; of a directive too, without its `%`; of all others as `text`. */
  declare readonly lower: string;
  /** What the kind says. */
  declare readonly value: Value;
  /** Of a word: it is written `$name`, so a symbol whatever it looks like. */
  declare readonly escaped: boolean;
  /** Whether blanks stand in front of it: decides what `%define f (x)` means and how `%defstr` prints. */
  declare readonly spaceBefore: boolean;
  /** Where the line begins, and the column of this piece. */
  declare readonly line: Place;
  declare readonly column: number;
  /** The single-line macro that it comes from; undefined if it comes from wherever its line does. */
  declare readonly macro: Expansion | undefined;

  constructor(
    kind: Kind, text: string, lower: string, value: Value, escaped: boolean, spaceBefore: boolean,
    line: Place, column: number, macro: Expansion | undefined,
  ) {
    this.kind = kind;
    this.text = text;
    this.lower = lower;
    this.value = value;
    this.escaped = escaped;
    this.spaceBefore = spaceBefore;
    this.line = line;
    this.column = column;
    this.macro = macro;
  }

  get origin(): Origin {
    return this;
  }

  get place(): Place {
    const { file, line } = this.line;
    return { file, line, column: this.column };
  }
}

/** A name of any kind: symbol, register, mnemonic, directive. */
export type Word = Written<'word', undefined>;

/** An integer, as a signed 64-bit number. */
export type NumberToken = Written<'number', bigint>;

/** A floating-point constant; recognised so that it can be refused by name. */
export type Float = Written<'float', undefined>;

/** A quoted string. The value is its content, with the escapes of a backquoted one resolved. */
export type StringToken = Written<'string', Uint8Array>;

/** An operator or separator (`$` and `$$` among them), or one character that belongs nowhere. */
export type Punctuation = Written<'punctuation', undefined>;

export type Token = Word | NumberToken | Float | StringToken | Punctuation;

/** A piece of a line that a macro produced. */
export class Expanded implements Origin {
  declare readonly macro: Expansion;
  declare readonly written: Origin;

  constructor(written: Origin, macro: Expansion) {
    this.written = written;
    this.macro = macro;
  }

  get place(): Place {
    return this.written.place;
  }
}

/** Where a piece of a line comes from, when the line itself comes from `line`. */
export const originIn = (line: Expansion | undefined, origin: Origin): Origin =>
  line === undefined || origin.macro !== undefined || !(origin instanceof Written) ? origin : new Expanded(origin, line);

/** A piece that no source contains as it is. */
export const pieceAt = <Kind extends string, Value>(
  kind: Kind, text: string, value: Value, { place, macro }: Origin, spaceBefore = false,
): Written<Kind, Value> => new Written(kind, text, kind === 'word' ? text.toLowerCase() : text, value, false, spaceBefore, place, place.column, macro);

/** One logical line after preprocessing: comments gone, continuations joined, never empty. */
export interface Line {
  readonly tokens: readonly Token[];
  /** The first column of the line as written; for a line that a macro produced, the line in the macro's body. */
  readonly origin: Origin;
  /** The tokens stand so in the body of a macro or a repetition: the same row comes again each time that it is read. */
  readonly isOfBody: boolean;
}

/** Where mistakes of the user go. Stages report and go on. */
export interface Reporter {
  error(origin: Origin, text: string): void;
  warning(origin: Origin, text: string): void;
}

/** The word in lower case, unless it is escaped. */
export const wordOf = (token: Token | undefined): string | undefined =>
  token !== undefined && token.kind === 'word' && !token.escaped ? token.lower : undefined;

/** A position in a row of tokens. */
export class Cursor {
  declare readonly tokens: readonly Token[];
  /** Where to point when something is missing at the end. */
  declare readonly end: Origin;
  /** How many bytes of a string are a number: 4 outside of 64-bit code, as with NASM. */
  declare readonly charactersInNumber: number;
  declare index: number;
  /** The next token; undefined behind the last one. */
  declare token: Token | undefined;

  /** `bits`: the size of code that is in force. */
  constructor(tokens: readonly Token[], end: Origin, bits: number) {
    this.tokens = tokens;
    this.end = end;
    this.charactersInNumber = bits === 64 ? 8 : 4;
    this.index = 0;
    this.token = tokens[0];
  }

  get atEnd(): boolean {
    return this.token === undefined;
  }

  take(): Token | undefined {
    const { token } = this;
    this.token = this.tokens[++this.index];
    return token;
  }

  /** Whether the next token is the last one in front of a comma, a bracket that closes, or the end. */
  get isLone(): boolean {
    const next = this.tokens[this.index + 1];
    return next === undefined || (next.kind === 'punctuation' && (next.text === ',' || next.text === ']'));
  }

  /** Goes behind the last token. */
  skipAll(): void {
    this.index = this.tokens.length;
    this.token = undefined;
  }

  /** The origin of the next token, or of the last one at the end. */
  get origin(): Origin {
    return this.token ?? this.tokens.at(-1) ?? this.end;
  }

  /** The word here in lower case, unless it is escaped. */
  get word(): string | undefined {
    const { token } = this;
    return token !== undefined && token.kind === 'word' && !token.escaped ? token.lower : undefined;
  }

  /** Whether the next token is this punctuation. */
  sees(punctuation: string): boolean {
    const { token } = this;
    return token !== undefined && token.kind === 'punctuation' && token.text === punctuation;
  }

  /** Takes the next token if it is this punctuation. */
  accept(punctuation: string): boolean {
    const { token } = this;
    if (token === undefined || token.kind !== 'punctuation' || token.text !== punctuation) return false;
    this.token = this.tokens[++this.index];
    return true;
  }

  /** Takes the next token if it is this word (lower case), however it is capitalised, and not escaped. */
  acceptWord(word: string): boolean {
    const { token } = this;
    if (token === undefined || token.kind !== 'word' || token.lower !== word || token.escaped) return false;
    this.token = this.tokens[++this.index];
    return true;
  }
}

/** The token as it would be written in a source. */
export const spell = (token: Token): string => (token.kind === 'word' && token.escaped ? `$${token.text}` : token.text);

/** A row of tokens as text, one blank where blanks were. */
export const spellAll = (tokens: readonly Token[]): string =>
  tokens.map((token, index) => (index > 0 && token.spaceBefore ? ` ${spell(token)}` : spell(token))).join('');

/** The content of a string token as text, for names of files and sections. */
export const textOf = (token: StringToken): string => textOfBytes(token.value);

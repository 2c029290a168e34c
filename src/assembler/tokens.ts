// Source text → tokens → lines: the nouns between the assembler's stages. The preprocessor (`expand.ts`) answers everything
// that begins with `%`, and the macros of the prelude turn NASM's plain directives into primitive ones in brackets: what comes
// after it sees only labels, instructions, data and `[directive …]` lines (list in `prelude.ts`). NASM manual, chapters 3-7.
import type { Place } from '../base/diagnostic.ts';

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

interface Written {
  /** As in the source; of a word without the `$` that escapes it, of a string with its quotes. */
  readonly text: string;
  readonly origin: Origin;
  /** Whether blanks stand in front of it: decides what `%define f (x)` means and how `%defstr` prints. */
  readonly spaceBefore: boolean;
}

/** A name of any kind: symbol, register, mnemonic, directive. `escaped`: written `$name`, so a symbol whatever it looks like. */
export interface Word extends Written {
  readonly kind: 'word';
  readonly escaped: boolean;
}

/** An integer, as a signed 64-bit number. */
export interface NumberToken extends Written {
  readonly kind: 'number';
  readonly value: bigint;
}

/** A floating-point constant; recognised so that it can be refused by name. */
export interface Float extends Written {
  readonly kind: 'float';
}

/** A quoted string; `bytes` is its content: UTF-8, with the escapes of a backquoted one resolved. */
export interface StringToken extends Written {
  readonly kind: 'string';
  readonly bytes: Uint8Array;
}

/** An operator or separator (`$` and `$$` among them), or one character that belongs nowhere. */
export interface Punctuation extends Written {
  readonly kind: 'punctuation';
}

export type Token = Word | NumberToken | Float | StringToken | Punctuation;

/** One logical line after preprocessing: comments gone, continuations joined, never empty. */
export interface Line {
  readonly tokens: readonly Token[];
  /** The first column of the line as written; for a line that a macro produced, the line in the macro's body. */
  readonly origin: Origin;
}

/** Where sources come from. The only way out of the assembler: files, a browser's table, a test's object. */
export interface SourceIo {
  /** The text of `path` as written in `from` (absent for the entry): beside `from` first, then along the include paths. */
  read(path: string, from?: string): { readonly path: string; readonly text: string } | undefined;
  /** The bytes of a file for `incbin`, looked up in the same way. */
  readBytes(path: string, from?: string): Uint8Array | undefined;
}

/** Where mistakes of the user go. Stages report and go on. */
export interface Reporter {
  error(origin: Origin, text: string): void;
  warning(origin: Origin, text: string): void;
}

/** A position in a row of tokens. Reading past the end gives `undefined`, for ever. */
export class Cursor {
  readonly tokens: readonly Token[];
  /** Where to point when something is missing at the end. */
  readonly end: Origin;
  index = 0;

  constructor(tokens: readonly Token[], end: Origin) {
    this.tokens = tokens;
    this.end = end;
  }

  get atEnd(): boolean {
    return this.index >= this.tokens.length;
  }

  peek(ahead = 0): Token | undefined {
    return this.tokens[this.index + ahead];
  }

  take(): Token | undefined {
    return this.tokens[this.index++];
  }

  /** The origin of the next token, or of the last one at the end. */
  get origin(): Origin {
    return this.peek()?.origin ?? this.tokens.at(-1)?.origin ?? this.end;
  }

  /** Whether the next token is this punctuation. */
  sees(punctuation: string): boolean {
    const token = this.peek();
    return token?.kind === 'punctuation' && token.text === punctuation;
  }

  /** Takes the next token if it is this punctuation. */
  accept(punctuation: string): boolean {
    if (!this.sees(punctuation)) return false;
    this.index++;
    return true;
  }

  /** Takes the next token if it is this word (lower case), however it is capitalised, and not escaped. */
  acceptWord(word: string): boolean {
    const token = this.peek();
    if (token?.kind !== 'word' || token.escaped || token.text.toLowerCase() !== word) return false;
    this.index++;
    return true;
  }
}

/** The token as it would be written in a source. */
export const spell = (token: Token): string => (token.kind === 'word' && token.escaped ? `$${token.text}` : token.text);

/** A row of tokens as text, one blank where blanks were. */
export const spellAll = (tokens: readonly Token[]): string =>
  tokens.map((token, index) => (index > 0 && token.spaceBefore ? ` ${spell(token)}` : spell(token))).join('');

/** The content of a string token as text, for names of files and sections. */
export const textOf = (token: StringToken): string => new TextDecoder().decode(token.bytes);

// What the parts of the preprocessor share: definitions, contexts, input, limits, and the way from pieces to tokens and numbers.
import { parseExpression } from '../language/expression.ts';
import { type Scope, evaluate } from '../language/evaluate.ts';
import { constantOf, constantValue, UNKNOWN } from '../language/value.ts';
import { type SingleMacro, Defines } from './defines.ts';
import { expandSingle } from './expand-single.ts';
import { Input, type MacroFrame } from './input.ts';
import { lex, type Percent, type Piece } from '../language/lex.ts';
import { Macros } from './macros.ts';
import { areTokens, contextName, Fatal, isContextName, isWord, joinTouching, lengthOfName, spacedRow, wordAt } from './pieces.ts';
import type { RawLine } from './raw-line.ts';
import { DEEPEST_INDIRECTION, LONGEST_LINE, MOST_LINES, MOST_PIECES } from '../limits.ts';
import { InLine } from '../reporter.ts';
import type { SourceFiles } from '../language/sources.ts';
import { Cursor, Expanded, type Expansion, type Origin, originIn, type Reporter, type Token } from '../language/tokens.ts';

/** An entry of the stack of `%push`. */
export interface Context {
  name: string;
  readonly number: number;
  readonly defines: Defines;
}

/** The body of a `%macro` or `%rep` that is being read. */
export interface Recording {
  readonly kind: 'macro' | 'rep';
  readonly origin: Origin;
  readonly lines: RawLine[];
  /** How many of the same kind have begun inside. */
  nested: number;
  readonly finish: (lines: readonly RawLine[]) => void;
}

export class Preprocessor {
  readonly reporter: Reporter;
  readonly files: SourceFiles;
  readonly input = new Input();
  readonly defines = new Defines();
  readonly macros = new Macros();
  readonly contexts: Context[] = [];
  /** Those that `%use` has brought in. */
  readonly usedPackages = new Set<string>();
  recording: Recording | undefined;
  /** The last `[bits]`, for `__BITS__`. */
  bits = 16;
  readonly #scope: Scope;
  /** The first piece of the line that is being worked on, and the macro that it comes from. */
  #first: Piece | undefined;
  #macro: MacroFrame | undefined;
  #origin: Origin | undefined;
  #unique = 0;
  #pieces = 0;
  #lines = 0;
  #nesting = 0;

  constructor(reporter: Reporter, files: SourceFiles, scope: Scope = NOTHING_KNOWN) {
    this.reporter = new InLine(reporter, () => this.#expansion);
    this.files = files;
    this.#scope = scope;
  }

  /** How often names may have become those of macros. */
  get changesOfNames(): number {
    return this.defines.changes + this.macros.changes;
  }

  /** A number that no macro expansion and no context has had. */
  takeUnique(): number {
    return this.#unique++;
  }

  /** Counts what expansions produce; throws when it is more than a source could mean. */
  spend(pieces: number, inLine: number): void {
    this.#pieces += pieces;
    if (inLine > LONGEST_LINE) throw new Fatal(this.origin, `macros make this line longer than ${LONGEST_LINE} tokens`);
    if (this.#pieces > MOST_PIECES) throw new Fatal(this.origin, `macros produce more than ${MOST_PIECES} tokens`);
  }

  /** Begins with the line of which this is the first piece. */
  beginLine(first: Piece): void {
    this.#first = first;
    this.#macro = this.input.macro;
    this.#origin = undefined;
    if (++this.#lines > MOST_LINES) throw new Fatal(this.origin, `macros and repetitions take more than ${MOST_LINES} lines`);
  }

  /** Where the line was written; of the prelude's lines, where they are called. */
  get origin(): Origin {
    return (this.#origin ??= this.#findOrigin());
  }

  #findOrigin(): Origin {
    const first = this.#first;
    const macro = this.#macro;
    if (first === undefined) return NOWHERE;
    if (!macro || first.macro) return first;
    return macro.macro.builtin ? macro.expansion.call : new Expanded(first, macro.expansion);
  }

  /** Where a piece of the line was written, wherever it is asked for. */
  originOf(piece: Piece): Origin {
    return originIn(this.#expansion, piece);
  }

  /** What the line comes from. */
  get #expansion(): Expansion | undefined {
    const macro = this.#macro;
    if (!macro) return this.#first?.macro;
    return macro.macro.builtin ? macro.expansion.call.macro : macro.expansion;
  }

  /** What `action` answers; throws when `%[…]` are nested without sense. */
  nested<Result>(action: () => Result): Result {
    if (++this.#nesting > DEEPEST_INDIRECTION) {
      throw new Fatal(this.origin, `'%[…]' are nested more than ${DEEPEST_INDIRECTION} deep`);
    }
    const result = action();
    this.#nesting--;
    return result;
  }

  /** The definitions that a piece may be a use of. */
  definitionsOf(piece: Piece): readonly SingleMacro[] | undefined {
    if (isWord(piece)) return this.defines.find(piece.text);
    return isContextName(piece) ? this.definesFor(piece)?.find(contextName(piece).name) : undefined;
  }

  /** Whether a row has pieces that may be uses of definitions. */
  usesDefinition(pieces: readonly Piece[]): boolean {
    for (let index = 0; index < pieces.length; index++) {
      const piece = pieces[index];
      const { kind } = piece;
      if (kind === 'word' ? !piece.escaped && this.defines.find(piece.text) : kind === 'percent' && this.definitionsOf(piece)) return true;
    }
    return false;
  }

  /** The table for `%$name`, the one of its context; undefined if that many contexts are not open. */
  definesFor(piece: Percent): Defines | undefined {
    return this.#contextFor(piece)?.defines;
  }

  #contextFor(piece: Percent): Context | undefined {
    return this.contexts.at(-1 - contextName(piece).outwards);
  }

  expandSingle(pieces: readonly Piece[]): readonly Piece[] {
    return expandSingle(this, pieces);
  }

  /** The row with its first name put together where that is written in parts: `%define x%$i`. */
  withWholeName(pieces: readonly Piece[]): readonly Piece[] {
    const length = lengthOfName(pieces);
    return length > 1 ? [...this.expandSingle(pieces.slice(0, length)), ...pieces.slice(length)] : pieces;
  }

  /** Pieces → what the assembler understands; undefined after reports. */
  finish(pieces: readonly Piece[]): readonly Token[] | undefined {
    if (areTokens(pieces)) return pieces;
    const joined = joinTouching(pieces.flatMap((piece) => (piece.kind === 'percent' ? this.#finishPercent(piece) : piece)), 'all');
    let isWhole = true;
    for (const piece of joined) {
      if (piece.kind !== 'broken' && piece.kind !== 'percent') continue;
      this.reporter.error(piece, piece.kind === 'broken' ? piece.value : this.#whyNot(piece));
      isWhole = false;
    }
    return isWhole ? (joined as readonly Token[]) : undefined;
  }

  /** `%$name` where it is no macro: a label of the context. Of a variable: the tokens in it. */
  #finishPercent(piece: Percent): Piece | readonly Piece[] {
    if (piece.value === 'variable') return spacedRow(lex(piece.text, piece.place, piece.macro), piece.spaceBefore);
    const context = isContextName(piece) ? this.#contextFor(piece) : undefined;
    return context ? wordAt(`..@${context.number}.${contextName(piece).name}`, piece, piece.spaceBefore) : piece;
  }

  #whyNot({ value: sort, text }: Percent): string {
    if (sort === 'context') return `'${text}': ${this.contexts.length === 0 ? 'no context is' : 'fewer contexts are'} open`;
    return FUNCTION.test(text) ? `the function '${text}' is not supported` : `'${text}' means nothing here`;
  }

  /** The number an expression means now; undefined after a report. `what` asks for it: `%if`, `%rep`, … */
  constant(pieces: readonly Piece[], what: string): bigint | undefined {
    const tokens = this.finish(this.expandSingle(pieces));
    if (!tokens) return undefined;
    const cursor = new Cursor(tokens, this.origin, this.bits);
    if (cursor.atEnd) {
      this.reporter.error(this.origin, `'${what}' expects an expression`);
      return undefined;
    }
    const expression = parseExpression(cursor, this.reporter);
    if (!expression) return undefined;
    if (!cursor.atEnd) this.reporter.warning(cursor.origin, `text after the expression of '${what}' is ignored`);
    const value = evaluate(expression, this.#scope, this.reporter);
    if (!value) return undefined;
    const constant = constantOf(value);
    if (constant === undefined) {
      const why = value.unknown ? 'something in it has no value yet' : 'this is an address';
      this.reporter.error(expression.origin, `'${what}' needs a number: ${why}`);
    }
    return constant;
  }
}

/** What NASM's preprocessor has besides directives. */
const FUNCTION = /^%(?:abs|cond|count|eval|hex|is\w+|map|num|sel|str|strcat|strlen|substr|tok)$/i;

const NOWHERE: Origin = { place: { file: '', line: 0, column: 0 } };

const NOTHING_KNOWN: Scope = { symbol: () => UNKNOWN, here: () => UNKNOWN, sectionStart: () => constantValue(0n) };

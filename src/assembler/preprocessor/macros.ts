// Multi-line macros: `%macro` lines → definitions, and a line that calls one → which definition, with which arguments.
// Definitions of one name differ by how many arguments they take; the newest that fits is called. NASM manual 4.3.
import type { Piece } from '../language/lex.ts';
import { isPunctuation, spacedRow } from './pieces.ts';
import type { RawLine } from './raw-line.ts';
import type { Reporter, Word } from '../language/tokens.ts';

/** How many arguments a macro takes; the last one may swallow commas. */
export interface Arity {
  readonly minimum: number;
  readonly maximum: number;
  readonly greedy: boolean;
}

export interface MultiMacro extends Arity {
  readonly name: string;
  readonly caseless: boolean;
  readonly recursive: boolean;
  /** Of the prelude: its lines count as written where it is called. */
  readonly builtin: boolean;
  readonly defaults: readonly (readonly Piece[])[];
  readonly body: readonly RawLine[];
  /** The body places the label of the line itself, by `%00`. */
  readonly takesLabel: boolean;
  /** How many of its expansions are under way. */
  depth: number;
}

/** `1`, `1-3`, `2-*`, each perhaps with `+` and `.nolist`; undefined if it is none of these. */
export const parseArity = (text: string): Arity | undefined => {
  const match = /^([0-9]+)(?:-([0-9]+|\*))?(\+)?(?:\.nolist)?$/i.exec(text);
  if (!match) return undefined;
  const minimum = Number(match[1]);
  const maximum = match[2] === '*' ? Number.POSITIVE_INFINITY : Number(match[2] ?? match[1]);
  return minimum <= maximum ? { minimum, maximum, greedy: match[3] !== undefined } : undefined;
};

const takes = ({ minimum, maximum, greedy }: Arity, count: number): boolean => minimum <= count && (greedy || count <= maximum);

const overlap = (a: Arity, b: Arity): boolean => (a.greedy || b.minimum <= a.maximum) && (b.greedy || a.minimum <= b.maximum);

/** How many arguments the definitions of one name take, in words: `1-3 or 5 or more arguments`. */
export const arityText = (macros: readonly Arity[]): string => {
  const ranges = macros.map(({ minimum, maximum, greedy }) => {
    if (greedy || maximum === Number.POSITIVE_INFINITY) return `${minimum} or more`;
    return minimum === maximum ? `${minimum}` : `${minimum}-${maximum}`;
  });
  return `${ranges.toReversed().join(' or ')} argument${ranges.length === 1 && ranges[0] === '1' ? '' : 's'}`;
};

export class Macros {
  readonly #byName = new Map<string, MultiMacro[]>();
  /** How often a macro was defined. One that is no more leaves lines as they are. */
  changes = 0;

  /** All definitions of the name, the newest first. */
  named(name: string): readonly MultiMacro[] {
    return meantBy(name, this.#byName.get(name.toLowerCase()));
  }

  /** The same for a word in a source. */
  calledBy({ text, lower }: Word): readonly MultiMacro[] {
    const macros = this.#byName.get(lower);
    return macros === undefined ? NONE : meantBy(text, macros);
  }

  /** Whether a row has the name of one, wherever it stands. */
  areNamedIn(pieces: readonly Piece[]): boolean {
    return pieces.some((piece) => piece.kind === 'word' && this.#byName.has(piece.lower));
  }

  /** Whether there is one with this name that takes some of these numbers of arguments (any without `arity`). */
  has(name: string, arity?: Arity): boolean {
    return this.named(name).some((macro) => arity === undefined || overlap(macro, arity));
  }

  define(macro: MultiMacro): void {
    this.changes++;
    const key = macro.name.toLowerCase();
    this.#byName.set(key, [macro, ...(this.#byName.get(key) ?? [])]);
  }

  /** Removes the definitions with exactly this arity. */
  undefine(name: string, { minimum, maximum, greedy }: Arity): void {
    const gone = this.named(name).filter((m) => m.minimum === minimum && m.maximum === maximum && m.greedy === greedy);
    const key = name.toLowerCase();
    this.#byName.set(key, this.#byName.get(key)?.filter((macro) => !gone.includes(macro)) ?? []);
  }

  /** Removes all but the prelude's. */
  clear(): void {
    for (const [key, macros] of this.#byName) this.#byName.set(key, macros.filter((macro) => macro.builtin));
  }
}

const NONE: readonly MultiMacro[] = [];

/** Those of one name in lower case that are meant by it as it is written. */
const meantBy = (name: string, macros: readonly MultiMacro[] = NONE): readonly MultiMacro[] => {
  const isMeant = (macro: MultiMacro): boolean => macro.caseless || macro.name === name;
  return macros.every(isMeant) ? macros : macros.filter(isMeant);
};

/** An argument of a call, its braces removed. `start`: where it begins in the row it was taken from. */
interface Argument {
  readonly pieces: readonly Piece[];
  readonly start: number;
  readonly braced: boolean;
}

/** Arguments end at commas; one in braces may contain commas. Undefined after a report. */
const splitArguments = (pieces: readonly Piece[], reporter: Reporter): Argument[] | undefined => {
  const split: Argument[] = [];
  let index = 0;
  while (index < pieces.length || (index > 0 && isPunctuation(pieces[index - 1], ','))) {
    const start = index;
    const braced = isPunctuation(pieces[index], '{');
    const end = braced ? closingBrace(pieces, index) : nextComma(pieces, index);
    if (end === undefined) {
      reporter.error(pieces[start].origin, `'{' has no '}'`);
      return undefined;
    }
    split.push({ pieces: braced ? pieces.slice(start + 1, end) : trimmed(pieces.slice(start, end)), start, braced });
    index = braced ? end + 1 : end;
    if (index < pieces.length && !isPunctuation(pieces[index], ',')) {
      reporter.error(pieces[index].origin, 'braces must enclose the whole argument');
      return undefined;
    }
    index++;
  }
  return split;
};

/** Without the blank in front; one inside of braces belongs to the argument. */
const trimmed = (pieces: readonly Piece[]): readonly Piece[] => spacedRow(pieces, false);

const nextComma = (pieces: readonly Piece[], from: number): number => {
  for (let index = from; index < pieces.length; index++) if (isPunctuation(pieces[index], ',')) return index;
  return pieces.length;
};

const closingBrace = (pieces: readonly Piece[], from: number): number | undefined => {
  let depth = 0;
  for (let index = from; index < pieces.length; index++) {
    if (isPunctuation(pieces[index], '{')) depth++;
    if (isPunctuation(pieces[index], '}') && --depth === 0) return index;
  }
  return undefined;
};

/** The default arguments after `%macro name arity`; the last one of a greedy macro keeps its commas. */
export const splitDefaults = (pieces: readonly Piece[], arity: Arity, reporter: Reporter): (readonly Piece[])[] => {
  const split = splitArguments(pieces, reporter) ?? [];
  const room = arity.maximum - arity.minimum;
  if (arity.greedy && split.length > room && room > 0) {
    const last = split[room - 1];
    const rest = last.braced ? last.pieces : trimmed(pieces.slice(last.start));
    return [...split.slice(0, room - 1).map((argument) => argument.pieces), rest];
  }
  if (split.length > room) reporter.warning(pieces[split[room].start].origin, 'more default arguments than optional parameters');
  return split.slice(0, room).map((argument) => argument.pieces);
};

export interface Call {
  readonly macro: MultiMacro;
  readonly arguments: readonly (readonly Piece[])[];
}

/**
 * Which of `candidates` (of one name, not empty) the arguments in `pieces` call. `hadText`: something stood after the name
 * before single-line macros were expanded, so that nothing left is one empty argument where one is needed.
 */
export const matchCall = (
  candidates: readonly MultiMacro[],
  pieces: readonly Piece[],
  hadText: boolean,
  reporter: Reporter,
): Call | { readonly mismatch: string } | undefined => {
  const split = splitArguments(pieces, reporter);
  if (!split) return undefined;
  let count = split.length;
  let macro = candidates.find((candidate) => takes(candidate, count));
  const last = split.at(-1);
  const endsEmpty = count > 1 && last !== undefined && !last.braced && last.pieces.length === 0;
  if (endsEmpty) {
    macro ??= candidates.find((candidate) => takes(candidate, count - 1));
    if (macro) reporter.warning(pieces[split[count - 1].start - 1].origin, 'the empty argument at the end is dropped');
    if (macro) count--;
  }
  if (!macro && count === 0 && hadText) macro = candidates.find((candidate) => takes(candidate, 1));
  if (!macro) return { mismatch: `'${candidates[0].name}' takes ${arityText(candidates)}, not ${count}` };
  const given = split.slice(0, count).map((argument) => argument.pieces);
  if (macro.greedy && count > macro.maximum && macro.maximum > 0) {
    const first = split[macro.maximum - 1];
    given.splice(macro.maximum - 1, count, first.braced ? first.pieces : trimmed(pieces.slice(first.start)));
  }
  const wanted = given.length < macro.minimum ? 0 : Math.min(macro.minimum + macro.defaults.length, macro.maximum);
  for (let index = given.length; index < wanted; index++) given.push(macro.defaults[index - macro.minimum]);
  return { macro, arguments: given };
};

// A row of pieces with single-line macros → the row with their texts. A macro is not expanded inside its own text; arguments
// enter the body unexpanded and are looked at together with it, as in C. When putting names together made new ones, the whole
// row is looked at again, as NASM does. NASM manual 4.1.1-4.1.4.
import type { Parameter, SingleMacro } from './defines.ts';
import type { Piece } from '../language/lex.ts';
import { LONGEST_LINE } from '../limits.ts';
import { arityText } from './macros.ts';
import {
  expandedFrom, Fatal, isPunctuation, isSettled, isWord, joinTouching, makesName, paste, Row, spaced, spacedRow, spellPieces, wordAt,
} from './pieces.ts';
import { quote } from '../language/strings.ts';
import { bytesOfText } from '../language/text.ts';
import { type Expansion, type Origin, pieceAt, type Reporter, type Token } from '../language/tokens.ts';

/** What an expansion needs of the preprocessor: its definitions, and to whom mistakes and work are told. */
interface Definitions {
  readonly origin: Origin;
  readonly reporter: Reporter;
  definitionsOf(piece: Piece): readonly SingleMacro[] | undefined;
  usesDefinition(pieces: readonly Piece[]): boolean;
  expandSingle(pieces: readonly Piece[]): readonly Piece[];
  constant(pieces: readonly Piece[], what: string): bigint | undefined;
  originOf(piece: Piece): Origin;
  spend(pieces: number, inLine: number): void;
}

/** Each look may put together new names; a source that needs more than this has no end. */
const MOST_LOOKS = 100;

export const expandSingle = (state: Definitions, pieces: readonly Piece[]): readonly Piece[] => {
  if (isSettled(pieces) && !state.usesDefinition(pieces)) return pieces;
  let row = pieces;
  for (let looks = 0; looks < MOST_LOOKS; looks++) {
    state.spend(looks === 0 ? 0 : row.length, row.length);
    const expanded = state.usesDefinition(row) ? new Expander(state, row).run() : row;
    row = joinNames(paste(expanded));
    if (row === expanded) return row;
  }
  throw new Fatal(state.origin, 'the single-line macros in this line expand without end');
};

const joinNames = (row: readonly Piece[]): readonly Piece[] => {
  for (let index = 1; index < row.length; index++) if (makesName(row[index - 1], row[index])) return joinTouching(row, 'expansion');
  return row;
};

/** A row that is being read: the line itself, or on top of it the text of a macro. */
interface Level {
  readonly pieces: readonly Piece[];
  index: number;
  readonly macro?: SingleMacro;
}

class Expander {
  readonly #state: Definitions;
  readonly #levels: Level[];
  readonly #output: Piece[] = [];
  /** A bracket that is not closed here is not closed for any use in front of it: looking again would take for ever. */
  #isUnclosed = false;
  /** An expansion to nothing leaves the blank that stood before it. */
  #spacePending = false;

  constructor(state: Definitions, pieces: readonly Piece[]) {
    this.#state = state;
    this.#levels = [{ pieces, index: 0 }];
  }

  run(): readonly Piece[] {
    for (let piece = this.#take(); piece; piece = this.#take()) {
      const mayBeName = piece.kind === 'word' || piece.kind === 'percent';
      const macros = mayBeName && !this.#isUnclosed ? this.#state.definitionsOf(piece) : undefined;
      if (macros && this.#expand(piece, macros)) continue;
      this.#output.push(this.#spacePending ? spaced(piece, true) : piece);
      this.#spacePending = false;
      if (this.#output.length > LONGEST_LINE) this.#state.spend(0, this.#output.length);
    }
    return this.#output;
  }

  #take(): Piece | undefined {
    const levels = this.#levels;
    while (levels.length > 0) {
      const level = levels[levels.length - 1];
      if (level.index < level.pieces.length) return level.pieces[level.index++];
      if (level.macro) level.macro.isActive = false;
      levels.pop();
    }
    return undefined;
  }

  #expand(use: Piece, macros: readonly SingleMacro[]): boolean {
    const plain = macros.find((macro) => macro.parameters === undefined);
    if (plain) {
      if (plain.isActive) return false;
      this.#enter(plain, use, NO_ARGUMENTS);
      return true;
    }
    const ahead = this.#look();
    if (!isPunctuation(ahead.next(), '(')) return false;
    const given = readArguments(ahead, macros);
    this.#state.spend(given?.reduce((sum, { length }) => sum + length, 0) ?? 0, 0);
    if (given === undefined) {
      this.#state.reporter.error(use.origin, `the arguments of '${macros[0].name}' have no closing ')'`);
      this.#isUnclosed = true;
      return false;
    }
    const macro = macros.find((candidate) => accepts(candidate, given));
    if (!macro) {
      const arities = macros.map(({ parameters = [] }) => ({ minimum: parameters.length, maximum: parameters.length, greedy: false }));
      this.#state.reporter.warning(use.origin, `'${macros[0].name}' takes ${arityText(arities)}, not ${given.length}`);
      return false;
    }
    if (macro.isActive) return false;
    ahead.commit();
    const parameters = macro.parameters ?? [];
    const values = parameters.map((parameter, index) => [parameter.name, this.#convert(parameter, given, index)] as const);
    this.#enter(macro, use, new Map(values));
    return true;
  }

  /** Puts the body on top of what is still to be read. */
  #enter(macro: SingleMacro, use: Piece, values: ReadonlyMap<string, readonly Piece[]>): void {
    const call: Expansion = { name: macro.name, call: this.#state.originOf(use) };
    const body = typeof macro.body === 'function' ? macro.body(use.origin) : fillIn(macro, use, values, call);
    this.#state.spend(body.length + 1, body.length);
    const space = use.spaceBefore || this.#spacePending;
    this.#spacePending = body.length === 0 && space;
    macro.isActive = true;
    this.#levels.push({ pieces: spacedRow(body, space), index: 0, macro });
  }

  #convert(parameter: Parameter, given: readonly (readonly Piece[])[], index: number): readonly Piece[] {
    const parts = parameter.greedy ? given.slice(index) : given.slice(index, index + 1);
    const pieces = parameter.style === 'raw' ? parts.flat() : parts.length > 1 ? parts.flat() : unbraced(parts[0] ?? []);
    const [first] = pieces;
    if (first === undefined || parameter.style === 'plain' || parameter.style === 'raw') return pieces;
    if (parameter.style === 'value') {
      const value = this.#state.constant(pieces, parameter.name);
      return value === undefined ? [] : numberPieces(value, first.origin);
    }
    const bytes = bytesOfText(spellPieces(this.#state.expandSingle(pieces)));
    return [pieceAt('string', quote(bytes), bytes, first, first.spaceBefore)];
  }

  /** Reads on, over the ends of macro texts, without taking anything until `commit`. */
  #look(): Ahead {
    const levels = this.#levels;
    let depth = levels.length - 1;
    let index = levels[depth].index;
    return {
      next: () => {
        while (index >= levels[depth].pieces.length && depth > 0) index = levels[--depth].index;
        return levels[depth].pieces[index++];
      },
      commit: () => {
        for (const { macro } of levels.splice(depth + 1)) if (macro) macro.isActive = false;
        levels[depth].index = index;
      },
    };
  }
}

const NO_ARGUMENTS: ReadonlyMap<string, readonly Piece[]> = new Map();

interface Ahead {
  next(): Piece | undefined;
  commit(): void;
}

/** From behind `(` to the matching `)`: the parts between commas; with the comma in front, from the second on, when greedy. */
const readArguments = (ahead: Ahead, macros: readonly SingleMacro[]): Piece[][] | undefined => {
  const given: Piece[][] = [[]];
  const mostSplits = Math.max(...macros.map(({ parameters = [] }) => (parameters.at(-1)?.greedy ? parameters.length : Infinity)));
  let round = 0;
  let curly = 0;
  for (let piece = ahead.next(); piece; piece = ahead.next()) {
    if (isPunctuation(piece, ')') && round-- === 0) return given;
    if (isPunctuation(piece, '(')) round++;
    if (isPunctuation(piece, '{')) curly++;
    if (isPunctuation(piece, '}')) curly--;
    const splits = isPunctuation(piece, ',') && round === 0 && curly <= 0 && given.length < mostSplits;
    if (splits) given.push([]);
    else given[given.length - 1].push(piece);
  }
  return undefined;
};

/** What is between the brackets may be no argument or one, as needed; as with NASM, what a macro of none is given is ignored. */
const accepts = ({ parameters }: SingleMacro, given: readonly (readonly Piece[])[]): boolean => {
  if (parameters === undefined) return false;
  return parameters.length === given.length || (parameters.length === 0 && given.length === 1);
};

const unbraced = (pieces: readonly Piece[]): readonly Piece[] =>
  isPunctuation(pieces[0], '{') && isPunctuation(pieces.at(-1), '}') ? pieces.slice(1, -1) : pieces;

/** The body with the arguments in the places of the parameters, `%?` and `%??`. */
const fillIn = (
  macro: SingleMacro, use: Piece, values: ReadonlyMap<string, readonly Piece[]>, call: Expansion,
): readonly Piece[] => {
  const pieces = expandedFrom(macro.body as readonly Piece[], call);
  if (values.size === 0 && !pieces.some((piece) => piece.kind === 'percent')) return pieces;
  const body = new Row();
  for (let index = 0; index < pieces.length; index++) {
    const piece = pieces[index];
    const value = isWord(piece) ? values.get(piece.text) : undefined;
    if (value) body.replace(piece, value);
    else if (piece.kind === 'percent' && piece.value === 'self') {
      const text = piece.text === '%?' && use.kind === 'word' ? use.text : macro.name;
      body.keep(wordAt(text, piece, piece.spaceBefore));
    } else body.keep(piece);
  }
  return body.pieces;
};

/** A number as text: the sign of a negative one is an operator of its own. */
export const numberPieces = (value: bigint, origin: Origin): Token[] => {
  const magnitude = value < 0n ? -value : value;
  const number = pieceAt('number', `${magnitude}`, BigInt.asIntN(64, magnitude), origin);
  return value < 0n ? [pieceAt('punctuation', '-', undefined, origin), number] : [number];
};

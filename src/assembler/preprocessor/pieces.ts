// Rows of pieces, and what the preprocessor's parts do with them: putting together what touches, splitting at commas, marking
// which expansion they come from.
import type { Place } from '../../base/diagnostic.ts';
import { lex, type Percent, type Piece } from '../language/lex.ts';
import { type Expansion, type Origin, type Punctuation, spell, type Token, type Word, Written } from '../language/tokens.ts';

/** Thrown where going on makes no sense (a limit, `%fatal`); caught in `expand`, which reports it and ends. */
export class Fatal {
  readonly origin: Origin;
  readonly text: string;

  constructor(origin: Origin, text: string) {
    this.origin = origin;
    this.text = text;
  }
}

export const isPunctuation = (piece: Piece | undefined, text: string): piece is Punctuation =>
  piece?.kind === 'punctuation' && piece.text === text;

export const isWord = (piece: Piece | undefined): piece is Word => piece?.kind === 'word' && !piece.escaped;

export const wordAt = (text: string, at: Piece, spaceBefore: boolean): Word =>
  new Written('word', text, text.toLowerCase(), undefined, false, spaceBefore, at.line, at.column, at.macro);

/** `%$$name`: how many contexts outwards from the innermost, and the name. */
export const contextName = ({ text }: Percent): { readonly outwards: number; readonly name: string } => {
  let dollars = 1;
  while (text[1 + dollars] === '$') dollars++;
  return { outwards: dollars - 1, name: text.slice(1 + dollars) };
};

const spellPiece = (piece: Piece): string => {
  if (piece.kind === 'broken') return piece.text;
  if (piece.kind === 'percent') return piece.value === 'indirect' ? `%[${piece.text}]` : piece.text;
  return spell(piece);
};

/** A row of pieces as text, one blank where blanks were. */
export const spellPieces = (pieces: readonly Piece[]): string =>
  pieces.map((piece, index) => (index > 0 && piece.spaceBefore ? ` ${spellPiece(piece)}` : spellPiece(piece))).join('');

/** The piece, standing after a blank or not. */
export const spaced = (piece: Piece, spaceBefore: boolean): Piece => {
  if (piece.spaceBefore === spaceBefore) return piece;
  const { kind, text, lower, value, escaped, line, column, macro } = piece;
  return new Written<string, unknown>(kind, text, lower, value, escaped, spaceBefore, line, column, macro) as Piece;
};

/** Whether two pieces that touch may be the name of a macro: `x%$i`. Of others the end of preprocessing is early enough. */
export const makesName = (left: Piece, { kind, spaceBefore }: Piece): boolean =>
  !spaceBefore && (kind === 'word' || kind === 'number') && (left.kind === 'word' || isContextName(left));

/** Whether a row has nothing that `paste` or a look at its names would change, if there are no macros in it. */
export const isSettled = (pieces: readonly Piece[]): boolean => {
  for (let index = 0; index < pieces.length; index++) {
    if (isPaste(pieces[index]) || (index > 0 && makesName(pieces[index - 1], pieces[index]))) return false;
  }
  return true;
};

/** The row, its first piece standing after a blank or not. */
export const spacedRow = (pieces: readonly Piece[], spaceBefore: boolean): readonly Piece[] =>
  pieces.length === 0 || pieces[0].spaceBefore === spaceBefore ? pieces : [spaced(pieces[0], spaceBefore), ...pieces.slice(1)];

/** The piece as written elsewhere. */
export const movedTo = (piece: Piece, line: Place, column: number, macro: Expansion | undefined): Piece => {
  const { kind, text, lower, value, escaped, spaceBefore } = piece;
  return new Written<string, unknown>(kind, text, lower, value, escaped, spaceBefore, line, column, macro) as Piece;
};

/** A row being made out of another one, in which some pieces are replaced by others or by none. */
export class Row {
  readonly pieces: Piece[] = [];
  /** The blank in front of something that was replaced by nothing. */
  #spacePending = false;

  keep(piece: Piece): void {
    this.pieces.push(this.#spacePending ? spaced(piece, true) : piece);
    this.#spacePending = false;
  }

  /** Puts `pieces` in the place of `piece`: after a blank if that was, or if `keepsBlank` and they begin with one. */
  replace(piece: Piece, pieces: readonly Piece[], keepsBlank = false): void {
    const space = piece.spaceBefore || this.#spacePending;
    this.#spacePending = pieces.length === 0 && space;
    for (let index = 0; index < pieces.length; index++) {
      const part = pieces[index];
      this.pieces.push(index === 0 ? spaced(part, space || (keepsBlank && part.spaceBefore)) : part);
    }
  }
}

/** The pieces as produced by `macro`. */
export const expandedFrom = (pieces: readonly Piece[], macro: Expansion): Piece[] => {
  const produced = new Array<Piece>(pieces.length);
  for (let index = 0; index < pieces.length; index++) {
    const { kind, text, lower, value, escaped, spaceBefore, line, column } = pieces[index];
    produced[index] = new Written<string, unknown>(kind, text, lower, value, escaped, spaceBefore, line, column, macro) as Piece;
  }
  return produced;
};

/** Beyond this a name is not one that somebody wrote. */
const LONGEST_NAME = 4096;

const isNameLike = ({ kind }: Piece): boolean => kind === 'word' || kind === 'number' || kind === 'float' || kind === 'broken';

export const isContextName = (piece: Piece): piece is Percent => piece.kind === 'percent' && piece.value === 'context';

/** Whether the two make one token when they touch, which they only do after a substitution. */
const fuse = (left: Piece, right: Piece): boolean => !right.spaceBefore && isNameLike(right) && isNameLike(left);

/** Whether they do once macros are expanded: then `%$x` is none, so that what stands behind it belongs to its name. */
const fuseNames = (left: Piece, right: Piece): boolean => fuse(left, right) || (isContextName(left) && !right.spaceBefore && isNameLike(right));

/** How many of the first pieces touch each other and together are a name: `x%$i`. */
export const lengthOfName = (pieces: readonly Piece[]): number => {
  const end = pieces.findIndex((piece, index) => !(isNameLike(piece) || isContextName(piece)) || (index > 0 && piece.spaceBefore));
  return end < 0 ? pieces.length : end;
};

/** Whether they do at the end, when names are no longer looked up: then also `$` and a name, and the parts of an operator. */
const fuseAtEnd = (left: Piece, right: Piece): boolean => {
  if (right.spaceBefore) return false;
  if (isNameLike(right)) return isNameLike(left) || isPunctuation(left, '$');
  return left.kind === 'punctuation' && right.kind === 'punctuation' && '<>=&|^/!$%'.includes(left.text[0]);
};

const MAY_FUSE = { substitution: fuse, expansion: fuseNames, all: fuseAtEnd };

/** Whether all pieces are tokens already, none of which makes one with its neighbour. So it is with most lines. */
export const areTokens = (pieces: readonly Piece[]): pieces is readonly Token[] => {
  for (let index = 0; index < pieces.length; index++) {
    const { kind, spaceBefore } = pieces[index];
    if (kind === 'percent' || kind === 'broken') return false;
    if (!spaceBefore && index > 0 && fuseAtEnd(pieces[index - 1], pieces[index])) return false;
  }
  return true;
};

/** Puts together what has come next to each other in a substitution (`x%1`), or after it. The same row if nothing is to be done. */
export const joinTouching = (pieces: readonly Piece[], after: keyof typeof MAY_FUSE = 'substitution'): readonly Piece[] => {
  const mayFuse = MAY_FUSE[after];
  for (let index = 1; index < pieces.length; index++) {
    const { kind, spaceBefore } = pieces[index];
    if (spaceBefore || (kind === 'punctuation' && after !== 'all')) continue;
    if (mayFuse(pieces[index - 1], pieces[index])) return joinFrom(pieces, index, mayFuse);
  }
  return pieces;
};

const joinFrom = (pieces: readonly Piece[], start: number, mayFuse: typeof fuse): readonly Piece[] => {
  const joined = pieces.slice(0, start);
  for (let index = start; index < pieces.length; index++) {
    const left = joined[joined.length - 1];
    const fused = mayFuse(left, pieces[index]) ? fuseText(left, pieces[index]) : undefined;
    if (fused?.length === 1) joined[joined.length - 1] = fused[0];
    else joined.push(pieces[index]);
  }
  return joined.length === pieces.length ? pieces : joined;
};

/**
 * Puts together what stands at the two sides of each `%+`, which must wait for the expansion of both. The same row if there is
 * none; one with nothing at one side stays, to be refused at the end.
 */
export const paste = (pieces: readonly Piece[]): readonly Piece[] => {
  if (!hasPaste(pieces)) return pieces;
  const pasted: Piece[] = [];
  let isChanged = false;
  for (let index = 0; index < pieces.length; index++) {
    const left = pasted.at(-1);
    const right = pieces[index + 1];
    if (!isPaste(pieces[index]) || !left || !right) {
      pasted.push(pieces[index]);
      continue;
    }
    pasted.pop();
    pasted.push(...fuseText(left, right));
    isChanged = true;
    index++;
  }
  return isChanged ? pasted : pieces;
};

const hasPaste = (pieces: readonly Piece[]): boolean => {
  for (let index = 0; index < pieces.length; index++) {
    const { kind, value } = pieces[index];
    if (kind === 'percent' && value === 'paste') return true;
  }
  return false;
};

const isPaste = (piece: Piece): boolean => piece.kind === 'percent' && piece.value === 'paste';

const fuseText = (left: Piece, right: Piece): Piece[] => {
  const text = spellPiece(left) + spellPiece(right);
  if (text.length > LONGEST_NAME) throw new Fatal(left.origin, `a name of more than ${LONGEST_NAME} characters was put together`);
  const [first, ...rest] = lex(text, left.origin.place, left.origin.macro);
  return first ? [spaced(first, left.spaceBefore), ...rest] : [];
};

/** The parts between commas outside of round brackets. An empty row has no parts. */
export const splitAtCommas = (pieces: readonly Piece[]): Piece[][] => {
  if (pieces.length === 0) return [];
  const parts: Piece[][] = [[]];
  let depth = 0;
  for (const piece of pieces) {
    if (isPunctuation(piece, '(')) depth++;
    if (isPunctuation(piece, ')')) depth--;
    if (depth === 0 && isPunctuation(piece, ',')) parts.push([]);
    else parts[parts.length - 1].push(piece);
  }
  return parts;
};

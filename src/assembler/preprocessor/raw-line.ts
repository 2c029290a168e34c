// The pieces of a line, and what can be known of it before any macro has a meaning. Bodies of macros and repetitions are read many
// times: they are looked at once.
import type { Percent, PercentSort, Piece } from '../language/lex.ts';

export class RawLine {
  /** Never empty. */
  declare readonly pieces: readonly Piece[];
  /** The directive that it is. */
  declare readonly directive: Percent | undefined;
  /** Something in it belongs to the macro around it, or is to be expanded whatever the line is. */
  declare readonly isReplaced: boolean;
  /** Nothing can be substituted, so that no two tokens can come to touch. So it is with most lines that people write. */
  declare readonly isAsWritten: boolean;
  /** With how many changes of the names of macros the line was found to have none of them, so that it is what the assembler gets; or -1. */
  declare plainSince: number;

  constructor(pieces: readonly Piece[]) {
    this.pieces = pieces;
    this.directive = directiveIn(pieces);
    let isReplacing = false;
    let isAsWritten = true;
    for (let index = 0; index < pieces.length; index++) {
      const piece = pieces[index];
      if (piece.kind !== 'percent' && piece.kind !== 'broken') continue;
      isAsWritten = false;
      isReplacing ||= isReplaced(piece);
    }
    this.isReplaced = isReplacing;
    this.isAsWritten = isAsWritten;
    this.plainSince = -1;
  }
}

export const directiveIn = (pieces: readonly Piece[]): Percent | undefined => {
  const first = pieces[0];
  return first !== undefined && first.kind === 'percent' && first.value === 'directive' ? first : undefined;
};

/** Whether a piece is replaced by others before the line is looked at. */
export const isReplaced = (piece: Piece): piece is Percent => piece.kind === 'percent' && !KEPT.has(piece.value);

const KEPT: ReadonlySet<PercentSort> = new Set(['directive', 'context', 'paste', 'variable']);

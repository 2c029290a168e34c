// What the preprocessor reads: a stack of files, macro bodies and repetitions → one raw line after the other.
// Conditions belong to the file they stand in, as in NASM: a macro may open one and leave it to another to close it.
import type { Place } from '../../base/diagnostic.ts';
import type { Piece } from '../language/lex.ts';
import { lex } from '../language/lex.ts';
import type { Call } from './macros.ts';
import { movedTo } from './pieces.ts';
import { RawLine } from './raw-line.ts';
import type { Expansion, Origin } from '../language/tokens.ts';

/** A `%if` and its branches. `on`: this branch is read; `off`: a later one may be; `done`: none of the rest is. */
export interface Conditional {
  state: 'on' | 'off' | 'done';
  hasElse: boolean;
  readonly origin: Origin;
}

export interface FileFrame {
  readonly kind: 'file';
  readonly path: string;
  readonly lines: readonly string[];
  next: number;
  readonly conditionals: Conditional[];
  /** Of the prelude. */
  readonly builtin: boolean;
  /** Who included it, when a macro did. */
  readonly macro: Expansion | undefined;
  /** What `%line` says the next line is. */
  shown?: { file: string; line: number; step: number };
}

/** One use of a multi-line macro. */
export interface MacroFrame extends Call {
  readonly kind: 'macro';
  next: number;
  /** How far `%rotate` has moved the arguments to the left. */
  rotation: number;
  readonly label: readonly Piece[];
  /** The name as in the call. */
  readonly calledAs: string;
  /** What makes `%%name` different in each expansion. */
  readonly unique: number;
  readonly expansion: Expansion;
  /** `%exitmacro` was read: the rest is passed over. */
  isOver: boolean;
}

export interface RepFrame {
  readonly kind: 'rep';
  readonly body: readonly RawLine[];
  next: number;
  remaining: number;
  /** `%exitrep` was read: the rest is passed over. */
  isOver: boolean;
}

export type Frame = FileFrame | MacroFrame | RepFrame;

export class Input {
  readonly frames: Frame[] = [];
  /** The last of them. */
  top: Frame | undefined;
  readonly #files: FileFrame[] = [];
  /** For each frame the macro whose body it belongs to. */
  readonly #macros: (MacroFrame | undefined)[] = [];
  /** The innermost. */
  file: FileFrame | undefined;
  /** The macro whose body the current line belongs to: parameters reach through repetitions, not into included files. */
  macro: MacroFrame | undefined;

  get includeDepth(): number {
    return this.#files.length;
  }

  /** The innermost repetition of this file. */
  get rep(): RepFrame | undefined {
    const frame = this.frames.findLast(({ kind }) => kind !== 'macro');
    return frame?.kind === 'rep' ? frame : undefined;
  }

  push(frame: Frame): void {
    if (frame.kind !== 'rep') this.macro = frame.kind === 'macro' ? frame : undefined;
    this.#macros.push(this.macro);
    this.frames.push(frame);
    this.top = frame;
    if (frame.kind === 'macro') frame.macro.depth++;
    if (frame.kind !== 'file') return;
    this.#files.push(frame);
    this.file = frame;
  }

  /** The next line, or the file that has just ended, or undefined when all have. */
  read(): RawLine | FileFrame | undefined {
    for (;;) {
      const frame = this.top;
      if (!frame) return undefined;
      const body = frame.kind === 'macro' ? frame.macro.body : frame.kind === 'rep' ? frame.body : frame.lines;
      if (frame.next < body.length) {
        if (frame.kind !== 'file') return (body as readonly RawLine[])[frame.next++];
        const pieces = readLogicalLine(frame);
        if (pieces.length > 0) return new RawLine(pieces);
        continue;
      }
      if (frame.kind === 'rep' && !frame.isOver && body.length > 0 && --frame.remaining > 0) {
        frame.next = 0;
        continue;
      }
      this.frames.pop();
      this.top = this.frames.at(-1);
      this.#macros.pop();
      this.macro = this.#macros.at(-1);
      if (frame.kind === 'macro') frame.macro.depth--;
      if (frame.kind !== 'file') continue;
      this.#files.pop();
      this.file = this.#files.at(-1);
      return frame;
    }
  }
}

/** A line of a file, with those that a backslash at its end joins to it. */
const readLogicalLine = (frame: FileFrame): readonly Piece[] => {
  const { shown } = frame;
  const place = { file: shown?.file ?? frame.path, line: shown?.line ?? frame.next + 1, column: 1 };
  const first = frame.lines[frame.next++];
  if (!first.endsWith('\\')) {
    if (shown) shown.line += shown.step;
    return lex(first, place, frame.macro);
  }
  const parts: string[] = [];
  const starts: number[] = [];
  let length = 0;
  for (let part: string | undefined = first; part !== undefined; ) {
    const goesOn: boolean = part.endsWith('\\') && frame.next <= frame.lines.length;
    const own: string = goesOn ? part.slice(0, -1) : part;
    starts.push(length);
    parts.push(own);
    length += own.length;
    part = goesOn ? (frame.lines[frame.next++] ?? '') : undefined;
  }
  if (shown) shown.line += starts.length * shown.step;
  return placeInJoined(lex(parts.join(''), place, frame.macro), starts);
};

/** The pieces of joined lines, each with the line and the column where it was really written. */
const placeInJoined = (pieces: readonly Piece[], starts: readonly number[]): readonly Piece[] => {
  let line = 0;
  let place: Place | undefined;
  return pieces.map((piece) => {
    const { line: begin, column, macro } = piece;
    for (; starts[line + 1] < column; line++) place = undefined;
    place ??= { ...begin, line: begin.line + line };
    return movedTo(piece, place, column - starts[line], macro);
  });
};

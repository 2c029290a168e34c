// Reports of the assembler's stages → diagnostics with the source line and the macro trail. The same mistake found again in a
// later pass is one diagnostic.
import type { Diagnostic, Severity } from '../base/diagnostic.ts';
import { type Expansion, type Origin, originIn, type Reporter } from './language/tokens.ts';

/** Of an endless recursion only the innermost calls are worth reading. */
const LONGEST_TRAIL = 8;

export class Diagnostics implements Reporter {
  readonly list: Diagnostic[] = [];
  readonly #seen = new Set<string>();
  readonly #texts = new Map<string, string>();
  /** Of those that diagnostics have quoted. */
  readonly #lines = new Map<string, readonly string[]>();

  get hasErrors(): boolean {
    return this.list.some(({ severity }) => severity === 'error');
  }

  /** The text of a file, so that diagnostics can quote its lines. */
  remember(path: string, text: string): void {
    this.#texts.set(path, text);
  }

  error(origin: Origin, text: string): void {
    this.#add('error', origin, text);
  }

  warning(origin: Origin, text: string): void {
    this.#add('warning', origin, text);
  }

  #linesOf(path: string): readonly string[] {
    const text = this.#texts.get(path);
    if (text === undefined) return NO_LINES;
    let lines = this.#lines.get(path);
    if (!lines) this.#lines.set(path, (lines = splitLines(text)));
    return lines;
  }

  #add(severity: Severity, origin: Origin, text: string): void {
    const { place } = origin;
    const notes = trail(origin);
    const key = JSON.stringify([severity, place, text, notes]);
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    const source = this.#linesOf(place.file)[place.line - 1] as string | undefined;
    this.list.push({ severity, place, text, ...(source !== undefined && { source }), notes });
  }
}

/** Reports of what stands in one line: of pieces that say nothing else, they say which macro the line comes from. */
export class InLine implements Reporter {
  readonly #reporter: Reporter;
  readonly #macroOfLine: () => Expansion | undefined;
  /** How many there have been. */
  count = 0;

  constructor(reporter: Reporter, macroOfLine: () => Expansion | undefined) {
    this.#reporter = reporter;
    this.#macroOfLine = macroOfLine;
  }

  error(origin: Origin, text: string): void {
    this.count++;
    this.#reporter.error(originIn(this.#macroOfLine(), origin), text);
  }

  warning(origin: Origin, text: string): void {
    this.count++;
    this.#reporter.warning(originIn(this.#macroOfLine(), origin), text);
  }
}

const NO_LINES: readonly string[] = [];

const trail = (origin: Origin): Diagnostic['notes'] => {
  const notes: Diagnostic['notes'][number][] = [];
  for (let at = origin.macro; at; at = at.call.macro) {
    if (notes.length === LONGEST_TRAIL) {
      notes.push({ place: at.call.place, text: 'and so on outwards' });
      break;
    }
    notes.push({ place: at.call.place, text: `in the expansion of '${at.name}'` });
  }
  return notes;
};

/** The lines of a text, whichever system wrote it. */
export const splitLines = (text: string): string[] => text.split(text.includes('\r') ? /\r\n|\n\r|\n|\r/ : '\n');

// Reports of the assembler's stages → diagnostics with the source line and the macro trail. The same mistake found again in a
// later pass is one diagnostic.
import type { Diagnostic, Place, Severity } from '../base/diagnostic.ts';
import { showText, splitLines } from './language/text.ts';
import { type Expansion, type Origin, originIn, type Reporter } from './language/tokens.ts';

/** A longer line of source is not quoted. */
const LONGEST_QUOTE = 1000;

/** Of an endless recursion only the innermost calls are worth reading. */
const LONGEST_TRAIL = 8;

export class Diagnostics implements Reporter {
  readonly list: Diagnostic[] = [];
  readonly #seen = new Set<string>();
  /** What is in the files that diagnostics quote, by path. */
  readonly #texts: ReadonlyMap<string, string>;
  /** Of those that diagnostics have quoted. */
  readonly #lines = new Map<string, readonly string[]>();

  constructor(texts: ReadonlyMap<string, string> = new Map()) {
    this.#texts = texts;
  }

  get hasErrors(): boolean {
    return this.list.some(({ severity }) => severity === 'error');
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
    const place = this.#shownPlace(origin.place);
    const notes = trail(origin).map((note) => ({ place: this.#shownPlace(note.place), text: showText(note.text) }));
    const key = JSON.stringify([severity, place, text, notes]);
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    const source = this.#lineAt(place);
    const isQuoted = source !== undefined && source.length <= LONGEST_QUOTE;
    this.list.push({ severity, place, text: showText(text), ...(isQuoted && { source: showText(source) }), notes });
  }

  #lineAt({ file, line }: Place): string | undefined {
    return this.#linesOf(file)[line - 1];
  }

  /** The place with its column counted in characters. */
  #shownPlace(place: Place): Place {
    const before = this.#lineAt(place)?.slice(0, Math.max(place.column - 1, 0)) ?? '';
    return { ...place, column: place.column - before.length + showText(before).length };
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

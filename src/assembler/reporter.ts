// Reports of the assembler's stages → diagnostics with the source line and the macro trail. The same mistake found again in a
// later pass is one diagnostic.
import type { Diagnostic, Severity } from '../base/diagnostic.ts';
import type { Origin, Reporter } from './tokens.ts';

/** Of an endless recursion only the innermost calls are worth reading. */
const LONGEST_TRAIL = 8;

export class Diagnostics implements Reporter {
  readonly list: Diagnostic[] = [];
  readonly #seen = new Set<string>();
  readonly #sources = new Map<string, readonly string[]>();

  get hasErrors(): boolean {
    return this.list.some(({ severity }) => severity === 'error');
  }

  /** The text of a file, so that diagnostics can quote its lines. */
  remember(path: string, text: string): void {
    this.#sources.set(path, splitLines(text));
  }

  error(origin: Origin, text: string): void {
    this.#add('error', origin, text);
  }

  warning(origin: Origin, text: string): void {
    this.#add('warning', origin, text);
  }

  #add(severity: Severity, origin: Origin, text: string): void {
    const { place } = origin;
    const notes = trail(origin);
    const key = JSON.stringify([severity, place, text, notes]);
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    const source = this.#sources.get(place.file)?.[place.line - 1];
    this.list.push({ severity, place, text, ...(source !== undefined && { source }), notes });
  }
}

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
export const splitLines = (text: string): string[] => text.split(/\r\n|\n\r|\n|\r/);

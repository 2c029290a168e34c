// A mistake of the user → a value with a place and notes, printed as `file:line:column: error: text`. It is never thrown by
// itself: stages collect diagnostics and go on, so that one run shows all of them.

/** A place in a source file; line and column count from 1. Column 0 means the whole line, line 0 the whole file. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export type Severity = 'error' | 'warning';

/** One message to the user. `source` is the text of the line at `place`; notes lead outwards (the innermost expansion first). */
export interface Diagnostic {
  readonly severity: Severity;
  readonly place: Place;
  readonly text: string;
  readonly source?: string;
  readonly notes: readonly { readonly place: Place; readonly text: string }[];
}

const formatPlace = ({ file, line, column }: Place): string =>
  line === 0 ? file : column === 0 ? `${file}:${line}` : `${file}:${line}:${column}`;

/** The diagnostic as a person reads it: the message, the source line with a caret, the notes. */
export const formatDiagnostic = ({ severity, place, text, source, notes }: Diagnostic): string =>
  [
    `${formatPlace(place)}: ${severity}: ${text}`,
    ...(source === undefined ? [] : [`    ${source}`, ...(place.column > 0 ? [`    ${caretBelow(source, place.column)}`] : [])]),
    ...notes.map((note) => `${formatPlace(note.place)}: note: ${note.text}`),
  ].join('\n');

/** Blanks (tabs kept, so that the caret stands below its character) and a caret at `column`. */
const caretBelow = (source: string, column: number): string => `${source.slice(0, column - 1).replace(/[^\t]/g, ' ')}^`;

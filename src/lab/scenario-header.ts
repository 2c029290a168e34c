// The opening comment of a scenario's file → its fields, each with its place. README.md has the lines. What is none of them is for people,
// unless it can only be a slip.

import type { Diagnostic } from '../base/diagnostic.ts';
import { didYouMean, nearestName } from '../base/nearest.ts';

const NAMES = ['title', 'mirrors', 'until', 'config', 'expect', 'cells'] as const;
const REQUIRED = ['title', 'expect', 'until'] as const;
type FieldName = (typeof NAMES)[number];

export interface Field {
  readonly name: FieldName;
  /** Of `expect[...]`; undefined without brackets. */
  readonly conditions: string | undefined;
  readonly value: string;
  /** Counts from 1. */
  readonly line: number;
}

const FIELD = new RegExp(`^;\\s*(${NAMES.join('|')})(?:\\[([^\\]]*)\\])?:\\s*(.*?)\\s*$`);
/** `; word:`, `; word[`, which looks like a field. */
const LIKE_FIELD = /^;\s*([A-Za-z][\w-]*)(?:\[[^\]]*\])?\s*[:[]/;
const FIRST_WORD = /^;\s*([\w-]+)/;

export class Header {
  readonly path: string;
  readonly #lines: readonly string[];
  readonly fields: readonly Field[];

  constructor(path: string, source: string) {
    this.path = path;
    this.#lines = source.split(/\r?\n/);
    this.fields = this.#comment().flatMap(([text, line]) => {
      const [, name, conditions, value] = FIELD.exec(text) ?? [];
      return name === undefined ? [] : { name: name as FieldName, conditions, value, line };
    });
  }

  /** The lines up to the first that is no comment, with their numbers. */
  #comment(): (readonly [text: string, line: number])[] {
    const first = this.#lines.findIndex((line) => line.trim() !== '');
    const end = this.#lines.findIndex((line, index) => index >= first && !line.startsWith(';'));
    return this.#lines.slice(0, end < 0 ? undefined : end).flatMap((text, index) => (index < first ? [] : [[text, index + 1] as const]));
  }

  /** The value of a field without conditions. */
  plain(name: FieldName): string | undefined {
    return this.fields.findLast((field) => field.name === name && field.conditions === undefined)?.value;
  }

  /** A mistake in a line; `of` is what it is about, at which the column is. */
  mistake(text: string, line = 1, of = ''): Diagnostic {
    const source = this.#lines[line - 1] ?? '';
    const column = Math.max(0, source.indexOf(of)) + 1;
    return { severity: 'error', place: { file: this.path, line, column }, text, source, notes: [] };
  }

  /** What is no field and was meant to be one, then what is missing. */
  mistakes(): Diagnostic[] {
    const slips = this.#slips();
    if (slips.length > 0) return slips;
    const missing = REQUIRED.filter((name) => this.plain(name) === undefined);
    return missing.map((name) => {
      const text = `'; ${name}:' is missing: a scenario opens with '; title:', '; expect:' and '; until:'`;
      const [line, word] = this.#near(name) ?? [1, ''];
      return this.mistake(text, line, word);
    });
  }

  /** In the first paragraph every `; word:` is a field; below an empty comment, where people explain, only what is near to one. */
  #slips(): Diagnostic[] {
    let isProse = false;
    return this.#comment().flatMap(([text, line]) => {
      isProse ||= /^;\s*$/.test(text);
      const word = FIELD.test(text) ? undefined : LIKE_FIELD.exec(text)?.[1];
      if (word === undefined || (isProse && nearestName(word, NAMES) === undefined)) return [];
      const name = NAMES.find((known) => known === word);
      if (name) return this.mistake(`write '; ${name}: …' or '; ${name}[CONDITIONS]: …'`, line, word);
      return this.mistake(`'; ${word}:' is nothing that a scenario says${didYouMean(word, NAMES) || `; it has ${NAMES.join(', ')}`}`, line, word);
    });
  }

  /** A line that was perhaps meant to be the field: its first word is, or nearly. */
  #near(name: FieldName): readonly [line: number, word: string] | undefined {
    for (const [text, line] of this.#comment()) {
      const word = FIRST_WORD.exec(text)?.[1] ?? '';
      if (!FIELD.test(text) && nearestName(word, [name]) !== undefined) return [line, word];
    }
    return undefined;
  }
}

// Layout and sources → a listing in NASM's shape: line, offset in the section, bytes, source. Lines that macros and repetitions
// produced stand below the line that called them, marked by their depth, in the text of the macro's body.

import { hex } from '../../base/bits.ts';
import { outermost } from './build-object.ts';
import type { Layout } from '../passes/layout.ts';
import type { Output } from '../passes/program.ts';
import { splitLines } from '../language/text.ts';
import type { Origin } from '../language/tokens.ts';

const BYTES_PER_ROW = 9;
/** A source line is shown from here on; depth marks stand in front of it. */
const SOURCE_COLUMN = 40;

/** The sources are the texts that were read, by path; `entry` is the first. */
export const writeListing = (entry: string, layout: Layout, sources: ReadonlyMap<string, string>): string =>
  new Listing(layout, sources).write(entry);

interface OpenFile {
  readonly path: string;
  readonly lines: readonly string[];
  /** Number of the last line that was shown. */
  shown: number;
}

class Listing {
  readonly #layout: Layout;
  readonly #sources: ReadonlyMap<string, readonly string[]>;
  readonly #bytes = new Map<object, Uint8Array>();
  readonly #rows: string[] = [];
  /** Files being read, the entry first. */
  readonly #files: OpenFile[] = [];

  constructor(layout: Layout, sources: ReadonlyMap<string, string>) {
    this.#layout = layout;
    this.#sources = new Map(Array.from(sources, ([path, text]) => [path, splitLines(text)]));
  }

  write(entry: string): string {
    this.#open(entry);
    for (const output of this.#layout.outputs) this.#show(output);
    while (this.#files.length > 0) this.#close();
    return `${this.#rows.join('\n')}\n`;
  }

  #open(path: string): void {
    this.#files.push({ path, lines: this.#sources.get(path) ?? [], shown: 0 });
  }

  /** Shows the rest of the innermost file. */
  #close(): void {
    const file = this.#files.pop();
    if (!file) return;
    const isLastEmpty = file.lines[file.lines.length - 1] === '';
    this.#showUpTo(file, file.lines.length - (isLastEmpty ? 1 : 0), this.#files.length);
  }

  #show(output: Output): void {
    const { origin } = output.statement;
    const place = outermost(origin);
    this.#enter(place.file);
    const file = this.#files[this.#files.length - 1];
    const depth = this.#files.length - 1;
    const isAgain = place.line <= file.shown;
    if (origin.macro || isAgain) {
      this.#showUpTo(file, place.line, depth);
      this.#showOutput(output, origin.place.line, depth + Math.max(depthOf(origin), 1), this.#textAt(origin));
    } else {
      this.#showUpTo(file, place.line - 1, depth);
      this.#showOutput(output, place.line, depth, file.lines[place.line - 1] ?? '');
      file.shown = place.line;
    }
  }

  /** Comes to a file: back in one that is open, or into one that is included now. */
  #enter(path: string): void {
    if (this.#files.some((file) => file.path === path)) {
      while (this.#files[this.#files.length - 1].path !== path) this.#close();
      return;
    }
    const file = this.#files[this.#files.length - 1];
    const name = path.split('/').at(-1) ?? path;
    const at = file.lines.findIndex((line, index) => index >= file.shown && /^\s*%include\b/i.test(line) && line.includes(name));
    if (at >= 0) this.#showUpTo(file, at + 1, this.#files.length - 1);
    this.#open(path);
  }

  #showUpTo(file: OpenFile, line: number, depth: number): void {
    while (file.shown < line) {
      file.shown++;
      this.#row(file.shown, '', '', depth, file.lines[file.shown - 1] ?? '');
    }
  }

  #textAt({ place }: Origin): string {
    return this.#sources.get(place.file)?.[place.line - 1] ?? '';
  }

  #showOutput({ statement, section, offset, length }: Output, line: number, depth: number, text: string): void {
    const address = section && length > 0 ? hex(offset, 8).toUpperCase() : '';
    if (!section || length === 0) return this.#row(line, '', '', depth, text);
    const all = this.#bytes.get(section) ?? this.#layout.bytesOf(section);
    this.#bytes.set(section, all);
    const summary = this.#summary(statement.body?.kind, statement.times !== undefined, section.type === 'nobits', length);
    if (summary !== undefined) return this.#row(line, address, summary, depth, text);
    for (let at = 0; at < length; at += BYTES_PER_ROW) {
      const end = Math.min(at + BYTES_PER_ROW, length);
      const bytes = [...all.subarray(offset + at, offset + end)].map((byte) => hex(byte, 2).toUpperCase()).join('');
      this.#row(line, hex(offset + at, 8).toUpperCase(), end < length ? `${bytes}-` : bytes, depth, at === 0 ? text : '');
    }
  }

  /** What stands for bytes that nobody wants to see. */
  #summary(kind: string | undefined, isRepeated: boolean, isNobits: boolean, length: number): string | undefined {
    const count = hex(length).toUpperCase();
    if (kind === 'reserve' || isNobits) return `<res ${count}h>`;
    if (kind === 'incbin') return `<bin ${count}h>`;
    return isRepeated && length > BYTES_PER_ROW ? `<rep ${count}h>` : undefined;
  }

  #row(line: number, address: string, bytes: string, depth: number, text: string): void {
    const mark = depth > 0 ? `<${depth}> ` : '';
    const left = `${String(line).padStart(6)} ${address.padEnd(8)} ${bytes}`.padEnd(SOURCE_COLUMN - 5);
    this.#rows.push(`${left}${mark.padStart(5)}${text}`.trimEnd());
  }
}

const depthOf = (origin: Origin): number => (origin.macro ? 1 + depthOf(origin.macro.call) : 0);

// Where sources come from: the only way out of the assembler. Names and texts are people's outside of it, and bytes inside.

import { showText, takeText } from './text.ts';

/** Files, a browser's table, a test's object. */
export interface SourceIo {
  /**
   * What is in `path` as written in `from` (absent for the entry), and the path under which messages show it. Bytes are taken as they
   * are, whatever their encoding; a string counts as UTF-8. Undefined if there is no such file.
   */
  read(path: string, from?: string): { readonly path: string; readonly text: string | Uint8Array } | undefined;
  /** The bytes of a file for `incbin`, looked up in the same way. */
  readBytes(path: string, from?: string): Uint8Array | undefined;
  /** The value of a variable of the environment, for `%!NAME` and `%ifenv`. Without this there are none. */
  environment?(name: string): string | undefined;
}

/** A way into the sources of one assembly, which remembers those that it has read. */
export class SourceFiles {
  readonly #io: SourceIo;
  /** What has been read, by path. */
  readonly texts = new Map<string, string>();

  constructor(io: SourceIo) {
    this.#io = io;
  }

  /** A byte order mark is no part of the text. */
  read(path: string, from?: string): { readonly path: string; readonly text: string } | undefined {
    const file = this.#io.read(showText(path), from);
    if (!file) return undefined;
    let text = this.texts.get(file.path);
    if (text === undefined) {
      text = takeText(file.text);
      if (text.startsWith(BYTE_ORDER_MARK)) text = text.slice(BYTE_ORDER_MARK.length);
      this.texts.set(file.path, text);
    }
    return { path: file.path, text };
  }

  readBytes(path: string, from?: string): Uint8Array | undefined {
    return this.#io.readBytes(showText(path), from);
  }

  environment(name: string): string | undefined {
    const value = this.#io.environment?.(showText(name));
    return value === undefined ? undefined : takeText(value);
  }
}

/** In UTF-8. */
const BYTE_ORDER_MARK = '\xef\xbb\xbf';

// A section of strings, each ended by a zero and named by its offset. What is read from it in all is limited, because names that
// overlap can make the text of a small file enormous.

import { ByteReader } from '../base/bytes.ts';

export class Names {
  readonly #bytes: Uint8Array;
  #budget: number;

  constructor(bytes: Uint8Array = new Uint8Array()) {
    this.#bytes = bytes;
    this.#budget = 8 * bytes.length + 0x1_0000;
  }

  /** The string at `offset`; undefined when there is none. */
  at(offset: number): string | undefined {
    const end = this.#bytes.indexOf(0, offset);
    if (end < 0) return undefined;
    this.#budget -= end - offset;
    return this.#budget < 0 ? undefined : new ByteReader(this.#bytes, offset).string();
  }
}

// Bytes → what the same bytes were decoded to before, wherever that was: an instruction does not know its address. Code that is written
// again and again is mostly as it was.

import type { Mode } from '../../isa/operand.ts';

const PLACES = 4096;
const PLACE_BYTES = 16;

/** What is known of some bytes. */
export class Memo<Decoded extends { readonly length: number }> {
  readonly #known = new Array<Decoded | undefined>(PLACES).fill(undefined);
  /** Their bytes, and in the last byte of each place the mode. */
  readonly #bytes = new Uint8Array(PLACES * PLACE_BYTES);

  /** What is at `at` and lies in `room` bytes, if it is known. */
  find(bytes: Uint8Array, at: number, room: number, mode: Mode): Decoded | undefined {
    const place = placeOf(bytes, at);
    const known = this.#known[place];
    if (known === undefined || known.length > room) return undefined;
    const own = this.#bytes;
    const first = place * PLACE_BYTES;
    if (own[first + PLACE_BYTES - 1] !== mode) return undefined;
    for (let index = 0; index < known.length; index++) if (own[first + index] !== bytes[at + index]) return undefined;
    return known;
  }

  put(bytes: Uint8Array, at: number, mode: Mode, decoded: Decoded): void {
    const place = placeOf(bytes, at);
    this.#known[place] = decoded;
    this.#bytes.set(bytes.subarray(at, at + decoded.length), place * PLACE_BYTES);
    this.#bytes[place * PLACE_BYTES + PLACE_BYTES - 1] = mode;
  }
}

/** By the first bytes: those of an immediate, which changes most, should rather not count. */
const placeOf = (bytes: Uint8Array, at: number): number => ((bytes[at] * 0x1f) ^ (bytes[at + 1] * 0x2b5) ^ (bytes[at + 2] * 0x107)) & (PLACES - 1);

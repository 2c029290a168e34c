// Bytes, little-endian ↔ numbers: a growing writer, and a reader for files that nobody vouches for. Reading past the end is not an
// exception: the reader gives zeros from there on and remembers where it happened, so that a parser checks once, where it matters.

import type { Struct } from './struct.ts';

const UTF8 = new TextEncoder();
const FROM_UTF8 = new TextDecoder();

export class ByteWriter {
  #bytes: Uint8Array;
  #view: DataView;
  #length = 0;

  constructor(capacity = 256) {
    this.#bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.#bytes.buffer);
  }

  get length(): number {
    return this.#length;
  }

  u8(value: number): this {
    const at = this.#grow(1); // first: it may replace the view
    this.#view.setUint8(at, value);
    return this;
  }

  u16(value: number): this {
    const at = this.#grow(2); // first: it may replace the view
    this.#view.setUint16(at, value, true);
    return this;
  }

  u32(value: number): this {
    const at = this.#grow(4); // first: it may replace the view
    this.#view.setUint32(at, value, true);
    return this;
  }

  u64(value: bigint): this {
    const at = this.#grow(8); // first: it may replace the view
    this.#view.setBigUint64(at, value, true);
    return this;
  }

  bytes(bytes: Uint8Array): this {
    const at = this.#grow(bytes.length);
    this.#bytes.set(bytes, at);
    return this;
  }

  /** The text in UTF-8 and a zero. */
  string(text: string): this {
    return this.bytes(UTF8.encode(text)).u8(0);
  }

  /** Unsigned LEB128. */
  uleb(value: number): this {
    for (; value >= 0x80; value = Math.floor(value / 0x80)) this.u8((value % 0x80) | 0x80);
    return this.u8(value);
  }

  /** Signed LEB128; `value` has at most 31 bits. */
  sleb(value: number): this {
    for (; value < -0x40 || value > 0x3f; value >>= 7) this.u8((value & 0x7f) | 0x80);
    return this.u8(value & 0x7f);
  }

  /** A whole record. */
  put<T extends object>(struct: Struct<T>, record: T): this {
    const at = this.#grow(struct.size);
    struct.put(this.#view, at, record);
    return this;
  }

  /** `count` bytes of `value`. */
  fill(count: number, value = 0): this {
    const at = this.#grow(count);
    this.#bytes.fill(value, at, at + count);
    return this;
  }

  /** `bytes`, `count` times. */
  repeat(bytes: Uint8Array, count: number): this {
    const total = bytes.length * count;
    const at = this.#grow(total);
    if (total === 0) return this;
    this.#bytes.set(bytes, at);
    for (let done = bytes.length; done < total; done *= 2) this.#bytes.copyWithin(at + done, at, at + Math.min(done, total - done));
    return this;
  }

  /** Zeros up to a multiple of `alignment`. */
  align(alignment: number): this {
    return this.fill((alignment - (this.#length % alignment)) % alignment);
  }

  /** Overwrites 32 bits that have been written, such as a length that is known only at the end. */
  patchU32(offset: number, value: number): this {
    this.#view.setUint32(offset, value, true);
    return this;
  }

  /** A copy of what has been written, from `start` on. */
  slice(start: number): Uint8Array {
    return this.#bytes.slice(start, this.#length);
  }

  /** A copy of all that has been written. */
  finish(): Uint8Array {
    return this.slice(0);
  }

  /** Makes room for `count` bytes and gives their offset. */
  #grow(count: number): number {
    const at = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const bigger = new Uint8Array(Math.max(this.#length, 2 * this.#bytes.length));
      bigger.set(this.#bytes.subarray(0, at));
      this.#bytes = bigger;
      this.#view = new DataView(bigger.buffer);
    }
    return at;
  }
}

export class ByteReader {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  offset: number;
  /** Where the first read past the end began, or undefined: everything read since then is zero. */
  overrun: number | undefined;

  constructor(bytes: Uint8Array, offset = 0) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.offset = offset;
  }

  get atEnd(): boolean {
    return this.offset >= this.bytes.length;
  }

  u8(): number {
    const at = this.#advance(1);
    return at < 0 ? 0 : this.#view.getUint8(at);
  }

  i8(): number {
    return (this.u8() << 24) >> 24;
  }

  u16(): number {
    const at = this.#advance(2);
    return at < 0 ? 0 : this.#view.getUint16(at, true);
  }

  u32(): number {
    const at = this.#advance(4);
    return at < 0 ? 0 : this.#view.getUint32(at, true);
  }

  u64(): bigint {
    const at = this.#advance(8);
    return at < 0 ? 0n : this.#view.getBigUint64(at, true);
  }

  take<T extends object>(struct: Struct<T>): T | undefined {
    const at = this.#advance(struct.size);
    return at < 0 ? undefined : struct.take(this.#view, at);
  }

  /** The next `count` bytes, as a view; empty when they are not all there. */
  bytesOf(count: number): Uint8Array {
    const at = this.#advance(count);
    return at < 0 ? this.bytes.subarray(0, 0) : this.bytes.subarray(at, at + count);
  }

  /** Text in UTF-8 up to a zero, which is skipped. */
  string(): string {
    const end = this.bytes.indexOf(0, this.offset);
    if (end < 0) {
      this.#advance(this.bytes.length - this.offset + 1);
      return '';
    }
    const text = FROM_UTF8.decode(this.bytes.subarray(this.offset, end));
    this.offset = end + 1;
    return text;
  }

  /** Unsigned LEB128; saturates at 2^53 - 1. */
  uleb(): number {
    return Math.min(this.#leb().value, Number.MAX_SAFE_INTEGER);
  }

  /** Signed LEB128; exact below 2^53. */
  sleb(): number {
    const { value, weight, last } = this.#leb();
    return last & 0x40 ? value - weight : value;
  }

  #leb(): { value: number; weight: number; last: number } {
    let value = 0;
    let weight = 1;
    for (;;) {
      const byte = this.u8();
      if (weight < 2 ** 70) {
        value += (byte & 0x7f) * weight;
        weight *= 0x80;
      }
      if (byte < 0x80) return { value, weight, last: byte };
    }
  }

  /** The offset of the next `count` bytes, which are skipped; -1 when they are not all there. */
  #advance(count: number): number {
    const at = this.offset;
    if (count < 0 || at < 0 || at + count > this.bytes.length) {
      this.overrun ??= at;
      this.offset = this.bytes.length;
      return -1;
    }
    this.offset = at + count;
    return at;
  }
}

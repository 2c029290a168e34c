// Bytes of one instruction, little-endian, with an end. Reading past it gives zeros and is remembered, so that the decoder asks once.

export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #start: number;
  readonly #limit: number;
  /** Where the next byte is. */
  at: number;
  /** Whether more was read than there is or than an instruction may have. */
  exhausted = false;

  /** Reads from `start`; an instruction has at most `maximum` bytes. */
  constructor(bytes: Uint8Array, start: number, maximum: number) {
    this.#bytes = bytes;
    this.#start = start;
    this.#limit = start + maximum;
    this.at = start;
  }

  /** Why there was no byte: the instruction is too long, or more of it may follow. */
  get failure(): 'too-long' | 'truncated' {
    return this.at > this.#limit ? 'too-long' : 'truncated';
  }

  get length(): number {
    return this.at - this.#start;
  }

  u8(): number {
    const at = this.at++;
    if (at < this.#limit && at < this.#bytes.length) return this.#bytes[at];
    this.exhausted = true;
    return 0;
  }

  u16(): number {
    return this.u8() | (this.u8() << 8);
  }

  u32(): number {
    return (this.u16() | (this.u16() << 16)) >>> 0;
  }

  u64(): bigint {
    return BigInt(this.u32()) | (BigInt(this.u32()) << 32n);
  }

  /** A field of `size` bits, unsigned. */
  unsigned(size: number): bigint {
    return size === 64 ? this.u64() : BigInt(size === 8 ? this.u8() : size === 16 ? this.u16() : this.u32());
  }

  /** A field of `size` bits in two's complement. */
  signed(size: number): bigint {
    return BigInt.asIntN(size, this.unsigned(size));
  }
}

// A 256-bit register of the local APIC (IRR, ISR, TMR) → a set of vectors that knows its highest member.

export class VectorSet {
  readonly words = new Uint32Array(8);

  has(vector: number): boolean {
    return (this.words[vector >> 5] & (1 << (vector & 31))) !== 0;
  }

  set(vector: number, present: boolean): void {
    if (present) this.words[vector >> 5] |= 1 << (vector & 31);
    else this.words[vector >> 5] &= ~(1 << (vector & 31));
  }

  /** The highest vector in the set, or -1. */
  get highest(): number {
    for (let word = 7; word >= 0; word--) {
      if (this.words[word] !== 0) return word * 32 + 31 - Math.clz32(this.words[word]);
    }
    return -1;
  }

  clear(): void {
    this.words.fill(0);
  }

  save(): number[] {
    return [...this.words];
  }

  load(words: readonly number[]): void {
    this.words.set(words);
  }
}

// Where the assembler is: in a section, or in absolute space, where a structure's offsets are counted (NASM manual 7.4).

import { addressIn, constantValue, type Value } from '../language/value.ts';
import type { Section } from './sections.ts';

export class Location {
  /** Undefined in absolute space. */
  section: Section | undefined;
  /** What absolute space counts from, and how far it has counted. */
  #absolute: Value = constantValue(0n);
  #absoluteOffset = 0n;
  #here: Value | undefined;
  #offset = 0;

  enter(section: Section): void {
    this.section = section;
  }

  enterAbsolute(value: Value): void {
    this.section = undefined;
    this.#absolute = value;
    this.#absoluteOffset = 0n;
  }

  /** A statement begins: `$` stays here until the next one. */
  begin(): void {
    this.#here = undefined;
    this.#offset = this.section?.length ?? 0;
  }

  /** `$` */
  get here(): Value {
    this.#here ??= this.section
      ? { constant: BigInt(this.#offset), terms: this.section.terms, unknown: false }
      : { ...this.#absolute, constant: BigInt.asIntN(64, this.#absolute.constant + this.#absoluteOffset) };
    return this.#here;
  }

  /** Whether a label is where the assembler is, in a section. */
  isAt(label: { readonly offset: number; readonly section: string | undefined }): boolean {
    return this.section !== undefined && label.offset === this.#offset && label.section === this.section.name;
  }

  /** `$$`: in absolute space, the section its addresses lie in, if they lie in one. */
  get start(): Value {
    return this.section ? addressIn(this.section.name, 0n) : { ...this.#absolute, constant: 0n };
  }

  /** Reserves room in absolute space. */
  skip(count: number): void {
    this.#absoluteOffset += BigInt(count);
  }
}

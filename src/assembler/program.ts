// What passes hand on to the next one, and what the last one leaves behind.

import type { SourceOperand } from '../isa/source.ts';
import type { Value } from './expression.ts';
import { Location } from './location.ts';
import { Section } from './sections.ts';
import type { Instruction, Statement } from './statement.ts';
import { Symbols } from './symbols.ts';

/** An instruction and its length; only the last pass needs its bytes. */
export interface Measured {
  readonly operands: readonly SourceOperand[];
  readonly address: bigint;
  readonly length: number;
  /** It is a jump with a distance of one byte. */
  readonly isShort: boolean;
}

export class Program {
  readonly statements: Statement[] = [];
  readonly location = new Location();
  readonly symbols = new Symbols(this.location);
  /** In the order of their creation. */
  readonly sections = new Map<string, Section>([['.text', new Section('.text', undefined)]]);
  /** For each statement the longest instruction that it made in the pass before. */
  readonly lengths: number[] = [];
  /** What the length of a statement's instruction was last computed from. */
  readonly measured: (Measured | undefined)[] = [];
  /** The bytes of instructions that are the same in every pass, and about which there is nothing to report. */
  readonly constants = new Map<Instruction, Uint8Array>();
  /** A section had no room for a statement. */
  exceedsLimits = false;
}

/** What a statement came to in the last pass; `section` is absent in absolute space. */
export interface Output {
  readonly statement: Statement;
  readonly section: Section | undefined;
  readonly offset: number;
  readonly length: number;
  /** `$` in absolute space. */
  readonly here: Value | undefined;
}

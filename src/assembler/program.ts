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
  /** What passes between the first and the last have to look at. */
  readonly stretches: Stretch[] = [];
  /** Of the statements behind the last of them. */
  bytesAtEnd = 0;
}

/** Statements that do nothing but add the same number of bytes in every pass, and behind them one that may do more. */
export interface Stretch {
  readonly bytes: number;
  readonly index: number;
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

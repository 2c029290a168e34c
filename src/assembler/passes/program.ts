// What passes hand on to the next one, and what the last one leaves behind.

import type { AddressField, SourceOperand } from '../../isa/source.ts';
import type { Value } from '../language/value.ts';
import { Location } from './location.ts';
import { Section } from './sections.ts';
import type { Statement } from '../language/statement.ts';
import { Symbols } from './symbols.ts';
import type { NamedValue } from '../language/value.ts';

/** An encoding; no bytes if there is none. */
export interface Template {
  readonly bytes: Uint8Array;
  /** What another address changes in the bytes; undefined if that cannot be told, or if there was something to report. */
  readonly field: AddressField | undefined;
  /** It is a jump with a distance of one byte. */
  readonly isShort: boolean;
}

/** An instruction as it was last encoded. */
export interface Measured extends Template {
  readonly operands: readonly SourceOperand[];
  readonly address: bigint;
  /** The bytes follow from names for numbers only, and are right as long as so many of these have changed; else -1. */
  changesOfConstants: number;
  /** The label that its one address is, and the section in which this label then was. */
  readonly target: NamedValue | undefined;
  readonly section: string | undefined;
}

export class Program {
  readonly statements: Statement[] = [];
  readonly location = new Location();
  readonly symbols = new Symbols(this.location);
  /** In the order of their creation. */
  readonly sections = new Map<string, Section>([['.text', new Section('.text', undefined)]]);
  /** For each statement the longest instruction that it made in the pass before. */
  readonly lengths: number[] = [];
  /** Encodings in which only an address is missing, by name. */
  readonly templates = new Map<string, Template>();
  /** Of each statement whose instruction depends on its place. */
  readonly measured: (Measured | undefined)[] = [];
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

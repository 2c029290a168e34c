// What expressions and names are worth. Values are linear forms (a constant plus factors of section bases and registers), as in NASM: so
// `label - label` of one section is a constant, and `[rbx + 4*rax + table]` needs no analysis of its own.
import type { Origin } from './tokens.ts';

/** A part of a value that is not known as a number: `factor` times the start of section `name`, or times register `name`. */
export interface Term {
  readonly kind: 'section' | 'register';
  readonly name: string;
  readonly factor: bigint;
  /** Of registers: a multiplication was written (even by 1), so that it should rather be the index than the base. */
  readonly scaled: boolean;
}

export interface Value {
  /** Signed, modulo 2^64. */
  readonly constant: bigint;
  /** In the order of writing, each name once, no factor zero. */
  readonly terms: readonly Term[];
  /** A symbol in it has no value yet: `constant` and the section terms mean nothing, register terms do. */
  readonly unknown: boolean;
}

export const UNKNOWN: Value = { constant: 0n, terms: [], unknown: true };

const NO_TERMS: readonly Term[] = [];

export const constantValue = (value: bigint): Value => ({ constant: BigInt.asIntN(64, value), terms: NO_TERMS, unknown: false });

/** The value `offset` bytes into section `name`. */
export const addressIn = (name: string, offset: bigint): Value => ({
  constant: BigInt.asIntN(64, offset),
  terms: [{ kind: 'section', name, factor: 1n, scaled: false }],
  unknown: false,
});

const REGISTERS = new Map<string, Value>();

/** The value of the register with this name in lower case. */
export const registerValue = (name: string): Value => {
  const known = REGISTERS.get(name);
  if (known) return known;
  const terms = [{ kind: 'register', name, factor: 1n, scaled: false }] as const;
  const value: Value = { constant: 0n, terms, unknown: false };
  REGISTERS.set(name, value);
  return value;
};

/** The number if the value is nothing but a number. */
export const constantOf = (value: Value): bigint | undefined =>
  value.unknown || value.terms.length > 0 ? undefined : value.constant;

/** The value of a label that has moved is made when somebody asks for it. */
export class NamedValue {
  readonly name: string;
  kind: 'label' | 'equ' | 'section';
  origin: Origin;
  /** The last pass over all statements that defined it. */
  pass: number;
  /** It is a number that follows from where something lies, or a guess. */
  isPlaced = false;
  /** The constant part of the value: of a label, where it lies in its section. */
  offset: number;
  /** The offset that the value was made for. */
  #valued: number;
  #value: Value;

  constructor(name: string, kind: NamedValue['kind'], value: Value, origin: Origin, pass: number) {
    this.name = name;
    this.kind = kind;
    this.origin = origin;
    this.pass = pass;
    this.offset = this.#valued = Number(value.constant);
    this.#value = value;
  }

  get value(): Value {
    if (this.#valued !== this.offset) {
      this.#valued = this.offset;
      this.#value = { constant: BigInt(this.offset), terms: this.#value.terms, unknown: false };
    }
    return this.#value;
  }

  /** The section that a label lies in; undefined if its address is a plain number. */
  get section(): string | undefined {
    return this.#value.terms[0]?.name;
  }

  redefine(kind: NamedValue['kind'], value: Value, origin: Origin, pass: number): void {
    this.kind = kind;
    this.origin = origin;
    this.pass = pass;
    this.offset = this.#valued = Number(value.constant);
    this.#value = value;
  }
}

/** Whether two values are the same number, or the same place. */
export const isSame = (a: Value, b: Value): boolean =>
  a.unknown === b.unknown &&
  a.constant === b.constant &&
  a.terms.length === b.terms.length &&
  (a.terms === b.terms || a.terms.every((term, index) => term.name === b.terms[index].name && term.factor === b.terms[index].factor));

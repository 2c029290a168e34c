// Tokens → expression tree → value. Values are linear forms (a constant plus factors of section bases and registers), as in
// NASM: so `label - label` of one section is a constant, and `[rbx + 4*rax + table]` needs no analysis of its own.
// Precedence and operators: NASM manual 3.5; arithmetic is modulo 2^64.
import type { Cursor, Origin, Reporter } from './tokens.ts';

export type UnaryOperator = '-' | '+' | '~' | '!';
export type BinaryOperator =
  | '||' | '^^' | '&&'
  | '=' | '==' | '!=' | '<>' | '<' | '<=' | '>' | '>=' | '<=>'
  | '|' | '^' | '&' | '<<' | '>>' | '<<<' | '>>>'
  | '+' | '-' | '*' | '/' | '//' | '%' | '%%';

export type Expression =
  | { readonly kind: 'number'; readonly value: bigint; readonly origin: Origin }
  /** A word: symbol or register. `escaped`: written `$name`, so never a register. */
  | { readonly kind: 'symbol'; readonly name: string; readonly escaped: boolean; readonly origin: Origin }
  /** `$`, the address of this line, and `$$`, the start of this section. */
  | { readonly kind: 'here' | 'section-start'; readonly origin: Origin }
  | { readonly kind: 'unary'; readonly operator: UnaryOperator; readonly operand: Expression; readonly origin: Origin }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
      readonly origin: Origin;
    }
  | {
      readonly kind: 'choice';
      readonly condition: Expression;
      readonly yes: Expression;
      readonly no: Expression;
      readonly origin: Origin;
    };

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
  /** A symbol in it is defined further down. */
  readonly forward: boolean;
}

/** What the names in an expression mean at its place; answers UNKNOWN for what has no value (yet). */
export interface Scope {
  symbol(name: string, escaped: boolean, origin: Origin): Value;
  here(origin: Origin): Value;
  sectionStart(origin: Origin): Value;
}

export const UNKNOWN: Value = { constant: 0n, terms: [], unknown: true, forward: true };

export const constantValue = (value: bigint): Value => ({
  constant: BigInt.asIntN(64, value),
  terms: [],
  unknown: false,
  forward: false,
});

/** The value `offset` bytes into section `name`. */
export const addressIn = (name: string, offset: bigint): Value => ({
  constant: offset,
  terms: [{ kind: 'section', name, factor: 1n, scaled: false }],
  unknown: false,
  forward: false,
});

export const registerValue = (name: string): Value => ({
  constant: 0n,
  terms: [{ kind: 'register', name, factor: 1n, scaled: false }],
  unknown: false,
  forward: false,
});

/** The number if the value is nothing but a number. */
export const constantOf = (value: Value): bigint | undefined =>
  value.unknown || value.terms.length > 0 ? undefined : value.constant;

/** The expression at the cursor, which then stands behind it; undefined after a report. */
export type ParseExpression = (cursor: Cursor, reporter: Reporter) => Expression | undefined;

/** The value of an expression in a scope; undefined after a report (division by zero, a product of two addresses, …). */
export type Evaluate = (expression: Expression, scope: Scope, reporter: Reporter) => Value | undefined;

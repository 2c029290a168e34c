// Expression tree → value. Arithmetic is modulo 2^64; `/ % >>` are unsigned, `// %% >>>` and comparisons signed (NASM manual 3.5).
import { isPowerOfTwo } from '../../base/bits.ts';
import type { BinaryOperator, Expression, SymbolExpression, UnaryOperator } from './expression.ts';
import type { Origin, Reporter } from './tokens.ts';
import { constantValue, type Term, UNKNOWN, type Value } from './value.ts';

/** What the names in an expression mean at its place; answers UNKNOWN for what has no value (yet). */
export interface Scope {
  /** Of a name that is no register. */
  symbol(expression: SymbolExpression): Value;
  here(origin: Origin): Value;
  sectionStart(origin: Origin): Value;
}

/** The value of an expression in a scope; undefined after a report (division by zero, a product of two addresses, …). */
export const evaluate = (expression: Expression, scope: Scope, reporter: Reporter): Value | undefined => {
  switch (expression.kind) {
    case 'number':
      return expression.value;
    case 'symbol':
      return expression.register ?? scope.symbol(expression);
    case 'here':
      return scope.here(expression.origin);
    case 'section-start':
      return scope.sectionStart(expression.origin);
    case 'unary': {
      const operand = evaluate(expression.operand, scope, reporter);
      return operand && applyUnary(expression.operator, operand, expression.origin, reporter);
    }
    case 'binary':
      return evaluateChain(expression, scope, reporter);
    case 'choice': {
      const condition = evaluate(expression.condition, scope, reporter);
      const yes = evaluate(expression.yes, scope, reporter);
      const no = evaluate(expression.no, scope, reporter);
      if (!condition || !yes || !no) return undefined;
      if (condition.unknown) return UNKNOWN;
      const number = numberFor('?', condition, expression.origin, reporter);
      return number && (number.constant !== 0n ? yes : no);
    }
  }
};

/** A chain `a + b + c …` leans to the left and may be thousands long: walked without recursion. */
const evaluateChain = (expression: Expression & { kind: 'binary' }, scope: Scope, reporter: Reporter): Value | undefined => {
  if (expression.left.kind !== 'binary') return evaluateBinary(expression, evaluate(expression.left, scope, reporter), scope, reporter);
  const chain: (Expression & { kind: 'binary' })[] = [];
  let innermost: Expression = expression;
  for (; innermost.kind === 'binary'; innermost = innermost.left) chain.push(innermost);
  let value = evaluate(innermost, scope, reporter);
  for (let at = chain.pop(); at; at = chain.pop()) value = evaluateBinary(at, value, scope, reporter);
  return value;
};

const evaluateBinary = (
  { operator, right, origin }: Expression & { kind: 'binary' }, leftValue: Value | undefined, scope: Scope, reporter: Reporter,
): Value | undefined => {
  const rightValue = evaluate(right, scope, reporter);
  return leftValue && rightValue && applyBinary(operator, leftValue, rightValue, origin, reporter);
};

/** `left + factor * right`, where the factor is 1 or -1. */
const add = (left: Value, right: Value, factor: 1n | -1n): Value => ({
  constant: BigInt.asIntN(64, factor === 1n ? left.constant + right.constant : left.constant - right.constant),
  terms: right.terms.length === 0 ? left.terms : addTerms(left.terms, right.terms, factor),
  unknown: left.unknown || right.unknown,
});

/** Term by term, in the order of first mention. */
const addTerms = (left: readonly Term[], right: readonly Term[], factor: 1n | -1n): readonly Term[] => {
  if (left.length === 0 && factor === 1n) return right;
  const terms = [...left];
  for (let index = 0; index < right.length; index++) {
    const term = right[index];
    const at = terms.findIndex(({ kind, name }) => kind === term.kind && name === term.name);
    const known = at < 0 ? undefined : terms[at];
    const sum = (known?.factor ?? 0n) + factor * term.factor;
    terms[at < 0 ? terms.length : at] = {
      kind: term.kind, name: term.name, factor: BigInt.asIntN(64, sum), scaled: term.scaled || (known?.scaled ?? false),
    };
  }
  return terms.filter((term) => term.factor !== 0n);
};

const scale = (value: Value, factor: bigint): Value => ({
  constant: BigInt.asIntN(64, value.constant * factor),
  terms: value.terms
    .map((term) => ({ ...term, factor: BigInt.asIntN(64, term.factor * factor), scaled: true }))
    .filter((term) => term.factor !== 0n),
  unknown: value.unknown,
});

/** The value if it has no terms; otherwise a report. */
const numberFor = (operator: string, value: Value, origin: Origin, reporter: Reporter): Value | undefined => {
  if (value.terms.length === 0) return value;
  reporter.error(origin, `'${operator}' needs numbers, not ${value.terms[0].kind === 'section' ? 'addresses' : 'registers'}`);
  return undefined;
};

const applyUnary = (operator: UnaryOperator, operand: Value, origin: Origin, reporter: Reporter): Value | undefined => {
  if (operator === '+') return operand;
  if (operator === '-') return scale(operand, -1n);
  const number = numberFor(operator, operand, origin, reporter);
  if (number === undefined || number.unknown) return number && UNKNOWN;
  if (operator === '~' || operator === '!') {
    const result = operator === '~' ? ~number.constant : number.constant === 0n ? 1n : 0n;
    return constantValue(result);
  }
  const whole = BigInt.asUintN(64, number.constant);
  const exact = isPowerOfTwo(whole);
  if (!exact && operator === 'ilog2e') {
    reporter.error(origin, `${whole} is not a power of two`);
    return undefined;
  }
  if (!exact && operator === 'ilog2w') reporter.warning(origin, `${whole} is not a power of two`);
  const bits = BigInt(whole.toString(2).length);
  const logarithm = whole === 0n ? 0n : operator === 'ilog2c' && !exact ? bits : bits - 1n;
  return constantValue(logarithm);
};

const applyBinary = (
  operator: BinaryOperator,
  left: Value,
  right: Value,
  origin: Origin,
  reporter: Reporter,
): Value | undefined => {
  if (operator === '+') return add(left, right, 1n);
  if (operator === '-') return add(left, right, -1n);
  if (operator === '*' && right.terms.length === 0 && !right.unknown) return scale(left, right.constant);
  if (operator === '*' && left.terms.length === 0 && !left.unknown) return scale(right, left.constant);
  const compare = COMPARISONS[operator];
  if (compare) return applyComparison(operator, compare, add(left, right, -1n), origin, reporter);
  const a = numberFor(operator, left, origin, reporter);
  const b = numberFor(operator, right, origin, reporter);
  if (!a || !b) return undefined;
  if (a.unknown || b.unknown) return UNKNOWN;
  if (b.constant === 0n && DIVISIONS.includes(operator)) {
    reporter.error(origin, `division by zero`);
    return undefined;
  }
  const result = ARITHMETIC[operator]?.(a.constant, b.constant) ?? 0n;
  return constantValue(result);
};

type Arithmetic = (a: bigint, b: bigint) => bigint;

const unsigned = (value: bigint): bigint => BigInt.asUintN(64, value);
const truth = (value: boolean): bigint => (value ? 1n : 0n);

/** Shift counts are taken modulo 64. */
const ARITHMETIC: Partial<Record<BinaryOperator, Arithmetic>> = {
  '||': (a, b) => truth(a !== 0n || b !== 0n),
  '^^': (a, b) => truth((a !== 0n) !== (b !== 0n)),
  '&&': (a, b) => truth(a !== 0n && b !== 0n),
  '|': (a, b) => a | b,
  '^': (a, b) => a ^ b,
  '&': (a, b) => a & b,
  '<<': (a, b) => a << (b & 63n),
  '<<<': (a, b) => a << (b & 63n),
  '>>': (a, b) => unsigned(a) >> (b & 63n),
  '>>>': (a, b) => a >> (b & 63n),
  '/': (a, b) => unsigned(a) / unsigned(b),
  '//': (a, b) => a / b,
  '%': (a, b) => unsigned(a) % unsigned(b),
  '%%': (a, b) => a % b,
};

const DIVISIONS: readonly BinaryOperator[] = ['/', '//', '%', '%%'];

/** Of the difference of both sides, which wraps as in NASM: `1 < 1 << 63` holds. */
const COMPARISONS: Partial<Record<BinaryOperator, (difference: bigint) => bigint>> = {
  '=': (d) => truth(d === 0n),
  '==': (d) => truth(d === 0n),
  '!=': (d) => truth(d !== 0n),
  '<>': (d) => truth(d !== 0n),
  '<': (d) => truth(d < 0n),
  '<=': (d) => truth(d <= 0n),
  '>': (d) => truth(d > 0n),
  '>=': (d) => truth(d >= 0n),
  '<=>': (d) => (d < 0n ? -1n : truth(d > 0n)),
};

/** Addresses can be compared when their difference is a number; otherwise they are just not equal. */
const applyComparison = (
  operator: BinaryOperator,
  compare: (difference: bigint) => bigint,
  difference: Value,
  origin: Origin,
  reporter: Reporter,
): Value | undefined => {
  if (difference.unknown) return UNKNOWN;
  if (difference.terms.length === 0) return constantValue(compare(difference.constant));
  if (operator === '=' || operator === '==') return constantValue(0n);
  if (operator === '!=' || operator === '<>') return constantValue(1n);
  reporter.error(origin, `'${operator}' needs numbers, or addresses in one section`);
  return undefined;
};

// Tokens → expression tree. Their values: `evaluate.ts`. Operators and their precedence: NASM manual 3.5; what it
// offers for relocatable and floating-point output formats (`seg`, `wrt`, `1.5`) is refused by name.
import { registerNamed } from '../../isa/names.ts';
import { characterConstant } from './strings.ts';
import type { Cursor, Origin, Reporter, Token, Word } from './tokens.ts';
import { constantValue, type NamedValue, registerValue, type Value } from './value.ts';

/** From the loosest to the tightest; operators of one row associate to the left. */
const PRECEDENCE = [
  ['||'],
  ['^^'],
  ['&&'],
  ['=', '==', '!=', '<>', '<', '<=', '>', '>=', '<=>'],
  ['|'],
  ['^'],
  ['&'],
  ['<<', '>>', '<<<', '>>>'],
  ['+', '-'],
  ['*', '/', '//', '%', '%%'],
] as const;

export type BinaryOperator = (typeof PRECEDENCE)[number][number];

const SIGNS = ['-', '+', '~', '!'] as const;

/** Functions of NASM's that are not here: strings in other encodings, floating point. */
const NOT_HERE = /^(?:utf(?:16|32)(?:le|be)?|b?float\d+\w*)$/;

/** Integer logarithms: of exact powers only, with a warning, rounded down, rounded up. */
const LOGARITHMS = ['ilog2e', 'ilog2w', 'ilog2f', 'ilog2c'] as const;

export type UnaryOperator = (typeof SIGNS)[number] | (typeof LOGARITHMS)[number];

/** A word. */
export interface SymbolExpression {
  readonly kind: 'symbol';
  readonly name: string;
  /** Of a register, the value; a word that is written `$name` is never one. */
  readonly register: Value | undefined;
  /** What the name was found to be, which it will be in every pass. */
  named: NamedValue | undefined;
  readonly origin: Origin;
}

export type Expression =
  | { readonly kind: 'number'; readonly value: Value; readonly origin: Origin }
  | SymbolExpression
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

/**
 * Whether a leaf of an expression passes the test. A chain `a + b + c …` leans to the left and may be thousands long: walked without recursion.
 */
export const someLeaf = (expression: Expression, test: (leaf: Expression) => boolean): boolean => {
  let at = expression;
  for (; at.kind === 'binary'; at = at.left) if (someLeaf(at.right, test)) return true;
  if (at.kind === 'unary') return someLeaf(at.operand, test);
  return at.kind === 'choice' ? [at.condition, at.yes, at.no].some((part) => someLeaf(part, test)) : test(at);
};

export const isRegister = (leaf: Expression): boolean => leaf.kind === 'symbol' && leaf.register !== undefined;

/** The number besides registers and sections in an expression, and whether two such numbers have been added in it to something, or compared. */
interface Sum {
  readonly number: bigint | undefined;
  readonly isSummed: boolean;
}

/**
 * Whether numbers are added somewhere in an address. NASM then forgets which register was written as the base, and takes the first by name:
 * of `[esi + ebp + 4 + 3]` it is ebp. A sum of zero is none. `numberOf` is the number in the value of a part.
 */
export const sumIn = (expression: Expression, numberOf: (part: Expression) => bigint): Sum => {
  const chain: (Expression & { kind: 'binary' })[] = [];
  let at = expression;
  for (; at.kind === 'binary'; at = at.left) chain.push(at);
  const isSummed = at.kind === 'choice' && [at.condition, at.yes, at.no].some((part) => sumIn(part, numberOf).isSummed);
  let sum: Sum = { number: isRegister(at) ? undefined : numberOf(at), isSummed };
  if (at.kind === 'unary') sum = { ...sumIn(at.operand, numberOf), number: numberOf(at) };
  for (let node = chain.pop(); node; node = chain.pop()) sum = sumOf(node, sum, sumIn(node.right, numberOf), numberOf);
  return sum;
};

const sumOf = (node: Expression & { kind: 'binary' }, left: Sum, right: Sum, numberOf: (part: Expression) => bigint): Sum => {
  const isSummed = left.isSummed || right.isSummed;
  const sign = SIGNS_OF_SUMS.get(node.operator);
  if (sign === undefined) return { number: node.operator === '*' ? left.number && right.number && left.number * right.number : numberOf(node), isSummed };
  const difference = left.number !== undefined && right.number !== undefined ? left.number + sign * right.number : undefined;
  const isSum = difference !== undefined && difference !== 0n;
  const number = difference === undefined ? (left.number ?? right.number) : isSum ? difference : undefined;
  return { number: node.operator === '+' || node.operator === '-' ? number : numberOf(node), isSummed: isSummed || isSum };
};

/** Comparisons are of differences. */
const SIGNS_OF_SUMS: ReadonlyMap<BinaryOperator, bigint> = new Map<BinaryOperator, bigint>([
  ['+', 1n], ...['-' as const, ...PRECEDENCE[3]].map((operator): [BinaryOperator, bigint] => [operator, -1n]),
]);

/** Brackets, signs and choices inside each other. */
const DEEPEST = 500;

/** The expression at the cursor, which then stands behind it; undefined after a report. */
export const parseExpression = (cursor: Cursor, reporter: Reporter): Expression | undefined => {
  const { token } = cursor;
  if (token !== undefined && token.kind !== 'punctuation' && cursor.isLone) return parseUnary(cursor, reporter, 0);
  const expression = parseChoice(cursor, reporter, 0);
  if (expression && cursor.acceptWord('wrt')) {
    reporter.error(expression.origin, `'wrt' has no meaning in a flat image`);
    return undefined;
  }
  return expression;
};

const parseChoice = (cursor: Cursor, reporter: Reporter, depth: number): Expression | undefined => {
  if (depth > DEEPEST) {
    reporter.error(cursor.origin, `an expression may be nested ${DEEPEST} deep`);
    return undefined;
  }
  const condition = parseBinary(cursor, reporter, depth, 0);
  // `?` may be part of a name, so that as an operator it is a word of its own.
  if (!condition || cursor.token === undefined || !cursor.acceptWord('?')) return condition;
  const yes = parseChoice(cursor, reporter, depth + 1);
  if (!yes) return undefined;
  if (!cursor.accept(':')) {
    reporter.error(cursor.origin, `':' expected after '?'`);
    return undefined;
  }
  const no = parseChoice(cursor, reporter, depth + 1);
  return no && { kind: 'choice', condition, yes, no, origin: condition.origin };
};

const LEVEL_OF: ReadonlyMap<string, number> = new Map(PRECEDENCE.flatMap((row, level) => row.map((text) => [text, level])));

/** Operators of `level` and tighter. */
const parseBinary = (cursor: Cursor, reporter: Reporter, depth: number, level: number): Expression | undefined => {
  let left = parseUnary(cursor, reporter, depth);
  while (left) {
    const { token } = cursor;
    const tokenLevel = token?.kind === 'punctuation' ? LEVEL_OF.get(token.text) : undefined;
    if (token === undefined || tokenLevel === undefined || tokenLevel < level) return left;
    cursor.take();
    const right = parseBinary(cursor, reporter, depth, tokenLevel + 1);
    left = right && { kind: 'binary', operator: token.text as BinaryOperator, left, right, origin: left.origin };
  }
  return left;
};

const isSign = (text: string): text is (typeof SIGNS)[number] => (SIGNS as readonly string[]).includes(text);

const parseUnary = (cursor: Cursor, reporter: Reporter, depth: number): Expression | undefined => {
  const { token } = cursor;
  if (token === undefined) {
    reporter.error(cursor.origin, 'an expression is missing at the end');
    return undefined;
  }
  if (token.kind === 'word') return parseWord(token, cursor, reporter, depth);
  if (token.kind !== 'punctuation') {
    cursor.take();
    return parseConstant(token, cursor.charactersInNumber, reporter);
  }
  if (isSign(token.text)) {
    cursor.take();
    if (depth >= DEEPEST) return parseChoice(cursor, reporter, depth + 1);
    const operand = parseUnary(cursor, reporter, depth + 1);
    return operand && { kind: 'unary', operator: token.text, operand, origin: token };
  }
  if (cursor.accept('(')) return parseBracket(cursor, reporter, depth);
  if (cursor.accept('$')) return { kind: 'here', origin: token };
  if (cursor.accept('$$')) return { kind: 'section-start', origin: token };
  reporter.error(token, `'${token.text}' begins no expression`);
  return undefined;
};

/** After `(`: the rest to its `)`. */
const parseBracket = (cursor: Cursor, reporter: Reporter, depth: number): Expression | undefined => {
  const inner = parseChoice(cursor, reporter, depth + 1);
  if (!inner || cursor.accept(')')) return inner;
  reporter.error(cursor.origin, `')' expected`);
  return undefined;
};

const parseConstant = (token: Exclude<Token, { kind: 'word' | 'punctuation' }>, most: number, reporter: Reporter): Expression | undefined => {
  if (token.kind === 'number') return { kind: 'number', value: constantValue(token.value), origin: token };
  if (token.kind === 'string') {
    if (token.value.length > most) reporter.warning(token, `only the first ${most} bytes of a character constant count`);
    return { kind: 'number', value: constantValue(characterConstant(token.value, most)), origin: token };
  }
  reporter.error(token, `floating-point constants like ${token.text.slice(0, 40)} are not supported`);
  return undefined;
};

const parseWord = (word: Word, cursor: Cursor, reporter: Reporter, depth: number): Expression | undefined => {
  const { text: name, escaped } = word;
  const origin: Origin = word;
  cursor.take();
  if (!escaped && word.lower === 'seg') {
    reporter.error(origin, `'seg' has no meaning in a flat image`);
    return undefined;
  }
  if (escaped || !cursor.sees('(')) {
    const register = !escaped && registerNamed(word.lower) ? registerValue(word.lower) : undefined;
    return { kind: 'symbol', name, register, named: undefined, origin };
  }
  const called = /^__(\?)?(\w+)\1__$/.exec(name)?.[2];
  const operator = LOGARITHMS.find((logarithm) => logarithm === called);
  if (operator === undefined) {
    reporter.error(origin, NOT_HERE.test(called ?? '') ? `the function '${name}' is not supported` : `there is no function '${name}'`);
    return undefined;
  }
  cursor.take();
  const operand = parseBracket(cursor, reporter, depth);
  return operand && { kind: 'unary', operator, operand, origin };
};

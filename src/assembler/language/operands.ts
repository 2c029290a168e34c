// Tokens → operands of one instruction (NASM manual 3.1, 3.3, 3.7): sizes, distances, brackets with their overrides, far pointers.
// What an address consists of is not taken apart here: its expression is evaluated to a linear form in each pass.

import { registerNamed, SEGMENT_NAMES, SIZE_WORDS } from '../../isa/names.ts';
import { PREFIXES, type Prefix, type WrittenSize } from '../../isa/source.ts';
import { type Expression, parseExpression } from './expression.ts';
import type { Operand } from './statement.ts';
import type { Cursor, Reporter, Token } from './tokens.ts';

/** What is in force where an instruction stands, and what it collects besides its operands. */
export interface OperandContext {
  readonly reporter: Reporter;
  /** `default rel` in 64-bit code. */
  readonly defaultRel: boolean;
  /** Whether `a:b` is a far pointer: of jmp and call only. */
  readonly farPointers: boolean;
  /** Address-size prefixes written inside brackets. */
  readonly prefixes: Prefix[];
}

interface Qualifiers {
  readonly size?: WrittenSize;
  readonly strict?: boolean;
  readonly distance?: 'short' | 'near' | 'far';
}

const NO_QUALIFIERS: Qualifiers = {};

/** The words in front of an operand; of two sizes the first one counts, of two distances the second. */
const QUALIFIERS: ReadonlyMap<string, Qualifiers> = new Map<string, Qualifiers>([
  ...Object.entries(SIZE_WORDS).map(([word, size]) => [word, { size }] as const),
  ['long', { size: SIZE_WORDS.dword }],
  ['strict', { strict: true }],
  ...(['short', 'near', 'far'] as const).map((distance) => [distance, { distance }] as const),
]);

export const isOneOf = <T extends string>(words: readonly T[], word: string | undefined): word is T =>
  word !== undefined && (words as readonly string[]).includes(word);

const isSizeWord = (word: string | undefined): word is keyof typeof SIZE_WORDS => word !== undefined && Object.hasOwn(SIZE_WORDS, word);

/** All operands up to the end of the line; undefined after a report. */
export const parseOperands = (cursor: Cursor, context: OperandContext): Operand[] | undefined => {
  const operands: Operand[] = [];
  while (cursor.token !== undefined) {
    const operand = parseOperand(cursor, context);
    if (!operand) return undefined;
    operands.push(operand);
    if (cursor.token === undefined) break;
    if (!cursor.accept(',')) {
      context.reporter.error(cursor.origin, `comma or end of line expected after operand, not ${quote(cursor.token)}`);
      return undefined;
    }
    // A comma at the end means nothing.
  }
  return operands;
};

const quote = (token: Token | undefined): string => (token ? `'${token.text}'` : 'the end of the line');

const parseOperand = (cursor: Cursor, context: OperandContext): Operand | undefined => {
  const { word } = cursor;
  const lone = word !== undefined && cursor.isLone ? registerNamed(word) : undefined;
  if (lone) {
    cursor.take();
    return lone;
  }
  const qualifiers = parseQualifiers(cursor);
  if (cursor.sees('[')) return parseMemory(cursor, context, qualifiers, undefined);
  const value = parseExpression(cursor, context.reporter);
  if (!value) return undefined;
  if (cursor.accept(':')) {
    if (!context.farPointers) return parseOverridden(cursor, context, qualifiers, value);
    const { size = qualifiers.size, ...ofOffset } = parseQualifiers(cursor);
    const offset = parseExpression(cursor, context.reporter);
    if (!offset) return undefined;
    if (qualifiers.distance ?? ofOffset.distance) {
      context.reporter.error(offset.origin, 'a far pointer takes no distance');
      return undefined;
    }
    return { kind: 'far', selector: value, value: offset, ...qualifiers, ...(size === undefined ? {} : { size }) };
  }
  if (cursor.sees('[')) return parseMemory(cursor, context, qualifiers, value);
  const register = value.kind === 'symbol' && value.register ? registerNamed(value.name) : undefined;
  const { size, strict, distance } = qualifiers;
  if (!register) return { kind: 'imm', value, size, strict, distance };
  return register.kind === 'reg' && qualifiers.size !== undefined ? { ...register, written: qualifiers.size } : register;
};

/** `fs:[rbx]` and `fs:label`: a memory operand without the bracket around all of it. */
const parseOverridden = (cursor: Cursor, context: OperandContext, qualifiers: Qualifiers, segment: Expression): Operand | undefined => {
  const number = segmentOf(segment);
  if (number < 0) {
    context.reporter.error(segment.origin, 'invalid segment override');
    return undefined;
  }
  if (cursor.sees('[')) return parseMemory(cursor, context, qualifiers, undefined, number);
  const value = parseExpression(cursor, context.reporter);
  return value && finishMemory(value, context, qualifiers, { segment: number });
};

/** Number of the segment register that an expression is, or -1. */
const segmentOf = (value: Expression): number =>
  value.kind === 'symbol' && value.register ? (SEGMENT_NAMES as readonly string[]).indexOf(value.name.toLowerCase()) : -1;

const parseQualifiers = (cursor: Cursor): Qualifiers => {
  let qualifiers = NO_QUALIFIERS;
  for (;;) {
    const { word } = cursor;
    const qualifier = word === undefined ? undefined : QUALIFIERS.get(word);
    if (!qualifier) return qualifiers;
    qualifiers = { ...qualifiers, ...qualifier, size: qualifiers.size ?? qualifier.size };
    cursor.take();
  }
};

interface Overrides {
  segment?: number;
  rip?: 'rel' | 'abs';
  displacementSize?: WrittenSize;
  nosplit?: boolean;
}

/** `[overrides segment: address]`, at the bracket; `outside` is a displacement written in front of it: `table[rbx]`. */
const parseMemory = (
  cursor: Cursor, context: OperandContext, qualifiers: Qualifiers, outside: Expression | undefined, segment?: number,
): Operand | undefined => {
  const { reporter } = context;
  const open = cursor.origin;
  cursor.take();
  const overrides: Overrides = segment === undefined ? {} : { segment };
  parseOverrides(cursor, context, overrides);
  let value = parseExpression(cursor, reporter);
  if (value && cursor.accept(':')) {
    overrides.segment = segmentOf(value);
    if (overrides.segment < 0 || segment !== undefined) {
      reporter.error(value.origin, segment === undefined ? 'invalid segment override' : 'two segment overrides');
      return undefined;
    }
    parseOverrides(cursor, context, overrides);
    value = parseExpression(cursor, reporter);
  }
  if (!value) return undefined;
  if (cursor.accept(',')) {
    const index = parseExpression(cursor, reporter);
    if (!index) return undefined;
    value = sum(value, index);
  }
  if (!cursor.accept(']')) {
    reporter.error(cursor.token === undefined ? open : cursor.origin, 'expected ] at the end of a memory operand');
    return undefined;
  }
  return finishMemory(outside ? sum(outside, value) : value, context, qualifiers, overrides);
};

const sum = (left: Expression, right: Expression): Expression => ({ kind: 'binary', operator: '+', left, right, origin: left.origin });

const parseOverrides = (cursor: Cursor, { prefixes }: OperandContext, overrides: Overrides): void => {
  for (;;) {
    const { word } = cursor;
    if (word === undefined) return;
    if (isSizeWord(word)) overrides.displacementSize = SIZE_WORDS[word];
    else if (word === 'rel' || word === 'abs') overrides.rip = word;
    else if (word === 'nosplit') overrides.nosplit = true;
    else if (isOneOf(PREFIXES, word) && word.startsWith('a')) prefixes.push(word);
    else return;
    cursor.take();
  }
};

const FS = 4;

/** DEFAULT REL does not reach operands in FS and GS, whose bases are not zero (NASM manual 7.2.1). */
const finishMemory = (value: Expression, { defaultRel, reporter }: OperandContext, qualifiers: Qualifiers, overrides: Overrides): Operand | undefined => {
  const { size, strict, distance } = qualifiers;
  if (distance === 'short') {
    reporter.error(value.origin, 'a jump through memory cannot be short');
    return undefined;
  }
  const { segment, displacementSize, nosplit } = overrides;
  const rip = overrides.rip ?? (defaultRel && (segment ?? 0) < FS ? 'rel' : undefined);
  return { kind: 'mem', value, size, strict, distance, segment, rip, displacementSize, nosplit };
};

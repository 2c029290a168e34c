// Lines → statements (NASM manual 3.1): `label: times n prefix mnemonic operands`, everything optional. A name in front that is no
// mnemonic is a label, with or without its colon; a mnemonic followed by a colon is a label too.

import { formsNamed } from '../isa/mnemonics.ts';
import { registerNamed, SEGMENT_NAMES } from '../isa/names.ts';
import { PREFIXES, type Prefix } from '../isa/source.ts';
import { DATA_UNITS, fixedSizeOf, parseData } from './data.ts';
import { parseDirective, type Settings } from './directives.ts';
import { type Expression, parseExpression } from './expression.ts';
import { isOneOf, parseOperands, wordAt } from './operands.ts';
import type { Body, Instruction, Operand, Statement } from './statement.ts';
import { Cursor, type Line, type Origin, type Reporter, type SourceIo, textOf } from './tokens.ts';

/** A local label begins with one dot; `..@x` and `..start` belong to nobody. */
const isLocal = (name: string): boolean => name.startsWith('.') && !name.startsWith('..');

const isMnemonic = (word: string): boolean => formsNamed(word).length > 0;

/** Stands for a line that nothing can be made of. */
const INVALID = Symbol('invalid');

const DATA = /^(d|res)([bwdqtoyz])$/;

/** Reads the lines of one source, in order: what one says may depend on those before it. */
export class Parser {
  readonly #io: SourceIo;
  readonly #reporter: Reporter;
  readonly #settings: Settings = { mode: 16, defaultRel: false };
  /** The last label that was not local. */
  #parent = '';

  constructor(io: SourceIo, reporter: Reporter) {
    this.#io = io;
    this.#reporter = reporter;
  }

  /** What a line says; undefined when it says nothing, or after a report. */
  parse(line: Line): Statement | undefined {
    const cursor = new Cursor(line.tokens, line.origin);
    const { origin } = line;
    if (cursor.sees('[')) {
      const body = parseDirective(cursor, this.#settings, this.#reporter);
      return body && { origin, parent: this.#parent, body };
    }
    const label = this.#parseLabel(cursor);
    if (label === INVALID) return undefined;
    if (label !== undefined && cursor.acceptWord('equ')) return this.#parseEqu(cursor, label, origin);
    if (label !== undefined && !isLocal(label) && !label.startsWith('..')) this.#parent = label;
    const place = { origin, parent: this.#parent, ...(label === undefined ? {} : { label: this.#fullName(label) }) };
    let times: Expression | undefined;
    if (cursor.acceptWord('times')) {
      times = parseExpression(cursor, this.#reporter);
      if (!times) return place;
    }
    if (cursor.atEnd) {
      if (times) this.#reporter.error(cursor.origin, 'instruction expected after times');
      return place;
    }
    const body = this.#parseBody(cursor);
    if (!body) return place;
    this.#expectEnd(cursor);
    return { ...place, body, ...(times ? { times } : {}) };
  }

  #fullName(label: string): string {
    return isLocal(label) ? this.#parent + label : label;
  }

  /** The label in front, and its colon. */
  #parseLabel(cursor: Cursor): string | undefined | typeof INVALID {
    const token = cursor.peek();
    const word = wordAt(cursor);
    if (token?.kind !== 'word' || (word !== undefined && registerNamed(word) && !isOneOf(SEGMENT_NAMES, word))) {
      this.#reporter.error(cursor.origin, 'label or instruction expected at start of line');
      return INVALID;
    }
    const next = cursor.peek(1);
    const hasColon = next?.kind === 'punctuation' && next.text === ':';
    if (!hasColon && isReserved(word)) return undefined;
    if (!hasColon && next && !isReserved(wordAt(cursor, 1))) {
      this.#reporter.error(token.origin, `unknown instruction '${token.text}'`);
      return INVALID;
    }
    cursor.take();
    if (hasColon) cursor.take();
    else if (cursor.atEnd) this.#reporter.warning(token.origin, `label '${token.text}' alone on a line without a colon might be in error`);
    return token.text;
  }

  #parseEqu(cursor: Cursor, label: string, origin: Origin): Statement | undefined {
    const value = parseExpression(cursor, this.#reporter);
    if (!value) return undefined;
    this.#expectEnd(cursor);
    return { origin, parent: this.#parent, label: this.#fullName(label), body: { kind: 'equ', value } };
  }

  #parseBody(cursor: Cursor): Body | undefined {
    const prefixes: Prefix[] = [];
    for (let word = wordAt(cursor); isOneOf(PREFIXES, word); word = wordAt(cursor)) {
      prefixes.push(word);
      cursor.take();
    }
    const { origin } = cursor;
    const word = wordAt(cursor);
    if (word === undefined && !(cursor.atEnd && prefixes.length > 0)) {
      this.#reporter.error(origin, 'instruction expected');
      return undefined;
    }
    if (word === undefined || isMnemonic(word)) return this.#parseInstruction(cursor, word, prefixes);
    cursor.take();
    const data = DATA.exec(word);
    if (data) {
      const unit = DATA_UNITS[data[2]];
      return data[1] === 'd' ? this.#parseData(cursor, unit, origin) : this.#parseReserve(cursor, unit);
    }
    if (word === 'incbin') return this.#parseIncbin(cursor, origin);
    this.#reporter.error(origin, word === 'equ' ? 'equ needs a label in front' : `instruction expected, not '${word}'`);
    return undefined;
  }

  #parseInstruction(cursor: Cursor, word: string | undefined, prefixes: Prefix[]): Instruction | undefined {
    cursor.take();
    const mnemonic = word ?? '';
    const { mode, defaultRel } = this.#settings;
    const farPointers = mnemonic === 'jmp' || mnemonic === 'call';
    const operands = parseOperands(cursor, {
      reporter: this.#reporter, defaultRel: mode === 64 && defaultRel, farPointers, prefixes,
    });
    return operands && { kind: 'instruction', mnemonic, operands, prefixes, mode, isConstant: operands.every((operand) => isConstantOperand(operand, isBranch(mnemonic))) };
  }

  #parseData(cursor: Cursor, unit: number, origin: Origin): Body | undefined {
    const items = parseData(cursor, unit, this.#reporter);
    if (items?.length === 0) this.#reporter.warning(origin, 'no operand for data declaration');
    return items && { kind: 'data', items, size: fixedSizeOf(items) };
  }

  #parseReserve(cursor: Cursor, unit: number): Body | undefined {
    const count = parseExpression(cursor, this.#reporter);
    return count && { kind: 'reserve', unit, count };
  }

  #parseIncbin(cursor: Cursor, origin: Origin): Body | undefined {
    const token = cursor.take();
    if (token?.kind !== 'string') {
      this.#reporter.error(origin, 'incbin expects a file name');
      return undefined;
    }
    const parts: Expression[] = [];
    while (parts.length < 2 && cursor.accept(',')) {
      const part = parseExpression(cursor, this.#reporter);
      if (!part) return undefined;
      parts.push(part);
    }
    const bytes = this.#io.readBytes(textOf(token), token.origin.place.file);
    if (!bytes) {
      this.#reporter.error(token.origin, `incbin: cannot read '${textOf(token)}'`);
      return undefined;
    }
    return { kind: 'incbin', bytes, skip: parts[0], length: parts[1] };
  }

  #expectEnd(cursor: Cursor): void {
    if (!cursor.atEnd) this.#reporter.error(cursor.origin, `end of line expected, not '${cursor.peek()?.text}'`);
  }
}

const isReserved = (word: string | undefined): boolean =>
  word !== undefined &&
  (isMnemonic(word) || DATA.test(word) || isOneOf(PREFIXES, word) || ['times', 'incbin', 'equ'].includes(word));

/** Whether an immediate of this instruction is where it goes to, so that its encoding depends on its own place. */
export const isBranch = (mnemonic: string): boolean => /^(j|call|loop)/.test(mnemonic);

const isConstantOperand = (operand: Operand, isTarget: boolean): boolean => {
  switch (operand.kind) {
    case 'imm': return !isTarget && isConstant(operand.value);
    case 'mem': return isConstant(operand.value) && (operand.rip !== 'rel' || namesRegister(operand.value));
    case 'far': return isConstant(operand.selector) && isConstant(operand.value);
    default: return true;
  }
};

/** The leaves of an expression. A chain `a + b + c …` leans to the left and may be thousands long: walked without recursion. */
function* leavesOf(expression: Expression): Generator<Expression> {
  let at = expression;
  for (; at.kind === 'binary'; at = at.left) yield* leavesOf(at.right);
  if (at.kind === 'unary') yield* leavesOf(at.operand);
  else if (at.kind === 'choice') for (const part of [at.condition, at.yes, at.no]) yield* leavesOf(part);
  else yield at;
}

const isRegister = (leaf: Expression): boolean => leaf.kind === 'symbol' && !leaf.escaped && registerNamed(leaf.name) !== undefined;

const namesRegister = (expression: Expression): boolean => [...leavesOf(expression)].some(isRegister);

/** Whether an expression is made of numbers and registers only. */
const isConstant = (expression: Expression): boolean => [...leavesOf(expression)].every((leaf) => leaf.kind === 'number' || isRegister(leaf));

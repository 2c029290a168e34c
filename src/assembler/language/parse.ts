// Lines → statements (NASM manual 3.1): `label: times n prefix mnemonic operands`, everything optional. A name in front that is no
// mnemonic is a label, with or without its colon; a mnemonic followed by a colon is a label too.

import { formsNamed } from '../../isa/mnemonics.ts';
import { SEGMENT_NAMES } from '../../isa/names.ts';
import { PREFIXES, type Prefix } from '../../isa/source.ts';
import { DATA_UNITS, fixedSizeOf, isOnlyGaps, parseData } from './data.ts';
import { parseDirective, type Settings } from './directives.ts';
import { type Expression, isRegister, parseExpression, someLeaf } from './expression.ts';
import { alignmentOf } from './fill.ts';
import { isOneOf, parseOperands } from './operands.ts';
import { InLine } from '../reporter.ts';
import { NASM_MNEMONICS, NASM_WORDS } from './reserved.ts';
import type { SourceFiles } from './sources.ts';
import type { Body, Instruction, Operand, Statement, Times } from './statement.ts';
import { Cursor, type Expansion, type Line, type Origin, type Reporter, textOf, type Token, wordOf } from './tokens.ts';

/** A local label begins with one dot; `..@x` and `..start` belong to nobody. */
const isLocal = (name: string): boolean => name.startsWith('.') && !name.startsWith('..');

const isMnemonic = (word: string): boolean => formsNamed(word).length > 0;

/** Stands for a line that nothing can be made of. */
const INVALID = Symbol('invalid');

/** `db`, `resb` and so on, by the size of their elements. */
const DATA: ReadonlyMap<string, number> = new Map(Object.entries(DATA_UNITS).map(([letter, unit]) => [`d${letter}`, unit]));
const RESERVE: ReadonlyMap<string, number> = new Map(Object.entries(DATA_UNITS).map(([letter, unit]) => [`res${letter}`, unit]));

const PREFIX_WORDS: ReadonlySet<string> = new Set(PREFIXES);

/** Words besides mnemonics that are no labels. */
const RESERVED: ReadonlySet<string> = new Set([...PREFIXES, ...DATA.keys(), ...RESERVE.keys(), 'times', 'incbin', 'equ']);

const isReserved = (word: string | undefined): boolean => word !== undefined && (RESERVED.has(word) || isMnemonic(word));

const isColon = (token: Token | undefined): boolean => token !== undefined && token.kind === 'punctuation' && token.text === ':';

/** Reads the lines of one source, in order: what one says may depend on those before it. */
export class Parser {
  readonly #files: SourceFiles;
  readonly #reporter: InLine;
  readonly #settings: Settings = { mode: 16, defaultRel: false };
  /** Instructions whose bytes are the same in every pass, by their text: many lines of a source say the same. */
  readonly #constants = new Map<string, Instruction>();
  /** What is known of lines that come again, by their tokens. */
  readonly #rows = new Map<readonly Token[], Settings & Pick<Statement, 'times' | 'body'>>();
  /** What the line comes from. */
  #expansion: Expansion | undefined;
  /** The last label that was not local. */
  #parent = '';

  constructor(files: SourceFiles, reporter: Reporter) {
    this.#files = files;
    this.#reporter = new InLine(reporter, () => this.#expansion);
  }

  /** What a line says; undefined when it says nothing, or after a report. */
  parse(line: Line): Statement | undefined {
    this.#expansion = line.origin.macro;
    if (!line.isOfBody) return this.#parseNew(line);
    const { mode, defaultRel } = this.#settings;
    const known = this.#rows.get(line.tokens);
    if (known && known.mode === mode && known.defaultRel === defaultRel) {
      return { origin: line.origin, label: undefined, named: undefined, parent: this.#parent, times: known.times, body: known.body };
    }
    const { count } = this.#reporter;
    const statement = this.#parseNew(line);
    if (statement && count === this.#reporter.count && saysTheSame(statement, line.tokens)) {
      this.#rows.set(line.tokens, { mode, defaultRel, times: statement.times, body: statement.body });
    }
    return statement;
  }

  #parseNew(line: Line): Statement | undefined {
    const cursor = new Cursor(line.tokens, line.origin, this.#settings.mode);
    const { origin } = line;
    if (cursor.sees('[')) {
      const body = parseDirective(cursor, this.#settings, this.#reporter);
      return body && { origin, label: undefined, named: undefined, parent: this.#parent, times: undefined, body };
    }
    const { word } = cursor;
    if (word !== undefined && isMnemonic(word) && !isColon(line.tokens[1])) return this.#finish(cursor, origin, this.#parseKnown(cursor));
    const label = this.#parseLabel(cursor);
    if (label === INVALID) return undefined;
    if (label !== undefined && cursor.acceptWord('equ')) return this.#parseEqu(cursor, label, origin);
    if (label !== undefined && !isLocal(label) && !label.startsWith('..')) this.#parent = label;
    const fullName = label === undefined ? undefined : this.#fullName(label);
    const prefixes = this.#takePrefixes(cursor);
    if (!cursor.acceptWord('times')) return this.#parseRest(cursor, origin, fullName, undefined, prefixes);
    const count = parseExpression(cursor, this.#reporter);
    if (!count) return { origin, label: fullName, named: undefined, parent: this.#parent, times: undefined, body: undefined };
    if (cursor.token === undefined) this.#reporter.error(cursor.origin, 'instruction expected after times');
    return this.#parseRest(cursor, origin, fullName, { count, alignment: alignmentOf(count) }, prefixes);
  }

  /** What stands behind the label and its repetition. */
  #parseRest(cursor: Cursor, origin: Origin, label: string | undefined, times: Times | undefined, prefixes: Prefix[]): Statement {
    const isEmpty = cursor.token === undefined && prefixes.length === 0;
    return this.#finish(cursor, origin, isEmpty ? undefined : this.#parseBody(cursor, prefixes), label, times);
  }

  #takePrefixes(cursor: Cursor): Prefix[] {
    const prefixes: Prefix[] = [];
    for (let { word } = cursor; word !== undefined && PREFIX_WORDS.has(word); { word } = cursor) {
      prefixes.push(word as Prefix);
      cursor.take();
    }
    return prefixes;
  }

  #finish(cursor: Cursor, origin: Origin, body: Body | undefined, label?: string, times?: Times): Statement {
    if (body && cursor.token !== undefined) this.#refuseRest(cursor);
    return { origin, label, named: undefined, parent: this.#parent, times: body ? times : undefined, body };
  }

  #fullName(label: string): string {
    return isLocal(label) ? this.#parent + label : label;
  }

  /** The label in front, and its colon. */
  #parseLabel(cursor: Cursor): string | undefined | typeof INVALID {
    const { token } = cursor;
    const { word } = cursor;
    const next = cursor.tokens[1];
    const hasColon = isColon(next);
    if (!hasColon && isReserved(word)) return undefined;
    if (!hasColon && word !== undefined && NASM_MNEMONICS.has(word)) {
      this.#reporter.error(cursor.origin, notSupported(word));
      return INVALID;
    }
    if (token?.kind !== 'word' || (word !== undefined && NASM_WORDS.has(word) && !isOneOf(SEGMENT_NAMES, word))) {
      this.#reporter.error(cursor.origin, 'label or instruction expected at start of line');
      return INVALID;
    }
    if (!hasColon && next && !isReserved(wordOf(next))) {
      this.#reporter.error(token.origin, `unknown instruction '${token.text}'`);
      return INVALID;
    }
    cursor.take();
    if (hasColon) cursor.take();
    else if (cursor.token === undefined) this.#reporter.warning(token.origin, `label '${token.text}' alone on a line without a colon might be in error`);
    return token.text;
  }

  #parseEqu(cursor: Cursor, label: string, origin: Origin): Statement | undefined {
    const value = parseExpression(cursor, this.#reporter);
    return value && this.#finish(cursor, origin, { kind: 'equ', value }, this.#fullName(label));
  }

  #parseBody(cursor: Cursor, prefixes: Prefix[]): Body | undefined {
    const { word } = cursor;
    return word !== undefined && prefixes.length === 0 && isMnemonic(word) ? this.#parseKnown(cursor) : this.#parseNewBody(cursor, prefixes);
  }

  /** An instruction, which perhaps another line has already. */
  #parseKnown(cursor: Cursor): Body | undefined {
    const text = this.#textOf(cursor);
    if (text === undefined) return this.#parseNewBody(cursor, []);
    const known = this.#constants.get(text);
    if (known?.bytes) {
      cursor.skipAll();
      return known;
    }
    const body = this.#parseNewBody(cursor, []);
    if (body?.kind === 'instruction' && body.isConstant && cursor.token === undefined) this.#constants.set(text, body);
    return body;
  }

  /** The rest of a line with what is in force for it; undefined where two lines of one text may differ (a string with warnings). */
  #textOf({ tokens, index }: Cursor): string | undefined {
    const { mode, defaultRel } = this.#settings;
    let text: string = mode + (defaultRel ? ' rel' : '');
    for (let at = index; at < tokens.length; at++) {
      const token = tokens[at];
      if (token.kind === 'string' || token.kind === 'float') return undefined;
      text += token.escaped ? ` $${token.text}` : ` ${token.text}`;
    }
    return text;
  }

  #parseNewBody(cursor: Cursor, before: readonly Prefix[]): Body | undefined {
    const prefixes = [...before, ...this.#takePrefixes(cursor)];
    const { origin, word } = cursor;
    if (word === undefined && !(cursor.token === undefined && prefixes.length > 0)) {
      this.#reporter.error(origin, 'instruction expected');
      return undefined;
    }
    if (word === undefined || isMnemonic(word)) return this.#parseInstruction(cursor, word, prefixes);
    cursor.take();
    const unit = DATA.get(word);
    if (unit !== undefined) return this.#parseData(cursor, unit, origin);
    const reserved = RESERVE.get(word);
    if (reserved !== undefined) return this.#parseReserve(cursor, reserved);
    if (word === 'incbin') return this.#parseIncbin(cursor, origin);
    const isForeign = !RESERVED.has(word) && NASM_MNEMONICS.has(word);
    this.#reporter.error(origin, isForeign ? notSupported(word) : word === 'equ' ? 'equ needs a label in front' : `instruction expected, not '${word}'`);
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
    if (!operands) return undefined;
    const isBranch = BRANCH.test(mnemonic);
    const isConstant = operands.every((operand) => isConstantOperand(operand, isBranch));
    return { kind: 'instruction', mnemonic, operands, prefixes, mode, isBranch, isConstant, bytes: undefined };
  }

  #parseData(cursor: Cursor, unit: number, origin: Origin): Body | undefined {
    const items = parseData(cursor, unit, this.#reporter);
    if (items?.length === 0) this.#reporter.warning(origin, 'no operand for data declaration');
    return items && { kind: 'data', items, size: fixedSizeOf(items), isReserved: isOnlyGaps(items) };
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
    const bytes = this.#files.readBytes(textOf(token), token.origin.place.file);
    if (!bytes) {
      this.#reporter.error(token.origin, `incbin: cannot read '${textOf(token)}'`);
      return undefined;
    }
    return { kind: 'incbin', bytes, skip: parts[0], length: parts[1] };
  }

  #refuseRest(cursor: Cursor): void {
    this.#reporter.error(cursor.origin, `end of line expected, not '${cursor.token?.text}'`);
  }
}

/** Whether a line says the same wherever it stands: it has no label of its own, and names none that belongs to another. */
const saysTheSame = ({ label, body }: Statement, tokens: readonly Token[]): boolean => {
  if (label !== undefined || body === undefined) return false;
  const isPlain = body.kind === 'section' && body.attributes.length === 0;
  return isPlain || !tokens.some((token) => token.kind === 'word' && isLocal(token.text));
};

/** What NASM knows and the table has not. */
const notSupported = (mnemonic: string): string => `instruction '${mnemonic}' is not supported`;

const BRANCH = /^(j|call|loop)/;

const isConstantOperand = (operand: Operand, isTarget: boolean): boolean => {
  switch (operand.kind) {
    case 'imm': return !isTarget && isConstant(operand.value);
    case 'mem': return isConstant(operand.value) && (operand.rip !== 'rel' || namesRegister(operand.value));
    case 'far': return isConstant(operand.selector) && isConstant(operand.value);
    default: return true;
  }
};

const namesRegister = (expression: Expression): boolean => someLeaf(expression, isRegister);

/** Whether an expression is made of numbers and registers only. */
const isConstant = (expression: Expression): boolean => !someLeaf(expression, (leaf) => leaf.kind !== 'number' && !isRegister(leaf));

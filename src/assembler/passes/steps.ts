// Statements after a pass → steps, which is all that the passes in the middle look at. After two, every name has a value, so that most
// statements are known to be as long as they are whatever moves: what is left are the labels, jumps that may be short or long, and
// fillings up to an alignment. A program may need dozens of passes, each of which moves a few of thousands of labels.

import { type Expression, isRegister, type SymbolExpression, someLeaf } from '../language/expression.ts';
import type { Program } from './program.ts';
import { fillUp } from '../language/fill.ts';
import type { Section } from './sections.ts';
import { type Body, type Instruction, mayBeShort, type Statement } from '../language/statement.ts';
import type { NamedValue } from '../language/value.ts';

export type StepKind =
  /** Nothing but the bytes in front of it. */
  | 'bytes'
  /** What follows lies in `section`. */
  | 'enter'
  | 'label'
  /** `times` something of `size` bytes up to a multiple of `alignment`. */
  | 'fill'
  /** A jump to a label in its own section; its length follows from the distance. */
  | 'jump'
  /** Statements that are as before while no name for a number has another value: `size` bytes in all, undefined while not known. */
  | 'constants'
  | 'statement';

/** All kinds have all fields, because all of them are read in one loop, dozens of times. */
export interface Step {
  readonly kind: StepKind;
  /** Bytes in front of it that are the same in every pass. */
  readonly before: number;
  readonly section: Section | undefined;
  /** The label that lies here, or that a jump goes to. */
  readonly symbol: NamedValue | undefined;
  /** Statements that it stands for: `to` excluded. */
  readonly from: number;
  readonly to: number;
  size: number | undefined;
  readonly alignment: number;
}

export interface Steps {
  readonly steps: readonly Step[];
  /** Lengths of what stands in each section in front of all that may move. */
  readonly fixed: ReadonlyMap<Section, number>;
  /** The largest alignment that SECTALIGN asks for in each section. */
  readonly aligns: ReadonlyMap<Section, bigint>;
}

export const stepsOf = (program: Program): Steps => new Builder(program).build();

/** What an expression depends on: numbers only, names for numbers too, or where something lies. */
type Dependence = 'nothing' | 'constants' | 'places';

const LOOSEST: readonly Dependence[] = ['nothing', 'constants', 'places'];
const either = (a: Dependence, b: Dependence): Dependence => (LOOSEST.indexOf(a) >= LOOSEST.indexOf(b) ? a : b);

/** What a statement does besides its label. */
type Effect =
  | { readonly kind: 'fixed'; readonly bytes: number }
  | { readonly kind: 'dependent'; readonly bytes: number | undefined }
  | { readonly kind: 'fill'; readonly alignment: number; readonly size: number }
  | { readonly kind: 'sectalign'; readonly value: bigint }
  | { readonly kind: 'jump'; readonly target: NamedValue }
  | { readonly kind: 'statement' };

class Builder {
  readonly #program: Program;
  readonly #steps: Step[] = [];
  readonly #fixed = new Map<Section, number>();
  readonly #aligns = new Map<Section, bigint>();
  readonly #moving = new Set<Section>();
  /** What the statements so far have entered, and what the steps have. */
  #section: Section | undefined;
  #entered: Section | undefined;
  /** Bytes behind the last step. */
  #bytes = 0;

  constructor(program: Program) {
    this.#program = program;
    this.#section = this.#entered = program.sections.get('.text');
  }

  build(): Steps {
    const { statements } = this.#program;
    for (let index = 0; index < statements.length; ) index = this.#section ? this.#add(statements[index], index) : this.#addAbsolute(index);
    this.#push('bytes', {});
    return { steps: this.#steps, fixed: this.#fixed, aligns: this.#aligns };
  }

  /** Gives the index of the next statement. */
  #add(statement: Statement, index: number): number {
    const { label, times, body } = statement;
    if (label === undefined && times === undefined && body !== undefined) {
      // Most statements: so many bytes, whatever names mean.
      const known = body.kind === 'instruction' ? body.bytes?.length : body.kind === 'data' ? body.size : undefined;
      if (known !== undefined) {
        this.#addBytes(known);
        return index + 1;
      }
    }
    if (body?.kind === 'absolute') {
      this.#section = undefined;
      return index;
    }
    if (body?.kind === 'section' && body.attributes.length === 0) {
      this.#section = this.#program.sections.get(body.name) ?? this.#section;
      return index + 1;
    }
    const effect = this.#effectOf(statement, index);
    if (body?.kind === 'section') this.#enterAndPush('statement', { from: index, to: index + 1 });
    else if (effect.kind === 'statement') this.#move('statement', { from: index, to: index + 1 });
    else {
      const symbol = body?.kind === 'equ' ? undefined : statement.named;
      if (symbol && this.#isMoving) this.#enterAndPush('label', { symbol });
      this.#addEffect(effect, index);
    }
    if (body?.kind === 'section') this.#section = this.#entered = this.#program.sections.get(body.name) ?? this.#section;
    return index + 1;
  }

  #addEffect(effect: Exclude<Effect, { kind: 'statement' }>, from: number): void {
    switch (effect.kind) {
      case 'fixed':
        return this.#addBytes(effect.bytes);
      case 'dependent':
        return this.#move('constants', { from, to: from + 1, size: effect.bytes });
      case 'sectalign':
        if (this.#section && (this.#aligns.get(this.#section) ?? 0n) < effect.value) this.#aligns.set(this.#section, effect.value);
        return;
      case 'jump':
        return this.#move('jump', { symbol: effect.target, from, to: from + 1 });
      case 'fill':
        if (this.#isMoving) this.#move('fill', effect);
        else this.#addBytes(fillUp(this.#length, effect.alignment) * effect.size);
    }
  }

  /** From ABSOLUTE to the next section: a structure, whose offsets are numbers. */
  #addAbsolute(from: number): number {
    const { statements } = this.#program;
    let to = from;
    let dependence: Dependence = 'nothing';
    for (; to < statements.length && (to === from || statements[to].body?.kind !== 'section'); to++) {
      dependence = either(dependence, this.#dependenceInAbsolute(statements[to]));
    }
    if (dependence !== 'places') this.#push('constants', { from, to, size: 0 });
    else for (let index = from; index < to; index++) this.#push('statement', { from: index, to: index + 1 });
    this.#entered = undefined;
    this.#section = this.#program.sections.get('.text'); // the statement at `to` says which it is
    return to;
  }

  #dependenceInAbsolute({ parent, times, body }: Statement): Dependence {
    this.#program.symbols.parent = parent;
    const ofTimes = times ? this.#dependenceOf(times.count, 'constants') : 'nothing';
    switch (body?.kind) {
      case undefined: return ofTimes;
      case 'equ': case 'absolute': case 'sectalign': return this.#dependenceOf(body.value, 'constants');
      case 'reserve': return either(ofTimes, this.#dependenceOf(body.count, 'constants'));
      default: return 'places';
    }
  }

  get #isMoving(): boolean {
    return this.#section !== undefined && this.#moving.has(this.#section);
  }

  /** Of what is fixed in the present section. */
  get #length(): number {
    return (this.#section && this.#fixed.get(this.#section)) ?? 0;
  }

  #addBytes(bytes: number): void {
    const section = this.#section;
    if (bytes === 0 || !section) return;
    if (!this.#moving.has(section)) {
      this.#fixed.set(section, (this.#fixed.get(section) ?? 0) + bytes);
      return;
    }
    if (this.#entered !== section) this.#enter();
    this.#bytes += bytes;
  }

  /** A step behind which nothing in this section has a place for good. */
  #move(kind: StepKind, what: Partial<Step>): void {
    if (this.#section) this.#moving.add(this.#section);
    this.#enterAndPush(kind, what);
  }

  #enterAndPush(kind: StepKind, what: Partial<Step>): void {
    this.#enter();
    this.#push(kind, what);
  }

  #enter(): void {
    if (!this.#section || this.#entered === this.#section) return;
    this.#push('enter', { section: this.#section });
    this.#entered = this.#section;
  }

  #push(kind: StepKind, { section, symbol, from = 0, to = 0, size, alignment = 1 }: Partial<Step>): void {
    this.#steps.push({ kind, before: this.#bytes, section, symbol, from, to, size, alignment });
    this.#bytes = 0;
  }

  #effectOf({ parent, times, body }: Statement, index: number): Effect {
    const general: Effect = { kind: 'statement' };
    if (!body) return FIXED_NOTHING;
    this.#program.symbols.parent = parent;
    const unit = this.#unitOf(body, index);
    if (!times || unit.kind !== 'fixed') return times ? general : unit;
    const { count, alignment } = times;
    if (count.kind === 'number') return { kind: 'fixed', bytes: unit.bytes * Math.max(Number(count.value.constant), 0) };
    if (alignment !== undefined) return { kind: 'fill', alignment, size: unit.bytes };
    return this.#dependenceOf(count, 'places') === 'places' ? general : { kind: 'dependent', bytes: undefined };
  }

  /** What a body does once. */
  #unitOf(body: Body, index: number): Effect {
    const general: Effect = { kind: 'statement' };
    switch (body.kind) {
      case 'data': return body.size === undefined ? general : { kind: 'fixed', bytes: body.size };
      case 'reserve':
        if (body.count.kind === 'number') return { kind: 'fixed', bytes: body.unit * Math.max(Number(body.count.value.constant), 0) };
        return this.#dependenceOf(body.count, 'places') === 'places' ? general : { kind: 'dependent', bytes: undefined };
      case 'equ': {
        const dependence = this.#dependenceOf(body.value, 'places');
        return dependence === 'places' ? general : dependence === 'nothing' ? FIXED_NOTHING : { kind: 'dependent', bytes: 0 };
      }
      case 'sectalign':
        return body.value.kind === 'number' && body.value.value.constant > 0n ? { kind: 'sectalign', value: body.value.value.constant } : general;
      case 'global': case 'static': case 'extern': return FIXED_NOTHING;
      case 'instruction': return this.#effectOfInstruction(body, index);
      default: return general;
    }
  }

  #effectOfInstruction(instruction: Instruction, index: number): Effect {
    const general: Effect = { kind: 'statement' };
    if (instruction.isConstant) {
      const { bytes } = instruction;
      return bytes ? { kind: 'fixed', bytes: bytes.length } : general;
    }
    const measured = this.#program.measured[index];
    if (!measured || measured.bytes.length === 0) return general;
    const { target } = measured;
    if (target && target.section === measured.section && !this.#program.symbols.restless.has(target)) {
      if (!mayBeShort(instruction)) return { kind: 'fixed', bytes: measured.bytes.length };
      return target.section === this.#section?.name ? { kind: 'jump', target } : general;
    }
    let dependence: Dependence = 'nothing';
    for (let i = 0; i < instruction.operands.length; i++) {
      const operand = instruction.operands[i];
      if ('value' in operand && this.#namesRestless(operand.value)) return general;
      const resolved = measured.operands[i];
      if (resolved.kind !== operand.kind) return general;
      if (!('value' in operand) || !('section' in resolved)) continue;
      if (operand.kind === 'imm' && mayBeShort(instruction)) return general;
      if (resolved.section === 'none') dependence = either(dependence, this.#dependenceOf(operand.value, 'places'));
    }
    return dependence === 'places' ? general : { kind: dependence === 'nothing' ? 'fixed' : 'dependent', bytes: measured.bytes.length };
  }

  /** Whether an expression has a name that had a value of another kind at the beginning of the last pass. */
  #namesRestless(expression: Expression): boolean {
    const { size } = this.#program.symbols.restless;
    return size > 0 && someLeaf(expression, (leaf) => leaf.kind === 'symbol' && !isRegister(leaf) && this.#isRestless(leaf));
  }

  #isRestless(expression: SymbolExpression): boolean {
    const { symbols } = this.#program;
    const symbol = symbols.find(expression);
    return symbol !== undefined && symbols.restless.has(symbol);
  }

  /** `here`: what `$` and `$$` are. */
  #dependenceOf(expression: Expression, here: Dependence): Dependence {
    let dependence: Dependence = 'nothing';
    let at = expression;
    for (; at.kind === 'binary'; at = at.left) dependence = either(dependence, this.#dependenceOf(at.right, here));
    switch (at.kind) {
      case 'number': return dependence;
      case 'here': case 'section-start': return either(dependence, here);
      case 'unary': return either(dependence, this.#dependenceOf(at.operand, here));
      case 'choice':
        return [at.condition, at.yes, at.no].reduce((all, part) => either(all, this.#dependenceOf(part, here)), dependence);
      case 'symbol': {
        if (isRegister(at)) return dependence;
        if (this.#isRestless(at)) return 'places';
        const value = this.#program.symbols.find(at)?.value;
        return value && !value.unknown && value.terms.length === 0 ? either(dependence, 'constants') : 'places';
      }
    }
  }
}

const FIXED_NOTHING: Effect = { kind: 'fixed', bytes: 0 };

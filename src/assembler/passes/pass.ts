// One pass over all statements: labels get their addresses, sections their lengths, and in the last pass their bytes. Only the last
// one reports: before it, a name without a value may still get one.

import { checkData, sizeOfData, writeData } from './data-bytes.ts';
import { Emitter } from './emitter.ts';
import type { Expression } from '../language/expression.ts';
import { constantOf, constantValue, type Value } from '../language/value.ts';
import { fillUp } from '../language/fill.ts';
import { Instructions } from './instructions.ts';
import { MAX_SECTIONS } from '../limits.ts';
import type { Location } from './location.ts';
import { hasRegister, type Place } from './operand-values.ts';
import type { Output, Program } from './program.ts';
import { InLine } from '../reporter.ts';
import { runSteps } from './run-steps.ts';
import { Section, setAttribute, setFollows, setType } from './sections.ts';
import { isPowerOfTwo } from '../../base/bits.ts';
import type { Directive, Statement, Times } from '../language/statement.ts';
import type { Steps } from './steps.ts';
import { currentValue, Mute, type Symbols } from './symbols.ts';
import type { Expansion, Origin, Reporter } from '../language/tokens.ts';

export interface PassOptions {
  /** Instructions get no shorter than in the pass before. */
  readonly growOnly: boolean;
  /** In the last pass: the addresses that sections' terms stand for, and who hears of mistakes. */
  readonly last?: { readonly reporter: Reporter; readonly bases: ReadonlyMap<string, bigint> };
  /** All that a pass in the middle has to do. */
  readonly steps?: Steps | undefined;
}

/** Where a section's own symbols are defined. */
const NOWHERE: Origin = { place: { file: '', line: 0, column: 0 } };

/** The place that the pass has come to. */
class PresentPlace implements Place {
  readonly scope: Symbols;
  readonly reporter: Reporter;
  readonly #location: Location;
  readonly #bases: ReadonlyMap<string, bigint>;

  constructor({ symbols, location }: Program, reporter: Reporter, bases: ReadonlyMap<string, bigint>) {
    this.scope = symbols;
    this.reporter = reporter;
    this.#location = location;
    this.#bases = bases;
  }

  get section(): string | undefined {
    return this.#location.section?.name;
  }

  get address(): bigint {
    const { section } = this.#location;
    return section ? this.baseOf(section.name) + BigInt(section.length) : 0n;
  }

  baseOf(term: string): bigint {
    return this.#bases.get(term) ?? 0n;
  }
}

export class Pass {
  readonly #program: Program;
  readonly #location: Location;
  readonly #symbols: Symbols;
  readonly #reporter: InLine | Mute;
  readonly #place: Place;
  readonly #isLast: boolean;
  readonly #emitter: Emitter;
  readonly #instructions: Instructions;
  readonly #steps: Steps | undefined;
  #lengthsBefore: number[] = [];
  /** What the present line comes from. */
  #expansion: Expansion | undefined;
  /** From ORG. */
  origin: bigint | undefined;
  /** Whether a section has another length than before, or a name another value. */
  changed = false;
  /** Of the last pass, for each statement: where it is, how many bytes it has, and `$` in absolute space. */
  readonly #sections: (Section | undefined)[] = [];
  readonly #offsets: Float64Array;
  readonly #sizes: Float64Array;
  readonly #absolutes = new Map<number, Value>();

  constructor(program: Program, { growOnly, last, steps }: PassOptions) {
    this.#steps = steps;
    this.#program = program;
    this.#location = program.location;
    this.#symbols = program.symbols;
    this.#reporter = last ? new InLine(last.reporter, () => this.#expansion) : new Mute();
    this.#isLast = last !== undefined;
    this.#offsets = new Float64Array(last ? program.statements.length : 0);
    this.#sizes = new Float64Array(this.#offsets.length);
    this.#place = new PresentPlace(program, this.#reporter, last?.bases ?? new Map());
    this.#emitter = new Emitter(program, this.#reporter, this.#isLast);
    this.#instructions = new Instructions(program, this.#emitter, this.#reporter, { growOnly, isLast: this.#isLast });
  }

  /** The whole of a pass but the first, whose statements are added one by one. */
  run(): void {
    this.begin();
    const { statements } = this.#program;
    if (this.#steps) runSteps(this.#steps, this.#program, (index) => this.#run(statements[index], index));
    else for (let index = 0; index < statements.length; index++) this.#run(statements[index], index);
    this.end();
  }

  #alignSection(section: Section, value: bigint): void {
    if ((section.align ?? 0n) < value) section.align = value;
  }

  begin(): void {
    const { sections, symbols, location } = this.#program;
    this.#lengthsBefore = this.#lengths();
    symbols.beginPass(this.#isLast ? this.#reporter : undefined);
    for (const section of sections.values()) {
      section.reset();
      symbols.defineSection(section.name, NOWHERE, this.#reporter);
    }
    location.enter(this.#section('.text'));
  }

  /** In the first pass, while the lines after this one are not yet known. */
  add(statement: Statement): void {
    const { statements, lengths, measured } = this.#program;
    statements.push(statement);
    lengths.push(0);
    measured.push(undefined);
    this.#run(statement, statements.length - 1);
  }

  end(): void {
    const after = this.#lengths();
    const before = this.#lengthsBefore;
    this.changed = this.#symbols.changed || after.length !== before.length || after.some((length, index) => length !== before[index]);
  }

  #lengths(): number[] {
    return [...this.#program.sections.values()].map(({ length }) => length);
  }

  /** The bytes of a section, after the last pass. */
  bytesOf(section: Section): Uint8Array {
    return this.#emitter.bytesOf(section);
  }

  #run(statement: Statement, index: number): void {
    const { label, body, origin } = statement;
    this.#expansion = origin.macro;
    this.#symbols.parent = statement.parent;
    this.#location.begin();
    const section = this.#location.section;
    const offset = section?.length ?? 0;
    if (this.#isLast && !section) this.#absolutes.set(index, this.#location.here);
    const bytes = body?.kind === 'instruction' && label === undefined && statement.times === undefined ? body.bytes : undefined;
    if (bytes && this.#emitter.emitPlain(bytes)) {
      if (this.#isLast) this.#record(statement, index, section, offset);
      return;
    }
    if (body?.kind === 'equ') {
      if (label !== undefined) this.#defineNumber(label, body.value, origin);
    } else if (label !== undefined) {
      statement.named = this.#symbols.defineLabel(label, statement.named, origin, this.#reporter);
    }
    if (body && body.kind !== 'equ') this.#assemble(statement, body, index);
    if (this.#isLast) this.#record(statement, index, section, offset);
  }

  /** What each statement has come to, after the last pass. */
  outputs(): Output[] {
    return this.#program.statements.map((statement, index) => ({
      statement, section: this.#sections[index], offset: this.#offsets[index], length: this.#sizes[index], here: this.#absolutes.get(index),
    }));
  }

  #record({ body }: Statement, index: number, section: Section | undefined, offset: number): void {
    this.#sections.push(section);
    if (!section) return;
    this.#offsets[index] = offset;
    if (section === this.#location.section) this.#sizes[index] = section.length - offset;
    if (body !== undefined && body.kind === 'instruction') section.hasCode = true;
  }

  #defineNumber(label: string, expression: Expression, origin: Origin): void {
    this.#symbols.saidPlace = false;
    const symbol = this.#symbols.define(label, 'equ', this.#equValue(expression), origin, this.#reporter);
    symbol.isPlaced = this.#symbols.saidPlace;
  }

  /** An unknown value counts as zero where a name is defined by it, as in NASM. */
  #equValue(expression: Expression): Value {
    const value = this.#evaluate(expression);
    if (value && hasRegister(value)) this.#reporter.error(expression.origin, 'equ: a register is no value');
    return !value || value.unknown ? constantValue(0n) : value;
  }

  #assemble(statement: Statement, body: Exclude<Statement['body'], undefined>, index: number): void {
    const { origin } = statement;
    const times = statement.times ? this.#times(statement.times) : 1;
    switch (body.kind) {
      case 'instruction':
        return this.#instructions.add(body, times, origin, index, this.#place);
      case 'data': {
        const place = this.#place;
        const size = body.size ?? sizeOfData(body.items, place);
        const writer = this.#emitter.emit(size, times, origin, body.isReserved && size > 0);
        if (!writer) {
          if (this.#isLast && size * times === 0) checkData(body.items, place);
          return;
        }
        const start = writer.length;
        writeData(body.items, writer, place);
        if (times > 1) writer.repeat(writer.slice(start), times - 1);
        return;
      }
      case 'reserve': {
        const size = body.unit * this.#count(body.count, 'res');
        this.#emitter.emit(size, times, origin, true)?.fill(size * times);
        return;
      }
      case 'incbin': {
        const skip = body.skip ? this.#count(body.skip, 'incbin') : 0;
        const bytes = body.bytes.subarray(skip, body.length ? skip + this.#count(body.length, 'incbin') : undefined);
        this.#emitter.emit(bytes.length, times, origin, false)?.repeat(bytes, times);
        return;
      }
      case 'equ':
        return;
      default:
        return this.#direct(body, origin);
    }
  }

  #evaluate(expression: Expression) {
    return currentValue(expression, this.#symbols, this.#reporter);
  }

  /** A number that must not depend on addresses; undefined while unknown, and after a report. */
  #constant(expression: Expression, what: string): bigint | undefined {
    const value = this.#evaluate(expression);
    if (!value || value.unknown) return undefined;
    const constant = constantOf(value);
    if (constant === undefined) this.#reporter.error(expression.origin, `${what}: a constant is needed, not an address`);
    return constant;
  }

  #times({ count: expression, alignment }: Times): number {
    const { section } = this.#location;
    if (alignment !== undefined && section) return fillUp(section.length, alignment);
    const count = this.#constant(expression, 'times') ?? 1n;
    if (count < 0n) this.#reporter.error(expression.origin, `times: the count is negative: ${count}`);
    return Math.max(Number(count), 0);
  }

  #count(expression: Expression, what: string): number {
    const count = this.#constant(expression, what) ?? 0n;
    if (count < 0n) this.#reporter.error(expression.origin, `${what}: the count is negative: ${count}`);
    return Math.max(Number(count), 0);
  }

  #direct(directive: Directive, origin: Origin): void {
    switch (directive.kind) {
      case 'section':
        return this.#enterSection(directive, origin);
      case 'sectalign': {
        const value = this.#constant(directive.value, 'align');
        const { section } = this.#location;
        if (value === undefined || !section) return;
        if (!isPowerOfTwo(value)) this.#reporter.error(origin, `align: ${value} is not a power of two`);
        else this.#alignSection(section, value);
        return;
      }
      case 'absolute': {
        const value = this.#evaluate(directive.value);
        if (value) this.#location.enterAbsolute(value);
        return;
      }
      case 'org': {
        const value = this.#constant(directive.value, 'org');
        if (this.origin !== undefined && value !== undefined && value !== this.origin) this.#reporter.error(origin, 'org: the origin is set twice');
        else this.origin = value;
        return;
      }
      case 'global':
        for (const name of directive.names) this.#symbols.markGlobal(name);
        return;
      case 'extern':
        for (const name of directive.names) this.#symbols.markExternal(name);
    }
  }

  #section(name: string): Section {
    const { sections } = this.#program;
    const known = sections.get(name);
    if (known) return known;
    const section = new Section(name, [...sections.values()].at(-1));
    sections.set(name, section);
    return section;
  }

  #enterSection({ name, attributes }: Extract<Directive, { kind: 'section' }>, origin: Origin): void {
    if (this.#program.sections.size >= MAX_SECTIONS && !this.#program.sections.has(name)) {
      this.#reporter.error(origin, `section ${name}: there are more than ${MAX_SECTIONS} sections`);
      return;
    }
    const section = this.#section(name);
    for (let index = 0; index < attributes.length; index++) {
      const attribute = attributes[index];
      let conflict: string | undefined;
      if ('value' in attribute) {
        const value = this.#constant(attribute.value, attribute.kind);
        if (value !== undefined) conflict = setAttribute(section, attribute.kind, value);
      } else if ('name' in attribute) conflict = setFollows(section, attribute.kind, attribute.name);
      else conflict = setType(section, attribute.kind);
      if (conflict !== undefined) this.#reporter.error(origin, conflict);
    }
    section.type ??= 'progbits';
    this.#location.enter(section);
  }
}

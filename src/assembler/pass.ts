// One pass over all statements: labels get their addresses, sections their lengths, and in the last pass their bytes. Only the last
// one reports: before it, a name without a value may still get one.

import { ByteWriter } from '../base/bytes.ts';
import { encodeSource } from '../isa/encode.ts';
import type { SourceOperand } from '../isa/source.ts';
import { isOnlyGaps, sizeOfData, writeData } from './data-bytes.ts';
import { constantOf, constantValue, type Expression, UNKNOWN, type Value } from './expression.ts';
import { MAX_IMAGE_BYTES, MAX_NOBITS_BYTES, MAX_SECTIONS, MAX_TIMES_OF_PLACED } from './limits.ts';
import { Location } from './location.ts';
import { isSameLength, type Place, resolveOperand } from './operand-values.ts';
import { isBranch } from './parse.ts';
import { isPowerOfTwo, Section, setAttribute, setFollows, setType } from './sections.ts';
import type { Directive, Instruction, Statement } from './statement.ts';
import { MUTE, Symbols, valueOf } from './symbols.ts';
import type { Origin, Reporter } from './tokens.ts';

/** An instruction and its length; only the last pass needs its bytes. */
interface Measured {
  readonly operands: readonly SourceOperand[];
  readonly address: bigint;
  readonly length: number;
}

/** What passes hand on to the next one. */
export class Program {
  readonly statements: Statement[] = [];
  readonly location = new Location();
  readonly symbols = new Symbols(this.location);
  /** In the order of their creation. */
  readonly sections = new Map<string, Section>([['.text', new Section('.text', undefined)]]);
  /** For each statement the longest instruction that it made in the pass before. */
  readonly lengths: number[] = [];
  /** What the length of a statement's instruction was last computed from. */
  readonly measured: (Measured | undefined)[] = [];
  /** The bytes of instructions that are the same in every pass. */
  readonly constants: (Uint8Array | undefined)[] = [];
}

/** What a statement came to in the last pass; `section` is absent in absolute space. */
export interface Output {
  readonly statement: Statement;
  readonly section: Section | undefined;
  readonly offset: number;
  readonly length: number;
  /** `$` */
  readonly here: Value;
}

export interface PassOptions {
  /** Instructions get no shorter than in the pass before. */
  readonly growOnly: boolean;
  /** In the last pass: the addresses that sections' terms stand for, and who hears of mistakes. */
  readonly last?: { readonly reporter: Reporter; readonly bases: ReadonlyMap<string, bigint> };
}

const NOTHING = new Uint8Array();
/** Where a section's own symbols are defined. */
const NOWHERE: Origin = { place: { file: '', line: 0, column: 0 } };

export class Pass {
  readonly #program: Program;
  readonly #location: Location;
  readonly #symbols: Symbols;
  readonly #reporter: Reporter;
  readonly #bases: ReadonlyMap<string, bigint>;
  readonly #growOnly: boolean;
  readonly #isLast: boolean;
  readonly #writers = new Map<Section, ByteWriter>();
  /** Bytes of all sections that are in the file. */
  #imageBytes = 0;
  #lengthsBefore: number[] = [];
  /** From ORG. */
  origin: bigint | undefined;
  /** Whether a section has another length than before, or a name another value. */
  changed = false;
  /** Of the last pass, one for each statement. */
  readonly outputs: Output[] = [];

  constructor(program: Program, { growOnly, last }: PassOptions) {
    this.#program = program;
    this.#location = program.location;
    this.#symbols = program.symbols;
    this.#reporter = last?.reporter ?? MUTE;
    this.#bases = last?.bases ?? new Map();
    this.#growOnly = growOnly;
    this.#isLast = last !== undefined;
  }

  /** The whole of a pass but the first, whose statements are added one by one. */
  run(): void {
    this.begin();
    const { statements } = this.#program;
    for (let index = 0; index < statements.length; index++) this.#run(statements[index], index);
    this.end();
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
    const { statements } = this.#program;
    statements.push(statement);
    this.#run(statement, statements.length - 1);
    this.#location.begin();
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
    return this.#writers.get(section)?.finish() ?? NOTHING;
  }

  #run(statement: Statement, index: number): void {
    const { label, body, origin } = statement;
    this.#symbols.parent = statement.parent;
    this.#location.begin();
    const section = this.#location.section;
    const offset = section?.length ?? 0;
    const here = this.#isLast ? this.#location.here : UNKNOWN;
    if (body?.kind === 'equ') {
      if (label !== undefined) this.#symbols.define(label, 'equ', this.#equValue(body.value), origin, this.#reporter);
    } else if (label !== undefined) {
      this.#symbols.define(label, 'label', this.#location.here, origin, this.#reporter);
    }
    if (body && body.kind !== 'equ') this.#assemble(statement, body, index);
    if (this.#isLast) this.#record(statement, section, offset, here);
  }

  #record(statement: Statement, section: Section | undefined, offset: number, here: Value): void {
    const length = section && section === this.#location.section ? section.length - offset : 0;
    this.outputs.push({ statement, section, offset, length, here });
    if (statement.body?.kind === 'instruction' && section) section.hasCode = true;
  }

  /** An unknown value counts as zero where a name is defined by it, as in NASM. */
  #equValue(expression: Expression): Value {
    const value = this.#evaluate(expression);
    if (value?.terms.some((term) => term.kind === 'register')) this.#reporter.error(expression.origin, 'equ: a register is no value');
    return !value || value.unknown ? constantValue(0n) : value;
  }

  #assemble(statement: Statement, body: Exclude<Statement['body'], undefined>, index: number): void {
    const { origin } = statement;
    const times = statement.times ? this.#times(statement.times) : 1;
    switch (body.kind) {
      case 'instruction':
        return this.#instruction(body, times, origin, index);
      case 'data': {
        const place = this.#place();
        const size = sizeOfData(body.items, place);
        return this.#emit(size, times, origin, isOnlyGaps(body.items) && size > 0, (writer) => {
          const start = writer.length;
          writeData(body.items, writer, place);
          writer.repeat(writer.slice(start), times - 1);
        });
      }
      case 'reserve':
        return this.#emit(body.unit * this.#count(body.count, 'res'), times, origin, true);
      case 'incbin': {
        const skip = body.skip ? this.#count(body.skip, 'incbin') : 0;
        const bytes = body.bytes.subarray(skip, body.length ? skip + this.#count(body.length, 'incbin') : undefined);
        return this.#emit(bytes.length, times, origin, false, (writer) => writer.repeat(bytes, times));
      }
      case 'equ':
        return;
      default:
        return this.#direct(body, origin);
    }
  }

  #instruction(instruction: Instruction, times: number, origin: Origin, index: number): void {
    const { lengths, constants } = this.#program;
    if (instruction.isConstant) {
      const bytes = (this.#isLast ? undefined : constants[index]) ?? this.#encode(instruction, origin, 0);
      constants[index] = bytes;
      this.#emit(bytes.length, times, origin, false, (writer) => writer.repeat(bytes, times));
      return;
    }
    if (times > MAX_TIMES_OF_PLACED) {
      this.#reporter.error(origin, `times: ${times} instructions that depend on their place are more than ${MAX_TIMES_OF_PLACED}`);
      return;
    }
    const atLeast = this.#growOnly ? (lengths[index] ?? 0) : 0;
    let longest = 0;
    for (let done = 0; done < times; done++) {
      let length: number;
      if (this.#isLast || atLeast > 0) {
        const bytes = this.#encode(instruction, origin, atLeast);
        length = bytes.length;
        this.#emit(length, 1, origin, false, (writer) => writer.bytes(bytes));
      } else {
        length = this.#measure(instruction, origin, index);
        this.#emit(length, 1, origin, false);
      }
      longest = Math.max(longest, length);
    }
    lengths[index] = longest;
  }

  #measure(instruction: Instruction, origin: Origin, index: number): number {
    const place = this.#place();
    const operands = this.#resolve(instruction, place);
    if (!operands) return 0;
    const { measured } = this.#program;
    const known = measured[index];
    if (known && isSameLength(known.operands, known.address, operands, place.address)) return known.length;
    const { length } = this.#encodeResolved(instruction, operands, place.address, origin, 0);
    measured[index] = { operands, address: place.address, length };
    return length;
  }

  /** Bytes at the present place; none after a report. */
  #encode(instruction: Instruction, origin: Origin, atLeast: number): Uint8Array {
    const place = this.#place();
    const operands = this.#resolve(instruction, place);
    return operands ? this.#encodeResolved(instruction, operands, place.address, origin, atLeast) : NOTHING;
  }

  #resolve({ mnemonic, operands }: Instruction, place: Place): SourceOperand[] | undefined {
    const resolved: SourceOperand[] = [];
    for (const operand of operands) {
      const source = resolveOperand(operand, isBranch(mnemonic), place);
      if (!source) return undefined;
      resolved.push(source);
    }
    return resolved;
  }

  #encodeResolved(
    { mnemonic, prefixes, mode }: Instruction, operands: readonly SourceOperand[], address: bigint, origin: Origin, atLeast: number,
  ): Uint8Array {
    const encoded = encodeSource({ mnemonic, operands, prefixes, mode, address, ...(atLeast > 0 ? { atLeast } : {}) });
    if ('error' in encoded) {
      this.#reporter.error(origin, mnemonic === '' ? encoded.error : `${mnemonic}: ${encoded.error}`);
      return NOTHING;
    }
    for (const warning of encoded.warnings ?? []) this.#reporter.warning(origin, `${mnemonic}: ${warning}`);
    return encoded.bytes;
  }

  #place(): Place {
    const { section } = this.#location;
    const bases = this.#bases;
    return {
      scope: this.#symbols,
      reporter: this.#reporter,
      section: section?.name,
      address: section ? (bases.get(section.name) ?? 0n) + BigInt(section.length) : 0n,
      baseOf: (term) => bases.get(term) ?? 0n,
    };
  }

  /** Adds `size` bytes, `times` times, to the section; `write` writes all of them. */
  #emit(size: number, times: number, origin: Origin, isReserved: boolean, write?: (writer: ByteWriter) => void): void {
    const total = size * times || 0;
    if (total === 0) return;
    const { section } = this.#location;
    if (!section) {
      if (!isReserved) this.#reporter.error(origin, 'only room can be reserved in absolute space');
      this.#location.skip(Math.min(total, Number.MAX_SAFE_INTEGER));
      return;
    }
    const isInFile = section.type !== 'nobits';
    const limit = isInFile ? MAX_IMAGE_BYTES : MAX_NOBITS_BYTES;
    if (total > limit - (isInFile ? this.#imageBytes : section.length)) {
      this.#reporter.error(origin, `${times === 1 ? '' : 'times: '}${total < 2 ** 64 ? BigInt(total) : 'enormously many'} bytes are more than ${isInFile ? 'an image' : 'a section'} may have (${limit})`);
      return;
    }
    section.length += total;
    if (!isInFile) {
      if (!isReserved) this.#reporter.warning(origin, `attempt to initialize memory in nobits section ${section.name}: ignored`);
      return;
    }
    this.#imageBytes += total;
    if (isReserved) this.#reporter.warning(origin, `uninitialized space declared in section ${section.name}: zeroing`);
    if (!this.#isLast) return;
    const writer = this.#writers.get(section) ?? new ByteWriter();
    this.#writers.set(section, writer);
    if (write) write(writer);
    else writer.fill(total);
  }

  #evaluate(expression: Expression) {
    return valueOf(expression, this.#symbols, this.#reporter);
  }

  /** A number that must not depend on addresses; undefined while unknown, and after a report. */
  #constant(expression: Expression, what: string): bigint | undefined {
    const value = this.#evaluate(expression);
    if (!value || value.unknown) return undefined;
    const constant = constantOf(value);
    if (constant === undefined) this.#reporter.error(expression.origin, `${what}: a constant is needed, not an address`);
    return constant;
  }

  #times(expression: Expression): number {
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
        else if ((section.align ?? 0n) < value) section.align = value;
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
    for (const attribute of attributes) {
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

// Instructions of this pass → their lengths, and in the last pass their bytes. What cannot have changed since the pass before is not
// computed again: the bytes of an instruction without symbols, those of one with an address but for the address.

import { encodeSource } from '../../isa/encode.ts';
import type { AddressField, Encoded, SourceOperand } from '../../isa/source.ts';
import type { Emitter } from './emitter.ts';
import { MAX_TIMES_OF_PLACED } from '../limits.ts';
import { isSameLength, type Place, resolveOperand } from './operand-values.ts';
import type { Measured, Program, Template } from './program.ts';
import { lengthOfJump } from './run-steps.ts';
import { type Instruction, mayBeShort } from '../language/statement.ts';
import type { NamedValue } from '../language/value.ts';
import { templateName } from './template.ts';
import type { Origin, Reporter } from '../language/tokens.ts';

const NOTHING = new Uint8Array();

/** It counts what it is told, whether it says it or not. */
interface Counting extends Reporter {
  readonly count: number;
}

export class Instructions {
  readonly #program: Program;
  readonly #emitter: Emitter;
  readonly #reporter: Counting;
  readonly #growOnly: boolean;
  readonly #isLast: boolean;
  /** The last encoding had something to report, so that the last pass has to make it again. */
  #isDoubtful = false;
  /** The last encoding was one of a jump with a distance of one byte. */
  #isShort = false;
  /** What another address would change in the last encoding. */
  #field: AddressField | undefined;

  constructor(program: Program, emitter: Emitter, reporter: Counting, { growOnly, isLast }: { growOnly: boolean; isLast: boolean }) {
    this.#program = program;
    this.#emitter = emitter;
    this.#reporter = reporter;
    this.#growOnly = growOnly;
    this.#isLast = isLast;
  }

  /** Adds the instruction of the statement at `index` to the section, `times` times; `place` is where it stands. */
  add(instruction: Instruction, times: number, origin: Origin, index: number, place: Place): void {
    const { lengths } = this.#program;
    if (times === 0) {
      this.#resolve(instruction, place); // It may be impossible then, as with NASM, but what it names must have a meaning.
      return;
    }
    if (instruction.isConstant) {
      const bytes = instruction.bytes ?? this.#encode(instruction, origin, 0, place);
      if (!this.#isDoubtful) instruction.bytes = bytes;
      this.#emitter.emit(bytes.length, times, origin, false)?.repeat(bytes, times);
      return;
    }
    if (times > MAX_TIMES_OF_PLACED) {
      this.#reporter.error(origin, `times: ${times} instructions that depend on their place are more than ${MAX_TIMES_OF_PLACED}`);
      return;
    }
    const atLeast = this.#growOnly ? lengths[index] : 0;
    let longest = 0;
    for (let done = 0; done < times; done++) {
      const bytes = atLeast > 0 ? this.#encode(instruction, origin, atLeast, place) : this.#encodeAgain(instruction, origin, index, place);
      this.#emitter.emit(bytes.length, 1, origin, false)?.bytes(bytes);
      longest = Math.max(longest, bytes.length);
    }
    lengths[index] = longest;
  }

  /** Bytes at the present place, which before the last pass need to be right in their number only. */
  #encodeAgain(instruction: Instruction, origin: Origin, index: number, place: Place): Uint8Array {
    const { measured, symbols } = this.#program;
    const known = measured[index];
    if (known && (known.changesOfConstants === symbols.changesOfConstants || this.#isAimedAgain(known, instruction, place))) return known.bytes;
    symbols.saidPlace = instruction.isBranch;
    const { count } = this.#reporter;
    const operands = this.#resolve(instruction, place);
    const isWrong = count !== this.#reporter.count;
    if (!operands) return NOTHING;
    const { saidPlace } = symbols;
    const { address } = place;
    const field = known?.field;
    const isFixed = known !== undefined && known.changesOfConstants >= 0 && !saidPlace;
    const isKnown = known && (field || isFixed || !this.#isLast) && keepsLength(known, operands, address, mayBeShort(instruction));
    if (isKnown && isFixed) known.changesOfConstants = symbols.changesOfConstants;
    if (isKnown && field && this.#isLast) writeAddress(known.bytes, field, addressIn(operands[field.operand]), address);
    if (isKnown) return known.bytes;
    const { bytes, field: found, isShort } = this.#template(instruction, operands, origin, address);
    // One that goes too far now keeps its length, or the next pass finds it near enough for having none.
    if (bytes.length === 0 && known && !this.#isLast) return known.bytes;
    const changesOfConstants = saidPlace || isWrong || this.#isDoubtful ? -1 : symbols.changesOfConstants;
    const target = found && targetOf(instruction);
    measured[index] = { operands, address, bytes, field: found, isShort, changesOfConstants, target, section: target?.section };
    if (found && this.#isLast) writeAddress(bytes, found, addressIn(operands[found.operand]), address);
    return bytes;
  }

  /** Whether the known bytes are right but for where a label now is, which in the last pass they say then. */
  #isAimedAgain(known: Measured, instruction: Instruction, place: Place): boolean {
    const { target, field, section, bytes } = known;
    const here = this.#program.location.section;
    if (!target || !field || !here || target.section !== section) return false;
    const isNear = section === here.name;
    const distance = target.offset - here.length;
    if (isNear && mayBeShort(instruction) && lengthOfJump(known, distance) === undefined) return false;
    if (!this.#isLast) return true;
    if (isNear && field.isRelative && field.bytes <= 4) writeNumber(bytes, field.at, field.bytes, distance - bytes.length);
    else writeAddress(bytes, field, place.baseOf(section ?? '') + BigInt(target.offset), place.address);
    return true;
  }

  /** The encoding of an instruction, or of another one that differs in nothing but an address. */
  #template(instruction: Instruction, operands: readonly SourceOperand[], origin: Origin, address: bigint): Template {
    const { templates } = this.#program;
    const name = templateName(instruction, operands, address);
    const known = name === undefined ? undefined : templates.get(name);
    this.#isDoubtful = false;
    if (known) return known;
    const bytes = this.#encodeResolved(instruction, operands, address, origin, 0);
    const template = { bytes, field: this.#isDoubtful ? undefined : this.#field, isShort: this.#isShort };
    if (name !== undefined && !this.#isDoubtful) templates.set(name, template);
    return template;
  }

  /** Bytes at the present place; none after a report. */
  #encode(instruction: Instruction, origin: Origin, atLeast: number, place: Place): Uint8Array {
    const { count } = this.#reporter;
    const operands = this.#resolve(instruction, place);
    const bytes = operands ? this.#encodeResolved(instruction, operands, place.address, origin, atLeast) : NOTHING;
    this.#isDoubtful = count !== this.#reporter.count;
    return bytes;
  }

  #resolve({ isBranch, operands }: Instruction, place: Place): SourceOperand[] | undefined {
    const resolved = new Array<SourceOperand>(operands.length);
    for (let index = 0; index < operands.length; index++) {
      const source = resolveOperand(operands[index], isBranch, place);
      if (!source) return undefined;
      resolved[index] = source;
    }
    return resolved;
  }

  #encodeResolved(
    { mnemonic, prefixes, mode }: Instruction, operands: readonly SourceOperand[], address: bigint, origin: Origin, atLeast: number,
  ): Uint8Array {
    const encoded: Encoded = encodeSource({ mnemonic, operands, prefixes, mode, address, atLeast });
    this.#isDoubtful = 'error' in encoded || encoded.warnings.length > 0;
    if ('error' in encoded) {
      this.#reporter.error(origin, mnemonic === '' ? encoded.error : `${mnemonic}: ${encoded.error}`);
      return NOTHING;
    }
    const target = encoded.form?.operands[0];
    this.#isShort = target?.kind === 'rel' && target.size === 8;
    this.#field = encoded.field;
    const { warnings } = encoded;
    for (let index = 0; index < warnings.length; index++) this.#reporter.warning(origin, `${mnemonic}: ${warnings[index]}`);
    return encoded.bytes;
  }
}

/** Whether an instruction is certain to be as long with these operands as it is known to be. */
const keepsLength = (known: Measured, operands: readonly SourceOperand[], address: bigint, isJump: boolean): boolean => {
  if (known.bytes.length === 0) return false;
  if (isSameLength(known.operands, known.address, operands, address, isJump)) return true;
  if (!isJump || operands.length !== 1) return false;
  const target = operands[0];
  const before = known.operands[0];
  return (
    target.kind === 'imm' && before.kind === 'imm' && target.section === 'same' && before.section === 'same' &&
    lengthOfJump(known, Number(target.value - address)) !== undefined
  );
};

/** The label that is all there is to an instruction besides registers. */
const targetOf = ({ operands }: Instruction): NamedValue | undefined => {
  let target: NamedValue | undefined;
  for (let index = 0; index < operands.length; index++) {
    const operand = operands[index];
    if (operand.kind !== 'imm' && operand.kind !== 'mem') {
      if (operand.kind === 'far') return undefined;
      continue;
    }
    if (operand.value.kind === 'number') continue;
    if (target || operand.value.kind !== 'symbol') return undefined;
    target = operand.value.named;
  }
  return target?.kind === 'label' ? target : undefined;
};

const addressIn = (operand: SourceOperand): bigint => (operand.kind === 'imm' ? operand.value : operand.kind === 'mem' ? operand.displacement : 0n);

const writeAddress = (bytes: Uint8Array, { at, bytes: count, isRelative }: AddressField, address: bigint, start: bigint): void => {
  let rest = isRelative ? address - start - BigInt(bytes.length) : address;
  for (let done = 0; done < count; done += 4, rest >>= 32n) writeNumber(bytes, at + done, Math.min(count - done, 4), Number(BigInt.asUintN(32, rest)));
};

/** At most four bytes. */
const writeNumber = (bytes: Uint8Array, at: number, count: number, value: number): void => {
  for (let index = 0; index < count; index++) bytes[at + index] = value >> (8 * index);
};

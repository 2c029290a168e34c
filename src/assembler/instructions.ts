// Instructions of this pass → their lengths, and in the last pass their bytes. What cannot have changed since the pass before is not
// computed again: the bytes of an instruction without symbols, the length of one whose distances are the same.

import { encodeSource } from '../isa/encode.ts';
import type { Encoded, SourceOperand } from '../isa/source.ts';
import type { Emitter } from './emitter.ts';
import { MAX_TIMES_OF_PLACED } from './limits.ts';
import { isSameLength, type Place, resolveOperand } from './operand-values.ts';
import type { Program } from './program.ts';
import type { Instruction } from './statement.ts';
import type { Origin, Reporter } from './tokens.ts';

const NOTHING = new Uint8Array();

export class Instructions {
  readonly #program: Program;
  readonly #emitter: Emitter;
  readonly #reporter: Reporter;
  readonly #growOnly: boolean;
  readonly #isLast: boolean;
  /** The last encoding had something to report, so that the last pass has to make it again. */
  #isDoubtful = false;
  /** The last encoding was one of a jump with a distance of one byte. */
  #isShort = false;

  constructor(program: Program, emitter: Emitter, reporter: Reporter, { growOnly, isLast }: { growOnly: boolean; isLast: boolean }) {
    this.#program = program;
    this.#emitter = emitter;
    this.#reporter = reporter;
    this.#growOnly = growOnly;
    this.#isLast = isLast;
  }

  /** Adds the instruction of the statement at `index` to the section, `times` times; `place` is where it stands. */
  add(instruction: Instruction, times: number, origin: Origin, index: number, place: Place): void {
    const { lengths, constants } = this.#program;
    if (instruction.isConstant) {
      const bytes = constants.get(instruction) ?? this.#encode(instruction, origin, 0, place);
      if (!this.#isDoubtful) constants.set(instruction, bytes);
      this.#emitter.emit(bytes.length, times, origin, false)?.repeat(bytes, times);
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
        const bytes = this.#encode(instruction, origin, atLeast, place);
        length = bytes.length;
        this.#emitter.emit(length, 1, origin, false)?.bytes(bytes);
      } else {
        length = this.#measure(instruction, origin, index, place);
        this.#emitter.emit(length, 1, origin, false);
      }
      longest = Math.max(longest, length);
    }
    lengths[index] = longest;
  }

  #measure(instruction: Instruction, origin: Origin, index: number, place: Place): number {
    const operands = this.#resolve(instruction, place);
    if (!operands) return 0;
    const { measured } = this.#program;
    const known = measured[index];
    if (known && isSameLength(known.operands, known.address, operands, place.address)) return known.length;
    const { length } = this.#encodeResolved(instruction, operands, place.address, origin, 0);
    measured[index] = { operands, address: place.address, length, isShort: this.#isShort };
    return length;
  }

  /** Bytes at the present place; none after a report. */
  #encode(instruction: Instruction, origin: Origin, atLeast: number, place: Place): Uint8Array {
    this.#isDoubtful = true;
    const operands = this.#resolve(instruction, place);
    return operands ? this.#encodeResolved(instruction, operands, place.address, origin, atLeast) : NOTHING;
  }

  #resolve({ isBranch, operands }: Instruction, place: Place): SourceOperand[] | undefined {
    const resolved: SourceOperand[] = [];
    for (const operand of operands) {
      const source = resolveOperand(operand, isBranch, place);
      if (!source) return undefined;
      resolved.push(source);
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
    for (const warning of encoded.warnings) this.#reporter.warning(origin, `${mnemonic}: ${warning}`);
    return encoded.bytes;
  }
}

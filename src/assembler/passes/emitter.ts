// Sizes and bytes → sections, within the limits of an image. Bytes are kept in the last pass only.

import { ByteWriter } from '../../base/bytes.ts';
import { MAX_IMAGE_BYTES, MAX_NOBITS_BYTES } from '../limits.ts';
import type { Location } from './location.ts';
import type { Program } from './program.ts';
import type { Section } from './sections.ts';
import type { Origin, Reporter } from '../language/tokens.ts';

export class Emitter {
  readonly #program: Program;
  readonly #location: Location;
  readonly #reporter: Reporter;
  readonly #isLast: boolean;
  readonly #writers = new Map<Section, ByteWriter>();
  /** Bytes of all sections that are in the file. */
  #imageBytes = 0;

  constructor(program: Program, reporter: Reporter, isLast: boolean) {
    this.#program = program;
    this.#location = program.location;
    this.#reporter = reporter;
    this.#isLast = isLast;
  }

  /** The bytes of a section, after the last pass. */
  bytesOf(section: Section): Uint8Array {
    return this.#writers.get(section)?.finish() ?? new Uint8Array();
  }

  /** Adds bytes, if that is all there is to it: the section is in the file and has room. */
  emitPlain(bytes: Uint8Array): boolean {
    const { section } = this.#location;
    if (section?.type !== 'progbits' || bytes.length > MAX_IMAGE_BYTES - this.#imageBytes) return false;
    section.length += bytes.length;
    this.#imageBytes += bytes.length;
    if (this.#isLast) this.#writerOf(section).bytes(bytes);
    return true;
  }

  /** Adds `size` bytes, `times` times, to the section. All of them are for the caller to write, if that is wanted: in the last pass. */
  emit(size: number, times: number, origin: Origin, isReserved: boolean): ByteWriter | undefined {
    const total = size * times || 0;
    if (total === 0) return undefined;
    const { section } = this.#location;
    if (!section) {
      if (!isReserved) this.#reporter.error(origin, 'only room can be reserved in absolute space');
      this.#location.skip(Math.min(total, Number.MAX_SAFE_INTEGER));
      return undefined;
    }
    const isInFile = section.type !== 'nobits';
    const limit = isInFile ? MAX_IMAGE_BYTES : MAX_NOBITS_BYTES;
    if (total > limit - (isInFile ? this.#imageBytes : section.length)) {
      this.#program.exceedsLimits = true;
      this.#reporter.error(origin, `${times === 1 ? '' : 'times: '}${total < 2 ** 64 ? BigInt(total) : 'enormously many'} bytes are more than ${isInFile ? 'an image' : 'a section'} may have (${limit})`);
      return undefined;
    }
    section.length += total;
    if (!isInFile) {
      if (!isReserved) this.#reporter.warning(origin, `attempt to initialize memory in nobits section ${section.name}: ignored`);
      return undefined;
    }
    this.#imageBytes += total;
    if (isReserved) this.#reporter.warning(origin, `uninitialized space declared in section ${section.name}: zeroing`);
    return this.#isLast ? this.#writerOf(section) : undefined;
  }

  #writerOf(section: Section): ByteWriter {
    let writer = this.#writers.get(section);
    if (!writer) this.#writers.set(section, (writer = new ByteWriter()));
    return writer;
  }
}

// What the interpreter knows of translated code: somebody who may take over at an instruction, and gives back at a boundary with the state
// complete. The translator itself is above, in src/translate.

import type { Cpu } from '../cpu.ts';
import type { Decoded } from './icache.ts';

/** The heat of an instruction that no translated code will ever begin with. */
export const HOPELESS = Number.NEGATIVE_INFINITY;

export interface Translator {
  /**
   * Runs translated code from `decoded`, which is the next instruction, if there is any; not for more than `room` ticks. True if an instruction has
   * been executed. To be called where nothing but the next instruction can happen.
   */
  run(cpu: Cpu, decoded: Decoded, room: number): boolean;
}

/** Translated code that begins at an instruction; what it means only the translator knows. */
export interface TranslatedEntry {
  readonly owner: object;
}

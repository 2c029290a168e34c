// What the interpreter knows of translated code: somebody who may take over at an instruction, and gives back at a boundary with the state
// complete. The translator itself is above, in src/translate.

import type { Decoded } from './icache.ts';

export interface Translator<Cpu> {
  /**
   * Runs translated code from `decoded`, which is the next instruction, if there is any; not for more than `room` ticks. True if an instruction has
   * been executed. To be called where nothing but the next instruction can happen.
   */
  run(cpu: Cpu, decoded: Decoded<Cpu>, room: number): boolean;
}

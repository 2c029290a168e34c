// A decoded instruction. It knows no CPU; decoder, printer, encoder, interpreter and translator all speak of instructions in these terms.

import type { Size } from '../base/bits.ts';
import type { Form } from './form.ts';
import type { Mode, Operand } from './operand.ts';

/** REP/REPE is F3, REPNE is F2, where they act as a repeat prefix. */
export type Repeat = 'none' | 'rep' | 'repne';

/**
 * One instruction. `dst`, `src`, `third` are its operands in Intel order (also fixed ones such as AL or CL or 1);
 * `size` is the operation's width (8, 16, 32, 64): for string, stack and system instructions the operand size in force.
 */
export interface Insn {
  readonly form: Form;
  readonly mode: Mode;
  readonly length: number;
  readonly size: Size;
  readonly addressSize: 16 | 32 | 64;
  readonly dst: Operand;
  readonly src: Operand;
  readonly third: Operand;
  readonly lock: boolean;
  readonly repeat: Repeat;
  /** Segment override in force, or NONE. For string instructions: the source segment is this or DS. */
  readonly segment: number;
}

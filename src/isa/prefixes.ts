// Prefix words as written → what they ask for. Two words for the same thing that differ are an error, as in NASM.

import type { Repeat } from './insn.ts';
import { type Mode, NONE } from './operand.ts';
import { SEGMENT_NAMES } from './names.ts';
import type { InsnSource } from './source.ts';

/** What the prefix words say; sizes are undefined where no word says one. `segment` includes an override in brackets. */
export interface Written {
  wait: boolean;
  lock: boolean;
  repeat: Repeat;
  /** The F2 is BND. */
  bnd: boolean;
  segment: number;
  operandSize: 16 | 32 | 64 | undefined;
  addressSize: 16 | 32 | 64 | undefined;
}

export const readWritten = ({ prefixes, operands, mode }: InsnSource): Written | { readonly error: string } => {
  const written: Written = {
    wait: false,
    lock: false,
    repeat: 'none',
    bnd: false,
    segment: NONE,
    operandSize: undefined,
    addressSize: undefined,
  };
  for (let index = 0; index < prefixes.length; index++) {
    const prefix = prefixes[index];
    const segment = (SEGMENT_NAMES as readonly string[]).indexOf(prefix);
    const [, kind, digits] = /^([oa])(16|32|64)$/.exec(prefix) ?? [];
    if (prefix === 'wait') written.wait = true;
    else if (prefix === 'lock') written.lock = true;
    else if (segment >= 0) {
      if (written.segment !== NONE) return { error: 'instruction has conflicting segment overrides' };
      written.segment = segment;
    } else if (kind) {
      const size = Number(digits) as 16 | 32 | 64;
      const known = kind === 'o' ? written.operandSize : written.addressSize;
      if (known !== undefined) return { error: 'instruction has conflicting size prefixes' };
      if (!isPossible(kind, size, mode)) return { error: `${prefix} is not possible in ${mode}-bit mode` };
      written[kind === 'o' ? 'operandSize' : 'addressSize'] = size;
    } else {
      if (written.repeat !== 'none') return { error: 'instruction has conflicting repeat prefixes' };
      if (prefix === 'nobnd') return { error: 'nobnd prefix is not allowed' }; // where BND is no default
      written.bnd = prefix === 'bnd';
      written.repeat = REPNE.test(prefix) ? 'repne' : 'rep';
    }
  }
  for (let index = 0; index < operands.length; index++) {
    const operand = operands[index];
    if (operand.kind !== 'mem' || operand.segment === undefined) continue;
    if (written.segment !== NONE) return { error: 'instruction has conflicting segment overrides' };
    written.segment = operand.segment;
  }
  return written;
};

/** Those that are F2; the others are F3. */
const REPNE = /^(repn|xacquire|bnd)/;

const isPossible = (kind: string, size: 16 | 32 | 64, mode: Mode): boolean =>
  mode === 64 ? kind === 'o' || size !== 16 : size !== 64;

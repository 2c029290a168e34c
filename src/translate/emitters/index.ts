// Meanings of instructions as WebAssembly: texts of their own beside the interpreter's, so that comparing the two means something. What is
// not here the interpreter executes. In every emitter, all that may leave the region comes before the first change.

import { CS, FS, type Insn, type Mode, type Operand } from '../../isa/insn.ts';
import { BITS } from './bits.ts';
import type { Emitters } from './common.ts';
import { DATA } from './data.ts';
import { FLAG } from './flag.ts';
import { FLOW } from './flow.ts';
import { INTEGER } from './integer.ts';
import { MULTIPLY } from './multiply.ts';
import { SHIFT } from './shift.ts';
import { STRING } from './string.ts';
import { SYSTEM } from './system.ts';

export const EMITTERS: Emitters = { ...DATA, ...INTEGER, ...MULTIPLY, ...SHIFT, ...BITS, ...STRING, ...FLOW, ...FLAG, ...SYSTEM };

/** Whether the translator has this instruction, with these operands, in code of this kind. */
export function canEmit(insn: Insn): boolean {
  const { form, dst, src, third, mode, size, repeat, addressSize, segment } = insn;
  if (EMITTERS[form.sem] === undefined) return false;
  if (!canUse(dst, mode) || !canUse(src, mode) || !canUse(third, mode)) return false;
  switch (form.sem) {
    case 'movs':
    case 'stos':
    case 'scas':
    case 'cmps':
    case 'xlat':
      return addressSize === mode && (mode === 64 || (segment < FS && segment !== CS));
    case 'lods':
      return addressSize === mode && repeat === 'none' && (mode === 64 || (segment < FS && segment !== CS));
    case 'mov_seg':
      return dst.kind !== 'seg';
    case 'shld':
    case 'shrd':
      return size !== 16;
    case 'bswap':
      return size !== 16;
    case 'jcc':
    case 'jrcxz':
    case 'loop':
    case 'loope':
    case 'loopne':
    case 'jmp':
    case 'call':
    case 'ret':
      return size === mode;
    default:
      return true;
  }
}

/** Nothing is known of FS and GS outside of 64-bit mode; CS cannot be written. */
function canUse(op: Operand, mode: Mode): boolean {
  if (op.kind === 'mem') return (op.addressSize === mode || (mode === 64 && op.addressSize === 32)) && (mode === 64 || (op.segment < FS && op.segment !== CS));
  return op.kind !== 'far' && op.kind !== 'cr' && op.kind !== 'dr';
}

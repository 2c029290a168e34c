// Meanings of instructions as WebAssembly: texts of their own beside the interpreter's, so that comparing the two means something. What is
// not here the interpreter executes. In every emitter, all that may leave the region comes before the first change; of a repeated string,
// of each run of elements.

import type { Insn } from '../../isa/insn.ts';
import { CS, FS, type Mode, type Operand } from '../../isa/operand.ts';
import type { Sem } from '../../isa/sems.ts';
import { BITS } from './bits.ts';
import type { Emitters } from './common.ts';
import { DATA } from './data.ts';
import { FAST_CALL } from './fast-call.ts';
import { FLAG } from './flag.ts';
import { FLOW } from './flow.ts';
import { INTEGER } from './integer.ts';
import { MULTIPLY } from './multiply.ts';
import { SHIFT } from './shift.ts';
import { STRING } from './string.ts';
import { CONTROL_REGISTERS, SYSTEM } from './system.ts';
import { TRANSFER } from './transfer.ts';

export const EMITTERS: Emitters = { ...DATA, ...INTEGER, ...MULTIPLY, ...SHIFT, ...BITS, ...STRING, ...FLOW, ...FLAG, ...SYSTEM, ...FAST_CALL, ...TRANSFER };

type Limit = (insn: Insn) => boolean;

/** Nothing is known of FS and GS outside of 64-bit mode; CS cannot be written. */
const isKnownSegment = (segment: number, mode: Mode): boolean => mode === 64 || (segment < FS && segment !== CS);

const ofModeSize: Limit = ({ size, mode }) => size === mode;
const notOfWords: Limit = ({ size }) => size !== 16;
const hasPlainSource: Limit = ({ addressSize, segment, mode }) => addressSize === mode && isKnownSegment(segment, mode);

/** Those that are there with some operands only. */
const LIMITS: Partial<Record<Sem, Limit>> = {
  movs: hasPlainSource,
  stos: hasPlainSource,
  scas: hasPlainSource,
  cmps: hasPlainSource,
  lods: (insn) => insn.repeat === 'none' && hasPlainSource(insn),
  xlat: hasPlainSource,
  mov_cr: ({ src }) => src.kind === 'cr' && CONTROL_REGISTERS.has(src.index),
  mov_seg: ({ dst }) => dst.kind !== 'seg',
  shld: notOfWords,
  shrd: notOfWords,
  bswap: notOfWords,
  jcc: ofModeSize,
  jrcxz: ofModeSize,
  loop: ofModeSize,
  loope: ofModeSize,
  loopne: ofModeSize,
  jmp: ofModeSize,
  call: ofModeSize,
  ret: ofModeSize,
  sysret: ({ size }) => size === 64,
  iret: ({ size, mode }) => size === mode && mode !== 16,
  int: ({ mode }) => mode !== 16,
};

/** Whether the translator has this instruction, with these operands, in code of this kind. */
export function canEmit(insn: Insn): boolean {
  const { form, dst, src, third, mode } = insn;
  if (EMITTERS[form.sem] === undefined || !canUse(dst, mode) || !canUse(src, mode) || !canUse(third, mode)) return false;
  return LIMITS[form.sem]?.(insn) ?? true;
}

function canUse(op: Operand, mode: Mode): boolean {
  if (op.kind !== 'mem') return op.kind !== 'far' && op.kind !== 'dr';
  return (op.addressSize === mode || (mode === 64 && op.addressSize === 32)) && isKnownSegment(op.segment, mode);
}

const SIMPLE: ReadonlySet<Sem> = new Set<Sem>([
  'mov', 'movzx', 'movsx', 'add', 'adc', 'sub', 'sbb', 'cmp', 'inc', 'dec', 'neg', 'not', 'and', 'or', 'xor', 'test',
]);

/** Whether nothing can go wrong with the instruction but its one access to memory. */
export const hasOneAccess = ({ form, dst, src }: Insn): boolean => SIMPLE.has(form.sem) && (dst.kind === 'mem') !== (src.kind === 'mem');

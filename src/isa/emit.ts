// A form and its operands → bytes, nothing left to choose. Prefixes stand in NASM's order: WAIT, repeat, LOCK, segment, 66, 67,
// mandatory prefix, REX.

import type { Size } from '../base/bits.ts';
import { type Form, isUsually32, type OperandPattern } from './form.ts';
import { type MemOperand, type Mode, NONE, type Operand, type RelOperand, RIP } from './operand.ts';
import { addressFields } from './modrm.ts';

/** Widths of displacements that ModRM knows, in bits. */
export type DisplacementSize = 0 | 8 | 16 | 32;

/** An instruction whose every byte is decided. `operands` are those of the form in its order. */
export interface Emission {
  readonly form: Form;
  readonly mode: Mode;
  readonly operands: readonly Operand[];
  /** Where the instruction begins, if branch targets and addresses relative to RIP are absolute; otherwise they are distances. */
  readonly start: bigint | undefined;
  readonly operandSize: 16 | 32 | 64;
  /** The size that an o-prefix in the text wants, whatever the form's own. */
  readonly asked?: 16 | 32 | 64 | undefined;
  /** Memory was written without a size. */
  readonly hasUnsizedMemory?: boolean;
  readonly addressSize: 16 | 32 | 64;
  readonly wait: boolean;
  readonly lock: boolean;
  readonly repeat: 'none' | 'rep' | 'repne';
  readonly segment: number;
  /** The displacement has at least this width. */
  readonly displacementSize: DisplacementSize;
}

/** Override prefixes by segment register: ES, CS, SS, DS, FS, GS. */
const SEGMENT_PREFIXES = [0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65];
const ESCAPES = [[], [0x0f], [0x0f, 0x38], [0x0f, 0x3a]] as const;

/** What the operands put into ModRM, REX, the opcode and behind them. */
interface Parts {
  reg: number;
  rm: number;
  opcode: number;
  memory: MemOperand | undefined;
  target: RelOperand | undefined;
  needsRex: boolean;
  forbidsRex: boolean;
  readonly tail: number[];
}

/** The operand size that code of `mode` has without prefixes. */
export const defaultOperandSize = (form: Form | undefined, mode: Mode): 16 | 32 | 64 =>
  mode !== 64 ? mode : form === undefined || isUsually32(form) ? 32 : 64;

/** Bytes of the prefixes that were written or are needed, before mandatory ones and REX. */
export const prefixBytes = (e: Omit<Emission, 'form' | 'operands' | 'start' | 'displacementSize'>, toggled: boolean): number[] => {
  const bytes: number[] = [];
  if (e.wait) bytes.push(0x9b);
  if (e.repeat !== 'none') bytes.push(e.repeat === 'rep' ? 0xf3 : 0xf2);
  if (e.lock) bytes.push(0xf0);
  if (e.segment !== NONE) bytes.push(SEGMENT_PREFIXES[e.segment]);
  if (toggled) bytes.push(0x66);
  if (e.addressSize !== e.mode) bytes.push(0x67);
  return bytes;
};

/** Bytes, where the displacement of ModRM begins (-1 if there is none), and what stands behind it. */
export interface Emitted {
  readonly bytes: Uint8Array;
  readonly displacementAt: number;
  readonly tailAt: number;
}

/** The bytes, or why the form cannot have these operands. */
export const emit = (e: Emission): Emitted | { readonly error: string } => {
  const { form, mode } = e;
  const parts: Parts = {
    reg: Math.max(form.digit, 0),
    rm: 0,
    opcode: 0,
    memory: undefined,
    target: undefined,
    needsRex: false,
    forbidsRex: false,
    tail: [],
  };
  for (let i = 0; i < form.operands.length; i++) placeOperand(parts, form.operands[i], e.operands[i]);
  const { memory, target } = parts;
  const address = memory && form.modrm ? addressFields(memory, mode, e.displacementSize) : undefined;
  if (memory && form.modrm && !address) return { error: `invalid ${mode}-bit effective address` };
  const { asked = e.operandSize } = e;
  const toggled = mode === 64 ? asked === 16 : asked !== mode;
  const isNarrow = form.noWide && !e.hasUnsizedMemory;
  const wide = asked === 64 && !isNarrow && (isUsually32(form) || e.asked !== undefined);
  const baseBit = memory ? highBit(memory.base) : highBit(parts.rm) | highBit(parts.opcode);
  const rex = (wide ? 8 : 0) | (highBit(parts.reg) << 2) | ((memory ? highBit(memory.index) : 0) << 1) | baseBit;
  const hasRex = rex !== 0 || parts.needsRex;
  if (hasRex && mode !== 64) return { error: 'invalid operands in non-64-bit mode' };
  if (hasRex && parts.forbidsRex) return { error: 'cannot use high byte register in rex instruction' };
  const bytes = prefixBytes(e, toggled);
  if (typeof form.prefix === 'number') bytes.push(form.prefix);
  if (hasRex) bytes.push(0x40 | rex);
  const escapes = ESCAPES[form.map];
  for (let index = 0; index < escapes.length; index++) bytes.push(escapes[index]);
  bytes.push(form.opcode | (parts.opcode & 7));
  let displacementAt = -1;
  if (form.fixed >= 0) bytes.push(form.fixed);
  else if (form.modrm) {
    bytes.push(((parts.reg & 7) << 3) | (address ? address.modrm : 0xc0 | (parts.rm & 7)));
    if (address?.sib !== undefined) bytes.push(address.sib);
    if (memory && address) {
      const { displacementSize } = address;
      const length = bytes.length + displacementSize / 8 + parts.tail.length;
      const origin = memory.base === RIP ? endOf(e.start, length) : 0n;
      displacementAt = bytes.length;
      pushLittleEndian(bytes, memory.displacement - origin, displacementSize);
    }
  }
  const tailAt = bytes.length;
  if (target) pushLittleEndian(bytes, target.displacement - endOf(e.start, bytes.length + target.size / 8), target.size);
  for (let index = 0; index < parts.tail.length; index++) bytes.push(parts.tail[index]);
  return { bytes: new Uint8Array(bytes), displacementAt, tailAt };
};

/** Where an instruction ends, which distances are counted from; 0 where they are counted already. */
const endOf = (start: bigint | undefined, length: number): bigint => (start === undefined ? 0n : start + BigInt(length));

/** What REX adds to a register's three bits; RIP and NONE have no number. */
const highBit = (register: number): number => (register >= 8 && register < RIP ? 1 : 0);

const placeOperand = (parts: Parts, pattern: OperandPattern, operand: Operand): void => {
  if (pattern.kind === 'fixed') return;
  switch (operand.kind) {
    case 'reg': {
      if (operand.high) parts.forbidsRex = true;
      else if (operand.size === 8 && operand.index >= 4) parts.needsRex = true;
      const field = pattern.kind === 'reg' ? pattern.field : 'rm';
      parts[field] = operand.high ? operand.index + 4 : operand.index;
      break;
    }
    case 'seg':
    case 'cr':
    case 'dr':
      parts.reg = operand.index;
      break;
    case 'mem':
      parts.memory = operand;
      if (pattern.kind === 'moffs') pushLittleEndian(parts.tail, operand.displacement, operand.addressSize);
      break;
    case 'imm':
      if (pattern.kind === 'imm') pushLittleEndian(parts.tail, operand.value, pattern.field);
      break;
    case 'rel':
      parts.target = operand;
      break;
    case 'far':
      pushLittleEndian(parts.tail, operand.offset, operand.size);
      pushLittleEndian(parts.tail, BigInt(operand.selector), 16);
      break;
  }
};

const pushLittleEndian = (bytes: number[], value: bigint, size: Size | 0): void => {
  if (size === 64) {
    pushLittleEndian(bytes, value, 32);
    pushLittleEndian(bytes, value >> 32n, 32);
    return;
  }
  const low = Number(BigInt.asUintN(32, value));
  for (let bit = 0; bit < size; bit += 8) bytes.push((low >>> bit) & 0xff);
};

// Bytes → an instruction. Prefixes, opcode map and ModRM select a row of the table; nothing here knows a single instruction.
// Of prefixes the last of its group counts, REX only directly before the opcode (SDM vol. 2, 2.1.1 and 2.2.1).

import { type Size, truncate } from '../base/bits.ts';
import { ByteReader } from './byte-reader.ts';
import { candidates } from './dispatch.ts';
import type { Form, MandatoryPrefix, OperandPattern } from './form.ts';
import type { Insn, Repeat } from './insn.ts';
import { CS, FS, GS, type MemOperand, type Mode, NO_OPERAND, NONE, type Operand, type RegOperand } from './operand.ts';
import { type Address, readMemory, readOffset } from './modrm.ts';
import { isSystemRegister } from './names.ts';

/** An instruction may have at most this many bytes (SDM vol. 2, 2.3.11). */
export const MAX_LENGTH = 15;

/** No instruction: #UD; more bytes are needed to tell; or more than 15 bytes: #GP(0). */
export type DecodeFailure = 'invalid' | 'truncated' | 'too-long';

/** Prefixes as they were found. `rex` is 0 or the byte, `next` the byte that is no prefix. */
interface Prefixes {
  operand: boolean;
  address: boolean;
  lock: boolean;
  repeat: 0 | 0xf2 | 0xf3;
  segment: number;
  rex: number;
  next: number;
}

/** Decodes the instruction that begins at `offset`, as code of `mode`. Bytes up to the end of `bytes` may be used. */
export const decode = (bytes: Uint8Array, offset: number, mode: Mode): Insn | DecodeFailure => {
  const reader = new ByteReader(bytes, offset, MAX_LENGTH);
  const prefixes = readPrefixes(reader, mode);
  const { map, opcode } = readOpcode(reader, prefixes.next);
  if (reader.exhausted) return reader.failure;
  const rows = candidates(mode, map, opcode);
  if (rows.length === 0) return 'invalid';
  const modrm = rows[0].modrm ? reader.u8() : 0;
  if (reader.exhausted) return reader.failure;
  const form = rows.find((row) => isForm(row, mode, prefixes, opcode, modrm));
  if (!form) return 'invalid';
  const insn = readInsn(reader, form, mode, prefixes, opcode, modrm);
  return reader.exhausted ? reader.failure : insn;
};

const readPrefixes = (reader: ByteReader, mode: Mode): Prefixes => {
  const prefixes: Prefixes = { operand: false, address: false, lock: false, repeat: 0, segment: NONE, rex: 0, next: 0 };
  for (;;) {
    const byte = reader.u8();
    if (mode === 64 && (byte & 0xf0) === 0x40) prefixes.rex = byte;
    else if (takePrefix(prefixes, byte, mode)) prefixes.rex = 0;
    else {
      prefixes.next = byte;
      return prefixes;
    }
  }
};

/** Whether `byte` is a legacy prefix; ES, CS, SS, DS do nothing in 64-bit mode and leave an FS or GS before them in force. */
const takePrefix = (prefixes: Prefixes, byte: number, mode: Mode): boolean => {
  switch (byte) {
    case 0x66:
      prefixes.operand = true;
      return true;
    case 0x67:
      prefixes.address = true;
      return true;
    case 0xf0:
      prefixes.lock = true;
      return true;
    case 0xf2:
    case 0xf3:
      prefixes.repeat = byte;
      return true;
    case 0x26:
    case 0x2e:
    case 0x36:
    case 0x3e:
      if (mode !== 64) prefixes.segment = (byte - 0x26) >> 3;
      return true;
    case 0x64:
      prefixes.segment = FS;
      return true;
    case 0x65:
      prefixes.segment = GS;
      return true;
    default:
      return false;
  }
};

const readOpcode = (reader: ByteReader, first: number): { map: 0 | 1 | 2 | 3; opcode: number } => {
  if (first !== 0x0f) return { map: 0, opcode: first };
  const second = reader.u8();
  if (second !== 0x38 && second !== 0x3a) return { map: 1, opcode: second };
  return { map: second === 0x38 ? 2 : 3, opcode: reader.u8() };
};

/** The operand size in force (SDM vol. 1, table 3-4; 64-bit mode: vol. 2, 2.2.1.7). */
const operandSizeOf = (form: Form, mode: Mode, { operand, rex }: Prefixes): 16 | 32 | 64 => {
  const toggled = operand && form.prefix !== 0x66;
  if (mode !== 64) return (mode === 16) === toggled ? 32 : 16;
  if (form.longModeSize === 'forced64') return 64;
  if ((rex & 8) !== 0) return form.longModeSize === 'upTo32' ? 32 : 64;
  if (form.longModeSize === 'byRex') return 32;
  return toggled ? 16 : form.longModeSize === 'default64' ? 64 : 32;
};

const addressSizeOf = (mode: Mode, address: boolean): 16 | 32 | 64 =>
  mode === 64 ? (address ? 32 : 64) : (mode === 16) === address ? 32 : 16;

const isForm = (form: Form, mode: Mode, prefixes: Prefixes, opcode: number, modrm: number): boolean => {
  if (form.prefix !== 'any' && !hasMandatoryPrefix(form.prefix, prefixes)) return false;
  if (form.fixed >= 0 && form.fixed !== modrm) return false;
  if (form.digit >= 0 && form.digit !== ((modrm >> 3) & 7)) return false;
  if (form.operandSize !== 0 && form.operandSize !== operandSizeOf(form, mode, prefixes)) return false;
  if (form.addressSize !== 0 && form.addressSize !== addressSizeOf(mode, prefixes.address)) return false;
  const isMemory = modrm < 0xc0;
  for (const pattern of form.operands) {
    if (pattern.kind === 'mem' && !isMemory) return false;
    if (pattern.kind !== 'reg') continue;
    if (pattern.field === 'rm' && isMemory && !form.modIgnored) return false;
    if (pattern.notAccumulator && (opcode & 7) === 0 && (prefixes.rex & 1) === 0) return false;
  }
  return true;
};

/** F2 and F3 go before 66 where both are there. */
const hasMandatoryPrefix = (prefix: Exclude<MandatoryPrefix, 'any'>, { operand, repeat }: Prefixes): boolean => {
  switch (prefix) {
    case 'none':
      return !operand && repeat === 0;
    case 'noRepeat':
      return repeat === 0;
    case 0x66:
      return operand && repeat === 0;
    default:
      return repeat === prefix;
  }
};

/** All that reading an operand depends on. `memory` is there if ModRM means memory. */
interface Fields {
  readonly mode: Mode;
  readonly rex: number;
  readonly size: Size;
  readonly addressSize: 16 | 32 | 64;
  readonly segment: number;
  readonly opcode: number;
  readonly modrm: number;
  readonly memory: Address | undefined;
}

const readInsn = (
  reader: ByteReader,
  form: Form,
  mode: Mode,
  prefixes: Prefixes,
  opcode: number,
  modrm: number,
): Insn | 'invalid' => {
  const { rex, segment, lock, repeat } = prefixes;
  const addressSize = addressSizeOf(mode, prefixes.address);
  const inForce = operandSizeOf(form, mode, prefixes);
  // Memory comes before immediates in the bytes, wherever the row lists it.
  const hasMemory = form.modrm && modrm < 0xc0 && !form.modIgnored;
  const memory = hasMemory ? readMemory(reader, modrm, rex, mode, addressSize, segment) : undefined;
  const fields: Fields = { mode, rex, size: inForce, addressSize, segment, opcode, modrm, memory };
  const patterns = form.operands;
  const dst = patterns.length > 0 ? readOperand(reader, patterns[0], fields) : NO_OPERAND;
  const src = patterns.length > 1 ? readOperand(reader, patterns[1], fields) : NO_OPERAND;
  const third = patterns.length > 2 ? readOperand(reader, patterns[2], fields) : NO_OPERAND;
  if (!dst || !src || !third || (dst.kind === 'seg' && dst.index === CS && form.sem === 'mov_seg')) return 'invalid';
  if (lock && !(form.lock && memory)) return 'invalid';
  return {
    form,
    mode,
    length: reader.length,
    size: form.size || inForce,
    addressSize,
    dst,
    src,
    third,
    lock,
    repeat: form.rep ? REPEATS[repeat] : 'none',
    segment,
  };
};

const REPEATS: Readonly<Record<number, Repeat>> = { 0: 'none', 242: 'repne', 243: 'rep' };

/** One operand, or undefined where the encoding names a register that does not exist (SDM vol. 2, tables B-7 and B-8). */
const readOperand = (reader: ByteReader, pattern: OperandPattern, fields: Fields): Operand | undefined => {
  const { modrm, rex, memory } = fields;
  switch (pattern.kind) {
    case 'reg':
      return pattern.field === 'reg'
        ? registerOf(((modrm >> 3) & 7) | ((rex & 4) << 1), pattern.size, rex)
        : registerOf((pattern.field === 'rm' ? modrm & 7 : fields.opcode & 7) | ((rex & 1) << 3), pattern.size, rex);
    case 'rm':
      return memory ? memoryOperand(memory, pattern.size) : registerOf((modrm & 7) | ((rex & 1) << 3), pattern.size, rex);
    case 'mem':
      return memory && memoryOperand(memory, pattern.size);
    case 'moffs':
      return memoryOperand(readOffset(reader, fields.addressSize, fields.segment), pattern.size);
    case 'imm': {
      const size = pattern.size || fields.size;
      return {
        kind: 'imm',
        value: pattern.signed ? truncate(reader.signed(pattern.field), size) : reader.unsigned(pattern.field),
        size,
      };
    }
    case 'rel':
      return { kind: 'rel', displacement: reader.signed(pattern.size), size: pattern.size };
    case 'far': {
      const offset = reader.unsigned(pattern.size);
      return { kind: 'far', selector: reader.u16(), offset, size: pattern.size };
    }
    case 'fixed':
      return pattern.operand;
    default: {
      const index = ((modrm >> 3) & 7) | (pattern.kind === 'seg' ? 0 : (rex & 4) << 1);
      return isSystemRegister(pattern.kind, index) ? { kind: pattern.kind, index } : undefined;
    }
  }
};

/** Without REX, byte registers 4 to 7 are AH, CH, DH, BH (SDM vol. 2, 2.2.1.2). */
const registerOf = (index: number, size: Size, rex: number): RegOperand =>
  size === 8 && rex === 0 && index >= 4
    ? { kind: 'reg', index: index - 4, size, high: true }
    : { kind: 'reg', index, size, high: false };

const memoryOperand = ({ segment, base, index, scale, displacement, addressSize }: Address, size: number): MemOperand => ({
  kind: 'mem',
  size,
  segment,
  base,
  index,
  scale,
  displacement,
  addressSize,
});

// ModRM, SIB and displacement ↔ a memory operand (SDM vol. 2, tables 2-1 to 2-3). Both directions stand side by side; which
// displacement size is written is the caller's choice, because assemblers and decoded instructions differ in it.

import { fitsSigned } from '../base/bits.ts';
import type { ByteReader } from './byte-reader.ts';
import { DS, type MemOperand, type Mode, NONE, RBP, RBX, RDI, RIP, RSI, RSP, SS } from './operand.ts';

/** An address as ModRM says it; the width of the access is the instruction's business. */
export type Address = Omit<MemOperand, 'kind' | 'size'>;

/** Base and index of 16-bit addresses by ModRM.rm; rm = 6 with mod = 0 has neither. */
const PAIRS: readonly (readonly [number, number])[] = [
  [RBX, RSI],
  [RBX, RDI],
  [RBP, RSI],
  [RBP, RDI],
  [RSI, NONE],
  [RDI, NONE],
  [RBP, NONE],
  [RBX, NONE],
];

/** The segment without an override: SS where the stack or frame pointer is the base (SDM vol. 1, table 3-5). */
export const defaultSegment = (base: number): number => (base === RSP || base === RBP ? SS : DS);

export const readMemory = (
  reader: ByteReader,
  modrm: number,
  rex: number,
  mode: Mode,
  addressSize: 16 | 32 | 64,
  override: number,
): Address => {
  const mod = modrm >> 6;
  let base = modrm & 7;
  let index: number = NONE;
  let scale: 1 | 2 | 4 | 8 = 1;
  let fieldSize = mod === 0 ? 0 : mod === 1 ? 8 : addressSize === 16 ? 16 : 32;
  if (addressSize === 16) {
    if (mod === 0 && base === 6) {
      base = NONE;
      fieldSize = 16;
    } else [base, index] = PAIRS[base];
  } else if (base === RSP) {
    const sib = reader.u8();
    scale = (1 << (sib >> 6)) as 1 | 2 | 4 | 8;
    index = ((sib >> 3) & 7) | ((rex & 2) << 2);
    if (index === RSP) index = NONE;
    base = (sib & 7) | ((rex & 1) << 3);
    if (mod === 0 && (base & 7) === RBP) {
      base = NONE;
      fieldSize = 32;
    }
  } else if (mod === 0 && base === RBP) {
    base = mode === 64 ? RIP : NONE;
    fieldSize = 32;
  } else base |= (rex & 1) << 3;
  const displacement = fieldSize === 0 ? 0n : reader.signed(fieldSize);
  return { segment: override === NONE ? defaultSegment(base) : override, base, index, scale, displacement, addressSize };
};

/** An address without ModRM (the moffs operands of MOV). */
export const readOffset = (reader: ByteReader, addressSize: 16 | 32 | 64, override: number): Address => ({
  segment: override === NONE ? DS : override,
  base: NONE,
  index: NONE,
  scale: 1,
  displacement: reader.signed(addressSize),
  addressSize,
});

/** ModRM (without its reg field), SIB if there is one, and the displacement's width in bits (0 for none). */
export interface AddressFields {
  readonly modrm: number;
  readonly sib: number | undefined;
  readonly displacementSize: 0 | 8 | 16 | 32;
}

/**
 * The fields that mean `address`, or undefined if none do. `atLeast` is the least displacement width: 0 lets it be as short as it can.
 * An index of RSP has no encoding. An absolute address in 64-bit mode needs a SIB byte, because mod 0 with rm 5 is relative to RIP.
 */
export const addressFields = (address: Address, mode: Mode, atLeast: 0 | 8 | 16 | 32): AddressFields | undefined => {
  const { base, index, scale, displacement, addressSize } = address;
  const full = addressSize === 16 ? 16 : 32;
  if (base === RIP) return { modrm: 5, sib: undefined, displacementSize: 32 };
  if (addressSize === 16 && base === NONE && index === NONE) return { modrm: 6, sib: undefined, displacementSize: 16 };
  const needsByte = addressSize === 16 ? base === RBP && index === NONE : (base & 7) === RBP && base !== NONE;
  const least = fitsSigned(displacement, 8) ? (displacement === 0n && !needsByte ? 0 : 8) : full;
  const displacementSize = base === NONE && index === NONE ? full : least >= atLeast ? least : atLeast;
  const mod = displacementSize === 0 ? 0 : displacementSize === 8 ? 0x40 : 0x80;
  if (addressSize === 16) {
    const rm = PAIRS.findIndex(([b, i]) => b === base && i === index);
    return rm < 0 || scale !== 1 ? undefined : { modrm: mod | rm, sib: undefined, displacementSize };
  }
  if (index === RSP) return undefined;
  if (base === NONE) {
    if (index === NONE && mode !== 64) return { modrm: 5, sib: undefined, displacementSize: 32 };
    return { modrm: 4, sib: sibOf(scale, index, RBP), displacementSize: 32 };
  }
  if (index === NONE && (base & 7) !== RSP) return { modrm: mod | (base & 7), sib: undefined, displacementSize };
  return { modrm: mod | 4, sib: sibOf(scale, index, base), displacementSize };
};

const sibOf = (scale: number, index: number, base: number): number =>
  (Math.log2(scale) << 6) | ((index === NONE ? RSP : index & 7) << 3) | (base & 7);

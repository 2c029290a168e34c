// What an instruction acts on: registers, memory, immediates, branch targets; and the numbers that encodings have for registers.

import type { Size } from '../base/bits.ts';

/** Size of code, from CS.D and CS.L (SDM vol. 3, 5.2.1): decides default operand and address size. */
export type Mode = 16 | 32 | 64;

/** General-purpose registers by their number in encodings; RIP as a base register only. */
export const RAX = 0;
export const RCX = 1;
export const RDX = 2;
export const RBX = 3;
export const RSP = 4;
export const RBP = 5;
export const RSI = 6;
export const RDI = 7;
export const RIP = 16;
export const NONE = -1;

/** Segment registers by their number in encodings. */
export const ES = 0;
export const CS = 1;
export const SS = 2;
export const DS = 3;
export const FS = 4;
export const GS = 5;

/** A general-purpose register or a part of one. `high` marks AH, CH, DH, BH, whose `index` is then 0..3. */
export interface RegOperand {
  readonly kind: 'reg';
  readonly index: number;
  readonly size: Size;
  readonly high: boolean;
}

/**
 * Memory. `size` is the width of the access in bits (0 where the instruction gives none: LEA, INVLPG; 48, 80 for far pointers and
 * pseudo-descriptors, 128 for CMPXCHG16B). `segment` is the one in force, `base` may be RIP, absent parts are NONE.
 * `displacement` is signed; with `addressSize` it is all that the offset is computed from.
 */
export interface MemOperand {
  readonly kind: 'mem';
  readonly size: number;
  readonly segment: number;
  readonly base: number;
  readonly index: number;
  readonly scale: 1 | 2 | 4 | 8;
  readonly displacement: bigint;
  readonly addressSize: 16 | 32 | 64;
}

/** An immediate, already extended as the manual says to `size`, as an unsigned integer. */
export interface ImmOperand {
  readonly kind: 'imm';
  readonly value: bigint;
  readonly size: number;
}

/** A near branch target: signed distance from the end of the instruction. `size` is the width of its field. */
export interface RelOperand {
  readonly kind: 'rel';
  readonly displacement: bigint;
  readonly size: 8 | 16 | 32;
}

/** A direct far pointer (ptr16:16, ptr16:32). `size` is the width of the offset. */
export interface FarOperand {
  readonly kind: 'far';
  readonly selector: number;
  readonly offset: bigint;
  readonly size: 16 | 32;
}

/** A segment, control or debug register, by its number. */
export interface SystemRegOperand {
  readonly kind: 'seg' | 'cr' | 'dr';
  readonly index: number;
}

/** Stands where an instruction has no such operand. */
export interface NoOperand {
  readonly kind: 'none';
}
export const NO_OPERAND: NoOperand = { kind: 'none' };

export type Operand = RegOperand | MemOperand | ImmOperand | RelOperand | FarOperand | SystemRegOperand | NoOperand;

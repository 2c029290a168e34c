// What a row of the table means: which bytes an instruction has, which operands, where it exists. The decoder and the encoder read
// these values and have no knowledge of single instructions beyond them.

import type { Size } from '../base/bits.ts';
import type { Mode, Operand } from './operand.ts';
import type { Sem } from './sems.ts';

/** Where a register operand is encoded: ModRM.reg, ModRM.rm (with mod = 3), or the low three bits of the opcode. */
export type RegisterField = 'reg' | 'rm' | 'opcode';

interface PatternBase {
  /** As the manual writes it: `r/m32`, `imm8`, `AL`. */
  readonly text: string;
  /** Part of the operation, but neither written nor encoded: ES of LES. */
  readonly hidden: boolean;
}

/**
 * One operand of a form. `size` is in bits, 0 where the instruction gives none. `rm` is a register of `size` or memory of the same.
 * For `imm`, `field` is the width of the encoded value, extended to `size` (0: the operand size in force) with its sign if
 * `signed`. `far` marks memory that holds a far pointer. `fixed` is an operand that the opcode implies.
 */
export type OperandPattern = PatternBase &
  (
    | { readonly kind: 'reg'; readonly size: Size; readonly field: RegisterField; readonly notAccumulator: boolean }
    | { readonly kind: 'rm'; readonly size: Size }
    | { readonly kind: 'mem'; readonly size: number; readonly far: boolean }
    | { readonly kind: 'moffs'; readonly size: Size }
    | { readonly kind: 'imm'; readonly size: number; readonly field: Size; readonly signed: boolean }
    | { readonly kind: 'rel'; readonly size: 8 | 16 | 32 }
    | { readonly kind: 'far'; readonly size: 16 | 32 }
    | { readonly kind: 'seg' | 'cr' | 'dr' }
    | { readonly kind: 'fixed'; readonly operand: Operand }
  );

/**
 * A mandatory prefix; `none` refuses 66, F2 and F3 (NP in the manual), `noRepeat` F2 and F3 (NFx), `any` takes them as what they mean
 * elsewhere.
 */
export type MandatoryPrefix = 'any' | 'none' | 'noRepeat' | 0x66 | 0xf2 | 0xf3;

/** Opcode maps by their escape bytes: none, 0F, 0F 38, 0F 3A. */
export type OpcodeMap = 0 | 1 | 2 | 3;

/**
 * Which operand size 64-bit mode has: `usual` is 32, with 66 16, with REX.W 64; `default64` is 64, with 66 16 (stack instructions);
 * `forced64` always 64 (near branches; 66 does nothing on Intel's processors; SDM vol. 2, appendix A.2.5: superscripts d64 and f64);
 * `upTo32` has no 64, REX.W does nothing (IN, OUT, INS, OUTS); of `byRex` only REX.W decides, and 66 does nothing.
 */
export type LongModeSize = 'usual' | 'default64' | 'forced64' | 'upTo32' | 'byRex';

/** Whether the operand size of a form is 32 in 64-bit mode without prefixes. */
export const isUsually32 = ({ longModeSize }: Pick<Form, 'longModeSize'>): boolean =>
  longModeSize !== 'default64' && longModeSize !== 'forced64';

/** A row of the table with its widths expanded. */
export interface Form {
  /** Unique, in the manual's words: `ADD r/m32, r32`. */
  readonly id: string;
  /** Lower case, as it is printed. */
  readonly mnemonic: string;
  readonly sem: Sem;
  readonly operands: readonly OperandPattern[];
  /** How many of them are written. */
  readonly operandCount: number;
  readonly prefix: MandatoryPrefix;
  readonly map: OpcodeMap;
  /** The last opcode byte; the low three bits are 0 if they hold a register. */
  readonly opcode: number;
  /** The opcode's low three bits are a register. */
  readonly plusRegister: boolean;
  readonly modrm: boolean;
  /** ModRM.reg that belongs to the opcode (/0 to /7), or -1. */
  readonly digit: number;
  /** A whole byte after the opcode that belongs to it (0F 01 F8), or -1. */
  readonly fixed: number;
  /** MOV to and from CR and DR have register operands whatever mod says. */
  readonly modIgnored: boolean;
  /** Operand size that the form needs, or 0 if it takes any: `Insn.size` is then the one in force unless `size` says otherwise. */
  readonly operandSize: 0 | 16 | 32 | 64;
  readonly addressSize: 0 | 16 | 32 | 64;
  readonly longModeSize: LongModeSize;
  /** Width of the operation, or 0: the operand size in force. */
  readonly size: Size | 0;
  readonly modes: readonly Mode[];
  /** Privileged: #GP(0) if CPL > 0. (MONITOR, MWAIT, CLAC and STAC give #UD there and are not marked.) */
  readonly cpl0: boolean;
  /** LOCK is allowed if an operand is memory. */
  readonly lock: boolean;
  /** F3 and F2 repeat it. */
  readonly rep: boolean;
  /** Condition code 0 to 15 of Jcc, SETcc, CMOVcc, or -1. */
  readonly condition: number;
  /** NASM takes `o64` before it for what it is anyway, and writes no REX.W. */
  readonly noWide: boolean;
  /** `alias`: only for the assembler, another row decodes it. `decode`: NASM has no text for it, or writes another row. */
  readonly use: 'both' | 'alias' | 'decode';
}

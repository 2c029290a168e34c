// What a programmer wrote → what the encoder is asked for: one instruction in NASM's terms, with every symbol already a number.
// An operand says how it was written ([rax*1] is not [rax], `strict byte` is not `byte`), because NASM's choice of encoding depends
// on that. The assembler calls again in each pass; a value that is not known yet is its guess (a branch target: `address`).

import type { Form } from './form.ts';
import type { Mode, RegOperand, SystemRegOperand } from './operand.ts';

/**
 * Where a value comes from: a plain number, an address in the section being assembled, or an address in another section.
 * Addresses never take the short immediates and displacements, and only a target in the same section makes a branch short.
 */
export type Section = 'none' | 'same' | 'other';

/** A size word in bits: byte, word, dword, qword, tword, oword. */
export type WrittenSize = 8 | 16 | 32 | 64 | 80 | 128;

/** An immediate, or the absolute address that a branch goes to. `value` is any integer; the encoder truncates and warns. */
export interface ImmSource {
  readonly kind: 'imm';
  readonly value: bigint;
  readonly section: Section;
  readonly size?: WrittenSize;
  readonly strict?: boolean;
  readonly distance?: 'short' | 'near' | 'far';
}

/** A register in an effective address and its factor. `scaled` when a factor was written, also if it is 1: [rax*1]. */
export interface AddressTerm {
  readonly register: RegOperand;
  readonly factor: bigint;
  readonly scaled: boolean;
}

/**
 * Memory: `terms` in the order in which they were written, not added up ([eax+eax] has two). `size` is the word before the bracket;
 * `segment` is a number as in insn.ts; `rip` is REL or ABS as written or by DEFAULT (registers make it meaningless);
 * `displacementSize` is a size word inside the brackets.
 */
export interface MemSource {
  readonly kind: 'mem';
  readonly terms: readonly AddressTerm[];
  readonly displacement: bigint;
  readonly section: Section;
  readonly size?: WrittenSize;
  readonly strict?: boolean;
  readonly distance?: 'near' | 'far';
  readonly segment?: number;
  readonly rip?: 'rel' | 'abs';
  readonly displacementSize?: WrittenSize;
  readonly nosplit?: boolean;
}

/** A far pointer written as `selector:offset`; `size` is WORD or DWORD before it. */
export interface FarSource {
  readonly kind: 'far';
  readonly selector: bigint;
  readonly offset: bigint;
  readonly size?: WrittenSize;
}

/** A register; `size` is a redundant size word before it (`dword eax`), which must agree. */
export interface RegSource extends RegOperand {
  readonly written?: WrittenSize;
}

export type SourceOperand = RegSource | SystemRegOperand | ImmSource | MemSource | FarSource;

/** Prefixes as words before the mnemonic, lower case. Those inside brackets (`[fs:rbx]`) are part of the operand. */
export const PREFIXES = [
  'lock',
  'rep',
  'repe',
  'repz',
  'repne',
  'repnz',
  'xacquire',
  'xrelease',
  'bnd',
  'nobnd',
  'wait',
  'o16',
  'o32',
  'o64',
  'a16',
  'a32',
  'a64',
  'es',
  'cs',
  'ss',
  'ds',
  'fs',
  'gs',
] as const;
export type Prefix = (typeof PREFIXES)[number];

/** One instruction as written. A line of prefixes alone has the mnemonic ''. */
export interface InsnSource {
  /** Lower case, as written: aliases such as `jz` or `sal` included. */
  readonly mnemonic: string;
  readonly operands: readonly SourceOperand[];
  readonly prefixes: readonly Prefix[];
  readonly mode: Mode;
  /** Where the instruction begins, in the terms of branch targets and addresses. */
  readonly address: bigint;
  /** Length in the pass before: where the value alone decides (jumps, imm8, disp8) nothing shorter is chosen, so that layouts settle. */
  readonly atLeast?: number;
}

/** The only part of an encoding that depends on an address that was given. */
export interface AddressField {
  /** Which operand the address belongs to. */
  readonly operand: number;
  /** Of its first byte. */
  readonly at: number;
  readonly bytes: number;
  /** It holds the distance from the end of the instruction. */
  readonly isRelative: boolean;
}

/**
 * The bytes, the row they follow (none for prefixes alone) and what NASM would warn about; or why there are none, to be printed after
 * the place: `mov: mismatch in operand sizes`.
 */
export type Encoded =
  | { readonly bytes: Uint8Array; readonly form: Form | undefined; readonly field?: AddressField | undefined; readonly warnings: readonly string[] }
  | { readonly error: string };

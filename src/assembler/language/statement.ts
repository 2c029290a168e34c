// What a line says, once and for all passes: a label, a repetition, and an instruction, data or directive whose expressions are
// trees. Everything that only the text decides (mode, default address size, local labels' parents) is decided here.

import type { Mode } from '../../isa/operand.ts';
import type { FarSource, ImmSource, MemSource, Prefix, RegSource } from '../../isa/source.ts';
import type { SystemRegOperand } from '../../isa/operand.ts';
import type { Expression } from './expression.ts';
import type { NamedValue } from './value.ts';
import type { Origin } from './tokens.ts';

/** An operand as written; `value` is what the passes evaluate into the missing fields. */
export type Operand =
  | RegSource
  | SystemRegOperand
  | (Omit<ImmSource, 'value' | 'section'> & { readonly value: Expression })
  | (Omit<MemSource, 'terms' | 'displacement' | 'section'> & { readonly value: Expression })
  | (Omit<FarSource, 'selector' | 'offset'> & { readonly selector: Expression; readonly value: Expression });

export interface Instruction {
  readonly kind: 'instruction';
  /** Lower case; '' for prefixes alone. */
  readonly mnemonic: string;
  readonly operands: readonly Operand[];
  readonly prefixes: readonly Prefix[];
  readonly mode: Mode;
  /** An immediate is where it goes to, so that its encoding depends on its own place. */
  readonly isBranch: boolean;
  /** No operand names a symbol or a place: the bytes are the same in every pass. */
  readonly isConstant: boolean;
  /** Of one that is constant: its bytes, when they are known and there is nothing to report about them. */
  bytes: Uint8Array | undefined;
}

/** Whether the distance to its target decides how long an instruction is. */
export const mayBeShort = ({ isBranch, mnemonic }: Instruction): boolean => isBranch && mnemonic !== 'call';

/** An element of `db` and its kin. `unit` is its size in bytes. */
export type DataItem =
  | { readonly kind: 'number'; readonly value: Expression; readonly unit: number }
  | { readonly kind: 'string'; readonly bytes: Uint8Array; readonly unit: number }
  | { readonly kind: 'gap'; readonly unit: number }
  | { readonly kind: 'dup'; readonly count: Expression; readonly items: readonly DataItem[] };

export const SECTION_ATTRIBUTES = ['align', 'start', 'vstart', 'valign', 'follows', 'vfollows', 'progbits', 'nobits'] as const;
export type SectionAttribute =
  | { readonly kind: 'align' | 'start' | 'vstart' | 'valign'; readonly value: Expression }
  | { readonly kind: 'follows' | 'vfollows'; readonly name: string }
  | { readonly kind: 'progbits' | 'nobits' };

export type Directive =
  | { readonly kind: 'section'; readonly name: string; readonly attributes: readonly SectionAttribute[] }
  | { readonly kind: 'sectalign'; readonly value: Expression }
  | { readonly kind: 'absolute'; readonly value: Expression }
  | { readonly kind: 'org'; readonly value: Expression }
  | { readonly kind: 'global' | 'static' | 'extern'; readonly names: readonly string[] };

export type Body =
  | Instruction
  /** `size` in bytes, unless a repetition in it has to be counted in each pass; `isReserved`: all is `?`. */
  | { readonly kind: 'data'; readonly items: readonly DataItem[]; readonly size: number | undefined; readonly isReserved: boolean }
  | { readonly kind: 'reserve'; readonly unit: number; readonly count: Expression }
  | { readonly kind: 'incbin'; readonly bytes: Uint8Array; readonly skip?: Expression; readonly length?: Expression }
  | { readonly kind: 'equ'; readonly value: Expression }
  | Directive;

export interface Times {
  readonly count: Expression;
  /** If it is a filling up to a multiple of it. */
  readonly alignment: number | undefined;
}

export interface Statement {
  readonly origin: Origin;
  /** Whole name of the label on this line. */
  readonly label: string | undefined;
  /** What the label is, once it has been defined. */
  named: NamedValue | undefined;
  /** The label that `.x` in this line belongs to. */
  readonly parent: string;
  readonly times: Times | undefined;
  readonly body: Body | undefined;
}

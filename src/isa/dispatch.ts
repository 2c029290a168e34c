// Mode, opcode map and opcode → the rows that may be meant, most particular first. Built from the table when first asked for.

import { allForms } from './forms.ts';
import type { Form, OpcodeMap } from './form.ts';
import type { Mode } from './operand.ts';

const NO_FORMS: readonly Form[] = [];

/** A row that names more of the bytes goes before one that names less: NOP (90) after XCHG EAX, r32, /r after /0. */
export const particularity = (form: Form): number =>
  (form.fixed >= 0 ? 16 : 0) +
  (form.prefix === 'any' ? 0 : 8) +
  (form.digit >= 0 ? 4 : 0) +
  (form.operandSize !== 0 ? 2 : 0) +
  (form.operands.some(({ kind }) => kind === 'mem') ? 1 : 0);

const opcodesOf = (form: Form): number[] => Array.from({ length: form.plusRegister ? 8 : 1 }, (_, i) => form.opcode + i);

const buildDispatch = (mode: Mode): (readonly Form[])[] => {
  const table: Form[][] = [];
  for (const form of allForms()) {
    if (form.use === 'alias' || !form.modes.includes(mode)) continue;
    for (const opcode of opcodesOf(form)) (table[form.map * 256 + opcode] ??= []).push(form);
  }
  return Array.from({ length: 4 * 256 }, (_, i) => (table[i] ?? []).sort((a, b) => particularity(b) - particularity(a)));
};

const dispatch: Partial<Record<Mode, readonly (readonly Form[])[]>> = {};

/** The rows that the decoder chooses among, all with or all without ModRM. */
export const candidates = (mode: Mode, map: OpcodeMap, opcode: number): readonly Form[] =>
  (dispatch[mode] ??= buildDispatch(mode))[map * 256 + opcode] ?? NO_FORMS;

// What a text must say so that it means this form and not a neighbour in the table: a size word before memory, or a word against a
// shorter encoding. Worked out from the table once for each form.

import type { Form, OperandPattern } from './form.ts';
import { allForms } from './forms.ts';
import { formsNamed } from './mnemonics.ts';

export interface Distinctions {
  /** Another form of the same mode differs only in the size of memory. */
  readonly memorySize: boolean;
  /** Another form has a sign-extended byte where this one has the whole immediate. */
  readonly shortImmediate: boolean;
  /** Another form has the immediate 1 in its opcode. */
  readonly unity: boolean;
  /** NASM has no text for this form, nor for another one of the same meaning. */
  readonly unwritable: boolean;
}

const known = new Map<Form, Distinctions>();

export const distinguish = (form: Form): Distinctions => {
  const found = known.get(form);
  if (found) return found;
  const others = formsNamed(form.mnemonic).filter((other) => other !== form && other.operands.length === form.operands.length);
  const distinctions = {
    memorySize: others.some((other) => differsInMemorySize(form, other)),
    shortImmediate: others.some((other) => isShorterImmediate(form, other)),
    unity: others.some(({ operands }) => operands.at(-1)?.kind === 'fixed' && operands.at(-1)?.text === '1'),
    unwritable:
      form.use === 'decode' &&
      !allForms().some((other) => other.use === 'both' && other.mnemonic === form.mnemonic && textsOf(other) === textsOf(form)),
  };
  known.set(form, distinctions);
  return distinctions;
};

const textsOf = ({ operands }: Form): string => operands.map(({ text }) => text).join();

const isMemory = ({ kind }: OperandPattern): boolean => kind === 'mem' || kind === 'rm';
const sizeOf = (pattern: OperandPattern): number => ('size' in pattern ? pattern.size : 0);

const differsInMemorySize = (form: Form, other: Form): boolean =>
  form.modes.some((mode) => other.modes.includes(mode)) &&
  form.operands.every((pattern, i) => alike(pattern, other.operands[i])) &&
  form.operands.some((pattern, i) => isMemory(pattern) && sizeOf(pattern) !== sizeOf(other.operands[i]));

const alike = (a: OperandPattern, b: OperandPattern): boolean =>
  a.text === b.text || (isMemory(a) && isMemory(b)) || (a.kind === 'imm' && b.kind === 'imm');

const isShorterImmediate = (form: Form, other: Form): boolean => {
  const last = other.operands.at(-1);
  return (
    last?.kind === 'imm' &&
    last.signed &&
    last.field === 8 &&
    (other.size === form.size || other.size === 0) &&
    form.operands.at(-1)?.kind === 'imm'
  );
};

// A mnemonic and the kinds of its operands → the rows that may be meant. Most rows of a mnemonic fail at the kinds already; what is
// left for one combination of kinds is worked out once.

import type { Form } from './form.ts';
import type { Mode } from './operand.ts';
import { mayFit } from './match.ts';
import { formsNamed } from './mnemonics.ts';
import type { SourceOperand } from './source.ts';

/** All that `mayFit` looks at, as a number below 16. */
const shapeOf = (operand: SourceOperand): number =>
  operand.kind === 'reg' ? REGISTER_SHAPES[operand.size] : SHAPES[operand.kind];

const REGISTER_SHAPES = { 8: 1, 16: 2, 32: 3, 64: 4 } as const;
const SHAPES = { mem: 5, imm: 6, far: 7, seg: 8, cr: 9, dr: 10 } as const;

/** More operands than any row has. */
const TOO_MANY = 4;

const NO_FORMS: readonly Form[] = [];

/** By the rows of a mnemonic, then by mode and kinds. */
const known = new Map<readonly Form[], Map<number, readonly Form[]>>();

/** The rows of `mnemonic` that exist in a mode and have operands of these kinds, in the table's order. */
export const formsShaped = (mnemonic: string, operands: readonly SourceOperand[], mode: Mode): readonly Form[] => {
  const all = formsNamed(mnemonic);
  if (all.length === 0 || operands.length >= TOO_MANY) return NO_FORMS;
  let shape: number = mode;
  for (let index = 0; index < operands.length; index++) shape = shape * 16 + shapeOf(operands[index]);
  let byShape = known.get(all);
  if (!byShape) known.set(all, (byShape = new Map()));
  let forms = byShape.get(shape);
  if (!forms) byShape.set(shape, (forms = all.filter((form) => form.modes.includes(mode) && hasKinds(form, operands))));
  return forms;
};

/** Whether the form has operands of these kinds. */
export const hasKinds = (form: Form, operands: readonly SourceOperand[]): boolean =>
  form.operandCount === operands.length && operands.every((operand, i) => mayFit(form.operands[i], operand));

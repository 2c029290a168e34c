// The operands of a row, as the manual writes them, → patterns: what may stand there and which field of the encoding holds it.

import type { Size } from '../base/bits.ts';
import type { OperandPattern } from './form.ts';
import type { Operand } from './operand.ts';
import { registerNamed } from './names.ts';

/** An immediate's width in the encoding; `s` extends its sign to the operand size, `u` zeros to 64 bits. */
export interface ImmediateField {
  readonly field: Size;
  readonly extension: 'none' | 's' | 'u';
}

/** The part of a row's encoding that operands depend on. */
export interface OperandFields {
  readonly operandSize: 0 | 16 | 32 | 64;
  readonly immediates: readonly ImmediateField[];
  readonly digit: number;
  readonly plusRegister: boolean;
}

const known = new Map<string, readonly OperandPattern[]>();

/** The patterns of a row's operands, of which a few hundred are all that the table's rows have. */
export const patternsOf = (text: string, fields: OperandFields, row: string): readonly OperandPattern[] => {
  const { operandSize, immediates, digit, plusRegister } = fields;
  const key = `${text} ${operandSize} ${digit >= 0} ${plusRegister} ${immediates.map(({ field, extension }) => field + extension).join()}`;
  let patterns = known.get(key);
  if (!patterns) known.set(key, (patterns = parseOperands(text, fields, row)));
  return patterns;
};

/** `r/m32, imm8` → two patterns. Immediates take their fields in order; `r` is ModRM.reg unless /digit or a system
 * register is there, and a second one is ModRM.rm. */
const parseOperands = (
  text: string,
  { operandSize, immediates, digit, plusRegister }: OperandFields,
  row: string,
): readonly OperandPattern[] => {
  const texts = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const firstField = plusRegister ? 'opcode' : digit >= 0 || texts.some((part) => /^(Sreg|CR|DR)$/.test(part)) ? 'rm' : 'reg';
  const fields = [...immediates];
  const rmIsTaken = texts.some((part) => /^(r\/)?m/.test(part));
  const firstRegister = texts.findIndex((part) => /^r\d/.test(part));
  return texts.map((part, i) => {
    const hidden = part.startsWith('<');
    const base = { text: part.replace(/[<>!]/g, ''), hidden };
    const size = Number(/\d+/.exec(part)?.[0] ?? 0);
    const shape = base.text.replaceAll(/\d+/g, '');
    switch (shape) {
      case 'r':
        return {
          ...base,
          kind: 'reg',
          size: size as Size,
          field: i === firstRegister || rmIsTaken ? firstField : 'rm',
          notAccumulator: part.endsWith('!'),
        };
      case 'r/m':
        return { ...base, kind: 'rm', size: size as Size };
      case 'moffs':
        return { ...base, kind: 'moffs', size: size as Size };
      case 'm':
        return { ...base, kind: 'mem', size, far: false };
      case 'm&':
        return { ...base, kind: 'mem', size: pairSize(part), far: false };
      case 'm:':
        return { ...base, kind: 'mem', size: pairSize(part), far: true };
      case 'rel':
        return { ...base, kind: 'rel', size: size as 8 | 16 | 32 };
      case 'ptr:':
        return { ...base, kind: 'far', size: (pairSize(part) - 16) as 16 | 32 };
      case 'Sreg':
        return { ...base, kind: 'seg' };
      case 'CR':
        return { ...base, kind: 'cr' };
      case 'DR':
        return { ...base, kind: 'dr' };
      case 'imm': {
        const field = fields.shift();
        if (!field) throw new Error(`no field for ${part} in ${row}`);
        const extended = { none: field.field, s: operandSize, u: 64 }[field.extension];
        return { ...base, kind: 'imm', size: extended, field: field.field, signed: field.extension === 's' };
      }
      default:
        return { ...base, kind: 'fixed', operand: fixedOperand(base.text, row) };
    }
  });
};

/** m16:32 and m16&64 have the bits of both parts. */
const pairSize = (text: string): number => text.match(/\d+/g)!.reduce((sum, part) => sum + Number(part), 0);

const fixedOperand = (text: string, row: string): Operand => {
  const operand = text === '1' ? ({ kind: 'imm', value: 1n, size: 8 } as const) : registerNamed(text);
  if (!operand) throw new Error(`unknown operand ${text} in ${row}`);
  return operand;
};

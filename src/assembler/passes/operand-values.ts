// Operands as written → operands as the encoder wants them: expressions evaluated in this pass, addresses as numbers. What is not
// known yet is guessed as NASM does: immediates and jumps as short as can be, displacements as long as can be.

import { registerNamed } from '../../isa/names.ts';
import type { AddressTerm, Section, SourceOperand } from '../../isa/source.ts';
import { type Expression, sumIn } from '../language/expression.ts';
import type { Scope } from '../language/evaluate.ts';
import type { Value } from '../language/value.ts';
import type { Operand } from '../language/statement.ts';
import { currentValue, Mute } from './symbols.ts';
import type { Reporter } from '../language/tokens.ts';

/** What turns values into numbers at a place. */
export interface Place {
  readonly scope: Scope;
  readonly reporter: Reporter;
  /** Name of the section being assembled; undefined in absolute space. */
  readonly section: string | undefined;
  /** The address of this instruction. */
  readonly address: bigint;
  /** The address that a section's term stands for; 0 until the sections are placed. */
  baseOf(term: string): bigint;
}

/** A value without registers as a number, and where it comes from; undefined when no output can express it. */
export const resolve = (value: Value, place: Place): { number: bigint; section: Section } | undefined => {
  const { terms } = value;
  if (terms.length === 0) return { number: value.constant, section: 'none' };
  const { section } = place;
  let number = value.constant;
  let from: string | undefined;
  let relative = false;
  for (let index = 0; index < terms.length; index++) {
    const { kind, name, factor } = terms[index];
    if (kind === 'register') continue;
    if (factor === 1n && from === undefined) from = name;
    else if (factor === -1n && name === section && !relative) relative = true;
    else return undefined;
    number += factor * place.baseOf(name);
  }
  return { number, section: from === undefined && !relative ? 'none' : from === section && !relative ? 'same' : 'other' };
};

/** An operand for the encoder; undefined after a report. */
export const resolveOperand = (operand: Operand, isTarget: boolean, place: Place): SourceOperand | undefined => {
  switch (operand.kind) {
    case 'reg': case 'seg': case 'cr': case 'dr':
      return operand;
    case 'imm': {
      const value = currentValue(operand.value, place.scope, place.reporter);
      if (!value) return undefined;
      const register = registerOf(value);
      if (register) return register;
      const { size, strict, distance } = operand;
      if (value.unknown) {
        return { kind: 'imm', value: isTarget ? place.address : 1n, section: isTarget ? 'same' : 'none', size, strict, distance };
      }
      const number = plain(value, operand.value, place);
      return number && { kind: 'imm', value: number.number, section: number.section, size, strict, distance };
    }
    case 'far': {
      const selector = currentValue(operand.selector, place.scope, place.reporter);
      const offset = currentValue(operand.value, place.scope, place.reporter);
      if (!selector || !offset) return undefined;
      const numbers = [plain(selector, operand.selector, place), plain(offset, operand.value, place)];
      return numbers[0] && numbers[1] && { ...operand, selector: numbers[0].number, offset: numbers[1].number };
    }
    case 'mem': {
      const value = currentValue(operand.value, place.scope, place.reporter);
      if (!value) return undefined;
      const terms = addressTerms(value, operand.value, place);
      const number = value.unknown ? ANYWHERE : resolve(value, place);
      if (!number) place.reporter.error(operand.value.origin, 'an address cannot be made of these sections');
      const { size, strict, distance, segment, rip, displacementSize, nosplit } = operand;
      return (
        terms && number && {
          kind: 'mem', terms, displacement: number.number, section: number.section,
          size, strict, distance, segment, rip, displacementSize, nosplit,
        }
      );
    }
  }
};

/** Where memory is guessed to be. */
const ANYWHERE = { number: 0n, section: 'other' } as const;

/** The register that an expression comes to, as `(eax)` or `reg + 0`. */
const registerOf = ({ terms, constant, unknown }: Value): SourceOperand | undefined =>
  terms.length === 1 && terms[0].kind === 'register' && terms[0].factor === 1n && constant === 0n && !unknown
    ? registerNamed(terms[0].name)
    : undefined;

export const hasRegister = ({ terms }: Value): boolean => {
  for (let index = 0; index < terms.length; index++) if (terms[index].kind === 'register') return true;
  return false;
};

const plain = (value: Value, { origin }: Expression, place: Place): ReturnType<typeof resolve> => {
  if (hasRegister(value)) {
    place.reporter.error(origin, 'a register cannot be part of a number');
    return undefined;
  }
  const number = resolve(value, place);
  if (!number) place.reporter.error(origin, 'expression is not simple or relocatable');
  return number;
};

const hasSum = (expression: Expression, scope: Scope): boolean =>
  sumIn(expression, (part) => currentValue(part, scope, new Mute())?.constant ?? 0n).isSummed;

const NO_REGISTERS: readonly AddressTerm[] = [];

const addressTerms = (value: Value, expression: Expression, { scope, reporter }: Place): readonly AddressTerm[] | undefined => {
  if (value.terms.length === 0) return NO_REGISTERS;
  const terms: AddressTerm[] = [];
  const registers = value.terms.filter(({ kind }) => kind === 'register');
  for (let index = 0; index < registers.length; index++) {
    const { name, factor, scaled } = registers[index];
    const register = registerNamed(name);
    if (register?.kind !== 'reg') {
      reporter.error(expression.origin, `invalid effective address: ${name} cannot be part of one`);
      return undefined;
    }
    const isSum = factor === 2n && !scaled; // [rax + rax] is written so, [rax * 2] is not
    if (isSum && registers.length === 1) terms.push({ register, factor: 1n, scaled }, { register, factor: 1n, scaled });
    else terms.push({ register, factor, scaled: scaled || isSum });
  }
  if (terms.length !== 2 || registers.length !== 2 || !hasSum(expression, scope)) return terms;
  const [first, second] = terms.map((term) => ({ ...term, scaled: term.scaled && term.factor !== 1n }));
  return registers[0].name < registers[1].name ? [first, second] : [second, first];
};

/**
 * Whether an instruction is certain to be as long with one row of operands as with another. Addresses never make it shorter or longer,
 * distances do if it is a jump that `mayBeShort`.
 */
export const isSameLength = (
  a: readonly SourceOperand[], addressOfA: bigint, b: readonly SourceOperand[], addressOfB: bigint, mayBeShort: boolean,
): boolean => {
  for (let index = 0; index < a.length; index++) {
    const left = a[index];
    const right = b[index];
    if (left.kind !== right.kind) return false;
    if (left.kind === 'imm' && right.kind === 'imm') {
      if (left.section === 'none' || right.section === 'none') {
        if (left.section !== right.section || left.value !== right.value) return false;
      } else if (mayBeShort && (left.section !== right.section || (left.section === 'same' && left.value - addressOfA !== right.value - addressOfB))) return false;
    } else if (left.kind === 'mem' && right.kind === 'mem') {
      if (left.section === 'none' ? right.section !== 'none' || left.displacement !== right.displacement : right.section === 'none') return false;
    }
  }
  return true;
};

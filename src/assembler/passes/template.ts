// An instruction with its numbers, in which one address may be any other → its name. Those of one name have the same bytes but for the
// address: `call` and `lea rdi` of whatever it may be occur a thousand times, and are encoded once.

import { fitsSigned } from '../../base/bits.ts';
import type { SourceOperand } from '../../isa/source.ts';
import { type Instruction, mayBeShort } from '../language/statement.ts';

/** Undefined where more than an address decides about the bytes. */
export const templateName = (instruction: Instruction, operands: readonly SourceOperand[], start: bigint): string | undefined => {
  const { mnemonic, mode, prefixes } = instruction;
  if (prefixes.length > 0) return undefined;
  let name = `${mode} ${mnemonic}`;
  let hasAddress = false;
  for (let index = 0; index < operands.length; index++) {
    const operand = operands[index];
    if (operand.kind === 'reg') {
      if (operand.written !== undefined) return undefined;
      name += operand.high ? ` h${operand.index}` : ` r${operand.size}.${operand.index}`;
      continue;
    }
    if ((operand.kind !== 'imm' && operand.kind !== 'mem') || operand.strict) return undefined;
    name += operand.kind === 'mem' ? memoryName(operand) : ` i${operand.size ?? ''}${operand.distance ?? ''}`;
    if (operand.section === 'none') {
      if (instruction.isBranch) return undefined;
      name += ` =${operand.kind === 'mem' ? operand.displacement : operand.value}`;
      continue;
    }
    if (hasAddress) return undefined;
    hasAddress = true;
    if (operand.kind === 'imm' && mayBeShort(instruction)) {
      if (operand.section !== 'same' || !fitsSigned(operand.value - start, 32)) return undefined;
      name += fitsSigned(operand.value - start - SHORT_JUMP, 8) ? ' short' : ' long';
    }
  }
  return name;
};

/** Bytes of a jump whose distance has one. */
const SHORT_JUMP = 2n;

const memoryName = ({ terms, size, distance, segment, rip, displacementSize, nosplit }: Extract<SourceOperand, { kind: 'mem' }>): string => {
  let name = ` m${size ?? ''}${distance ?? ''},${segment ?? ''},${rip ?? ''},${displacementSize ?? ''},${nosplit ?? ''}`;
  for (let index = 0; index < terms.length; index++) {
    const { register, factor, scaled } = terms[index];
    name += `,${register.size}.${register.index}*${factor}${scaled}`;
  }
  return name;
};

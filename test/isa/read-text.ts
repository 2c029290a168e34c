// One line of canonical text → what the encoder is asked. It reads what the printer and the lists in these tests write: numbers, `$`
// with a distance, registers, brackets; not NASM's expressions, which are the assembler's business.

import type { Mode } from '../../src/isa/operand.ts';
import { registerNamed, SEGMENT_NAMES, SIZE_WORDS } from '../../src/isa/names.ts';
import {
  type AddressTerm,
  type InsnSource,
  type MemSource,
  PREFIXES,
  type Prefix,
  type Section,
  type SourceOperand,
} from '../../src/isa/source.ts';

/** The instruction that `text` means at `address`. */
export const readText = (text: string, mode: Mode, address = 0n): InsnSource => {
  const words = text.trim().split(/\s+/);
  const prefixes: Prefix[] = [];
  while ((PREFIXES as readonly string[]).includes(words[0])) prefixes.push(words.shift() as Prefix);
  const [mnemonic = '', ...rest] = words;
  const operands = rest
    .join(' ')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  return { mnemonic, operands: operands.map((part) => readOperand(part, address)), prefixes, mode, address };
};

type Qualifiers = Pick<MemSource, 'size' | 'strict'> & { distance?: 'short' | 'near' | 'far' };

const readOperand = (text: string, address: bigint): SourceOperand => {
  const words = text.replace(/\[.*\]/, (inner) => inner.replaceAll(' ', '~')).split(' ');
  const qualifiers: { size?: MemSource['size']; strict?: boolean; distance?: 'short' | 'near' | 'far' } = {};
  while (words.length > 1) {
    const word = words.shift()!;
    if (word === 'strict') qualifiers.strict = true;
    else if (word === 'short' || word === 'near' || word === 'far') qualifiers.distance = word;
    else if (word in SIZE_WORDS) qualifiers.size = SIZE_WORDS[word as keyof typeof SIZE_WORDS];
    else throw new Error(`cannot read ${text}`);
  }
  const [last] = words;
  if (last.startsWith('[')) return readMemory(last.slice(1, -1).replaceAll('~', ' '), address, qualifiers);
  const register = registerNamed(last);
  if (register?.kind === 'reg' && qualifiers.size) return { ...register, written: qualifiers.size };
  if (register) return register;
  if (last.includes(':')) {
    const [selector, offset] = last.split(':');
    return {
      kind: 'far',
      selector: readNumber(selector, address).value,
      offset: readNumber(offset, address).value,
      ...qualifiers,
    };
  }
  return { kind: 'imm', ...readNumber(last, address), ...qualifiers };
};

const readNumber = (text: string, address: bigint): { value: bigint; section: Section } => {
  const [, sign, digits] = /^([+-]?)(\w+)$/.exec(text.replace('$', '')) ?? [];
  const value = digits === undefined ? 0n : sign === '-' ? -BigInt(digits) : BigInt(digits);
  return text.includes('$') ? { value: address + value, section: 'same' } : { value, section: 'none' };
};

const readMemory = (text: string, address: bigint, { distance, ...rest }: Qualifiers): MemSource => {
  const flags: { -readonly [K in 'rip' | 'nosplit' | 'displacementSize' | 'segment']?: MemSource[K] } = {};
  const words = text.split(' ');
  while (words.length > 1) {
    const word = words.shift()!;
    if (word === 'rel' || word === 'abs') flags.rip = word;
    else if (word === 'nosplit') flags.nosplit = true;
    else if (word in SIZE_WORDS) flags.displacementSize = SIZE_WORDS[word as keyof typeof SIZE_WORDS];
    else throw new Error(`cannot read [${text}]`);
  }
  const [segment, expression] = words[0].includes(':') ? words[0].split(':') : [undefined, words[0]];
  if (segment) flags.segment = (SEGMENT_NAMES as readonly string[]).indexOf(segment);
  const terms: AddressTerm[] = [];
  let displacement = 0n;
  let section: Section = 'none';
  for (const [part] of expression.matchAll(/[+-]?[^+-]+/g)) {
    const [, name, factor] = /^\+?(\w+)(?:\*(\w+))?$/.exec(part) ?? [];
    const register = name ? registerNamed(name) : undefined;
    if (register?.kind === 'reg') terms.push({ register, factor: BigInt(factor ?? 1), scaled: factor !== undefined });
    else {
      const number = readNumber(part, address);
      displacement += number.value;
      if (number.section === 'same') section = 'same';
    }
  }
  return {
    kind: 'mem',
    terms,
    displacement,
    section,
    ...flags,
    ...rest,
    ...(distance === 'far' || distance === 'near' ? { distance } : {}),
  };
};

// An instruction → its text in NASM's syntax, explicit just where NASM would choose another encoding: `strict`, `short`, a size word,
// `nosplit`. Where the syntax has nothing for an encoding its bytes stand there as DB.

import { fitsSigned, hex, signed, truncate } from '../base/bits.ts';
import { defaultOperandSize } from './emit.ts';
import { encode } from './encode.ts';
import type { OperandPattern } from './form.ts';
import type { Insn } from './insn.ts';
import { type ImmOperand, type MemOperand, NONE, type Operand, RIP } from './operand.ts';
import { distinguish, type Distinctions } from './distinctions.ts';
import { nameOfRegister, REGISTER_NAMES, SEGMENT_NAMES, SIZE_WORDS } from './names.ts';

/** The name of an address, if it has one. */
export type SymbolOf = (address: bigint) => string | undefined;

/** Everything that the text of an operand may depend on. */
interface Context {
  readonly insn: Insn;
  readonly address: bigint | undefined;
  readonly symbolOf: SymbolOf | undefined;
  readonly distinctions: Distinctions;
}

/**
 * The instruction's text. Targets relative to it are absolute if its `address` is given, by name if they have one; else they are
 * written with `$`, so that the text can be assembled anywhere. `bytes` are those that it was decoded from, prefixes that do nothing
 * included: where there is no text they stand for it.
 */
export const print = (insn: Insn, address?: bigint, symbolOf?: SymbolOf, bytes?: Uint8Array): string => {
  const { form } = insn;
  const distinctions = distinguish(form);
  if (distinctions.unwritable) return printBytes(bytes ?? encode(insn));
  const context: Context = { insn, address, symbolOf, distinctions };
  const sources = [insn.dst, insn.src, insn.third];
  const operands = form.operands
    .map((pattern, i) => (pattern.hidden ? '' : printOperand(pattern, sources[i], context)))
    .filter((text) => text !== '');
  return `${prefixWords(insn)
    .map((word) => `${word} `)
    .join('')}${form.mnemonic}${operands.length > 0 ? ' ' : ''}${operands.join(', ')}`;
};

const printBytes = (bytes: Iterable<number>): string => `db ${Array.from(bytes, (byte) => `0x${hex(byte, 2)}`).join(', ')}`;

const prefixWords = (insn: Insn): string[] => {
  const { form, mode, size, addressSize, segment } = insn;
  const memory = [insn.dst, insn.src].find((operand) => operand.kind === 'mem');
  const sizeInForce = form.operandSize === 0 && form.size === 0 && form.sem !== 'push';
  return [
    ...(insn.repeat === 'none'
      ? []
      : [insn.repeat === 'repne' ? 'repne' : form.sem === 'cmps' || form.sem === 'scas' ? 'repe' : 'rep']),
    ...(insn.lock ? ['lock'] : []),
    ...(segment !== NONE && !memory ? [SEGMENT_NAMES[segment]] : []),
    ...(sizeInForce && size !== defaultOperandSize(form, mode) ? [`o${size}`] : []),
    ...(addressSize !== mode && form.addressSize === 0 && !(memory && showsAddressSize(memory, insn)) ? [`a${addressSize}`] : []),
  ];
};

/** Registers show it, and outside 64-bit mode a size word in the brackets. */
const showsAddressSize = ({ base, index }: MemOperand, { mode }: Insn): boolean =>
  (base !== NONE && base !== RIP) || index !== NONE || mode !== 64;

const sizeWord = (size: number): string => Object.entries(SIZE_WORDS).find(([, bits]) => bits === size)?.[0] ?? '';

const printOperand = (pattern: OperandPattern, operand: Operand, context: Context): string => {
  const { insn, distinctions } = context;
  switch (operand.kind) {
    case 'mem': {
      const word = pattern.kind === 'mem' && pattern.far ? operand.size - 16 : operand.size;
      const far = insn.form.sem === 'jmp_far' || insn.form.sem === 'call_far';
      return `${far ? 'far ' : ''}${far || distinctions.memorySize ? `${sizeWord(word)} ` : ''}[${printAddress(operand, pattern, context)}]`;
    }
    case 'imm':
      return pattern.kind === 'imm' ? printImmediate(operand, pattern, context) : `${operand.value}`;
    case 'rel':
      return `${targetWords(operand.displacement, operand.size, insn)}${printTarget(operand.displacement, context)}`;
    case 'far':
      return `${operand.size === insn.mode ? '' : `${sizeWord(operand.size)} `}${hexText(BigInt(operand.selector))}:${hexText(operand.offset)}`;
    case 'none':
      return '';
    default:
      return nameOfRegister(operand);
  }
};

const hexText = (value: bigint): string => (value < 0n ? `-${hexText(-value)}` : value < 10n ? `${value}` : `0x${hex(value)}`);

/** Its number as an index; alone and without a factor NASM makes it the base, which means the same. */
const R12 = 12;

const printAddress = (memory: MemOperand, pattern: OperandPattern, context: Context): string => {
  const { base, index, scale, displacement, addressSize } = memory;
  const { insn, symbolOf } = context;
  const segment = insn.segment === NONE ? '' : `${SEGMENT_NAMES[memory.segment]}:`;
  if (base === RIP) return `rel ${segment}${printTarget(displacement, context)}`;
  const names = REGISTER_NAMES[addressSize];
  if (base === NONE && index === NONE) {
    const offset = truncate(displacement, addressSize);
    const word =
      pattern.kind === 'moffs' && addressSize === 64
        ? 'qword '
        : insn.mode !== 64 && addressSize !== insn.mode
          ? `${sizeWord(addressSize)} `
          : '';
    return `${word}${segment}${symbolOf?.(offset) ?? hexText(offset)}`;
  }
  const bare = scale === 1 && (base !== NONE || index === R12);
  const registers = [
    ...(base === NONE ? [] : [names[base]]),
    ...(index === NONE ? [] : [bare ? names[index] : `${names[index]}*${scale}`]),
  ].join('+');
  const offset = displacement === 0n ? '' : displacement < 0n ? hexText(displacement) : `+${hexText(displacement)}`;
  return `${base === NONE && scale < 4 && !bare ? 'nosplit ' : ''}${segment}${registers}${offset}`;
};

/** An immediate with the words without which NASM would take a shorter field. */
const printImmediate = (
  { value, size }: ImmOperand,
  pattern: Extract<OperandPattern, { kind: 'imm' }>,
  { insn, distinctions }: Context,
): string => {
  const number = hexText(pattern.signed ? signed(value, size) : value);
  const { form, mode } = insn;
  const short = distinctions.shortImmediate && pattern.field > 8 && fitsSigned(signed(value, Math.min(size, 32)), 8);
  const isPush = form.sem === 'push';
  const narrowed = isPush && insn.size !== defaultOperandSize(form, mode) ? sizeWord(insn.size) : '';
  if (short) return `strict ${sizeWord(isPush && mode === 64 && insn.size === 64 ? 32 : insn.size)} ${number}`;
  if (narrowed !== '') return `${narrowed} ${number}`;
  if (distinctions.unity && value === 1n) return `byte ${number}`;
  if (form.sem !== 'mov' || form.size !== 64 || insn.dst.kind !== 'reg') return number;
  const isShorter =
    pattern.field === 64 ? fitsSigned(signed(value, 64), 32) || value === truncate(value, 32) : signed(value, 64) >= 0n;
  return isShorter ? `strict ${sizeWord(pattern.field)} ${number}` : number;
};

const targetWords = (displacement: bigint, size: 8 | 16 | 32, { form, mode }: Insn): string => {
  if (form.operandSize !== 0 && form.operandSize !== defaultOperandSize(form, mode)) return `near ${sizeWord(form.operandSize)} `;
  if (form.sem !== 'jmp' && form.sem !== 'jcc') return '';
  return size === 8 ? 'short ' : fitsSigned(displacement, 9) ? 'near ' : '';
};

/** `displacement` counts from the end of the instruction; its own length is a part of what `$` needs. */
const printTarget = (displacement: bigint, { insn, address, symbolOf }: Context): string => {
  const distance = displacement + BigInt(insn.length);
  if (address === undefined) return distance < 0n ? `$${hexText(distance)}` : `$+${hexText(distance)}`;
  const target = truncate(
    address + distance,
    insn.mode === 64 ? (insn.addressSize === 32 && insn.dst.kind !== 'rel' ? 32 : 64) : insn.mode,
  );
  return symbolOf?.(target) ?? hexText(target);
};

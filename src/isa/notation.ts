// Rows of the table → forms. A row is `instruction | encoding | attributes`; `#` stands for a width, `cc` for a condition, `..` for
// a range of opcodes, and each makes as many forms. src/isa/README.md describes the notation. Mistakes in the table throw.

import type { Size } from '../base/bits.ts';
import type { Form, LongModeSize, MandatoryPrefix, OpcodeMap, OperandPattern } from './form.ts';
import type { Mode } from './operand.ts';
import { CONDITIONS } from './names.ts';
import { type ImmediateField, patternsOf } from './patterns.ts';
import { SEMS, type Sem } from './sems.ts';

const WIDTHS = { b: 8, w: 16, d: 32, q: 64 } as const;
type Width = keyof typeof WIDTHS;
const ACCUMULATOR = { b: 'AL', w: 'AX', d: 'EAX', q: 'RAX' } as const;
const IMMEDIATE = { b: 'ib', w: 'iw', d: 'id', q: 'id,s' } as const;
const OFFSET = { b: 'cb', w: 'cw', d: 'cd', q: 'cd' } as const;

/** A row with its widths, conditions and ranges written out. */
interface Row {
  /** `ADD r/m32, imm8`. */
  readonly instruction: string;
  readonly encoding: string;
  readonly attributes: readonly string[];
  readonly width: Width | undefined;
  readonly condition: number;
}

/** The forms of the table's text: one row a line; empty lines and lines that begin with `;` are for the reader. */
export const parseTable = (text: string): readonly Form[] => {
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith(';'));
  const rows = lines.flatMap(expandRow);
  const count = new Map<string, number>();
  for (const { instruction } of rows) count.set(instruction, (count.get(instruction) ?? 0) + 1);
  return rows.map((row) => buildForm(row, idOf(row, count.get(row.instruction) === 1)));
};

/** Rows whose instructions read alike are told apart by their encodings. */
const idOf = ({ instruction, encoding, attributes }: Row, isUnique: boolean): string => {
  const id = instruction.replace(/!|, <\w+>/, '');
  return isUnique ? id : `${id} [${encoding}${attributes.includes('alias') ? ', alias' : ''}]`;
};

const LONG_MODE_SIZES: readonly (readonly [attribute: string, size: LongModeSize])[] = [
  ['d64', 'default64'], ['f64', 'forced64'], ['up32', 'upTo32'], ['w', 'byRex'],
];
const ATTRIBUTES = [...LONG_MODE_SIZES.map(([attribute]) => attribute), 'no64', 'only64', 'cpl0', 'lock', 'rep', 'nw', 'alias', 'decode'];

const expandRow = (line: string): Row[] => {
  const [instruction, encoding, last = ''] = line.split('|').map((column) => column.trim());
  const attributes = last.split(' ').filter((word) => word !== '');
  const widths = /#/.test(instruction + encoding) ? ([...attributes.shift()!] as Width[]) : [undefined];
  const conditions = /cc\b/.test(instruction) ? CONDITIONS.map((_, i) => i) : [-1];
  const unknown = attributes.find((attribute) => !ATTRIBUTES.includes(attribute) && !attribute.startsWith('='));
  if (unknown) throw new Error(`unknown attribute ${unknown} in ${line}`);
  return expandRange(encoding).flatMap((single) =>
    conditions.flatMap((condition) =>
      widths.map((width) => ({
        instruction: expandInstruction(instruction, width, condition),
        encoding: expandEncoding(single, width),
        attributes,
        width,
        condition,
      })),
    ),
  );
};

const byteText = (byte: number): string => byte.toString(16).toUpperCase().padStart(2, '0');

const expandRange = (encoding: string): string[] => {
  const range = /(\w\w)\.\.(\w\w)/.exec(encoding);
  if (!range) return [encoding];
  const [first, last] = [parseInt(range[1], 16), parseInt(range[2], 16)];
  return Array.from({ length: last - first + 1 }, (_, i) => encoding.replace(range[0], byteText(first + i)));
};

/** `#` after a mnemonic is its suffix letter, A# the accumulator, imm# and rel# have 32 bits also where the width is 64. */
const expandInstruction = (instruction: string, width: Width | undefined, condition: number): string => {
  const conditional = condition < 0 ? instruction : instruction.replace('cc', CONDITIONS[condition][0].toUpperCase());
  if (!width) return conditional;
  const size = WIDTHS[width];
  return conditional
    .replace(/^\w+#/, (mnemonic) => mnemonic.replace('#', width.toUpperCase()))
    .replaceAll('A#', ACCUMULATOR[width])
    .replaceAll(/(imm|rel)#/g, `$1${Math.min(size, 32)}`)
    .replaceAll('#', `${size}`);
};

/** `o#` is the operand size, `80#` an opcode whose lowest bit tells bytes from the rest, i# and c# are fields of that width. */
const expandEncoding = (encoding: string, width: Width | undefined): string => {
  if (!width) return encoding;
  return encoding
    .replace('o# ', width === 'b' ? '' : `o${WIDTHS[width]} `)
    .replace(/(\w\w)#/, (_, byte: string) => byteText(parseInt(byte, 16) + (width === 'b' ? 0 : 1)))
    .replace('i#', IMMEDIATE[width])
    .replace('c#', OFFSET[width]);
};

const buildForm = ({ instruction, encoding, attributes, width, condition }: Row, id: string): Form => {
  const has = (attribute: string): boolean => attributes.includes(attribute);
  const code = parseEncoding(encoding, condition, id);
  const name = instruction.split(' ', 1)[0];
  const mnemonic = name.toLowerCase();
  const sem = attributes.find((attribute) => attribute.startsWith('='))?.slice(1) ?? mnemonic;
  const operands = patternsOf(instruction.slice(name.length), code, id);
  const longModeSize = LONG_MODE_SIZES.find(([attribute]) => has(attribute))?.[1] ?? 'usual';
  return {
    id,
    mnemonic,
    sem: semNamed(sem, width, id),
    operands,
    operandCount: operands.filter(({ hidden }) => !hidden).length,
    prefix: code.prefix,
    map: code.map,
    opcode: code.opcode,
    plusRegister: code.plusRegister,
    modrm: code.modrm,
    digit: code.digit,
    fixed: code.fixed,
    modIgnored: operands.some(({ kind }) => kind === 'cr' || kind === 'dr'),
    operandSize: code.operandSize,
    addressSize: code.addressSize,
    longModeSize,
    size: width ? WIDTHS[width] : code.operandSize || sizeShown(operands),
    modes: modesOf(has, code.operandSize, code.addressSize, longModeSize),
    cpl0: has('cpl0'),
    lock: has('lock'),
    rep: has('rep'),
    noWide: has('nw'),
    condition,
    use: has('alias') ? 'alias' : has('decode') ? 'decode' : 'both',
  };
};

/** The width that the first register or memory operand gives, or 0. */
const sizeShown = (operands: readonly OperandPattern[]): Size | 0 => {
  const shown = operands.find(({ kind }) => kind === 'reg' || kind === 'rm' || kind === 'mem');
  const size = shown && 'size' in shown ? shown.size : 0;
  return size === 8 || size === 16 || size === 32 || size === 64 ? size : 0;
};

/** A meaning by its name; a mnemonic's width letter is not part of it (MOVSB has the meaning movs). */
const semNamed = (name: string, width: Width | undefined, row: string): Sem => {
  for (const candidate of [name, width ? name.slice(0, -1) : name]) if (isSem(candidate)) return candidate;
  throw new Error(`no meaning for ${row}`);
};

const KNOWN_SEMS: ReadonlySet<string> = new Set(SEMS);
const isSem = (name: string): name is Sem => KNOWN_SEMS.has(name);

const modesOf = (
  has: (attribute: string) => boolean,
  operandSize: number,
  addressSize: number,
  long: LongModeSize,
): readonly Mode[] => {
  const only64 = has('only64') || operandSize === 64 || addressSize === 64;
  const no64 =
    has('no64') ||
    addressSize === 16 ||
    (long === 'forced64' && (operandSize === 16 || operandSize === 32)) ||
    (long === 'default64' && operandSize === 32);
  return ([16, 32, 64] as const).filter((mode) => (mode === 64 ? !no64 : !only64));
};

/** What the middle column says. */
export interface Encoding {
  prefix: MandatoryPrefix;
  map: OpcodeMap;
  opcode: number;
  plusRegister: boolean;
  modrm: boolean;
  digit: number;
  fixed: number;
  operandSize: 0 | 16 | 32 | 64;
  addressSize: 0 | 16 | 32 | 64;
  /** Fields after ModRM in their order: width, and how they are extended. */
  immediates: ImmediateField[];
}

const PREFIX_WORDS: Readonly<Record<string, MandatoryPrefix>> = { NP: 'none', NFx: 'noRepeat', 66: 0x66, F2: 0xf2, F3: 0xf3 };
const FIELD_SIZES: Readonly<Record<string, Size>> = { b: 8, w: 16, d: 32, o: 64 };

/** Token by token, in the manual's notation (SDM vol. 2, 3.1.1.1). */
const parseEncoding = (text: string, condition: number, row: string): Encoding => {
  const code: Encoding = {
    prefix: 'any',
    map: 0,
    opcode: -1,
    plusRegister: false,
    modrm: false,
    digit: -1,
    fixed: -1,
    operandSize: 0,
    addressSize: 0,
    immediates: [],
  };
  const tokens = text.split(' ').filter((token) => token !== '');
  if (PREFIX_WORDS[tokens[0]] !== undefined && tokens.length > 1) code.prefix = PREFIX_WORDS[tokens.shift()!];
  for (const token of tokens) {
    const byte = /^([0-9A-F]{2})(\+r|\+cc)?$/.exec(token);
    if (byte) putByte(code, parseInt(byte[1], 16), byte[2], condition);
    else putToken(code, token, row);
  }
  return code;
};

const putToken = (code: Encoding, token: string, row: string): void => {
  const size = /^([oa])(16|32|64)$/.exec(token);
  const field = /^[ic]([bwdo])(,[su])?$/.exec(token);
  if (size) code[size[1] === 'o' ? 'operandSize' : 'addressSize'] = Number(size[2]) as 16 | 32 | 64;
  else if (field) code.immediates.push({ field: FIELD_SIZES[field[1]], extension: field[2]?.[1] ?? 'none' } as ImmediateField);
  else if (token === '/r') code.modrm = true;
  else if (/^\/[0-7]$/.test(token)) {
    code.modrm = true;
    code.digit = Number(token[1]);
  } else if (token !== 'mo' && token !== 'cp') throw new Error(`unknown notation ${token} in ${row}`);
};

const putByte = (code: Encoding, byte: number, suffix: string | undefined, condition: number): void => {
  if (code.map === 0 && code.opcode < 0 && byte === 0x0f) code.map = 1;
  else if (code.map === 1 && code.opcode < 0 && (byte === 0x38 || byte === 0x3a)) code.map = byte === 0x38 ? 2 : 3;
  else if (code.opcode < 0) {
    code.opcode = byte + (suffix === '+cc' ? condition : 0);
    code.plusRegister = suffix === '+r';
  } else {
    code.modrm = true;
    code.fixed = byte;
  }
};

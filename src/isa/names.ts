// Numbers ↔ the manual's names: registers as they are written, condition codes, and the constants that the kernel's x86.inc shares
// (test/isa compares the two).

import type { RegOperand, SystemRegOperand } from './operand.ts';

const LEGACY = ['ax', 'cx', 'dx', 'bx', 'sp', 'bp', 'si', 'di'] as const;
const LOW_BYTES = ['al', 'cl', 'dl', 'bl', 'spl', 'bpl', 'sil', 'dil'] as const;
const HIGH_BYTES = ['ah', 'ch', 'dh', 'bh'] as const;
export const SEGMENT_NAMES = ['es', 'cs', 'ss', 'ds', 'fs', 'gs'] as const;

const extended = (suffix: string): string[] => Array.from({ length: 8 }, (_, i) => `r${i + 8}${suffix}`);

/** General-purpose registers by width and number. */
export const REGISTER_NAMES: Readonly<Record<8 | 16 | 32 | 64, readonly string[]>> = {
  8: [...LOW_BYTES, ...extended('b')],
  16: [...LEGACY, ...extended('w')],
  32: [...LEGACY.map((name) => `e${name}`), ...extended('d')],
  64: [...LEGACY.map((name) => `r${name}`), ...extended('')],
};

/** Every register that an operand can name, by its name in lower case. */
const REGISTERS: ReadonlyMap<string, RegOperand | SystemRegOperand> = new Map<string, RegOperand | SystemRegOperand>([
  ...([8, 16, 32, 64] as const).flatMap((size) =>
    REGISTER_NAMES[size].map((name, index) => [name, { kind: 'reg', size, index, high: false }] as const),
  ),
  ...HIGH_BYTES.map((name, index) => [name, { kind: 'reg', size: 8, index, high: true }] as const),
  ...SEGMENT_NAMES.map((name, index) => [name, { kind: 'seg', index }] as const),
  ...(['cr', 'dr'] as const).flatMap((kind) =>
    Array.from({ length: 16 }, (_, index) => [`${kind}${index}`, { kind, index }] as const),
  ),
]);

/** The register of that name (any case), if there is one. */
export const registerNamed = (name: string): RegOperand | SystemRegOperand | undefined => REGISTERS.get(name.toLowerCase());

/** The name of a register operand. */
export const nameOfRegister = (operand: RegOperand | SystemRegOperand): string =>
  operand.kind === 'seg'
    ? SEGMENT_NAMES[operand.index]
    : operand.kind !== 'reg'
      ? `${operand.kind}${operand.index}`
      : operand.high
        ? HIGH_BYTES[operand.index]
        : REGISTER_NAMES[operand.size][operand.index];

const CONTROL_REGISTERS = [0, 2, 3, 4, 8];

/** Whether the register exists: CR0, CR2, CR3, CR4, CR8; DR0 to DR7; ES to GS (SDM vol. 3, 2.5 and 18.2). */
export const isSystemRegister = (kind: 'seg' | 'cr' | 'dr', index: number): boolean =>
  kind === 'cr' ? CONTROL_REGISTERS.includes(index) : kind === 'dr' ? index < 8 : index < SEGMENT_NAMES.length;

/** Condition codes by number (SDM vol. 1, appendix B): the name we print, then its synonyms. */
export const CONDITIONS: readonly (readonly string[])[] = [
  ['o'],
  ['no'],
  ['b', 'c', 'nae'],
  ['ae', 'nb', 'nc'],
  ['e', 'z'],
  ['ne', 'nz'],
  ['be', 'na'],
  ['a', 'nbe'],
  ['s'],
  ['ns'],
  ['p', 'pe'],
  ['np', 'po'],
  ['l', 'nge'],
  ['ge', 'nl'],
  ['le', 'ng'],
  ['g', 'nle'],
];

/** Words that stand for sizes in bits. */
export const SIZE_WORDS = { byte: 8, word: 16, dword: 32, qword: 64, tword: 80, oword: 128 } as const;

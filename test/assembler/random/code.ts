// Random statements: data, instructions, structures, sections.

import { readFileSync } from 'node:fs';
import type { Bits, Draft } from './draft.ts';
import { count, number, placed, string } from './expressions.ts';

/** Instructions of every form, by the size of code. */
const INSTRUCTIONS: Readonly<Record<Bits, readonly string[]>> = { 16: [], 32: [], 64: [] };
for (const line of readFileSync('test/isa/nasm-fixture.txt', 'utf8').split('\n')) {
  const [bits, text] = line.split('\t');
  if (/^(?:16|32|64)$/.test(bits) && !/short \d/.test(text)) (INSTRUCTIONS[Number(bits) as Bits] as string[]).push(text.replace(/^=/, ''));
}

const REGISTERS: Readonly<Record<Bits | 8, readonly string[]>> = {
  8: ['al', 'cl', 'dh', 'bl'],
  16: ['ax', 'cx', 'dx', 'bx', 'si', 'di', 'bp'],
  32: ['eax', 'ecx', 'edx', 'ebx', 'esi', 'edi', 'ebp'],
  64: ['rax', 'rcx', 'rdx', 'rbx', 'rsi', 'r8', 'r13', 'r15'],
};
const CONDITIONS = ['z', 'nz', 'c', 'nc', 's', 'ns', 'o', 'p', 'pe', 'l', 'ge', 'a', 'be', 'nle', 'e', 'ae'];

const register = (draft: Draft): string => draft.pick(REGISTERS[draft.pick<8 | Bits>(draft.bits === 64 ? [8, 16, 32, 64] : [8, 16, 32])]);

const address = (draft: Draft): string => {
  const wide = REGISTERS[draft.bits === 64 ? draft.pick<Bits>([64, 64, 32]) : 32];
  const displacement = draft.chance(70) ? draft.pick([`(${placed(draft)})`, `(${placed(draft)})`, placed(draft)]) : '';
  const plus = displacement === '' ? '' : ` + ${displacement}`;
  const shapes: readonly (() => string)[] = [
    () => (displacement === '' ? draft.pick(wide) : displacement),
    () => `${draft.pick(wide)}${plus}`,
    () => `${draft.pick(wide)} + ${draft.pick(wide)}${draft.pick(['', '*1', '*2', '*4', '*8'])}${plus}`,
    () => `${draft.pick(wide)}*${draft.pick([1, 2, 3, 4, 5, 8, 9])}${plus}`,
    () => (draft.bits === 64 ? `${draft.pick(['rel ', 'abs ', ''])}${draft.labels.length > 0 ? draft.pick(draft.labels) : '$'}` : `${draft.pick(['bx', 'bx+si', 'bp+di', 'si', 'bp'])}${plus}`),
  ];
  return `[${draft.chance(5) ? draft.pick(['byte ', 'dword ', 'word ']) : ''}${draft.chance(5) ? draft.pick(['fs:', 'gs:']) : ''}${draft.pick(shapes)()}]`;
};

const SIZES = ['byte', 'word', 'dword', 'qword'];

/** One instruction, perhaps of labels and numbers of the program. */
export const instruction = (draft: Draft): string => {
  if (draft.chance(45)) return draft.pick(INSTRUCTIONS[draft.bits]);
  const operation = draft.pick(['add', 'or', 'adc', 'sbb', 'and', 'sub', 'xor', 'cmp', 'mov', 'mov', 'test']);
  const size = draft.pick(draft.bits === 64 ? SIZES : SIZES.slice(0, 3));
  const target = (): string => (draft.labels.length > 0 ? draft.pick(draft.labels) : '$');
  return draft.pick([
    () => `${operation} ${register(draft)}, ${draft.chance(15) ? `strict ${draft.pick(SIZES)} ` : ''}${placed(draft)}`,
    () => `${operation} ${size} ${address(draft)}, ${placed(draft)}`,
    () => `${draft.chance(15) ? 'lock ' : ''}${draft.pick(['add', 'xor', 'xchg', 'xadd'])} ${address(draft)}, ${register(draft)}`,
    () => `mov ${register(draft)}, ${address(draft)}`,
    () => `lea ${draft.pick(REGISTERS[draft.bits])}, ${address(draft)}`,
    () => `j${draft.pick(CONDITIONS)} ${draft.pick(['', '', '', 'near '])}${target()}`,
    () => `jmp ${draft.pick(['', '', '', 'near ', 'strict near ', 'near '])}${target()}`,
    () => `call ${target()}`,
    () => `${draft.pick(['loop', 'loope', 'jecxz'])} ${draft.chance(80) ? `$ + ${draft.below(100)}` : target()}`,
    () => `push ${draft.pick(['', 'word ', 'byte ', draft.bits === 64 ? 'qword ' : 'dword '])}${placed(draft)}`,
    () => `${draft.pick(['rep', 'repe', 'repne', 'repz', ''])} ${draft.pick(['movsb', 'stosd', 'lodsw', 'scasb', 'cmpsd', 'es lodsb'])}`,
    () => `${draft.pick(['a32', draft.bits === 64 ? 'a32' : 'a16', 'fs', 'gs'])} ${draft.pick(['movsb', 'nop', 'lodsb', 'stosw'])}`,
    () => `imul ${draft.pick(REGISTERS[32])}, ${draft.pick(REGISTERS[32])}, ${placed(draft)}`,
    () => `${draft.pick(['shl', 'ror', 'sar', 'rcl'])} ${register(draft)}, ${draft.pick(['cl', '1', count(draft, 31)])}`,
    () => `${draft.pick(['ret', 'int', 'in al,', 'out 5, al ;', 'enter 4,'])} ${count(draft, 100)}`,
    () => `set${draft.pick(CONDITIONS)} ${draft.pick(REGISTERS[8])}`,
    () => `cmov${draft.pick(CONDITIONS)} ${draft.pick(REGISTERS[32])}, ${draft.pick(REGISTERS[32])}`,
  ])();
};

const UNITS = ['b', 'w', 'd', 'q'];

const element = (draft: Draft, depth = 0): string => {
  const kind = draft.below(12);
  if (kind < 5) return placed(draft);
  if (kind < 9) return string(draft);
  if (kind === 9) return '?';
  if (depth > 1) return number(draft);
  const list = draft.some(1, 3, () => element(draft, depth + 1)).join(', ');
  return `${count(draft, 5)} dup ${draft.pick(['', '', 'byte ', 'word '])}(${list})`;
};

export const data = (draft: Draft): string => {
  const kind = draft.below(20);
  if (kind === 0) return `res${draft.pick(UNITS)} ${count(draft, 10)}`;
  if (kind === 1) return `d${draft.pick(['t', 'o', 'y', 'z'])} ${draft.pick(['?', string(draft)])}`;
  return `d${draft.pick(UNITS)} ${draft.some(1, 4, () => element(draft)).join(draft.pick([', ', ',']))}`;
};

/** One statement without a label. */
export const statement = (draft: Draft): string => {
  const body = draft.chance(50) ? data(draft) : instruction(draft);
  return draft.chance(12) ? `times ${count(draft, 6)} ${body}` : body;
};

/** `name equ value`. */
export const constant = (draft: Draft): string => {
  const name = draft.fresh('e');
  const line = `${name}${draft.pick(['', ':'])} equ ${number(draft)}`;
  draft.numbers.push(name);
  return line;
};

export const structure = (draft: Draft): string[] => {
  const name = draft.fresh('S').replace(/\W/g, '');
  const fields = draft.some(1, 4, (index) => `f${index}`);
  const isLocal = draft.chance(70);
  const dot = isLocal ? '.' : `${name}_`;
  const lines = [
    `struc ${name}${draft.chance(20) ? `, ${draft.below(16)}` : ''}`,
    ...fields.map((field) => `${dot}${field}${draft.pick([':', ''])} ${draft.pick(['resb', 'resw', 'resd', 'resq'])} ${draft.between(1, 4)}`),
    ...(draft.chance(30) ? [`align${draft.pick(['', 'b'])} ${draft.pick([2, 4, 8])}${draft.chance(50) ? ', resb 1' : ''}`.replace(/^align (\d)$/, 'alignb $1')] : []),
    'endstruc',
  ];
  draft.numbers.push(`${name}_size`);
  const whole = (field: string): string => (isLocal ? `${name}.${field}` : `${dot}${field}`);
  lines.push(`dw ${fields.map(whole).join(', ')}, ${name}_size`);
  if (draft.chance(60)) {
    lines.push(
      ...(draft.chance(50) ? [`${draft.fresh('i')}:`] : []), `istruc ${name}`,
      ...fields.map((field) => (draft.chance(80) ? `at ${isLocal && draft.chance(30) ? `.${field}` : whole(field)}, db ${draft.below(256)}` : '')), 'iend',
    );
  }
  return lines;
};

export const alignment = (draft: Draft): string => {
  const to = draft.pick([1, 2, 4, 8, 16, 32]);
  return draft.pick([`align ${to}`, `align ${to}, db ${draft.below(256)}`, `alignb ${to}`, `align ${to}, nop`, `ALIGN ${to}, int3`, `alignb ${to}, db 1`, `sectalign ${to}`, `align ${to}`]);
};

/** A piece of absolute space, and back. */
export const absolute = (draft: Draft): string[] => {
  const [first, second] = [draft.fresh('v'), draft.fresh('v')];
  const lines = [`absolute ${draft.pick(['0', '0x500', number(draft, 0)])}`, `${first}: resb ${draft.below(9)}`, `${second} resw ${draft.below(5)}`, 'section .text', `dd ${second} - ${first}`, `dd ${first}`];
  return lines;
};

export const otherSection = (draft: Draft): string[] => {
  const name = draft.pick(['.data', '.rodata', '.bss', 'extra', '.text']);
  const body = name === '.bss' ? draft.some(1, 3, () => `resb ${count(draft, 9)}`) : draft.some(1, 3, () => data(draft));
  return [`${draft.pick(['section', 'segment', 'SECTION'])} ${name}`, ...body, 'section .text'];
};

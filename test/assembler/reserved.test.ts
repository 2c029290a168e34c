// Words that NASM keeps for itself: none becomes a label by mistake, so that no instruction is ever missing without a word.

import { describe, expect, test } from 'vitest';
import { NASM_MNEMONICS, NASM_WORDS } from '../../src/assembler/language/reserved.ts';
import { SEGMENT_NAMES } from '../../src/isa/names.ts';
import { assembleSources } from './assembling.ts';

/** Data without items, a warning in NASM too; and macros that are directives. */
const WITHOUT_BYTES = new Set(['use16', 'use32', 'db', 'dw', 'dd', 'dq', 'dt', 'do', 'dy', 'dz']);

test('there are all of them', () => {
  expect([NASM_MNEMONICS.size, NASM_WORDS.size].map((size) => size > 250)).toEqual([true, true]);
  for (const word of ['vaddps', 'fninit', 'xgetbv', 'vmcall', 'mov']) expect(NASM_MNEMONICS).toContain(word);
  for (const word of ['xmm31', 'st0', 'tr6', 'k7', 'long', 'strict', 'bnd']) expect(NASM_WORDS).toContain(word);
});

describe.each([64])('in %d-bit code', (mode) => {
  test('a mnemonic alone on a line is bytes or an error', () => {
    const silent = [...NASM_MNEMONICS].filter((word) => {
      const { bytes, errors } = assembleSources({ 'a.asm': `bits ${mode}\n ${word}\n` });
      return errors === '' && bytes.length === 0 && !WITHOUT_BYTES.has(word);
    });
    expect(silent).toEqual([]);
  });
});

test('one that is not supported says so, behind a label and a prefix too, and in capitals', () => {
  for (const line of ['fninit', 'label: fninit', 'rep fninit', 'FNINIT', 'vaddps xmm0, xmm1, xmm2'])
    expect(assembleSources({ 'a.asm': `bits 64\n${line}\n` }).errors.toLowerCase()).toMatch(/error: instruction '(fninit|vaddps)' is not supported/);
});

test('with a colon a mnemonic is a label, but no register or word of the language', () => {
  expect(assembleSources({ 'a.asm': 'fninit: dw fninit' }).errors).toBe('');
  const taken = [...NASM_WORDS].filter((word) => assembleSources({ 'a.asm': `${word}: nop` }).errors === '');
  expect(taken.filter((word) => !(SEGMENT_NAMES as readonly string[]).includes(word))).toEqual([]);
});

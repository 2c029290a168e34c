// NASM 2.16 as judge: every line of the fixture encodes to NASM's bytes, and they decode back to the same text. The fixture is
// renewed by `npm run fixtures:isa`, which needs nasm.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Random } from '../../src/base/random.ts';
import { decode } from '../../src/isa/decode.ts';
import { encodeSource } from '../../src/isa/encode.ts';
import { allForms } from '../../src/isa/forms.ts';
import type { Mode } from '../../src/isa/operand.ts';
import { print } from '../../src/isa/print.ts';
import { has } from '../support/tools.ts';
import { assembleWithNasm } from './nasm.ts';
import { readText } from './read-text.ts';

const FIXTURE = readFileSync('test/isa/nasm-fixture.txt', 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => line.split('\t'))
  .map(([mode, text, bytes]) => ({
    mode: Number(mode) as Mode,
    text,
    bytes: bytes.replace('=', ''),
    canonical: !bytes.startsWith('='),
  }));

const encodeText = (text: string, mode: Mode): string => {
  const encoded = encodeSource(readText(text, mode));
  return 'error' in encoded ? encoded.error : Buffer.from(encoded.bytes).toString('hex');
};

const decodeHex = (bytes: string, mode: Mode): ReturnType<typeof decode> => decode(Buffer.from(bytes, 'hex'), 0, mode);

const printHex = (bytes: string, mode: Mode): string => {
  const insn = decodeHex(bytes, mode);
  return typeof insn === 'string' ? insn : print(insn);
};

test('there are at least 7,000 instructions that decode back to their text', () =>
  expect(FIXTURE.filter(({ canonical }) => canonical).length).toBeGreaterThan(7_000));

describe.each([16, 32, 64] as const)('%i-bit code', (mode) => {
  const lines = FIXTURE.filter((line) => line.mode === mode);

  test('encodes as NASM encodes it', () => {
    const differences = lines
      .map(({ text, bytes }) => ({ text, nasm: bytes, ours: encodeText(text, mode) }))
      .filter(({ nasm, ours }) => nasm !== ours);
    expect(differences).toEqual([]);
  });

  test('decodes back to the same text', () => {
    const differences = lines
      .filter(({ canonical }) => canonical)
      .map(({ text, bytes }) => ({ text, bytes, ours: printHex(bytes, mode) }))
      .filter(({ text, ours }) => text !== ours);
    expect(differences).toEqual([]);
  });

  test('has a sample of every form that the assembler can choose (if not: npm run fixtures:isa)', () => {
    const chosen = lines.map(({ text }) => encodeSource(readText(text, mode)));
    const seen = new Set(chosen.map((encoded) => ('error' in encoded ? undefined : encoded.form)));
    // INVPCID's own row stands behind an alias, because NASM writes a REX.W that the instruction does not need.
    const expected = allForms().filter(({ use, sem, modes }) => use !== 'decode' && sem !== 'fpu' && sem !== 'invpcid' && modes.includes(mode));
    expect(expected.filter((form) => !seen.has(form)).map(({ id }) => id)).toEqual([]);
  });
});

test.skipIf(!has('nasm'))('the installed NASM agrees with 400 lines of the fixture', () => {
  const seed = Number(process.env.SEED ?? Date.now() % 100_000);
  console.log(`SEED=${seed}`);
  const random = new Random(seed);
  const chosen = Array.from({ length: 400 }, () => FIXTURE[random.below(FIXTURE.length)]);
  expect(assembleWithNasm(chosen)).toEqual(chosen.map(({ bytes }) => bytes));
});

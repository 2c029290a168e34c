// Decoder, encoder and printer against each other: on instructions drawn from the table, and on random bytes.

import { describe, expect, test } from 'vitest';
import { Random } from '../../src/base/random.ts';
import { decode, MAX_LENGTH } from '../../src/isa/decode.ts';
import { particularity } from '../../src/isa/dispatch.ts';
import { type Encodable, encode, encodeSource } from '../../src/isa/encode.ts';
import { allForms } from '../../src/isa/forms.ts';
import type { Insn } from '../../src/isa/insn.ts';
import type { Mode } from '../../src/isa/operand.ts';
import { print } from '../../src/isa/print.ts';
import { readText } from './read-text.ts';
import { sample } from './samples.ts';

const SEED = Number(process.env.SEED ?? 20_251);
const MODES = [16, 32, 64] as const;
console.log(`SEED=${SEED}`);

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** An instruction without the one thing that re-encoding may change. */
const withoutLength = ({ length: _, ...insn }: Encodable & { readonly length?: number }): Encodable => insn;

test('decode(encode(x)) is x, for every form in every mode', () => {
  const random = new Random(SEED);
  for (const form of allForms().filter(({ use }) => use !== 'alias')) {
    for (const mode of form.modes) {
      for (let draw = 0; draw < 6; draw++) {
        const insn = sample(form, mode, random);
        if (!insn) continue;
        const bytes = encode(insn);
        const decoded = decode(bytes, 0, mode);
        if (typeof decoded === 'string') throw new Error(`${form.id}, ${mode}-bit: ${hex(bytes)} is ${decoded}`);
        if (particularity(decoded.form) > particularity(form)) continue; // 0F 18 with /0 to /3 is PREFETCH, not the hint NOP
        expect(decoded.length).toBe(bytes.length);
        expect(withoutLength(decoded)).toEqual(insn);
      }
    }
  }
});

/** Bytes that are instructions more often than not: random ones behind a few prefixes. */
const PREFIX_BYTES = [0x66, 0x67, 0xf2, 0xf3, 0xf0, 0x64, 0x2e, 0x3e, 0x48, 0x41, 0x4f, 0x0f, 0x0f];
const drawBytes = (random: Random): Uint8Array => {
  const bytes = Uint8Array.from({ length: MAX_LENGTH + 1 }, () => random.below(256));
  for (let i = random.below(4) - 1; i >= 0; i--) bytes[i] = PREFIX_BYTES[random.below(PREFIX_BYTES.length)];
  return bytes;
};

/** Two encodings in which the text cannot be kept: XCHG with the accumulator, whose order does not matter, and a short jump so padded
 *  with prefixes that a plain one does not reach. */
const isKnownException = ({ form, dst }: Insn): boolean =>
  form.sem === 'xchg' || (dst.kind === 'rel' && dst.size === 8 && dst.displacement > 0x70n);

describe('random bytes', () => {
  const random = new Random(SEED);
  const decoded = Array.from({ length: 200_000 }, (): { bytes: Uint8Array; mode: Mode; insn: ReturnType<typeof decode> } => {
    const bytes = drawBytes(random);
    const mode = MODES[random.below(3)];
    return { bytes, mode, insn: decode(bytes, 0, mode) };
  });
  const valid = decoded.flatMap(({ bytes, mode, insn }) => (typeof insn === 'string' ? [] : [{ bytes, mode, insn }]));

  test('never make the decoder ask for more than an instruction can have', () =>
    expect(decoded.filter(({ insn }) => insn === 'truncated')).toEqual([]));

  test('are instructions of 1 to 15 bytes', () =>
    expect(valid.filter(({ insn }) => insn.length < 1 || insn.length > MAX_LENGTH)).toEqual([]));

  test('cut short are truncated, never invalid', () => {
    const wrong = valid
      .filter((_, i) => i % 16 === 0)
      .flatMap(({ bytes, mode, insn }) =>
        Array.from({ length: insn.length }, (_, length) => decode(bytes.subarray(0, length), 0, mode))
          .filter((result) => result !== 'truncated')
          .map((result) => `${mode} ${hex(bytes.subarray(0, insn.length))} ${typeof result === 'string' ? result : print(result)}`),
      );
    expect(wrong).toEqual([]);
  });

  test('printed and assembled again mean the same', () => {
    const wrong: string[] = [];
    for (const { bytes, mode, insn } of valid.slice(0, 60_000)) {
      const text = print(insn);
      if (text.startsWith('db ') || isKnownException(insn)) continue;
      const encoded = encodeSource(readText(text, mode));
      const again = 'error' in encoded ? 'invalid' : decode(encoded.bytes, 0, mode);
      const same = typeof again !== 'string' && print(again) === text && again.size === insn.size && again.form.sem === insn.form.sem;
      if (!same) wrong.push(`${mode} ${hex(bytes.subarray(0, insn.length))} ${text}`);
    }
    expect(wrong).toEqual([]);
  });

  test('that NASM cannot write are printed as bytes that decode the same', () => {
    const wrong = valid.flatMap(({ mode, insn }) => {
      const text = print(insn);
      if (!text.startsWith('db ')) return [];
      const again = decode(Uint8Array.from(text.slice(3).split(', ').map(Number)), 0, mode);
      return typeof again !== 'string' && again.form === insn.form ? [] : [text];
    });
    expect(wrong).toEqual([]);
  });
});

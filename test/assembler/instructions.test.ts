// The fixture of instructions (test/isa; `=` marks texts that decode to another row) once more, through the whole assembler: what NASM
// wrote for each text, we write too.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { assembleSources } from './assembling.ts';

const SAMPLES = readFileSync('test/isa/nasm-fixture.txt', 'utf8')
  .split('\n')
  .filter((line) => /^(16|32|64)\t/.test(line))
  .map((line) => line.replace('\t=', '\t').split('\t'));

describe.each(['16', '32', '64'])('%s-bit code', (mode) => {
  const samples = SAMPLES.filter(([bits, text]) => bits === mode && !/short \d/.test(text)); // no number is near enough everywhere

  test(`every sample has NASM's bytes`, () => {
    expect(samples.length).toBeGreaterThan(1000);
    // Each stands at a multiple of 32, so that one that has another length does not move the next. Those that name an address depend
    // on where they stand: NASM had each of them at 0.
    const alone = (text: string) => Buffer.from(assembleSources(`bits ${mode}\n ${text}`).bytes).toString('hex');
    const source = samples.map(([, text]) => ` ${text}\n times (-($ - $$)) & 31 db 0x90\n`).join('');
    const { bytes } = assembleSources(`bits ${mode}\n${source}`);
    const wrong = samples.flatMap(([, text, expected], index) => {
      const found = Buffer.from(bytes.subarray(32 * index, 32 * index + expected.length / 2)).toString('hex');
      return found === expected || alone(text) === expected ? [] : [{ text, expected, found }];
    });
    expect(wrong).toEqual([]);
  });
});

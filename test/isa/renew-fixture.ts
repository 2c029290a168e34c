// The table → samples → test/isa/nasm-fixture.txt, with bytes by the installed NASM. `npm run fixtures:isa` runs this. A line is mode,
// text, bytes; the text is what our printer writes for an instruction, or a line of spellings.txt (`=` before its bytes: it does not
// decode to the same text).

import { readFileSync, writeFileSync } from 'node:fs';
import { Random } from '../../src/base/random.ts';
import { decode } from '../../src/isa/decode.ts';
import { encode } from '../../src/isa/encode.ts';
import { FORMS } from '../../src/isa/forms.ts';
import type { Mode } from '../../src/isa/insn.ts';
import { print } from '../../src/isa/print.ts';
import { assembleWithNasm, type TextSample } from './nasm.ts';
import { sample } from './samples.ts';

const SEED = 1;
const DRAWS = 6;
const FOLDER = 'test/isa';

const printedSamples = (): TextSample[] => {
  const random = new Random(SEED);
  const found = new Map<string, TextSample>();
  for (const form of FORMS.filter(({ use, sem }) => use !== 'alias' && sem !== 'fpu')) {
    for (const mode of form.modes) {
      for (let draw = 0; draw < DRAWS; draw++) {
        const drawn = sample(form, mode, random);
        const insn = drawn ? decode(encode(drawn), 0, mode) : 'invalid';
        if (typeof insn === 'string') continue;
        const text = print(insn);
        if (!text.startsWith('db ')) found.set(`${mode} ${text}`, { mode, text });
      }
    }
  }
  return [...found.values()];
};

const spellings: TextSample[] = readFileSync(`${FOLDER}/spellings.txt`, 'utf8')
  .split('\n')
  .filter((line) => /^\d/.test(line))
  .map((line) => ({ mode: Number(line.slice(0, 2)) as Mode, text: line.slice(3).trim() }));

const printed = printedSamples();
const bytes = assembleWithNasm([...printed, ...spellings]);
const lines = [...printed, ...spellings].map(
  ({ mode, text }, i) => `${mode}\t${text}\t${i < printed.length ? '' : '='}${bytes[i]}`,
);
writeFileSync(`${FOLDER}/nasm-fixture.txt`, `${lines.join('\n')}\n`);
console.log(`${lines.length} instructions written to ${FOLDER}/nasm-fixture.txt`);

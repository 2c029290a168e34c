// The table → samples → test/isa/nasm-fixture.txt, with bytes by the installed NASM. `npm run fixtures:isa` runs this. A line is mode,
// text, bytes; the text is what our printer writes for an instruction. `=` before the bytes: they do not decode to the same text, because it is one for
// an alias or a line of spellings.txt.

import { readFileSync, writeFileSync } from 'node:fs';
import { Random } from '../../src/base/random.ts';
import { decode } from '../../src/isa/decode.ts';
import { encode } from '../../src/isa/encode.ts';
import type { Form } from '../../src/isa/form.ts';
import { allForms } from '../../src/isa/forms.ts';
import type { Mode } from '../../src/isa/operand.ts';
import { print } from '../../src/isa/print.ts';
import { assembleWithNasm, type TextSample } from './nasm.ts';
import { sample } from './samples.ts';

const SEED = 1;
const DRAWS = 6;
const FOLDER = 'test/isa';

/** What the printer writes for instructions drawn from `forms`; of bytes that decode, after decoding them. */
const drawTexts = (forms: readonly Form[], isDecoded: boolean): TextSample[] => {
  const random = new Random(SEED);
  const found = new Map<string, TextSample>();
  for (const form of forms.filter(({ sem }) => sem !== 'fpu')) {
    for (const mode of form.modes) {
      for (let draw = 0; draw < DRAWS; draw++) {
        const drawn = sample(form, mode, random);
        if (!drawn) continue;
        const bytes = encode(drawn);
        const insn = isDecoded ? decode(bytes, 0, mode) : { ...drawn, length: bytes.length };
        const text = typeof insn === 'string' ? 'db' : print(insn);
        if (!text.startsWith('db')) found.set(`${mode} ${text}`, { mode, text });
      }
    }
  }
  return [...found.values()];
};

const spellings: TextSample[] = readFileSync(`${FOLDER}/spellings.txt`, 'utf8')
  .split('\n')
  .filter((line) => /^\d/.test(line))
  .map((line) => ({ mode: Number(line.slice(0, 2)) as Mode, text: line.slice(3).trim() }));

const isAlias = ({ use }: Form): boolean => use === 'alias';
const printed = drawTexts(
  allForms().filter((form) => !isAlias(form)),
  true,
);
const samples = [...printed, ...drawTexts(allForms().filter(isAlias), false), ...spellings];
const bytes = assembleWithNasm(samples);
const lines = samples.map(({ mode, text }, i) => `${mode}\t${text}\t${i < printed.length ? '' : '='}${bytes[i]}`);
writeFileSync(`${FOLDER}/nasm-fixture.txt`, `${lines.join('\n')}\n`);
console.log(`${lines.length} instructions written to ${FOLDER}/nasm-fixture.txt`);

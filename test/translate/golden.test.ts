// Patterns of instructions and the WebAssembly that the emitters make of them, behind `;>`. `RENEW=1 npx vitest run
// test/translate/golden.test.ts` writes it anew: what has changed is then to be read in the difference.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { assemble } from '../../src/assembler/assemble.ts';
import { toFlat } from '../../src/assembler/output/object.ts';
import { decode } from '../../src/isa/decode.ts';
import { Emitter } from '../../src/translate/emitter.ts';
import { branchCondition } from '../../src/translate/emitters/flow.ts';
import { EMITTERS } from '../../src/translate/emitters/index.ts';
import { isConditional } from '../../src/translate/region.ts';
import { wasmText } from './wasm-text.ts';

const FOLDER = 'test/translate/golden';
const RENEW = process.env.RENEW !== undefined;

/** The code of straight instructions; of a branch at the end, the condition. */
function translated(source: string): string[] {
  const { object } = assemble('a.asm', { read: () => ({ path: 'a.asm', text: source }), readBytes: () => undefined });
  const bytes = toFlat(object!);
  const e = new Emitter({ mode: 64, codeBase: 0n, user: false, entersTlb: false, marksOffset: 0x1_0000 });
  e.openExits();
  const opening = e.code.bytes.length;
  for (let at = 0; at < bytes.length; ) {
    const insn = decode(bytes, at, 64);
    if (typeof insn === 'string') throw new Error(`${insn} at ${at}`);
    e.begin({ insn, at: BigInt(at), next: BigInt(at + insn.length) }, 1);
    EMITTERS[insn.form.sem]!(e, insn);
    if (isConditional(insn)) branchCondition(e, insn);
    at += insn.length;
  }
  return wasmText(e.code.bytes.slice(opening));
}

const withoutExpectation = (text: string): string => text.split('\n').filter((line) => !line.startsWith(';>')).join('\n').trimEnd();

test.each(readdirSync(FOLDER))('%s', (name) => {
  const path = `${FOLDER}/${name}`;
  const text = readFileSync(path, 'utf8');
  const rows = translated(text);
  if (RENEW) writeFileSync(path, `${withoutExpectation(text)}\n${rows.map((row) => `;> ${row}\n`).join('')}`);
  else expect(rows, `${FOLDER}: RENEW=1 writes the expected code anew`).toEqual(Array.from(text.matchAll(/^;> (.*)$/gm), ([, row]) => row));
});

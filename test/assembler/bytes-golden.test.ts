// Sources with every feature of the assembler proper, and the bytes that `nasm -f bin` makes of them behind `;>`. With nasm installed
// the stored bytes are checked too; `RENEW=1 npx vitest run test/assembler/bytes-golden.test.ts` writes them anew from nasm.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { has } from '../support/tools.ts';
import { assembleSources, hexRows } from './assembling.ts';

const FOLDER = 'test/assembler/golden/bytes';
const RENEW = process.env.RENEW !== undefined;
const HOW_TO_RENEW = `${FOLDER}: RENEW=1 writes the expected bytes anew, from nasm`;

const byNasm = (name: string): string[] => {
  const folder = mkdtempSync(join(tmpdir(), 'clispin-'));
  try {
    const output = join(folder, 'out.bin');
    const { status, stderr } = spawnSync('nasm', ['-f', 'bin', '-w-all', '-o', output, name], { cwd: FOLDER, encoding: 'utf8', timeout: 20_000 });
    if (status !== 0) throw new Error(stderr);
    return hexRows(readFileSync(output));
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const withoutExpectation = (text: string): string => text.split('\n').filter((line) => !line.startsWith(';>')).join('\n').trimEnd();

const expectation = (text: string): string[] => Array.from(text.matchAll(/^;> (.*)$/gm), ([, row]) => row);

describe.each(readdirSync(FOLDER).filter((name) => name.endsWith('.asm')))('%s', (name) => {
  const path = `${FOLDER}/${name}`;
  const text = readFileSync(path, 'latin1'); // a character for each byte, whatever the encoding

  if (RENEW) {
    test('is written anew', () => {
      const rows = byNasm(name).map((row) => `;> ${row}\n`);
      writeFileSync(path, `${withoutExpectation(text)}\n\n${rows.join('')}`, 'latin1');
    });
    return;
  }

  test('assembles to the expected bytes', () => {
    const { bytes, errors } = assembleSources({ 'a.asm': Buffer.from(text, 'latin1'), 'require.inc': '        db      0x77\n' }, { 'four.bin': Uint8Array.of(1, 2, 3, 4) });
    expect({ errors, rows: hexRows(bytes) }, HOW_TO_RENEW).toEqual({ errors: '', rows: expectation(text) });
  });

  test.skipIf(!has('nasm'))('assembles by nasm to the same bytes', () => {
    expect(byNasm(name), HOW_TO_RENEW).toEqual(expectation(text));
  });
});

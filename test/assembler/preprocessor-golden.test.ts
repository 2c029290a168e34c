// Sources that use every directive, with the lines that `nasm -E` makes of them behind `;>`. With nasm installed the stored
// lines are checked too; `RENEW=1 npx vitest run test/assembler/preprocessor-golden.test.ts` writes them anew from nasm.

import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { has } from '../support/tools.ts';
import { expandSources, normalise } from './expanding.ts';

const FOLDER = 'test/assembler/golden/preprocessor';
const RENEW = process.env.RENEW !== undefined;
const HOW_TO_RENEW = `${FOLDER}: RENEW=1 writes the expected lines anew, from nasm`;

const byNasm = (path: string): string[] =>
  normalise(spawnSync('nasm', ['-E', '-w-all', path], { encoding: 'utf8', timeout: 20_000 }).stdout);

const withoutExpectation = (text: string): string =>
  text
    .split('\n')
    .filter((line) => !line.startsWith(';>'))
    .join('\n')
    .trimEnd();

const expectation = (text: string): string[] => Array.from(text.matchAll(/^;> (.*)$/gm), ([, line]) => line);

describe.each(readdirSync(FOLDER))('%s', (name) => {
  const path = `${FOLDER}/${name}`;
  const text = readFileSync(path, 'utf8');
  if (RENEW) {
    test('is written anew', () => {
      const expected = byNasm(path).map((line) => `;> ${line}\n`);
      writeFileSync(path, `${withoutExpectation(text)}\n\n${expected.join('')}`);
    });
    return;
  }

  test('expands to the expected lines', () => {
    const { lines, diagnostics } = expandSources({ 'a.asm': text });
    const found = normalise(lines.join('\n')).map((line) => line.replaceAll("'a.asm'", `'${path}'`));
    expect({ lines: found, diagnostics }, HOW_TO_RENEW).toEqual({ lines: expectation(text), diagnostics: [] });
  });

  test.skipIf(!has('nasm'))('expands by nasm to the same lines', () => {
    expect(byNasm(path), HOW_TO_RENEW).toEqual(expectation(text));
  });
});

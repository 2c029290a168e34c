// What the README shows is what happens.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { clispin, folderWith } from '../support/cli.ts';

const README = readFileSync('README.md', 'utf8');

test("the README's own lockup runs and is found as it says", () => {
  const source = /```asm\n([\s\S]*?)```/.exec(README)?.[1] ?? '';
  const { code, stdout } = clispin(['run', 'mine.asm'], folderWith({ 'mine.asm': source }));
  expect(stdout).toContain('verdict: hard lockup on CPU 0');
  expect(code).toBe(0);
});

test.each(['run', 'scenarios', 'matrix', 'sweep', 'asm', 'dis', 'cpu', 'web', 'tour'])('the README and the help know %s', (name) => {
  expect(README).toContain(`| \`clispin ${name}`);
  expect(clispin([name, '--help']).stdout).toContain(`Usage: clispin ${name}`);
});

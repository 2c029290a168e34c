// What the kernel and the machine both know is the same in both: registers of the processor and ports of the PC, by their name.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** Names of the manuals; any others may mean different things in two places. */
const COMMON = /^(IA32|MULTIBOOT|BIOS|EBDA|PORT|COM)/;

const constantsIn = (text: string, pattern: RegExp): Map<string, number> =>
  new Map([...text.matchAll(pattern)].map(([, name, value]) => [name, Number(value.replaceAll('_', ''))]));

const kernel = constantsIn(readFileSync(join('asm', 'x86.inc'), 'utf8'), /^(\w+) +equ (0x[0-9a-f]+|\d+)\b(?! *<<)/gm);
const machine = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((file) => /^(cpu|device|machine|formats)\/.*\.ts$/.test(file))
  .map((file) => [file, constantsIn(readFileSync(join('src', file), 'utf8'), /^(?:export )?const (\w+) = (0x[0-9a-f_]+|\d+);/gm)] as const);
const shared = machine.flatMap(([file, constants]) =>
  [...constants].filter(([name]) => COMMON.test(name) && kernel.has(name)).map(([name, value]) => ({ file, name, value })),
);

test('there is something to compare', () => expect(shared.length).toBeGreaterThan(8));

test.each(shared)('$name in x86.inc is that of $file', ({ name, value }) => expect(kernel.get(name)).toBe(value));

// Random programs, assembled by NASM and by us. Whatever NASM accepts must come out the same; what it refuses may be accepted only
// where NASM gives up on something that has a meaning.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { assemble } from '../../src/assembler/assemble.ts';
import { toFlat } from '../../src/assembler/output/object.ts';
import { formatDiagnostic } from '../../src/base/diagnostic.ts';
import { has } from '../support/tools.ts';
import { assembleSources, hexRows } from './assembling.ts';
import { fileIo } from './expanding.ts';
import { randomJumps, randomSections } from './random-programs.ts';

const SEED = Number(process.env.SEED ?? 1);
const COUNT = Number(process.env.COUNT ?? 40);
const folder = mkdtempSync(join(tmpdir(), 'clispin-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The flat file, or what NASM has against the source. */
const byNasm = (path: string): Uint8Array | string => {
  const output = join(folder, 'out.bin');
  rmSync(output, { force: true });
  const { status, stderr } = spawnSync('nasm', ['-f', 'bin', '-w-all', `-I${path.replace(/[^/]*$/, '')}`, '-o', output, path], { encoding: 'utf8', timeout: 20_000 });
  return status === 0 && existsSync(output) ? readFileSync(output) : stderr;
};

/** NASM moves a section that already stands where it should, or goes round in circles where we find a layout. */
const NASM_GIVES_UP = /sections (\S+) and \1 can't both follow|unable to find valid values/;

describe.runIf(has('nasm'))(`programs from seed ${SEED} on`, () => {
  test.each([['jumps', randomJumps], ['sections', randomSections]] as const)('%s', (_, generate) => {
    for (let seed = SEED; seed < SEED + COUNT; seed++) {
      const source = generate(seed);
      const path = join(folder, 'a.asm');
      writeFileSync(path, source);
      const expected = byNasm(path);
      const { errors, bytes } = assembleSources(source);
      const context = `SEED=${seed} COUNT=1\n${source}\n${errors}`;
      if (typeof expected !== 'string') expect({ errors, rows: hexRows(bytes) }, context).toEqual({ errors: '', rows: hexRows(expected) });
      else if (!NASM_GIVES_UP.test(expected)) expect(errors, `${context}\nnasm: ${expected}`).not.toBe('');
    }
  });
});

test.runIf(has('nasm'))('the kernel', () => {
  const { object, diagnostics } = assemble('asm/kernel.asm', fileIo);
  if (!object) throw new Error(diagnostics.map(formatDiagnostic).join('\n'));
  const expected = byNasm('asm/kernel.asm');
  if (typeof expected === 'string') throw new Error(expected);
  expect(Buffer.from(expected).equals(toFlat(object))).toBe(true);
});

test('a source with some of its text replaced is refused or assembled, and never throws', () => {
  const path = 'test/assembler/golden/bytes';
  const texts = readdirSync(path).filter((name) => name.endsWith('.asm')).map((name) => readFileSync(join(path, name), 'utf8').replace(/^;>.*\n/gm, ''));
  let state = SEED;
  const below = (count: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * count);
  };
  for (let round = 0; round < 300; round++) {
    const text = texts[below(texts.length)];
    const other = texts[below(texts.length)];
    const at = below(text.length);
    const from = below(other.length);
    const source = text.slice(0, at) + other.slice(from, from + below(30)) + text.slice(at + below(10));
    assembleSources(source, { 'four.bin': new Uint8Array(4) });
  }
});

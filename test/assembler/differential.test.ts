// Random programs of every kind beside an installed NASM: a few of what `npm run differential` does with thousands. `SEED=n COUNT=n` says
// which. What was drawn once, with NASM's bytes, is in golden/random.txt, so that there is something to compare with where NASM is not installed.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { assemble } from '../../src/assembler/assemble.ts';
import { toFlat } from '../../src/assembler/output/object.ts';
import { Random } from '../../src/base/random.ts';
import { formatDiagnostic } from '../../src/base/diagnostic.ts';
import { has } from '../support/tools.ts';
import { assembleSources } from './assembling.ts';
import { fileIo } from './expanding.ts';
import { byNasm, compare } from './random/beside-nasm.ts';
import { randomSections } from './random/layouts.ts';
import { CORPUS, readCorpus } from './random/corpus.ts';
import { KIND_NAMES, KINDS } from './random/programs.ts';

const SEED = Number(process.env.SEED ?? 1);
const COUNT = Number(process.env.COUNT ?? 60);
console.log(`SEED=${SEED}`);

const differences = async (sources: readonly string[]): Promise<string[]> => {
  const nasm = await byNasm(sources);
  return sources.flatMap((source, index) => {
    const { verdict, about, details } = compare(source, nasm[index], index);
    return verdict === 'different' ? [`${about}\n${details}\n${source}`] : [];
  });
};

describe.runIf(has('nasm'))(`programs from seed ${SEED} on`, () => {
  test.each(KIND_NAMES)('%s', async (kind) => {
    const seeds = new Random(SEED);
    const sources = Array.from({ length: COUNT }, () => KINDS[kind](seeds.next()));
    expect(await differences(sources), `SEED=${SEED} COUNT=${COUNT}`).toEqual([]);
  }, 60_000);
  test('sections that follow each other against their order', async () => {
    expect(await differences([90267, 960, 7081].map(randomSections))).toEqual([]);
  });
});

test('programs that were drawn once have the bytes that NASM gave them', () => {
  const programs = readCorpus(readFileSync(CORPUS, 'utf8'));
  expect(programs.length).toBeGreaterThan(100);
  for (const { source, bytes } of programs) {
    const ours = assembleSources({ 'a.asm': Buffer.from(source, 'latin1') });
    expect({ errors: ours.errors, bytes: Buffer.from(ours.bytes).toString('hex') }, source).toEqual({ errors: '', bytes: Buffer.from(bytes).toString('hex') });
  }
});

test.runIf(has('nasm'))('the kernel', () => {
  const { object, diagnostics } = assemble('asm/kernel.asm', fileIo);
  if (!object) throw new Error(diagnostics.map(formatDiagnostic).join('\n'));
  const folder = mkdtempSync(join(tmpdir(), 'clispin-'));
  const output = join(folder, 'kernel.bin');
  const { status, stderr } = spawnSync('nasm', ['-f', 'bin', '-w-all', '-Iasm/', '-o', output, 'asm/kernel.asm'], { encoding: 'utf8', timeout: 20_000 });
  if (status !== 0) throw new Error(stderr);
  expect(readFileSync(output).equals(toFlat(object))).toBe(true);
  rmSync(folder, { recursive: true });
});

test('a source with some of its text replaced is refused or assembled, and never throws', () => {
  const path = 'test/assembler/golden/bytes';
  const texts = readdirSync(path).filter((name) => name.endsWith('.asm')).map((name) => readFileSync(join(path, name), 'latin1').replace(/^;>.*\n/gm, ''));
  const random = new Random(SEED);
  for (let round = 0; round < 300; round++) {
    const text = texts[random.below(texts.length)];
    const other = texts[random.below(texts.length)];
    const at = random.below(text.length);
    const from = random.below(other.length);
    const source = text.slice(0, at) + other.slice(from, from + random.below(30)) + text.slice(at + random.below(10));
    assembleSources({ 'a.asm': Buffer.from(source, 'latin1') }, { 'four.bin': new Uint8Array(4) });
  }
});

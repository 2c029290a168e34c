// Programs assembled by an installed NASM and by us → where the two differ. Where both give bytes, these are the same; what only one
// of them accepts must be among the differences that are known, each for a reason.

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assembleSources, hexRows } from '../assembling.ts';

/** The file, or what NASM has against the source. */
export type ByNasm = Uint8Array | string;

/** One shell for many runs: a process started by Node costs more than NASM takes. */
const SCRIPT = 'ulimit -f 20000; for f in *.asm; do timeout 3 nasm -f bin -o $f.bin $f 2> $f.err || rm -f $f.bin; done';

/** What the sources of one run are called. */
export const nameOf = (index: number): string => `${String(index).padStart(6, '0')}.asm`;

/** What NASM makes of each source; a source has a character for each byte. */
export const byNasm = (sources: readonly string[]): Promise<ByNasm[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'clispin-'));
  const path = (index: number, suffix: string): string => join(folder, `${nameOf(index)}${suffix}`);
  sources.forEach((source, index) => { writeFileSync(path(index, ''), source, 'latin1'); });
  return new Promise((resolve, reject) => {
    const shell = spawn('sh', ['-c', SCRIPT], { cwd: folder, stdio: 'ignore' });
    shell.on('error', reject);
    shell.on('exit', () => {
      const results = sources.map((_, index) => {
        if (existsSync(path(index, '.bin'))) return readFileSync(path(index, '.bin'));
        const messages = readFileSync(path(index, '.err'), 'latin1').replaceAll(/^\d+\.asm:/gm, '');
        return messages.split('\n').filter((line) => !line.includes('warning:')).join('\n').trim() || 'no words';
      });
      rmSync(folder, { recursive: true });
      resolve(results);
    });
  });
};

/** What NASM refuses and we accept, by its words, and why. */
const LAXER: readonly (readonly [RegExp, string])[] = [
  [/no instruction for this cpu level|instruction not supported in/, 'checks the level that `cpu` says'],
  [/sections (\S+) and \1 can't both follow/, 'moves a section that already stands where it should'],
  [/mismatch in operand sizes/, 'takes no `dword` in front of the immediate of a 64-bit operation'],
  [/^no words$/, 'does not come to an end in seconds'],
  [/panic:|Segmentation fault/, 'NASM falls over'],
  [/unable to find valid values/, 'goes round in circles where there is a layout'],
];

/** What we refuse and NASM accepts, by our words, and why. */
const STRICTER: readonly (readonly [RegExp, string])[] = [];

export interface Comparison {
  /** `same`: both have the same bytes; `refused`: neither has any; `known`: a difference that has a reason; `different`: all others. */
  readonly verdict: 'same' | 'refused' | 'known' | 'different';
  /** Of `refused` our words, of `known` the reason; of `different` what it is about, without names and numbers. */
  readonly about: string;
  /** Both sides, for people. */
  readonly details: string;
}

const withoutNames = (text: string): string => text.split('\n', 1)[0].replace(/^.*?(?:error|fatal|panic): /, '').replace(/[`'"].*?['"]/g, '…').replace(/\d+/g, '#');

const named = (table: typeof LAXER, words: string): string | undefined => table.find(([pattern]) => pattern.test(words))?.[1];

/** One program on both sides, the one at `index` of its run. */
export const compare = (source: string, nasm: ByNasm, index = 0): Comparison => {
  const name = nameOf(index);
  const { bytes, errors } = assembleSources({ [name]: Buffer.from(source, 'latin1') }, {}, {}, name);
  const isRefused = errors !== '';
  if (typeof nasm === 'string' && isRefused) return { verdict: 'refused', about: withoutNames(errors), details: '' };
  if (typeof nasm !== 'string' && !isRefused) {
    if (Buffer.compare(nasm, bytes) === 0) return { verdict: 'same', about: '', details: '' };
    const [theirs, ours] = [hexRows(nasm), hexRows(bytes)];
    const row = theirs.findIndex((text, index) => text !== ours[index]);
    return { verdict: 'different', about: 'other bytes', details: `nasm ${theirs[row] ?? 'ends'}\nours ${ours[row] ?? 'ends'}` };
  }
  const [words, table, who] = typeof nasm === 'string' ? [nasm, LAXER, 'only nasm refuses: '] as const : [errors, STRICTER, 'only we refuse: '] as const;
  const reason = named(table, words);
  return { verdict: reason === undefined ? 'different' : 'known', about: who + (reason ?? withoutNames(words)), details: words };
};

// `npm run fixtures:reserved` (needs nasm): every word that the installed NASM takes for an instruction, or for a register or another word of
// its language → src/assembler/language/reserved.ts. Its own program tells the candidates; itself, what it takes each of them for.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const TARGET = 'src/assembler/language/reserved.ts';
const WIDTH = 138;

const folder = mkdtempSync(join(tmpdir(), 'clispin-reserved-'));
const run = (command: string, ...words: string[]): string => spawnSync(command, words, { encoding: 'utf8', maxBuffer: 2 ** 28 }).stderr;

/** Words in NASM's program: its tables have each mnemonic and register as a text. */
const candidates = (): string[] => {
  const path = spawnSync('which', ['nasm'], { encoding: 'utf8' }).stdout.trim();
  const text = readFileSync(path).toString('latin1');
  const words = new Set([...text.matchAll(/[a-z][a-z0-9_]{1,19}(?=\0)/g)].flatMap(([word]) => Array.from(word, (_, at) => word.slice(at))));
  return [...words].filter((word) => /^[a-z][a-z0-9]*$/.test(word)).sort();
};

/** Those that NASM says `message` of, each on a line of its own. */
const told = (words: readonly string[], line: (word: string) => string, message: RegExp): Set<string> => {
  const source = join(folder, 'words.asm');
  writeFileSync(source, ['bits 64', ...words.map(line), ''].join('\n'));
  const lines = run('nasm', '-w+label-orphan', '-f', 'bin', source, '-o', join(folder, 'words.bin')).split('\n').filter((text) => message.test(text));
  return new Set(lines.map((text) => words[Number(/:(\d+):/.exec(text)![1]) - 2]));
};

const words = candidates();
const labels = told(words, (word) => word, /alone on a line/);
const notLabels = words.filter((word) => !labels.has(word));
// As a label with a colon only what is no word of the language may stand.
const language = told(notLabels, (word) => `${word}:`, /label or instruction expected|instruction expected|unknown|is not a NASM keyword/);
const mnemonics = notLabels.filter((word) => !language.has(word));
rmSync(folder, { recursive: true });

const wrap = (list: readonly string[]): string => {
  const lines = [''];
  for (const word of list) {
    if (lines[lines.length - 1].length + word.length + 1 > WIDTH) lines.push('');
    lines[lines.length - 1] += `${lines[lines.length - 1] === '' ? '' : ' '}${word}`;
  }
  return lines.join('\n');
};

const version = spawnSync('nasm', ['-v'], { encoding: 'utf8' }).stdout.match(/\d+\.\d+\.\d+/)![0];
writeFileSync(
  TARGET,
  `// Words that NASM ${version} keeps for itself, by \`npm run fixtures:reserved\`: none of them is ever a label by mistake, whether we know the
// instruction or not. A mnemonic is one only without a colon behind it.

const split = (text: string): ReadonlySet<string> => new Set(text.split(/\\s+/));

export const NASM_MNEMONICS = split(\`${wrap(mnemonics)}\`);

/** Registers, sizes and other words of the language. */
export const NASM_WORDS = split(\`${wrap([...language].sort())}\`);
`,
);
console.log(`${mnemonics.length} mnemonics, ${language.size} other words → ${TARGET}`);

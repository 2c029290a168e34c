// Sources with parts of others in them, with characters and lines changed, doubled and left out → the assembler gives output or says
// what is wrong, and both ways of writing its output take what it gives.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Random } from '../../src/base/random.ts';
import { assemble, formatDiagnostic, toElf, toFlat, writeListing } from '../../src/index.ts';
import { guestSource } from './guest-case.ts';
import { pick, pickWeighted } from './pick.ts';

const FOLDERS = ['test/assembler/golden/bytes', 'test/assembler/golden/preprocessor', 'test/guest', 'asm', 'asm/scenarios', 'test/fuzz'];

/** Every source there is, by name. */
const SOURCES: ReadonlyMap<string, string> = new Map(
  FOLDERS.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => /\.(asm|inc)$/.test(name))
      .map((name) => [name, readFileSync(join(folder, name), 'utf8')] as const),
  ),
);
const TEXTS = [...SOURCES.values()];

const WORDS = (
  '%macro %endmacro %rep %endrep %if %elif %else %endif %define %xdefine %assign %ifdef %rotate %push %pop %+ %% %1 %{1:-1} %include %substr ' +
  '%strlen %strcat %tok %exitrep %error %use struc endstruc istruc at iend section segment align alignb times db dw dd dq dt incbin equ resb ' +
  'global extern org bits default rel $ $$ strict short near far byte word dword qword tword ptr [ ] ( ) , : :: + - * / // % %% << >> <<< >>> & | ^ ~ ! && || ^^ ' +
  '== != < > <= >= ? ?: 0x 0b1 1e3 -1 0xffffffffffffffff 9223372036854775808 1.5 "a" \'ab\' `\\x41` __FILE__ __LINE__ __utf16__ mov lock rep rax al cs: [rel $] %! %? %?? %0 %00 ' +
  '..@x .x x: .start $x @ # \\ ; \t'
).split(' ');

const mutate = (random: Random, text: string): string => {
  const at = random.below(text.length + 1);
  const other = pick(random, TEXTS);
  const from = random.below(other.length);
  const lines = text.split('\n');
  const line = random.below(lines.length);
  return pickWeighted(random, [
    [4, () => text.slice(0, at) + pick(random, WORDS) + text.slice(at)],
    [3, () => `${text.slice(0, at)} ${pick(random, WORDS)} ${text.slice(at)}`],
    [3, () => text.slice(0, at) + text.slice(at + random.below(12))],
    [3, () => text.slice(0, at) + other.slice(from, from + random.below(60)) + text.slice(at + random.below(10))],
    [3, () => lines.toSpliced(line, 1 + random.below(3)).join('\n')],
    [3, () => lines.toSpliced(line, 0, ...lines.slice(random.below(lines.length)).slice(0, random.below(5))).join('\n')],
    [1, () => text.slice(0, at) + String.fromCharCode(random.below(random.below(2) ? 256 : 0x1_0000)) + text.slice(at)],
    [1, () => text.slice(0, at)],
  ] as const)();
};

const WORD_COUNT = 60;
const wordSalad = (random: Random): string =>
  Array.from({ length: random.below(WORD_COUNT) }, () => pick(random, WORDS) + pick(random, [' ', ' ', '', '\n'])).join('');

/** A part of a source short enough to be assembled many times a second. */
const drawSource = (random: Random): string => {
  const text = random.below(6) === 0 ? guestSource(random.next()) : pick(random, TEXTS);
  const lines = text.split('\n');
  const from = random.below(Math.max(1, lines.length - 100));
  return lines.slice(from, from + 100).join('\n');
};

export const randomSource = (seed: number): string => {
  const random = new Random(seed);
  if (random.below(8) === 0) return wordSalad(random);
  let text = drawSource(random);
  for (let change = random.below(8); change > 0; change--) text = mutate(random, text);
  // What a loop or a hole may take of memory is bounded, but not all of it in a test.
  return text.replace(/\d{6,}/g, (digits) => digits.slice(0, 5));
};

/** Longer than any of these sources takes on a busy host. */
const SECONDS = 30;

/** Files that a source may include, each but a little of itself. */
const INCLUDED_BYTES = 2000;

export const checkSource = (source: string): string | undefined => {
  const started = performance.now();
  const { object, layout, sources, diagnostics } = assemble('case.asm', {
    read: (path) => {
      if (path === 'case.asm') return { path, text: source };
      const text = SOURCES.get(path);
      return text === undefined ? undefined : { path, text: text.slice(0, INCLUDED_BYTES) };
    },
    readBytes: (path) => (path.length % 2 ? new Uint8Array(4) : undefined),
  });
  for (const each of diagnostics) formatDiagnostic(each);
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if ((object === undefined) !== errors.length > 0) return `${errors.length} errors, but ${object ? 'output' : 'none'}`;
  for (const { place } of diagnostics) if (!(place.line >= 0)) return `a diagnostic at line ${place.line}`;
  const seconds = (performance.now() - started) / 1000;
  if (seconds > SECONDS) return `took ${seconds.toFixed(0)} s`;
  if (!object || !layout) return undefined;
  toFlat(object);
  toElf(object);
  writeListing('case.asm', layout, sources);
  return undefined;
};

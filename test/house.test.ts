// The rules of the house that a machine can check: who may import whom, how long a file may be, what the core may not touch.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';

const RANK: Record<string, number> = {
  base: 0,
  isa: 1,
  formats: 1,
  time: 1,
  cpu: 2,
  device: 2,
  assembler: 2,
  translate: 3,
  machine: 4,
  lab: 5,
  cli: 6,
  web: 6,
};

/** Imports that go down by rank but not through the house's doors. */
const FORBIDDEN: readonly (readonly [from: string, to: string])[] = [
  ['cpu', 'formats'],
  ['cpu', 'time'],
  ['device', 'isa'],
  ['device', 'formats'],
  ['assembler', 'time'],
  ['machine', 'assembler'],
  ['translate', 'formats'],
  ['translate', 'time'],
  ['translate', 'device'],
  ['translate', 'assembler'],
];

const SOURCES = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => join('src', file));

const folderOf = (file: string): string => file.split('/')[1];
const readSource = (file: string): string => readFileSync(file, 'utf8');

const importsOf = (file: string): string[] =>
  [...readSource(file).matchAll(/(?:^|\n)(?:import|export)\b[^;]*?from\s+'([^']+)'/g)].map((match) => match[1]);

const IMPORTS = SOURCES.flatMap((from) =>
  importsOf(from)
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => ({ from, to: normalize(join(dirname(from), specifier)) })),
);

/** What people use: it goes through the public API, and may touch the host. */
const FRONTS = ['cli', 'web'];

const mayImport = (from: string, to: string): boolean => {
  const [source, target] = [folderOf(from), folderOf(to)];
  if (source === target) return true;
  if (from === 'src/index.ts') return !FRONTS.includes(target);
  if (to === 'src/index.ts') return FRONTS.includes(source);
  if (FRONTS.includes(source)) return false;
  return RANK[target] < RANK[source] && !FORBIDDEN.some(([a, b]) => a === source && b === target);
};

describe('imports go down the layers, and the command line and the page go through the public API', () => {
  test('every folder has a rank', () =>
    expect(SOURCES.filter((file) => file !== 'src/index.ts' && !(folderOf(file) in RANK))).toEqual([]));
  test('there is something to check', () => expect(IMPORTS.length).toBeGreaterThan(50));
  test('no import goes up or sideways', () =>
    expect(IMPORTS.filter(({ from, to }) => !mayImport(from, to)).map(({ from, to }) => `${from} -> ${to}`)).toEqual([]));
});

/** The floors of the folders with inner rooms, from the ground up: a file may import from its own floor and from those below. */
const FLOORS: Record<string, readonly RegExp[]> = {
  'src/cpu/': [
    /^(?:state|flags|bus|events\/fault|identity\/(?:registers|cpuid))\.ts$/,
    /^memory\//,
    /^(?:reset|code\/(?:memo|icache|translated)|events\/(?:debug|frame)|fast-forward\/.*)\.ts$/,
    /^cpu\.ts$/,
    /^(?:identity|events|semantics)\//,
    /^code\//,
    /^step\.ts$/,
  ],
  'src/assembler/': [/^(?:limits|reporter|language\/.*)\.ts$/, /^preprocessor\//, /^passes\//, /^output\//, /^assemble\.ts$/],
};

describe('inside a folder imports go one way too', () => {
  /** The imports that lead back to where they began, each with the way round. */
  const circles = (): string[] => {
    const found: string[] = [];
    const done = new Set<string>();
    const visit = (file: string, way: readonly string[]): void => {
      if (way.includes(file)) found.push([...way.slice(way.indexOf(file)), file].join(' -> '));
      if (way.includes(file) || done.has(file)) return;
      for (const { from, to } of IMPORTS) if (from === file) visit(to, [...way, file]);
      done.add(file);
    };
    for (const file of SOURCES) visit(file, []);
    return found;
  };
  test('no file is above itself, not even by its types', () => expect(circles()).toEqual([]));

  describe.each(Object.entries(FLOORS))('%s', (folder, floors) => {
    const floorOf = (file: string): number => floors.findIndex((floor) => floor.test(file.slice(folder.length)));
    const inside = SOURCES.filter((file) => file.startsWith(folder));
    test('every file has a floor', () => expect(inside.filter((file) => floorOf(file) < 0)).toEqual([]));
    test('no import goes up a floor', () =>
      expect(
        IMPORTS.filter(({ from, to }) => from.startsWith(folder) && to.startsWith(folder) && floorOf(to) > floorOf(from)).map(
          ({ from, to }) => `${from} -> ${to}`,
        ),
      ).toEqual([]));
  });
});

describe('the core runs anywhere and always the same', () => {
  const core = SOURCES.filter((file) => !FRONTS.includes(folderOf(file)));
  test('it imports no package and no host module, nor does the page', () =>
    expect(SOURCES.filter((file) => folderOf(file) !== 'cli').flatMap((file) => importsOf(file).filter((specifier) => !specifier.startsWith('.')))).toEqual([]));
  test.each([
    ['host time', /\bDate\.now\b|\bnew Date\(\)|\bperformance\.now\b|\bsetTimeout\b/],
    ['host randomness', /\bMath\.random\b|\bcrypto\.(?:getRandomValues|randomBytes)\b/],
    ['the process or the console', /\bprocess\.\w|\bconsole\.\w+\(/],
  ])('it does not touch %s', (_name, pattern) => expect(core.filter((file) => pattern.test(readSource(file)))).toEqual([]));
});

test('what the command line prints passes through one place', () =>
  expect(SOURCES.filter((file) => folderOf(file) === 'cli' && /\bconsole\.\w+\(|\bstd(?:out|err)\.write\(/.test(readSource(file)))).toEqual(['src/cli/terminal.ts']));

describe('a file is one subject', () => {
  const LONGEST = 440;
  test('nothing but the instruction table is much above 400 lines', () =>
    expect(SOURCES.filter((file) => file !== 'src/isa/forms.ts' && readSource(file).split('\n').length > LONGEST)).toEqual([]));
  test('each source opens by saying what it is', () =>
    expect(SOURCES.filter((file) => !/^(?:#!.*\n)?(?:\/\/|\/\*\*)/.test(readSource(file)))).toEqual([]));
  test('names are kebab-case', () => expect(SOURCES.filter((file) => !/^src\/[a-z0-9/-]+\.ts$/.test(file))).toEqual([]));
});

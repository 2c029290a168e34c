// What the page would run, without a browser: the same image and configuration as on the command line.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { formatExpectation } from '../../src/index.ts';
import { readChoice } from '../../src/web/choice.ts';
import { prepare, type Prepared } from '../../src/web/prepare.ts';
import type { Sources } from '../../src/web/sources.ts';
import { targetsOf } from '../../src/web/targets.ts';
import { catalogue } from '../support/catalogue.ts';
import { clispin, folderWith } from '../support/cli.ts';
import { pageSources } from '../support/sources.ts';

const SOURCES = pageSources();

const prepared = (address: string, sources: Sources = SOURCES): Prepared => {
  const answer = prepare(sources, readChoice(new URLSearchParams(address)).choice);
  if ('problems' in answer) throw new Error(answer.problems.join('\n'));
  return answer;
};

const refused = (address: string, sources: Sources = SOURCES): readonly string[] => {
  const answer = prepare(sources, readChoice(new URLSearchParams(address)).choice);
  return 'problems' in answer ? answer.problems : [];
};

test('every scenario can be chosen, and the integer mix in both modes', () =>
  expect(targetsOf(SOURCES).map((target) => (typeof target === 'string' ? target : target.name))).toEqual([
    ...catalogue().map(({ name }) => name),
    'mix-64',
    'mix-32',
  ]));

describe('the image is the one that the command line makes', () => {
  test.each([
    ['run=hard-cli', ['asm', 'asm/kernel.asm', '-f', 'elf']],
    ['run=mix-64&scale=7', ['asm', 'bench/programs/mix.asm', '-d', 'SCALE=7', '-d', 'LONG']],
    ['run=mix-32&scale=7', ['asm', 'bench/programs/mix.asm', '-d', 'SCALE=7']],
  ])('%s', (address, words) => {
    const file = join(folderWith({}), 'image');
    expect(clispin([...words, '-o', file]).code).toBe(0);
    expect(Buffer.compare(readFileSync(file), prepared(address).image)).toBe(0);
  });
});

test('a scenario runs under the conditions chosen, is judged by what is expected of them, and can be repeated', () => {
  const { config, expectation, untilSeconds, command } = prepared(
    'run=hard-cli&cpus=1&append=hardlockup%3Dbuddy+panic%3D5&seed=3&engine=interpret&fast-forward=off');
  expect(config).toMatchObject({
    cpus: 1, pmu: true, seed: 3, engine: 'interpret', fastForward: false, commandLine: 'scenario=hard-cli hardlockup=buddy panic=5',
  });
  expect(formatExpectation(expectation)).toBe('none');
  expect(untilSeconds).toBe(60);
  expect(command.join(' ')).toBe("clispin run hard-cli --cpus 1 --append 'hardlockup=buddy panic=5' --seed 3");
});

test('a scenario of the same name in changed words is the one that is run', () => {
  const path = 'asm/scenarios/hard-cli.asm';
  const { expectation } = prepared('run=hard-cli', { ...SOURCES, [path]: SOURCES[path].replace(/expect: .*/, 'expect: soft,cpu=1') });
  expect(formatExpectation(expectation)).toBe('soft,cpu=1');
});

describe('what cannot be run is refused in words', () => {
  test('an unknown name', () => expect(refused('run=nothing')).toEqual(["'nothing' is nothing that can be run"]));
  test('a CPU that the machine does not have', () =>
    expect(refused('run=hard-cli&append=cpu%3D5')).toEqual(['cpu=5: there is no CPU 5 among 2']));
  test('a mistake in a source, with its place', () =>
    expect(refused('run=mix-64', { ...SOURCES, 'bench/programs/mix.asm': '%include "bench.inc"\nOPS equ 1\nwork: fly eax\n' })).toEqual([
      expect.stringContaining("bench/programs/mix.asm:3:"),
    ]));
  test('a source with many mistakes: the first of them', () => {
    const problems = refused('run=mix-64', { ...SOURCES, 'bench/programs/mix.asm': 'fly eax\n'.repeat(100) });
    expect(problems).toHaveLength(21);
    expect(problems.at(-1)).toBe('… and 80 more errors');
  });
  test('a scenario that does not say what is expected', () =>
    expect(refused('run=hard-cli', { ...SOURCES, 'asm/scenarios/hard-cli.asm': '; title: nothing else\n' })).toEqual([
      expect.stringMatching(/^asm\/scenarios\/hard-cli\.asm:1:1: error: '; expect:' is missing: /),
    ]));
});

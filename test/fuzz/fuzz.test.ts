// A little of each fuzzer, with seeds of its own in every run unless SEED says which, and every case that was ever found.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Random } from '../../src/base/random.ts';
import { examine, FUZZER_NAMES, FUZZERS, type FuzzerName } from './fuzzers.ts';

const SEED = Number(process.env.SEED ?? Date.now() % 2 ** 32);
const SECONDS = Number(process.env.SECONDS ?? 5);
const LEAST_CASES = 3;
console.log(`SEED=${SEED}`);

test.each(FUZZER_NAMES)('%s: a few seconds find nothing', (name) => {
  const seeds = new Random(SEED);
  const end = Date.now() + SECONDS * 1000;
  for (let count = 0; count < LEAST_CASES || Date.now() < end; count++) {
    const seed = seeds.next();
    const source = FUZZERS[name].draw(seed);
    expect(examine(name, source), `SEED=${SEED}, ${name} ${seed}\n${source}`).toBeUndefined();
  }
});

const FIXTURES = 'test/fuzz/fixtures';

describe('what was found once', () => {
  test.each(readdirSync(FIXTURES))('%s', (file) => {
    const name = file.split('-', 1)[0] as FuzzerName;
    expect(examine(name, readFileSync(join(FIXTURES, file), 'utf8'))).toBeUndefined();
  });
});

// What stands in the address of the page → what is run, or what is wrong.

import { describe, expect, test } from 'vitest';
import { readChoice, toAddress } from '../../src/web/choice.ts';

const read = (address: string) => readChoice(new URLSearchParams(address));

test('an empty address is the hard lockup as its scenario has it', () =>
  expect(read('')).toEqual({
    choice: { run: 'hard-cli', engine: 'translate', conditions: [], seed: 0, fastForward: true, scale: 400, source: undefined },
    problems: [],
  }));

test('all settings are read', () =>
  expect(read('run=soft-spin&engine=interpret&cpus=4&pmu=off&append=preempt%3Dfull+nowatchdog&seed=7&fast-forward=off&scale=3')).toEqual({
    choice: {
      run: 'soft-spin',
      engine: 'interpret',
      conditions: [
        { key: 'cpus', value: '4' },
        { key: 'pmu', value: 'off' },
        { key: 'preempt', value: 'full' },
        { key: 'nowatchdog', value: undefined },
      ],
      seed: 7,
      fastForward: false,
      scale: 3,
      source: undefined,
    },
    problems: [],
  }));

describe('what cannot be is named', () => {
  test.each([
    ['engine=fast', "engine: 'fast' is not interpret or translate"],
    ['cpus=0', 'cpus=0 is not in 1..16'],
    ['cpus=17', 'cpus=17 is not in 1..16'],
    ['cpus=1%7C2', 'cpus=1|2 is more than one configuration'],
    ['pmu=maybe', 'pmu=maybe is not on or off'],
    ['seed=-1', "seed: '-1' is not a whole number from 0 to 4294967295"],
    ['seed=4294967296', "seed: '4294967296' is not a whole number from 0 to 4294967295"],
    ['fast-forward=no', "fast-forward: 'no' is not on or off"],
    ['scale=0', "scale: '0' is not a whole number from 1 to 100000"],
    ['speed=9', "speed: there is no such setting; did you mean 'seed'?"],
    ['__proto__=1', '__proto__: there is no such setting'],
  ])('%s', (address, problem) => expect(read(address).problems).toEqual([problem]));
});

test('an address says what is not as by default, and is read as what it was made of', () => {
  const fields = new URLSearchParams('run=hard-cli&engine=translate&cpus=2&pmu=&append=+&seed=0&fast-forward=on&scale=400');
  expect(toAddress(fields)).toBe('#run=hard-cli&cpus=2');
  expect(read(toAddress(fields).slice(1))).toEqual(readChoice(fields));
});

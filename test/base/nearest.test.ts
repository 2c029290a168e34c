import { expect, test } from 'vitest';
import { didYouMean, nearestName } from '../../src/base/nearest.ts';

const NAMES = ['hard-cli', 'soft-18s', 'soft-spin', 'watchdog_thresh'];

test.each([
  ['soft-spim', 'soft-spin'],
  ['sotf-spin', 'soft-spin'],
  ['SOFT_SPIN', 'soft-spin'],
  ['cli', 'hard-cli'],
  ['soft', 'soft-18s'],
  ['watchdog-thres', 'watchdog_thresh'],
  ['zebra', undefined],
  ['so', undefined],
  ['', undefined],
])('%s was probably meant to be %s', (wanted, name) => expect(nearestName(wanted, NAMES)).toBe(name));

test('the nearest counts, not the first', () => expect(nearestName('cat', ['cart', 'cut', 'dog', 'cat'])).toBe('cat'));

test('the end of a message has it in its context, or is empty', () =>
  expect([didYouMean('hard-clu', NAMES, (name) => `run ${name}`), didYouMean('zebra', NAMES)]).toEqual(["; did you mean 'run hard-cli'?", '']));

import { expect, test } from 'vitest';
import { completeConfig, DEFAULT_CONFIG, digest } from '../../src/machine/config.ts';

test('what is not said has a default', () =>
  expect(completeConfig({ cpus: 4 })).toEqual({
    ...DEFAULT_CONFIG,
    cpus: 4,
    ramBytes: 67_108_864,
    hz: 1_000_000_000,
    turn: 1000,
    seed: 0,
    pmu: true,
  }));

test.each([
  [{ cpus: 0 }, 'cpus: 0 is not in 1..32'],
  [{ cpus: 2.5 }, 'cpus: 2.5 is not an integer'],
  [{ cpus: NaN }, 'cpus: NaN is not an integer'],
  [{ ramBytes: 2 ** 40 }, 'ramBytes: 1099511627776 is not in 16777216..2147483648'],
  [{ ramBytes: 2 ** 24 + 1 }, 'ramBytes: 16777217 is not a multiple of 4096'],
  [{ hz: 99_999 }, 'hz: 99999 is not in 100000..5000000000'],
  [{ turn: 0 }, 'turn: 0 is not in 1..100000'],
  [{ seed: -1 }, 'seed: -1 is not in 0..4294967295'],
  [{ commandLine: 'a\0b' }, 'commandLine: has a zero character in it'],
  [{ modules: [{ name: 'x'.repeat(5000), bytes: new Uint8Array() }] }, 'modules[0].name: 5000 characters are more than 4096'],
])('%j is refused by name', (wanted, message) => expect(completeConfig(wanted)).toEqual({ errors: [message] }));

test('all mistakes are told at once', () =>
  expect(completeConfig({ cpus: 0, turn: 0 })).toEqual({ errors: ['cpus: 0 is not in 1..32', 'turn: 0 is not in 1..100000'] }));

test('everything that can influence a run changes its digest', () => {
  const image = Uint8Array.of(1, 2, 3);
  const runs = [
    digest(DEFAULT_CONFIG, image),
    digest(DEFAULT_CONFIG, Uint8Array.of(1, 2, 4)),
    ...[
      { cpus: 3 },
      { ramBytes: 2 ** 25 },
      { hz: 2_000_000 },
      { turn: 99 },
      { seed: 1 },
      { pmu: false },
      { commandLine: 'x' },
      { modules: [{ name: 'm', bytes: image }] },
    ].map((change) => digest({ ...DEFAULT_CONFIG, ...change }, image)),
  ];
  expect(new Set(runs).size).toBe(runs.length);
  expect(digest({ ...DEFAULT_CONFIG }, image.slice())).toBe(runs[0]);
});

// The whole catalogue: every scenario in every configuration that its file speaks of, by the command that a person would use.

import { spawnSync } from 'node:child_process';
import { beforeAll, describe, expect, test } from 'vitest';
import { casesOf, cellName } from '../../src/index.ts';
import { catalogue } from '../support/catalogue.ts';
import { clispin } from '../support/cli.ts';

interface Cell {
  readonly scenario: string;
  readonly configuration: string;
  readonly expected: string;
  readonly seen: string;
  readonly asExpected: boolean;
}

const nameOf = ({ scenario, configuration }: Pick<Cell, 'scenario' | 'configuration'>): string =>
  configuration === '' ? scenario : `${scenario} [${configuration}]`;

describe('every cell of the matrix is as expected', () => {
  const cells = new Map<string, Cell>();
  beforeAll(() => {
    const { stdout, stderr } = spawnSync(process.execPath, ['dist/cli.js', 'matrix', '--json'], {
      encoding: 'utf8', timeout: 900_000, maxBuffer: 1 << 28,
    });
    if (stdout === '') throw new Error(stderr);
    for (const cell of (JSON.parse(stdout) as { cells: Cell[] }).cells) cells.set(nameOf(cell), cell);
  }, 900_000);
  test.each(catalogue().flatMap(casesOf).map(cellName))('%s', (name) => {
    const cell = cells.get(name);
    expect(cell?.seen, `expected: ${cell?.expected}`).toBe(cell?.asExpected ? cell.seen : cell?.expected);
    expect(cell).toBeDefined();
  });
});

describe('clispin matrix', () => {
  test('gives the same table however many threads run it', () => {
    const [one, two] = ['1', '2'].map((jobs) => clispin(['matrix', 'hard-cli', '--json', '--jobs', jobs]));
    expect(one.stdout).toBe(two.stdout);
  });
  test('runs every cell under each of the seeds', () => {
    const { code, stdout } = clispin(['matrix', 'hard-cli', '--hz', '1MHz', '--seeds', '1..3', '--json']);
    const { cells } = JSON.parse(stdout) as { cells: { runs: { seed: number; asExpected: boolean; stateHash: string }[] }[] };
    expect(code).toBe(0);
    for (const { runs } of cells) {
      expect(runs.map(({ seed, asExpected }) => [seed, asExpected])).toEqual([[1, true], [2, true], [3, true]]);
      expect(new Set(runs.map(({ stateHash }) => stateHash)).size).toBe(3); // other interleavings
    }
  });
  test('lists its cells without running them', () =>
    expect(clispin(['matrix', '--list']).stdout.trimEnd().split('\n')).toEqual(catalogue().flatMap(casesOf).map(cellName)));
  test.each([
    [['matrix', 'no-such-cell'], "clispin matrix: no cell is called 'no-such-cell'; --list shows them"],
    [['matrix', '--json', '--md'], 'clispin matrix: --json and --md: which?'],
    [['matrix', '--seeds', '5..1'], "clispin matrix: --seeds: '5..1' is not a range of seeds such as 1..50"],
    [['matrix', '--hz', 'fast'], "clispin matrix: --hz: 'fast' is not a rate from 100kHz to 5GHz"],
    [['matrix', '--jobs', '0'], "clispin matrix: --jobs: '0' is not a whole number from 1 to 256"],
  ])('%j is refused', (words, message) => expect(clispin(words)).toEqual({ code: 2, stdout: '', stderr: `${message}\n` }));
});

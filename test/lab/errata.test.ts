// Every claim has a run that shows the truth, and that run is a cell of the matrix, where it is checked.

import { expect, test } from 'vitest';
import { casesOf, cellName, ERRATA } from '../../src/index.ts';
import { catalogue } from '../support/catalogue.ts';
import { clispin } from '../support/cli.ts';

const cells = new Set(catalogue().flatMap(casesOf).map(cellName));

test.each(ERRATA)('erratum $number is shown by cells of the matrix', ({ cells: shown }) => {
  expect(shown.length).toBeGreaterThan(0);
  expect(shown.filter((name) => !cells.has(name))).toEqual([]);
});

test('errata are in the order of their numbers, each once', () => {
  const numbers = ERRATA.map(({ number }) => number);
  expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
});

test('the list has claim, truth and command of each', () => {
  const { code, stdout } = clispin(['scenarios', '--errata']);
  expect(code).toBe(0);
  for (const { claim, truth } of ERRATA) expect(stdout).toContain(`${claim}\n    ${truth}\n    clispin run `);
  const rows = JSON.parse(clispin(['scenarios', '--errata', '--json']).stdout) as { commands: string[] }[];
  expect(rows.map(({ commands }) => commands.length)).toEqual(ERRATA.map((erratum) => erratum.cells.length));
});

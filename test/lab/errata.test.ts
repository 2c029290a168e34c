// Every claim has a run that shows the truth, and that run is a cell of the matrix, where it is checked.

import { expect, test } from 'vitest';
import { casesOf, cellName, ERRATA, NOT_SHOWN } from '../../src/index.ts';
import { catalogue } from '../support/catalogue.ts';
import { clispin } from '../support/cli.ts';

const cells = new Set(catalogue().flatMap(casesOf).map(cellName));

test.each(ERRATA)('erratum $number is shown by cells of the matrix', ({ cells: shown }) => {
  expect(shown.length).toBeGreaterThan(0);
  expect(shown.filter((name) => !cells.has(name))).toEqual([]);
});

test('the 48 errata of the specification are shown, in the order of their numbers, or named as what no run can show', () => {
  const numbers = ERRATA.map(({ number }) => number);
  expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
  expect([...numbers, ...NOT_SHOWN].sort((a, b) => a - b)).toEqual(Array.from({ length: 48 }, (_, index) => index + 1));
});

test('the list has claim, truth and command of each', () => {
  const { code, stdout } = clispin(['scenarios', '--errata']);
  expect(code).toBe(0);
  const text = stdout.replaceAll(/ \\?\n +| ?\\?\n +/g, ' '); // lines that go on
  for (const { claim, truth } of ERRATA) expect(text).toContain(`${claim} ${truth} clispin run `);
  const { errata } = JSON.parse(clispin(['scenarios', '--errata', '--json']).stdout) as { errata: { commands: string[] }[] };
  expect(errata.map(({ commands }) => commands.length)).toEqual(ERRATA.map((erratum) => erratum.cells.length));
});

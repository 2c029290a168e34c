// The table of cells: names, filters, and the three ways in which it is printed.

import { describe, expect, test } from 'vitest';
import { FindingReader } from '../../src/lab/findings.ts';
import { judge } from '../../src/lab/judge.ts';
import { type Cell, cellName, countsText, isSelected, matrixJson, matrixMarkdown, matrixText, repeatWords } from '../../src/lab/matrix.ts';
import { type Case, casesOf, isMistake, readScenario } from '../../src/lab/scenario.ts';

const SOURCE = `; title: A loop
; until: 60s
; expect: soft@20s..28s,cpu=0 | hard
; expect[cpus=4, preempt=full]: none
`;

const cases = (() => {
  const scenario = readScenario('spin', SOURCE);
  if (isMistake(scenario)) throw new Error(scenario.text);
  return casesOf(scenario);
})();

/** A cell in which a soft lockup was found 26.5 s after the onset. */
const cellOf = (one: Case): Cell => {
  const reader = new FindingReader();
  reader.add({ seconds: 1.5, cpu: 0, text: 'spin: start' });
  reader.add({ seconds: 28, cpu: 0, text: '[   28.000000] watchdog: BUG: soft lockup - CPU#0 stuck for 26s! [insmod:100]' });
  const { happenings, origin } = reader;
  const result = {
    outcome: { kind: 'until' }, verdict: judge(happenings, origin, one.expectation), seconds: 30, origin, refusals: [], lostBytes: 0, stateHash: '0', silent: false,
  } as const;
  return { one, runs: [{ seed: 0, result }] };
};
const CELLS = cases.map(cellOf);

test('a cell is named by scenario and configuration', () => expect(cases.map(cellName)).toEqual(['spin', 'spin [cpus=4, preempt=full]']));
test('filters are parts of the name, one of which must occur', () => {
  const selected = (...filters: string[]) => cases.filter((one) => isSelected(one, filters)).length;
  expect([selected(), selected('spin'), selected('cpus=4'), selected('hard', 'full'), selected('spin [', 'full'), selected('hard')]).toEqual([2, 2, 1, 1, 1, 0]);
});
test('a cell can be repeated by a command', () =>
  expect(cases.map((one) => repeatWords(one, 7).join(' '))).toEqual([
    'clispin run spin --seed 7',
    'clispin run spin --cpus 4 --append preempt=full --seed 7',
  ]));

describe('the table', () => {
  const plain = (_colour: string, text: string): string => text;
  test('says what is different, and how to see it again', () =>
    expect(matrixText(CELLS, plain)).toEqual([
      'ok    spin                         soft@26.5s,cpu=0,stuck=26',
      'FAIL  spin [cpus=4, preempt=full]  soft@26.5s,cpu=0,stuck=26',
      '      nothing more was expected; seen: watchdog: BUG: soft lockup - CPU#0 stuck for 26s!',
      '        [insmod:100]',
      '      clispin run spin --cpus 4 --append preempt=full',
    ]));
  test('as Markdown keeps its columns', () =>
    expect(matrixMarkdown(CELLS).slice(2)).toEqual([
      '| ✓ | spin | A loop | `soft,cpu=0 \\| hard` | `soft@26.5s,cpu=0,stuck=26` |',
      '| ✗ | spin | `cpus=4, preempt=full` | `none` | `soft@26.5s,cpu=0,stuck=26` |',
    ]));
  test('as JSON has every run', () =>
    expect(matrixJson(CELLS)).toMatchObject({
      count: 2,
      notAsExpected: 1,
      cells: [{ asExpected: true, runs: [{ seed: 0, latency: 26.5 }] }, { asExpected: false, configuration: 'cpus=4, preempt=full' }],
    }));
  test('ends with counts', () => expect(countsText(CELLS)).toBe('2 cells: 1 as expected, 1 not'));
  test('names the seeds under which a cell fails', () => {
    const [good, bad] = [0, 1].map((index) => ({ ...CELLS[index].runs[0] }));
    const cell = { one: CELLS[0].one, runs: [{ ...good, seed: 1 }, { ...bad, seed: 2 }, { ...good, seed: 3 }] };
    const [row, ...others] = matrixText([cell], plain);
    expect(row).toMatch(/^FAIL .*\(seeds 2 of 3\)$/);
    expect(others.at(-1)).toMatch(/--seed 2$/);
  });
});

// `clispin matrix [FILTER ...]`: every scenario in every configuration that it speaks of, over all cores, against what is expected.

import {
  type Case, casesOf, cellName, type Cell, countsText, didYouMean, isAsExpected, isSelected, matrixJson, matrixMarkdown, matrixText, requestOf,
  type RunResult,
} from '../../index.ts';
import { EXIT } from '../exit-code.ts';
import type { Command } from '../options.ts';
import { runAll } from '../pool.ts';
import { allScenarios, scenarioNames } from '../scenario-files.ts';
import { kernelImage } from '../target.ts';
import { paint, sayJson, sayLine, showProgress } from '../terminal.ts';

export const matrix: Command = {
  name: 'matrix',
  operands: '[FILTER ...] [options]',
  summary:
    'Runs every scenario in every configuration that it speaks of. With FILTERs only the cells in whose name, such as `soft-spin [preempt=full]`, at least one of them occurs.',
  options: [
    { name: 'list', help: 'only list the cells' },
    { name: 'brief', help: 'only the default configuration of each scenario' },
    { name: 'seeds', value: 'A..B', help: 'run each cell with turns of random length, under each of these seeds' },
    { name: 'hz', value: 'RATE', help: 'clock of the CPUs, 100kHz to 5GHz (default 1GHz): a slow one makes seeds quick' },
    { name: 'jobs', short: 'j', value: 'N', help: 'threads (default: one for each core)' },
    { name: 'json', help: 'print the table as JSON' },
    { name: 'md', help: 'print the table as Markdown' },
  ],
  run: async (args) => {
    const all = allScenarios().flatMap((scenario) => casesOf(scenario).slice(0, args.flag('brief') ? 1 : undefined));
    const cases = all.filter((one) => isSelected(one, args.operands));
    for (const filter of args.operands) {
      if (all.some((one) => isSelected(one, [filter]))) continue;
      throw args.misuse(`no cell is called '${filter}'${didYouMean(filter, scenarioNames()) || '; --list shows them'}`);
    }
    if (args.flag('json') && args.flag('md')) throw args.misuse('--json and --md: which?');
    const seeds = args.value('seeds', 'a range of seeds such as 1..50', parseSeeds) ?? [0];
    if (args.flag('list')) {
      for (const one of cases) sayLine(cellName(one));
      return EXIT.OK;
    }
    const hz = args.clockRate('hz');
    const cells = await runCells(cases, seeds, hz, args.count('jobs', 1, 256));
    if (args.flag('json')) sayJson('matrix', matrixJson(cells));
    else if (args.flag('md')) sayLine(matrixMarkdown(cells).join('\n'));
    else sayLine([...matrixText(cells, paint), '', countsText(cells)].join('\n'));
    return cells.every(isAsExpected) ? EXIT.OK : EXIT.NOT_AS_EXPECTED;
  },
};

const MOST_SEEDS = 10_000;

const parseSeeds = (text: string): number[] | undefined => {
  const match = /^(\d{1,9})\.\.(\d{1,9})$/.exec(text);
  if (!match) return undefined;
  const [first, last] = [Number(match[1]), Number(match[2])];
  const count = last - first + 1;
  return count >= 1 && count <= MOST_SEEDS ? Array.from({ length: count }, (_, index) => first + index) : undefined;
};

const runCells = async (cases: readonly Case[], seeds: readonly number[], hz: number | undefined, jobs: number | undefined): Promise<Cell[]> => {
  const requests = cases.flatMap((one) => seeds.map((seed) => requestOf(one, seed, hz)));
  const onProgress = (done: number): void => showProgress(`${done} of ${requests.length} runs`);
  const results = await runAll(kernelImage(), requests, { jobs, onProgress });
  showProgress('');
  const resultOf = (row: number, column: number): RunResult => results[row * seeds.length + column];
  return cases.map((one, row) => ({ one, hz, runs: seeds.map((seed, column) => ({ seed, result: resultOf(row, column) })) }));
};

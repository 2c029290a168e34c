// Cells, each a scenario in one configuration, and their results → the table: for a terminal, as Markdown, as JSON. What was seen is
// written in the words of an expectation, so that both can be compared at a glance.

import { type Conditions, formatCondition } from './conditions.ts';
import { formatEvent, formatExpectation, outlineOf } from './expectation.ts';
import type { RunResult } from './run.ts';
import type { Case } from './scenario.ts';
import { NO_NAMES } from './kernel-names.ts';
import { describeRefusal } from './refusals.ts';
import { quote, wrap } from './words.ts';

/** A cell with its results under each of the seeds. */
export interface Cell {
  readonly one: Case;
  /** The clock, if it is not the default. */
  readonly hz?: number | undefined;
  readonly runs: readonly { readonly seed: number; readonly result: RunResult }[];
}

/** `soft-spin [preempt=full]`: what a filter is compared with. */
export const cellName = ({ scenario, configuration }: Case): string =>
  configuration === '' ? scenario.name : `${scenario.name} [${configuration}]`;

/** Whether one of the filters, if there are any, occurs in the cell's name. */
export const isSelected = (one: Case, filters: readonly string[]): boolean =>
  filters.length === 0 || filters.some((filter) => cellName(one).includes(filter));

/** The words that repeat a cell's run, one array element each. */
export const repeatWords = ({ scenario, conditions }: Case, seed: number, hz?: number): string[] => {
  const isOption = ({ key }: Conditions[number]): boolean => key === 'cpus' || key === 'pmu';
  const words = conditions.filter((condition) => !isOption(condition)).map(formatCondition);
  return [
    'clispin', 'run', scenario.name,
    ...conditions.filter(isOption).flatMap(({ key, value }) => [`--${key}`, `${value}`]),
    ...(words.length > 0 ? ['--append', words.join(' ')] : []),
    ...(hz === undefined ? [] : ['--hz', `${hz}`]),
    ...(seed === 0 ? [] : ['--seed', `${seed}`]),
  ];
};

/** What was seen, as an expectation would say it; each kind and CPU once. */
export const seenText = ({ verdict, origin, outcome }: RunResult): string => {
  const seen = new Set<string>();
  const events = verdict.findings.flatMap(({ kind, cpu, seconds, stuck }) => {
    const name = `${kind} ${cpu}`;
    if (seen.has(name)) return [];
    seen.add(name);
    const attributes = [...(cpu === undefined ? [] : [`cpu=${cpu}`]), ...(stuck === undefined ? [] : [`stuck=${stuck}`])];
    return [`${kind}@${(seconds - origin.seconds).toFixed(1)}s`, ...attributes].join(',');
  });
  const end = outcome.kind === 'until' || outcome.kind === 'stuck' ? undefined : outcome.kind === 'exit' ? formatEvent(outcome) : outcome.kind;
  return [...events, ...(end ? [end] : [])].join(' then ') || 'none';
};

const isFailed = ({ result }: Cell['runs'][number]): boolean => result.verdict.asExpected !== true || result.refusals.length > 0;
export const failures = ({ runs }: Cell): Cell['runs'] => runs.filter(isFailed);
export const isAsExpected = (cell: Cell): boolean => failures(cell).length === 0;

/** The run that a row tells of: the first that failed, else the first. */
const shown = ({ runs }: Cell): Cell['runs'][number] => runs.find(isFailed) ?? runs[0];

interface Row {
  readonly scenario: string;
  readonly configuration: string;
  readonly expected: string;
  readonly seen: string;
}

const rowOf = (cell: Cell): Row => ({
  scenario: cell.one.scenario.name,
  configuration: cell.one.configuration,
  expected: formatExpectation(cell.one.expectation),
  seen: seenText(shown(cell).result),
});

/** `93 cells: 92 as expected, 1 not`. */
export const countsText = (cells: readonly Cell[]): string => {
  const good = cells.filter(isAsExpected).length;
  return `${cells.length} ${cells.length === 1 ? 'cell' : 'cells'}: ${good} as expected, ${cells.length - good} not`;
};

/** Names up to here stand in a column of their own. */
const WIDEST_NAME = 40;

/** Lines for a terminal; `paint` colours them. */
export const matrixText = (cells: readonly Cell[], paint: (colour: 'green' | 'red' | 'grey', text: string) => string): string[] => {
  const rows = cells.map((cell) => ({ cell, row: rowOf(cell) }));
  const width = Math.min(WIDEST_NAME, Math.max(0, ...cells.map(({ one }) => cellName(one).length)));
  return rows.flatMap(({ cell, row }) => {
    const name = cellName(cell.one).padEnd(width);
    const failed = failures(cell);
    const line = (text: string): string[] => wrap(text, { indent: ' '.repeat(8) });
    /** The name, then what was seen, or that in lines of its own. */
    const told = (colour: 'green' | 'red', status: string, seen: string): string[] => {
      const [first, ...rest] = line(`${status.padEnd(5)} ${name}  ${seen}`);
      return [`${paint(colour, first.slice(0, 5))}${first.slice(5)}`, ...rest];
    };
    if (failed.length === 0) return told('green', 'ok', row.seen);
    const seeds = cell.runs.length === 1 ? '' : ` (seeds ${failed.map(({ seed }) => seed).join(', ')} of ${cell.runs.length})`;
    const { seed, result } = failed[0];
    return [
      ...told('red', 'FAIL', `${row.seen}${seeds}`),
      ...[result.verdict.difference, ...result.refusals.map((refusal) => describeRefusal(refusal, NO_NAMES))].flatMap((text) => (text ? line(`      ${text}`) : [])),
      ...wrap(['     ', ...repeatWords(cell.one, seed, cell.hz).map(quote)], { indent: ' '.repeat(8), end: ' \\' }).map((text) => paint('grey', text)),
    ];
  });
};

/** The table as the README shows it: titles for the default configurations, outlines of what is expected. */
export const matrixMarkdown = (cells: readonly Cell[]): string[] => {
  const code = (text: string): string => (text === '' ? '' : `\`${text.replaceAll('|', '\\|')}\``);
  return [
    '| | scenario | configuration | expected | seen |',
    '| --- | --- | --- | --- | --- |',
    ...cells.map((cell) => {
      const { scenario, configuration, seen } = rowOf(cell);
      const expected = outlineOf(cell.one.expectation);
      const what = configuration === '' ? cell.one.scenario.title.replaceAll('|', '\\|') : code(configuration);
      return `| ${isAsExpected(cell) ? '✓' : '✗'} | ${scenario} | ${what} | ${code(expected)} | ${code(seen)} |`;
    }),
  ];
};

/** For programs. */
export const matrixJson = (cells: readonly Cell[]): object => ({
  cells: cells.map((cell) => ({
    ...rowOf(cell),
    title: cell.one.scenario.title,
    asExpected: isAsExpected(cell),
    runs: cell.runs.map(({ seed, result: { verdict, seconds, origin, stateHash } }) => ({
      seed,
      asExpected: verdict.asExpected,
      difference: verdict.difference,
      line: verdict.finding?.line,
      latency: verdict.latency,
      seconds,
      origin,
      stateHash,
      command: repeatWords(cell.one, seed, cell.hz),
    })),
  })),
  count: cells.length,
  notAsExpected: cells.filter((cell) => !isAsExpected(cell)).length,
});

// The result of a run → its last lines: what was found, when, on which CPU, at which source line, and how to see it again.

import type { LineTable, SymbolTable } from '../formats/symbols.ts';
import type { Outcome } from '../machine/machine.ts';
import type { Entry } from '../machine/journal.ts';
import type { MachineConfig } from '../machine/config.ts';
import { type Expectation, formatExpectation } from './expectation.ts';
import { describeVerdict } from './judge.ts';
import type { RunResult } from './run.ts';
import { jsonText, printable } from './words.ts';

/** What a report must know besides the result. `command` repeats the run. */
export interface ReportContext {
  readonly target: string;
  readonly command: string;
  readonly config: MachineConfig;
  readonly expectation: Expectation | undefined;
  readonly symbols: SymbolTable;
  readonly lines: LineTable;
}

export const describeOutcome = (outcome: Outcome, seconds: number): string => {
  const at = `at ${seconds.toFixed(3)} s`;
  switch (outcome.kind) {
    case 'exit':
      return `the guest left with code ${outcome.code} ${at}`;
    case 'reset':
      return `the guest reset the machine (${outcome.by}) ${at}`;
    case 'triple-fault':
      return `CPU ${outcome.cpu} shut down after a triple fault ${at}`;
    case 'stuck':
      return `every CPU sleeps and nothing can ever wake one ${at}`;
    case 'until':
      return `stopped ${at}`;
  }
};

/** `name+0x1c`, with its source line where that is known. */
export const describePlace = (place: string, { symbols, lines }: Pick<ReportContext, 'symbols' | 'lines'>): string => {
  const [name, offset = '0'] = place.split('+');
  const start = symbols.addressOf(name);
  const source = start === undefined ? undefined : lines.placeOf(start + BigInt(offset));
  return source ? `${place} (${source.file}:${source.line})` : place;
};

/** What there is to say below the verdict, each with its label. */
export const reportRows = (result: RunResult, context: ReportContext): (readonly [label: string, text: string])[] => {
  const { verdict: { difference, finding }, outcome, seconds, silent } = result;
  return [
    ...(difference ? [['difference', difference] as const] : []),
    ...(finding ? [['report', `${finding.line} (guest time ${finding.seconds.toFixed(3)} s)`] as const] : []),
    ...(finding?.symbol ? [['stuck in', describePlace(finding.symbol, context)] as const] : []),
    ['end', `${describeOutcome(outcome, seconds)}${silent ? '; the guest never printed a line' : ''}`],
    ['repeat', context.command],
  ];
};

/** The last lines of a run, for a person. */
export const reportText = (result: RunResult, context: ReportContext): string[] => [
  `verdict: ${describeVerdict(result.verdict, context.expectation)}`,
  ...reportRows(result, context).map(([label, text]) => `  ${label}: ${text}`),
  `  seed ${context.config.seed}, state hash ${result.stateHash}`,
];

/** The whole run for a program: everything is a function of configuration, image and seed. */
export const reportJson = (result: RunResult, context: ReportContext, journal: readonly Entry[]): string => {
  const { modules, fastForward: _fastForward, engine: _engine, ...config } = context.config;
  const { verdict, outcome, seconds, onset, stateHash } = result;
  const place = verdict.finding?.symbol;
  return `${jsonText({
    target: context.target,
    command: context.command,
    config: { ...config, modules: modules.map(({ name, bytes }) => ({ name, bytes: bytes.length })) },
    expectation: context.expectation && formatExpectation(context.expectation),
    verdict: { ...verdict, place: place && describePlace(place, context) },
    outcome,
    seconds,
    onset,
    stateHash,
    journal,
  })}\n`;
};

/** The console alone, as `dmesg` would show it: what would control a terminal in words, unless `raw`. */
export const reportDmesg = (journal: readonly Entry[], raw = false): string => {
  const text = journal.flatMap((entry) => (entry.kind === 'console' ? [`${entry.text}\n`] : [])).join('');
  return raw ? text : printable(text);
};

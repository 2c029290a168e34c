// The result of a run → its last lines: what was found, when, on which CPU, at which source line, how to see it again; the verdict last.

import type { Diagnostic } from '../base/diagnostic.ts';
import type { LineTable, SymbolTable } from '../formats/symbols.ts';
import type { Machine, Outcome } from '../machine/machine.ts';
import type { Entry } from '../machine/journal.ts';
import type { MachineConfig } from '../machine/config.ts';
import type { Activity } from './activity.ts';
import { type Expectation, formatExpectation } from './expectation.ts';
import { describeVerdict } from './judge.ts';
import type { KernelNames } from './kernel-names.ts';
import { describeRefusal } from './refusals.ts';
import type { RunResult } from './run.ts';
import { jsonText, printable, wrap } from './words.ts';

/** What a report must know besides the result. `command` repeats the run: words as a shell takes them. */
export interface ReportContext {
  readonly target: string;
  readonly command: readonly string[];
  /** What the assembler had to say. */
  readonly diagnostics: readonly Diagnostic[];
  /** What the guest's kernel knows. */
  readonly names: KernelNames;
  readonly activity: Activity;
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

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** What the guest's processors did, and what fast-forward spared them. */
const describeWork = ({ instructions, skipped, cpus }: Activity): string => {
  const slept = cpus.reduce((sum, { haltedTicks }) => sum + haltedTicks, 0) / Math.max(1, cpus.reduce((sum, { ticks }) => sum + ticks, 0));
  const numbers = [instructions - skipped, skipped].map((count) => `${count}`.replace(/\B(?=(?:\d{3})+$)/g, ','));
  return `${numbers[0]} ${instructions - skipped === 1 ? 'instruction' : 'instructions'} executed, ${numbers[1]} skipped in steady loops, CPUs halted ${Math.round(100 * slept)} %`;
};

/** What there is to say besides the verdict, each with its label. */
export const reportRows = (result: RunResult, context: ReportContext): (readonly [label: string, text: string])[] => {
  const { verdict: { difference, finding }, outcome, seconds, silent, refusals, lostBytes } = result;
  const { expectation, names, activity } = context;
  return [
    ...(expectation ? [['expected', formatExpectation(expectation)] as const] : []),
    ...(difference ? [['difference', difference] as const] : []),
    ...(finding ? [['report', `${finding.line} (guest time ${finding.seconds.toFixed(3)} s)`] as const] : []),
    ...(finding?.symbol ? [['stuck in', describePlace(finding.symbol, context)] as const] : []),
    ...(lostBytes > 0 ? [['serial port', `${plural(lostBytes, 'byte')} lost, written while the transmitter was full; poll LSR bit 5 (THRE)`] as const] : []),
    ['end', `${describeOutcome(outcome, seconds)}${silent ? '; the guest never printed a line' : ''}`],
    ['work', describeWork(activity)],
    ['repeat', context.command.join(' ')],
    ...refusals.map((refusal) => ['not taken', describeRefusal(refusal, names)] as const),
  ];
};

/** The last lines of a run, for a person; the very last is the verdict. */
export const reportText = (result: RunResult, context: ReportContext): string[] => [
  ...reportRows(result, context).flatMap(([label, text]) =>
    label === 'repeat' ? wrap([`  ${label}:`, ...context.command], { indent: '    ', end: ' \\' }) : wrap(`  ${label}: ${text}`, { indent: '    ' }),
  ),
  `  seed ${context.config.seed}, state hash ${result.stateHash}`,
  ...wrap(`verdict: ${describeVerdict(result, context.expectation)}`, { indent: '  ' }),
];

/** Of everything that is written as JSON: by these a program knows what it reads. A field that goes away or changes is a new version. */
export const schemaOf = (name: string): { readonly schema: { readonly name: string; readonly version: number } } => ({
  schema: { name: `clispin-${name}`, version: 1 },
});

const toJson = (value: object): string => `${jsonText(value)}\n`;

/** What is known before anything runs: which target, in which words, and what there was to say of it. */
export interface Preparation {
  readonly target: string;
  readonly command: string;
  readonly diagnostics: readonly (Diagnostic | { readonly severity: 'error'; readonly text: string })[];
}

/** In place of reportJson, when nothing ran. */
export const preparationJson = (preparation: Preparation): string => toJson({ ...schemaOf('run'), ...preparation });

/** The whole run for a program: everything is a function of configuration, image and seed. */
export const reportJson = (result: RunResult, context: ReportContext, machine: Pick<Machine, 'journal' | 'cpus' | 'cpuState'>): string => {
  const { modules, fastForward: _fastForward, engine: _engine, ...config } = context.config;
  const { verdict, refusals, silent: _silent, ...rest } = result;
  const place = verdict.finding?.symbol;
  return toJson({
    ...schemaOf('run'),
    target: context.target,
    command: context.command.join(' '),
    diagnostics: context.diagnostics,
    config: { ...config, modules: modules.map(({ name, bytes }) => ({ name, bytes: bytes.length })) },
    expectation: context.expectation && formatExpectation(context.expectation),
    verdict: { ...verdict, place: place && describePlace(place, context) },
    ...rest,
    refusals: refusals.map((refusal) => ({ ...refusal, text: describeRefusal(refusal, context.names) })),
    cpus: machine.cpus.map(({ id }) => machine.cpuState(id)),
    journal: machine.journal.entries,
  });
};

/** The console alone, as `dmesg` would show it: what would control a terminal in words, unless `raw`. */
export const reportDmesg = (journal: readonly Entry[], raw = false): string => {
  const text = journal.flatMap((entry) => (entry.kind === 'console' ? [`${entry.text}\n`] : [])).join('');
  return raw ? text : printable(text);
};

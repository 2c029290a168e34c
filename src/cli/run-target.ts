// A target and what the options say of it → a run on the terminal: console, report, and what the exit code is to be.

import {
  activityOf,
  applyConditions,
  type Case,
  caseIn,
  completeConfig,
  type Expectation,
  impossible,
  kernelNames,
  Machine,
  type MachineConfig,
  type ReportContext,
  type RunResult,
  reportText,
  unknownFunctions,
  wrap,
} from '../index.ts';
import { toConditions } from './condition-options.ts';
import { CliError, EXIT } from './exit-code.ts';
import type { Target } from './target.ts';
import { paint } from './terminal.ts';
import { watchRun } from './watch-run.ts';

/** Guest seconds after which a run without a scenario ends. */
const DEFAULT_LIMIT = 60;

/** What the options say of a run; absent: the scenario's or the machine's own default. */
export interface RunSettings {
  readonly config: Partial<MachineConfig>;
  /** Added to the kernel's command line. */
  readonly append?: string;
  readonly expectation?: Expectation | undefined;
  readonly untilSeconds?: number | undefined;
  /** All registers of each CPU are shown, not a line for each that matters. */
  readonly showState?: boolean;
  /** What repeats this run, as words of a shell. */
  readonly command: readonly string[];
}

export interface EndedRun {
  readonly result: RunResult;
  readonly machine: Machine;
  readonly context: ReportContext;
}

/** The scenario under the options' conditions. */
const caseOf = ({ scenario }: Target, { config: { cpus, pmu }, append = '' }: RunSettings): Case | undefined => {
  if (!scenario) return undefined;
  const setting = applyConditions(scenario.setting, toConditions(cpus, pmu, append));
  const why = impossible(setting);
  if (why) throw new CliError(`clispin run: ${why}`, EXIT.USAGE);
  return caseIn(scenario, setting);
};

/** Boots `target`, shows its console, prints the report. */
export const runTarget = async (target: Target, settings: RunSettings, show: (text: string) => void, showRaw?: (bytes: Uint8Array) => void): Promise<EndedRun> => {
  const one = caseOf(target, settings);
  const expectation = settings.expectation ?? one?.expectation;
  const config = completeConfig({
    ...settings.config,
    ...(one ? { cpus: one.setting.cpus, pmu: one.setting.pmu } : {}),
    commandLine: one?.commandLine ?? settings.append ?? '',
  });
  if ('errors' in config) throw new CliError(`clispin run: ${config.errors.join('; ')}`, EXIT.USAGE);
  const machine = new Machine(config);
  const names = kernelNames(target.image);
  const [unknown] = settings.expectation ? unknownFunctions(settings.expectation, names) : [];
  if (unknown) throw new CliError(`clispin run: --expect: ${unknown.text}`, EXIT.USAGE);
  const failure = machine.load(target.image);
  if (failure) throw new CliError(`${target.name}: at 0x${failure.offset.toString(16)}: ${failure.error}`, EXIT.BAD_INPUT);
  const untilSeconds = settings.untilSeconds ?? one?.untilSeconds ?? DEFAULT_LIMIT;
  const describeCpus = (): string => cpusText(machine, settings.showState);
  /** The report begins in a line of its own, below an empty one. */
  let isMidLine = false;
  const showConsole = (text: string): void => {
    show(text);
    if (text !== '') isMidLine = !text.endsWith('\n');
  };
  const result = await watchRun(machine, { expectation, untilSeconds, show: showConsole, showRaw, describeCpus });
  const { command } = settings;
  const { symbols, lines } = machine;
  const { diagnostics } = target;
  const context: ReportContext = {
    target: target.name, command, diagnostics, names, activity: activityOf(machine), config, expectation, symbols, lines,
  };
  if (isMidLine) show('\n');
  show(settings.showState || !isCleanEnd(result) ? `\n${describeCpus()}\n\n` : '\n');
  show(`${paintReport(reportText(result, context), result)}\n`);
  return { result, machine, context };
};

/** The guest left by itself, or what was wanted was seen: nobody needs the CPUs' state to understand it. */
const isCleanEnd = ({ outcome, verdict }: RunResult): boolean => outcome.kind === 'exit' || verdict.asExpected === true;

const cpusText = (machine: Machine, withAll = false): string =>
  machine.cpus.flatMap(({ id }) => (withAll ? machine.describeCpu(id) : wrap(machine.summarizeCpu(id), { indent: '  ' }))).join('\n');

const paintReport = (lines: readonly string[], { verdict: { asExpected }, refusals }: RunResult): string => {
  const colour = asExpected === false ? 'red' : refusals.length > 0 ? 'yellow' : asExpected ? 'green' : 'bold';
  const verdict = lines.findIndex((line) => line.startsWith('verdict:'));
  return [...lines.slice(0, verdict), ...lines.slice(verdict).map((line) => paint(colour, line))].join('\n');
};

/** How the process ends; a run that was not made under the conditions that were asked for is no success unless `isLenient`. */
export const exitCode = (result: RunResult, expectation: Expectation | undefined, isLenient = false): number => {
  const code = codeOf(result, expectation);
  return code === EXIT.OK && result.refusals.length > 0 && !isLenient ? EXIT.NOT_AS_EXPECTED : code;
};

/**
 * With an expectation: whether it was met, or that the limit came first. Without one: the code that the guest left with, or how
 * else the run ended.
 */
const codeOf = ({ outcome, verdict }: RunResult, expectation: Expectation | undefined): number => {
  if (expectation !== undefined) {
    if (verdict.asExpected) return EXIT.OK;
    return outcome.kind === 'until' && verdict.kind === 'none' ? EXIT.LIMIT : EXIT.NOT_AS_EXPECTED;
  }
  return outcome.kind === 'exit' ? outcome.code : CODES[outcome.kind];
};

const CODES = { until: EXIT.LIMIT, stuck: EXIT.ASLEEP, 'triple-fault': EXIT.TRIPLE_FAULT, reset: EXIT.RESET } as const;

// What the guest printed → what its detectors found. The lab knows of a lockup only what the kernel itself says on its console, in
// Linux's words (kernel/watchdog.c, panic.c, hung_task.c, workqueue.c, rcu/tree_stall.h), never from the machine's inside.

import type { Outcome } from '../machine/machine.ts';
import type { Kind } from './expectation.ts';
import { type Refusal, refusalsIn } from './refusals.ts';

/** A line of the guest's console. `seconds` is guest time since power-on, of the line's first byte; `cpu` is the one that wrote it. */
export interface ConsoleLine {
  readonly seconds: number;
  readonly cpu: number;
  readonly text: string;
}

/** One report of a detector, or an end that is one. */
export interface Finding {
  readonly kind: Exclude<Kind, 'says'>;
  readonly seconds: number;
  /** The stuck one where the report names it, else the one that reports. */
  cpu: number | undefined;
  /** The seconds that the report prints. */
  readonly stuck: number | undefined;
  readonly line: string;
  /** Where the CPU was, as `name+0xoffset`, once its registers were printed. */
  symbol: string | undefined;
  /** Of `exit`. */
  readonly code?: number;
}

const STAMP = /^\[ *\d+\.\d+\] /;
/** First lines of reports; the groups `cpu` and `stuck` where a report has them. */
const REPORTS = {
  soft: /BUG: soft lockup - CPU#(?<cpu>\d+) stuck for (?<stuck>\d+)s!/,
  hard: /Watchdog detected hard LOCKUP on cpu (?<cpu>\d+)/,
  panic: /^Kernel panic - not syncing: /,
  hung: /^INFO: task .+ blocked for more than (?<stuck>\d+) seconds\./,
  rcu: /^rcu: INFO: \S+ (?:self-)?detected stalls? on /,
  workqueue: /^BUG: workqueue lockup - pool cpus=(?<cpu>\d+).* stuck for (?<stuck>\d+)s!/,
} as const satisfies Partial<Record<Kind, RegExp>>;
const RIP = /^RIP: [0-9a-f]{4}:(\S+?)(?:\/0x[0-9a-f]+)?(?: \[\S+\])?$/;
const RCU_CULPRIT = /^(?:rcu: )?\t(\d+)-\S{4}: /;
const ONSET = /^[\w-]+: start(?: at (\d+\.\d+))?$/;
/** What the kernel says in front of a scenario's first instruction. */
const ENTRY = /^[\w-]+: loading out-of-tree module taints kernel\.$/;

/** What the times of a run count from: in seconds since power-on, the onset that the scenario announced, else its entry, else power-on. */
export interface Origin {
  readonly kind: 'onset' | 'entry' | 'power-on';
  readonly seconds: number;
}


/** The line without the time stamp of printk. */
export const withoutStamp = (text: string): string => text.replace(STAMP, '');

/** What a line of the console is to the lab: the beginning of a report, the scenario's announcement, or nothing special. */
export const kindOfLine = (line: string): 'report' | 'onset' | undefined => {
  const text = withoutStamp(line);
  if (Object.values(REPORTS).some((pattern) => pattern.test(text))) return 'report';
  return ONSET.test(text) ? 'onset' : undefined;
};

const numberOr = <T>(digits: string | undefined, fallback: T): number | T => (digits === undefined ? fallback : Number(digits));

/** Something that happened, in order: a line, which may be the first of a finding, or an end that is a finding. */
export interface Happening {
  readonly seconds: number;
  readonly cpu: number | undefined;
  readonly text: string;
  readonly finding: Finding | undefined;
}

/** Reads the console line by line. A guest may print for ever; what it says after the limit changes nothing. */
export class FindingReader {
  static readonly LIMIT = 200_000;
  static readonly TEXT_LIMIT = 16 * 2 ** 20;
  #characters = 0;
  static readonly MOST_REFUSALS = 20;
  readonly happenings: Happening[] = [];
  readonly findings: Finding[] = [];
  /** What the kernel would not take of its command line. */
  readonly refusals: Refusal[] = [];
  origin: Origin = { kind: 'power-on', seconds: 0 };

  add({ seconds, cpu, text: stamped }: ConsoleLine): void {
    this.#characters += stamped.length;
    if (this.happenings.length >= FindingReader.LIMIT || this.#characters > FindingReader.TEXT_LIMIT) return;
    const text = withoutStamp(stamped);
    const onset = ONSET.exec(text);
    if (onset && this.origin.kind !== 'onset') this.origin = { kind: 'onset', seconds: numberOr(onset[1], seconds) };
    else if (this.origin.kind === 'power-on' && ENTRY.test(text)) this.origin = { kind: 'entry', seconds };
    for (const refusal of refusalsIn(text)) this.#refuse(refusal);
    const finding = readReport(text, seconds, cpu);
    const last = this.findings.at(-1);
    const rip = RIP.exec(text);
    if (rip && last) last.symbol ??= rip[1];
    const culprit = RCU_CULPRIT.exec(text);
    if (culprit && last?.kind === 'rcu') last.cpu = Number(culprit[1]);
    if (finding) this.findings.push(finding);
    this.happenings.push({ seconds, cpu, text, finding });
  }

  #refuse(refusal: Refusal): void {
    const isNew = !this.refusals.some(({ kind, name }) => kind === refusal.kind && name === refusal.name);
    if (isNew && this.refusals.length < FindingReader.MOST_REFUSALS) this.refusals.push(refusal);
  }

  /** How the run ended, where that says something of the guest. */
  end(outcome: Outcome, seconds: number): void {
    const finding = endFinding(outcome, seconds);
    if (!finding) return;
    this.findings.push(finding);
    this.happenings.push({ seconds, cpu: finding.cpu, text: finding.line, finding });
  }
}

const readReport = (text: string, seconds: number, writer: number): Finding | undefined => {
  for (const [kind, pattern] of Object.entries(REPORTS)) {
    const match = pattern.exec(text);
    if (!match) continue;
    const { cpu, stuck } = match.groups ?? {};
    return {
      kind: kind as keyof typeof REPORTS,
      seconds,
      cpu: numberOr(cpu, writer),
      stuck: numberOr(stuck, undefined),
      line: text,
      symbol: undefined,
    };
  }
  return undefined;
};

const endFinding = (outcome: Outcome, seconds: number): Finding | undefined => {
  const common = { seconds, cpu: undefined, stuck: undefined, symbol: undefined };
  switch (outcome.kind) {
    case 'reset':
      return { ...common, kind: 'reset', line: `reset by ${outcome.by}` };
    case 'triple-fault':
      return { ...common, kind: 'triple-fault', cpu: outcome.cpu, line: 'triple fault' };
    case 'exit':
      return { ...common, kind: 'exit', line: `exit code ${outcome.code}`, code: outcome.code };
    default:
      return undefined;
  }
};

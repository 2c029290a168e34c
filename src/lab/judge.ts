// Findings and an expectation → a verdict. A pure function: the same journal always gets the same verdict. README.md has the rules:
// a repeat of what was met before is no news, anything else that is not expected counts against the run.

import {
  type Expectation, type ExpectedEvent, formatEvent, lineMatches, lineSays, type Range, type Sequence,
} from './expectation.ts';
import type { Finding, Happening, Origin } from './findings.ts';

/** What a detector, or panic, reports; how the run ended is not among it. */
type ReportKind = Exclude<Finding['kind'], 'reset' | 'triple-fault' | 'exit'>;

export interface Verdict {
  /** Of the first finding. */
  readonly kind: ReportKind | 'none';
  /** The first report; absent when there was none. */
  readonly finding: Finding | undefined;
  /** All reports. */
  readonly findings: readonly Finding[];
  /** Seconds from the origin to the first report. */
  readonly latency: number | undefined;
  readonly since: Origin['kind'];
  /** Whether it is what was expected; `undefined` when nothing was. */
  readonly asExpected: boolean | undefined;
  /** What is different, where it is not as expected. */
  readonly difference: string | undefined;
}

/** How far a run has come in a sequence. */
interface Progress {
  readonly sequence: Sequence;
  readonly matched: number;
  /** The finding that is in no place, and why it is not what was expected there. */
  readonly wrong: { readonly finding: Finding; readonly why: string } | undefined;
}

const within = (value: number, [from, to]: Range): boolean => value >= from && value <= to;
const rangeText = ([from, to]: Range, unit = ''): string => (from === to ? `${from}${unit}` : `${from}${unit}..${to}${unit}`);

/** Why `happening` is not the event; `undefined` if it is. `origin` is where the event's window begins, in seconds. */
const mismatch = (event: ExpectedEvent, { finding, seconds, cpu, text }: Happening, origin: number): string | undefined => {
  if (event.kind === 'says') {
    if (!lineSays(event.line ?? '', text)) return 'it says something else';
  } else {
    if (finding?.kind !== event.kind) return `it is ${finding?.kind ?? 'a line'}, not ${event.kind}`;
    if (event.code !== finding.code) return `the code is ${finding.code}, not ${event.code}`;
    if (event.line !== undefined && !lineMatches(event.line, text)) return `its line is not '${event.line}'`;
    if (event.stuck && (finding.stuck === undefined || !within(finding.stuck, event.stuck)))
      return `it says ${finding.stuck}s, not ${rangeText(event.stuck)}s`;
    const place = finding.symbol?.split('+')[0];
    if (event.in !== undefined && place !== undefined && place !== event.in) return `it was in ${place}, not ${event.in}`;
  }
  const at = finding ? finding.cpu : cpu;
  if (event.cpu !== undefined && at !== event.cpu) return `it is CPU ${at}, not ${event.cpu}`;
  if (event.window && !within(seconds - origin, event.window))
    return `it comes after ${(seconds - origin).toFixed(3)} s, not ${rangeText(event.window, 's')}`;
  return undefined;
};

/** Goes through what happened, as far as the sequence or the first contradiction; `onset` in seconds since power-on. */
const follow = (sequence: Sequence, happenings: readonly Happening[], onset: number): Progress => {
  const { events, nothingMore } = sequence;
  const met = new Set<string>();
  let matched = 0;
  let before = onset;
  for (const happening of happenings) {
    const { finding } = happening;
    const event = events.at(matched);
    const why = event ? mismatch(event, happening, event.sinceBefore ? before : onset) : '';
    if (event && why === undefined) {
      matched++;
      before = happening.seconds;
      if (finding) met.add(`${finding.kind} ${finding.cpu}`);
      continue;
    }
    if (!finding || finding.kind === 'exit') continue;
    const isRepeat = met.has(`${finding.kind} ${finding.cpu}`) && !(nothingMore && !event);
    if (!isRepeat) return { sequence, matched, wrong: { finding, why: why! } };
  }
  return { sequence, matched, wrong: undefined };
};

const isComplete = ({ sequence, matched, wrong }: Progress): boolean => !wrong && matched === sequence.events.length;

/** Whether the rest of the run can change nothing: a sequence is complete, or all are contradicted. */
export const isDecided = (happenings: readonly Happening[], origin: Origin, expectation: Expectation): boolean => {
  const progress = expectation.map((sequence) => follow(sequence, happenings, origin.seconds));
  return progress.some((one) => isComplete(one) && !one.sequence.nothingMore) || progress.every(({ wrong }) => wrong);
};

/** Judges a run that is over. */
export const judge = (happenings: readonly Happening[], origin: Origin, expectation: Expectation | undefined): Verdict => {
  const findings = happenings.flatMap(({ finding }) => (finding && finding.kind in NAMES ? finding : []));
  const finding = findings.at(0);
  const progress = expectation?.map((sequence) => follow(sequence, happenings, origin.seconds)) ?? [];
  const asExpected = expectation && progress.some(isComplete);
  return {
    kind: (finding?.kind as ReportKind | undefined) ?? 'none',
    finding,
    findings,
    latency: finding && finding.seconds - origin.seconds,
    since: origin.kind,
    asExpected,
    difference: asExpected === false ? describeDifference(progress) : undefined,
  };
};

/** Of the sequence that the run came farthest in. */
const describeDifference = (progress: readonly Progress[]): string => {
  const best = progress.reduce((one, other) => (other.matched > one.matched ? other : one));
  const { sequence: { events }, matched, wrong } = best;
  const event = events.at(matched);
  const place = matched > 0 ? ` after ${formatEvent(events[matched - 1])}` : '';
  const expected = `${event ? formatEvent(event) : 'nothing more'} was expected${place}`;
  if (!wrong) return `${expected}; it never came`;
  return `${expected}; seen: ${wrong.finding.line}${event ? ` (${wrong.why})` : ''}`;
};

const NAMES: Record<ReportKind, string> = {
  soft: 'soft lockup',
  hard: 'hard lockup',
  panic: 'panic',
  hung: 'hung task',
  rcu: 'RCU stall',
  workqueue: 'workqueue lockup',
};

/** `soft lockup on CPU 0`. */
export const describeFinding = ({ kind, cpu }: Finding): string =>
  `${NAMES[kind as ReportKind]}${cpu === undefined ? '' : ` on CPU ${cpu}`}`;

/** What a person reads of an origin. */
export const ORIGINS: Record<Origin['kind'], string> = { onset: 'the onset', entry: "the scenario's entry", 'power-on': 'power-on' };

/** Findings in words, each kind and CPU once, the first with its time. */
const describeFindings = ({ findings, latency, since }: Verdict): string => {
  const seen = new Set<string>();
  const words = findings.flatMap((finding) => {
    const what = describeFinding(finding);
    const isNew = !seen.has(what);
    seen.add(what);
    return isNew ? what : [];
  });
  const [first, ...others] = words;
  return first === undefined ? 'no lockup' : [`${first}, ${latency!.toFixed(3)} s after ${ORIGINS[since]}`, ...others].join(', then ');
};

/** The verdict in one sentence. `refusals`: words of the command line that the kernel did not take, so that another run was judged. */
export const describeVerdict = (
  { verdict, refusals }: { readonly verdict: Verdict; readonly refusals: readonly unknown[] }, expectation: Expectation | undefined,
): string => {
  const judgement = expectation === undefined ? '' : verdict.asExpected ? ': as expected' : ': not as expected';
  return `${describeFindings(verdict)}${judgement}${refusals.length > 0 ? ', but not all words were taken' : ''}`;
};

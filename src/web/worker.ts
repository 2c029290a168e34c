// An order → a run in a thread of its own, told as it goes: so the page answers at once, whatever the guest does.

import {
  activityOf, type Activity, BytesToText, describeFinding, describeVerdict, Machine, ORIGINS, printable, reportRows, Run, type RunResult,
} from '../index.ts';
import { prepare, type Prepared } from './prepare.ts';
import { type Mark, type News, type Order, STOP } from './protocol.ts';

/** How often, in milliseconds, a long run tells how far it is and listens. */
const PULSE = 50;

/** The worker's own end of the wire; the DOM's types describe only the page's. */
const page = globalThis as unknown as {
  postMessage(news: News): void;
  onmessage: ((event: { readonly data: Order | typeof STOP }) => void) | null;
};

let isStopped = false;

page.onmessage = ({ data }) => {
  if (data === STOP) isStopped = true;
  else void obey(data);
};

const obey = async ({ sources, draft, choice, image }: Order): Promise<void> => {
  const start = performance.now();
  const prepared = prepare(draft ? { ...sources, [draft.path]: draft.text } : sources, choice, image);
  if ('problems' in prepared) return page.postMessage({ kind: 'refused', problems: prepared.problems });
  const machine = new Machine(prepared.config);
  const failure = machine.load(prepared.image);
  if (failure) return page.postMessage({ kind: 'refused', problems: [failure.error] });
  page.postMessage({ kind: 'booting', image: prepared.image, assemblyMs: performance.now() - start, untilSeconds: prepared.untilSeconds });
  const result = await watch(machine, prepared);
  page.postMessage(endOf(result, machine, prepared, draft !== undefined));
};

/** Runs to the end, or until the page says stop. */
const watch = async (machine: Machine, { expectation, untilSeconds }: Prepared): Promise<RunResult> => {
  const run = new Run(machine, expectation, untilSeconds);
  const decoder = new BytesToText();
  let printed = '';
  let activities: Activity[] = [];
  machine.onConsoleByte = (byte) => {
    printed += printable(decoder.take([byte]));
  };
  const start = performance.now();
  const tell = (): void => {
    page.postMessage({ kind: 'progress', console: printed, activities, runMs: performance.now() - start });
    [printed, activities] = ['', []];
  };
  let pulse = start;
  while (!isStopped && !run.advance()) {
    activities.push(activityOf(machine));
    if (performance.now() < pulse) continue;
    tell();
    await new Promise((resolve) => setTimeout(resolve));
    pulse = performance.now() + PULSE;
  }
  activities.push(activityOf(machine));
  tell();
  return run.result();
};

const endOf = (result: RunResult, machine: Machine, { target, config, expectation, command, names }: Prepared, isDraft: boolean): News => {
  const { symbols, lines } = machine;
  const { verdict, outcome, stateHash } = result;
  const asExpected = isStopped ? undefined : verdict.asExpected;
  /** A stopped run is not judged, and one of a changed source cannot be repeated elsewhere. */
  const untold = [...(isStopped ? ['difference'] : []), ...(isDraft || isStopped ? ['repeat'] : [])];
  const rows = reportRows(result, {
    target: target.name, command, diagnostics: [], names, activity: activityOf(machine), config, expectation, symbols, lines,
  });
  return {
    kind: 'ended',
    asExpected,
    verdict: target.kind === 'scenario' ? describeVerdict(result, undefined) : judgeProgram(asExpected),
    rows: rows.filter(([label]) => !untold.includes(label)),
    stateHash,
    marks: marksOf(result),
    cpus: asExpected || outcome.kind === 'exit' ? '' : machine.cpus.map(({ id }) => machine.describeCpu(id)).join('\n'),
  };
};

const judgeProgram = (asExpected: boolean | undefined): string =>
  asExpected === undefined ? 'no result yet' : asExpected ? 'all results are right' : 'a result is wrong, or there is none';

const marksOf = ({ origin, verdict: { findings } }: RunResult): Mark[] => [
  ...(origin.kind === 'power-on' ? [] : [{ kind: 'onset', seconds: origin.seconds, cpu: undefined, text: ORIGINS[origin.kind].replace('the ', '') } as const]),
  ...findings.map((finding) => ({ kind: 'report', seconds: finding.seconds, cpu: finding.cpu, text: describeFinding(finding) }) as const),
];

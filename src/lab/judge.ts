// Findings and an expectation → a verdict. A pure function: the same journal always gets the same verdict.

import type { Expectation, Expected } from './expectation.ts';
import { formatExpectation } from './expectation.ts';
import type { Finding } from './findings.ts';

export interface Verdict {
  readonly kind: 'soft' | 'hard' | 'none';
  /** The first report, which decides; absent when there was none. */
  readonly finding: Finding | undefined;
  /** Seconds from the onset (or power-on) to the first report. */
  readonly latency: number | undefined;
  /** Whether it is what was expected; `undefined` when nothing was. */
  readonly asExpected: boolean | undefined;
}

/** Judges by the first finding. `onset` in seconds since power-on. */
export const judge = (findings: readonly Finding[], onset: number | undefined, expectation: Expectation | undefined): Verdict => {
  const finding = findings.at(0);
  const kind = finding?.kind ?? 'none';
  const latency = finding && finding.seconds - (onset ?? 0);
  const fits = (expected: Expected): boolean =>
    expected.kind === 'none'
      ? finding === undefined
      : finding?.kind === expected.kind &&
        latency! >= expected.from &&
        latency! <= expected.to &&
        (expected.cpu === undefined || expected.cpu === finding.cpu);
  return { kind, finding, latency, asExpected: expectation?.some(fits) };
};

const NAMES = { soft: 'soft lockup', hard: 'hard lockup', none: 'no lockup' } as const;

/** The verdict in one sentence. */
export const describeVerdict = ({ kind, finding, latency, asExpected }: Verdict, expectation: Expectation | undefined): string => {
  const what = finding ? `${NAMES[kind]} on CPU ${finding.cpu}, ${latency!.toFixed(3)} s after the onset` : NAMES[kind];
  if (expectation === undefined) return what;
  return `${what}: ${asExpected ? 'as expected' : 'not as expected'} (${formatExpectation(expectation)})`;
};

// `soft@20s..28s,cpu=0|hard` → alternatives that a run is judged by. Times count from the onset of the lockup, which a scenario
// announces with the line `name: start`; without such a line from power-on.

/** What one alternative asks for. Times in seconds; absent bounds allow everything. */
export type Expected =
  | { readonly kind: 'none' }
  | { readonly kind: 'soft' | 'hard'; readonly from: number; readonly to: number; readonly cpu: number | undefined };

/** Any of the alternatives will do. */
export type Expectation = readonly Expected[];

const ALTERNATIVE = /^(soft|hard)(?:@([\d.]+)(ms|s)\.\.([\d.]+)(ms|s))?(?:,cpu=(\d+))?$/;
const SECONDS = { s: 1, ms: 0.001 };

const parseSeconds = (digits: string, unit: string): number => Number(digits) * SECONDS[unit as keyof typeof SECONDS];

/** Parses an expectation; a string result says what is wrong with `text`. */
export const parseExpectation = (text: string): Expectation | string => {
  const alternatives: Expected[] = [];
  for (const part of text.split('|').map((word) => word.trim())) {
    if (part === 'none') {
      alternatives.push({ kind: 'none' });
      continue;
    }
    const match = ALTERNATIVE.exec(part);
    if (!match) return `'${part}' is not an expectation; write none, soft or hard, with @20s..28s and ,cpu=0 where wanted`;
    const [, kind, from, fromUnit, to, toUnit, cpu] = match;
    const expected = {
      kind: kind as 'soft' | 'hard',
      from: from === undefined ? 0 : parseSeconds(from, fromUnit),
      to: to === undefined ? Infinity : parseSeconds(to, toUnit),
      cpu: cpu === undefined ? undefined : Number(cpu),
    };
    if (!(expected.from <= expected.to)) return `'${part}': the window ends before it begins`;
    alternatives.push(expected);
  }
  return alternatives;
};

const formatOne = (expected: Expected): string => {
  if (expected.kind === 'none') return 'none';
  const window = expected.to === Infinity ? '' : `@${expected.from}s..${expected.to}s`;
  const cpu = expected.cpu === undefined ? '' : `,cpu=${expected.cpu}`;
  return `${expected.kind}${window}${cpu}`;
};

/** The expectation as it would be written. */
export const formatExpectation = (expectation: Expectation): string => expectation.map(formatOne).join('|');

// `soft@20s..28s,cpu=0 then panic | none` → sequences of events that a run is judged by; the grammar is in README.md. Times count from
// the onset of the lockup, which a scenario announces with the line `name: start`; without such a line from power-on.

import { didYouMean } from '../base/nearest.ts';
import { DURATION, parseDuration } from './duration.ts';

/** What can be found in a run: what its detectors say, how it ends, or any line of its console. */
export const KINDS = ['soft', 'hard', 'panic', 'hung', 'rcu', 'workqueue', 'reset', 'triple-fault', 'exit', 'says'] as const;
export type Kind = (typeof KINDS)[number];

/** From and to, both included. */
export type Range = readonly [from: number, to: number];

/** Absent attributes allow everything. */
export interface ExpectedEvent {
  readonly kind: Kind;
  /** In seconds: since the onset, or since the event before. */
  readonly window?: Range;
  readonly sinceBefore?: boolean;
  readonly cpu?: number;
  /** The seconds that the report prints, of a stuck CPU or a blocked task. */
  readonly stuck?: Range;
  /** The function that the report's RIP lies in. */
  readonly in?: string;
  /** The pattern of the whole line, or for `says` of a part of it. */
  readonly line?: string;
  /** Of `exit`. */
  readonly code?: number;
}

/** Events in this order. `nothingMore`: and nothing after them; `none` is that alone. */
export interface Sequence {
  readonly events: readonly ExpectedEvent[];
  readonly nothingMore: boolean;
}

/** Any of the sequences will do. */
export type Expectation = readonly Sequence[];

const EVENT = new RegExp(
  `^([a-z-]+)(?:=(\\d+|"\\d+"))?(?:@(\\+?)(${DURATION})\\.\\.(${DURATION}))?((?:,(?:cpu|stuck|in|line)=[^,]+)*)$`,
);
const STUCK = /^(\d+)(?:\.\.(\d+))?$/;

/** What an event may begin with. */
const WORDS = [...KINDS, 'none'];

const HOW =
  'write none, soft, hard, panic, hung, rcu, workqueue, reset, triple-fault, exit=N or says="TEXT", with @20s..28s and ,cpu=0 where wanted';

/** Parses an expectation; a string result says what is wrong with `text`. */
export const parseExpectation = (text: string): Expectation | string => {
  const quoted: string[] = [];
  const bare = text.replace(/"([^"]*)"/g, (_, content) => `"${quoted.push(content) - 1}"`); // separators in quotes are none
  const restore = (part: string): string => part.replace(/"(\d+)"/g, (_, index) => `"${quoted[Number(index)]}"`);
  const sequences: Sequence[] = [];
  for (const alternative of bare.split('|')) {
    const words = alternative.split(/\sthen\s/).map((word) => word.trim());
    const nothingMore = words.at(-1) === 'none';
    const events = (nothingMore ? words.slice(0, -1) : words).map((word) => parseEvent(word, quoted));
    const wrong = events.findIndex((event) => typeof event === 'string');
    if (wrong >= 0) return `'${restore(words[wrong])}'${events[wrong]}`;
    sequences.push({ events: events as ExpectedEvent[], nothingMore });
  }
  return sequences;
};

/** One event; a string result says what is wrong with it. */
const parseEvent = (word: string, quoted: readonly string[]): ExpectedEvent | string => {
  const match = EVENT.exec(word);
  const kind = KINDS.find((candidate) => candidate === match?.[1]);
  const [, , value, since, from, to, rest = ''] = match ?? [];
  const takesText = kind === 'says';
  if (kind === undefined || (value !== undefined) !== (takesText || kind === 'exit') || value?.startsWith('"') === !takesText)
    return ` is not an expectation${didYouMean(/^[a-z-]*/.exec(word)![0], WORDS.filter((one) => !word.startsWith(one))) || `; ${HOW}`}`;
  const attributes = new Map(rest.split(',').slice(1).map((attribute) => attribute.split('=') as [string, string]));
  const [cpu, stuck, place, line] = ['cpu', 'stuck', 'in', 'line'].map((name) => attributes.get(name));
  if (cpu !== undefined && !/^\d+$/.test(cpu)) return `: cpu=${cpu} is no number`;
  const seconds = stuck === undefined ? undefined : STUCK.exec(stuck);
  if (seconds === null) return `: stuck=${stuck} is neither N nor N..M`;
  if (line !== undefined && !/^"\d+"$/.test(line)) return ': the text of line= stands in double quotes';
  const textOf = (reference: string): string => quoted[Number(reference.slice(1, -1))];
  const window: Range | undefined = from === undefined ? undefined : [parseDuration(from)!, parseDuration(to)!];
  if (window && !(window[0] <= window[1])) return ': the window ends before it begins';
  return {
    kind,
    ...(window && { window, sinceBefore: since === '+' }),
    ...(cpu !== undefined && { cpu: Number(cpu) }),
    ...(seconds && { stuck: [Number(seconds[1]), Number(seconds[2] ?? seconds[1])] }),
    ...(place !== undefined && { in: place }),
    ...(takesText ? { line: textOf(value) } : line !== undefined && { line: textOf(line) }),
    ...(kind === 'exit' && { code: Number(value) }),
  };
};

/** The event as it would be written. */
export const formatEvent = ({ kind, window, sinceBefore, cpu, stuck, in: place, line, code }: ExpectedEvent): string =>
  [
    kind === 'says' ? `says="${line}"` : kind === 'exit' ? `exit=${code}` : kind,
    window ? `@${sinceBefore ? '+' : ''}${window[0]}s..${window[1]}s` : '',
    cpu === undefined ? '' : `,cpu=${cpu}`,
    stuck ? `,stuck=${stuck[0] === stuck[1] ? stuck[0] : stuck.join('..')}` : '',
    place === undefined ? '' : `,in=${place}`,
    line === undefined || kind === 'says' ? '' : `,line="${line}"`,
  ].join('');

/** The expectation as it would be written. */
export const formatExpectation = (expectation: Expectation): string =>
  expectation
    .map(({ events, nothingMore }) => [...events.map(formatEvent), ...(nothingMore ? ['none'] : [])].join(' then '))
    .join(' | ');

/** What is expected in a few words: kinds and CPUs only. */
export const outlineOf = (expectation: Expectation): string =>
  [...new Set(expectation.map(outlineSequence))].join(' | ');

const outlineSequence = ({ events }: Sequence): string => {
  const found = events.filter(({ kind }) => kind !== 'says');
  return found.map(({ window, stuck, in: place, line, ...rest }) => formatEvent(rest)).join(' then ') || 'none';
};

const escapeRegExp = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/** `*` is any text, `(22|23)` one of several, all else itself. */
const patternSource = (text: string): string =>
  text
    .split(/(\*|\([^()]*\|[^()]*\))/)
    .map((part, index) => {
      if (index % 2 === 0) return escapeRegExp(part);
      return part === '*' ? '.*' : `(?:${part.slice(1, -1).split('|').map(escapeRegExp).join('|')})`;
    })
    .join('');

/** The pattern of `line=`: all of a line. */
export const lineMatches = (pattern: string, line: string): boolean => new RegExp(`^(?:${patternSource(pattern)})$`).test(line);

/** The pattern of `says=`: a part of a line. */
export const lineSays = (pattern: string, line: string): boolean => new RegExp(patternSource(pattern)).test(line);

// What the form says, which is also what the address says behind its #, as `run=hard-cli&cpus=4` → what is to be run and how, or what is
// wrong with it. One table for both directions. A field that is absent or empty has its default.

import { didYouMean, ENGINES, type Engine, parseConditions, parseWords } from '../index.ts';
import type { Conditions } from '../index.ts';

export interface Choice {
  /** The target's name. */
  readonly run: string;
  readonly engine: Engine;
  /** What differs from the scenario's own configuration. */
  readonly conditions: Conditions;
  readonly seed: number;
  readonly fastForward: boolean;
  /** How many times as much a program does. */
  readonly scale: number;
  /** The target's source, where it is not what came with the page and the browser keeps it nowhere else. */
  readonly source: string | undefined;
}

export const DEFAULT_FIELDS = {
  run: 'hard-cli',
  engine: 'translate',
  cpus: '',
  pmu: '',
  append: '',
  seed: '0',
  'fast-forward': 'on',
  scale: '400',
} as const;

type Field = keyof typeof DEFAULT_FIELDS;
/** What only the address says; the form has the whole text of it. */
export const SOURCE = 'source';

/** Parses each field, and notes what cannot be. */
class Reader {
  readonly problems: string[] = [];
  readonly #fields: URLSearchParams;

  constructor(fields: URLSearchParams) {
    this.#fields = fields;
    for (const name of new Set(fields.keys())) {
      if (Object.hasOwn(DEFAULT_FIELDS, name) || name === SOURCE) continue;
      this.problems.push(`${name}: there is no such setting${didYouMean(name, Object.keys(DEFAULT_FIELDS))}`);
    }
  }

  text(name: Field): string {
    return this.#fields.get(name)?.trim() || DEFAULT_FIELDS[name];
  }

  oneOf<T extends string>(name: Field, words: readonly T[]): T {
    const text = this.text(name);
    const word = words.find((candidate) => candidate === text);
    if (word === undefined) this.problems.push(`${name}: '${text}' is not ${words.join(' or ')}`);
    return word ?? words[0];
  }

  count(name: Field, least: number, most: number): number {
    const text = this.text(name);
    const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    this.problems.push(`${name}: '${text}' is not a whole number from ${least} to ${most}`);
    return least;
  }

  /** The fields that are conditions of their own. */
  conditions(...names: readonly Field[]): Conditions {
    const given = names.filter((name) => this.text(name) !== '').map((name) => `${name}=${this.text(name)}`);
    const parsed = given.length === 0 ? [[]] : parseConditions(given.join(', '));
    if (typeof parsed !== 'string' && parsed.length === 1) return parsed[0];
    this.problems.push(typeof parsed === 'string' ? parsed : `${given.join(', ')} is more than one configuration`);
    return [];
  }
}

export const readChoice = (fields: URLSearchParams): { readonly choice: Choice; readonly problems: readonly string[] } => {
  const reader = new Reader(fields);
  const choice: Choice = {
    run: reader.text('run'),
    engine: reader.oneOf('engine', ENGINES),
    conditions: [...reader.conditions('cpus', 'pmu'), ...parseWords(reader.text('append'))],
    seed: reader.count('seed', 0, 0xffff_ffff),
    fastForward: reader.oneOf('fast-forward', ['on', 'off']) === 'on',
    scale: reader.count('scale', 1, 100_000),
    source: fields.get(SOURCE) ?? undefined,
  };
  return { choice, problems: reader.problems };
};

/** The address of a form: what differs from the default. */
export const toAddress = (fields: URLSearchParams): string => {
  const told = [...fields].filter(([name, value]) => name === 'run' || (value.trim() !== '' && value !== DEFAULT_FIELDS[name as Field]));
  return `#${new URLSearchParams(told)}`;
};

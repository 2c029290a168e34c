// The opening comment of a scenario's assembly file → what the lab must know of it: a title, what is expected of a run under which
// conditions, and how long to wait for it. README.md has the lines. The scenario itself is code in the kernel's image, chosen by
// `scenario=NAME` on its command line.

import type { Diagnostic } from '../base/diagnostic.ts';
import {
  applyConditions, commandLineOf, type Conditions, DEFAULT_SETTING, formatConditions, impossible, mostSpecific, parseConditions, type Setting,
  settingKey,
} from './conditions.ts';
import { DURATION_EXAMPLES, parseDuration } from './duration.ts';
import { type Expectation, parseExpectation } from './expectation.ts';
import { type Field, Header } from './scenario-header.ts';

/** What holds under its conditions, unless a more specific one does. */
interface Rule<T> {
  readonly conditions: Conditions;
  readonly value: T;
}

export interface Scenario {
  readonly name: string;
  readonly title: string;
  /** The Linux situation. */
  readonly mirrors: string | undefined;
  /** Under what it runs unless told otherwise. */
  readonly setting: Setting;
  readonly expectations: readonly Rule<Expectation>[];
  /** Guest seconds since power-on after which the run ends anyway. */
  readonly limits: readonly Rule<number>[];
  /** Further configurations for the matrix. */
  readonly cells: readonly Conditions[];
}

/** A scenario in one configuration. */
export interface Case {
  readonly scenario: Scenario;
  /** What differs from the scenario's default, as it was written; '' for the default. */
  readonly configuration: string;
  readonly conditions: Conditions;
  readonly setting: Setting;
  readonly commandLine: string;
  readonly expectation: Expectation;
  readonly untilSeconds: number;
}

/** Thrown and caught inside this file only: the first thing found wrong. */
class Refusal {
  readonly diagnostic: Diagnostic;
  constructor(diagnostic: Diagnostic) {
    this.diagnostic = diagnostic;
  }
}

/** The name of the scenario in a file. */
export const scenarioName = (path: string): string => path.replace(/^.*[/\\]/, '').replace(/\.asm$/, '');

/** Reads the opening comment of `source`; a mistake in it is the result in its place. The name is the file's unless another is given. */
export const readScenario = (path: string, source: string, name = scenarioName(path)): Scenario | Diagnostic => {
  const header = new Header(path, source);
  const [mistake] = header.mistakes();
  if (mistake) return mistake;
  try {
    return scenarioOf(name, header);
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    return refusal.diagnostic;
  }
};

export const isMistake = (read: Scenario | Diagnostic): read is Diagnostic => 'severity' in read;

const scenarioOf = (name: string, header: Header): Scenario => {
  const { fields } = header;
  const refuse = (field: Field | undefined, text: string): Refusal => new Refusal(header.mistake(text, field?.line, field?.name));
  const orRefuse = <T>(value: T | string, field: Field): T => {
    if (typeof value === 'string') throw refuse(field, `${labelOf(field)}: ${value}`);
    return value;
  };
  const conditionsOf = (field: Field, text: string): readonly Conditions[] => orRefuse(parseConditions(text), field);
  const rules = <T>(fieldName: string, parse: (text: string) => T | string): Rule<T>[] =>
    fields
      .filter((field) => field.name === fieldName)
      .flatMap((field) => {
        const value = orRefuse(parse(field.value), field);
        const all = field.conditions === undefined ? [[]] : conditionsOf(field, field.conditions);
        return all.map((conditions) => ({ conditions, value }));
      });
  const config = fields.find((field) => field.name === 'config');
  const configured = config ? conditionsOf(config, config.value) : [[]];
  if (configured.length > 1) throw refuse(config, `config: '${config?.value}' is more than one configuration`);
  const scenario: Scenario = {
    name,
    title: header.plain('title')!,
    mirrors: header.plain('mirrors'),
    setting: applyConditions(DEFAULT_SETTING, configured[0]),
    expectations: rules('expect', parseExpectation),
    limits: rules('until', (text) => parseDuration(text) ?? `'${text}' is not a duration such as ${DURATION_EXAMPLES}`),
    cells: fields
      .filter((field) => field.name === 'cells')
      .flatMap((field) => field.value.split(';').flatMap((text) => conditionsOf(field, text))),
  };
  for (const { configuration, setting } of casesOf(scenario)) {
    const why = impossible(setting);
    if (why) throw refuse(configuration === '' ? config : undefined, configuration === '' ? `config: ${why}` : `[${configuration}]: ${why}`);
  }
  return scenario;
};

const labelOf = ({ name, conditions }: Field): string => (conditions === undefined ? name : `${name}[${conditions}]`);

/** The scenario under `setting`, with what is then expected. */
export const caseIn = (scenario: Scenario, setting: Setting, conditions: Conditions = []): Case => ({
  scenario,
  configuration: formatConditions(conditions),
  conditions,
  setting,
  commandLine: [`scenario=${scenario.name}`, commandLineOf(setting)].join(' ').trim(),
  expectation: mostSpecific(scenario.expectations, setting)!.value, // the one without conditions is always there
  untilSeconds: mostSpecific(scenario.limits, setting)!.value,
});

/** The cells of the matrix: the default, each condition of an expectation, and `cells:`; each configuration once. */
export const casesOf = (scenario: Scenario): Case[] => {
  const cases = new Map<string, Case>();
  for (const conditions of [[], ...scenario.expectations.map((rule) => rule.conditions), ...scenario.cells]) {
    const setting = applyConditions(scenario.setting, conditions);
    const key = settingKey(setting);
    if (!cases.has(key)) cases.set(key, caseIn(scenario, setting, conditions));
  }
  return [...cases.values()];
};

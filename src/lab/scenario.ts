// The opening comment of a scenario's assembly file → what the lab must know of it: a title, what is expected of a run under which
// conditions, and how long to wait for it. README.md has the lines. The scenario itself is code in the kernel's image, chosen by
// `scenario=NAME` on its command line.

import {
  applyConditions, commandLineOf, type Conditions, DEFAULT_SETTING, formatConditions, impossible, mostSpecific, parseConditions, type Setting,
  settingKey,
} from './conditions.ts';
import { type Expectation, parseExpectation } from './expectation.ts';

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

const FIELD = /^;\s*(title|mirrors|until|config|expect|cells)(?:\[([^\]]*)\])?:\s*(.*?)\s*$/;

interface Field {
  readonly name: string;
  /** Of `expect[...]`; undefined without brackets. */
  readonly conditions: string | undefined;
  readonly value: string;
}

/** The fields of the opening comment: up to the first line that is no comment. */
const fieldsOf = (source: string): Field[] => {
  const fields: Field[] = [];
  for (const line of source.split(/\r?\n/)) {
    if (line.trim() === '' && fields.length === 0) continue;
    if (!line.startsWith(';')) break;
    const match = FIELD.exec(line);
    if (match) fields.push({ name: match[1], conditions: match[2], value: match[3] });
  }
  return fields;
};

/** Whether a source calls itself a scenario. */
export const isScenario = (source: string): boolean => fieldsOf(source).some(({ name }) => name === 'expect');

/** Thrown and caught inside this file only: the first thing found wrong. */
class Refusal {
  readonly message: string;
  constructor(message: string) {
    this.message = message;
  }
}

const orRefuse = <T>(value: T | string, field: string): T => {
  if (typeof value === 'string') throw new Refusal(`${field}: ${value}`);
  return value;
};

/** Reads the fields of `source`; a string result says which field is missing or wrong. */
export const readScenario = (name: string, source: string): Scenario | string => {
  try {
    return scenarioOf(name, fieldsOf(source));
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    return `${name}: ${refusal.message}`;
  }
};

const scenarioOf = (name: string, fields: readonly Field[]): Scenario => {
  const plain = (name: string): string | undefined =>
    fields.findLast((field) => field.name === name && field.conditions === undefined)?.value;
  const title = plain('title');
  if (title === undefined || plain('expect') === undefined || plain('until') === undefined)
    throw new Refusal("a scenario opens with '; title:', '; expect:' and '; until:'");
  const conditionsOf = (field: Field, text: string): readonly Conditions[] => orRefuse(parseConditions(text), labelOf(field));
  const rules = <T>(fieldName: string, parse: (text: string) => T | string): Rule<T>[] =>
    fields
      .filter((field) => field.name === fieldName)
      .flatMap((field) => {
        const value = orRefuse(parse(field.value), labelOf(field));
        const all = field.conditions === undefined ? [[]] : conditionsOf(field, field.conditions);
        return all.map((conditions) => ({ conditions, value }));
      });
  const config = fields.find((field) => field.name === 'config');
  const configured = config ? conditionsOf(config, config.value) : [[]];
  if (configured.length > 1) throw new Refusal(`config: '${config?.value}' is more than one configuration`);
  const scenario: Scenario = {
    name,
    title,
    mirrors: plain('mirrors'),
    setting: applyConditions(DEFAULT_SETTING, configured[0]),
    expectations: rules('expect', parseExpectation),
    limits: rules('until', (text) => parseDuration(text) ?? `'${text}' is not a duration such as 60s or 500ms`),
    cells: fields
      .filter((field) => field.name === 'cells')
      .flatMap((field) => field.value.split(';').flatMap((text) => conditionsOf(field, text))),
  };
  for (const { configuration, setting } of casesOf(scenario)) {
    const why = impossible(setting);
    if (why) throw new Refusal(configuration === '' ? `config: ${why}` : `[${configuration}]: ${why}`);
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

/** `60s`, `500ms`, `2.5s` in seconds; `undefined` for anything else. */
export const parseDuration = (text: string): number | undefined => {
  const match = /^(\d+(?:\.\d+)?)(s|ms)$/.exec(text);
  return match ? Number(match[1]) * (match[2] === 's' ? 1 : 0.001) : undefined;
};

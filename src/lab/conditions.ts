// `cpus=4, preempt=full` → how a machine is made and what its kernel is told. `cpus` and `pmu` are the machine's; every other key is a
// word of the kernel's command line. README.md, "Conditions".

import { DEFAULT_CONFIG } from '../machine/config.ts';

/** `value` is absent for a word alone, as `nowatchdog`. */
export interface Condition {
  readonly key: string;
  readonly value: string | undefined;
}

export type Conditions = readonly Condition[];

/** Under what a scenario runs: all that conditions can say. */
export interface Setting {
  readonly cpus: number;
  readonly pmu: boolean;
  /** The kernel's command line, without `scenario=`. */
  readonly words: Conditions;
}

export const DEFAULT_SETTING: Setting = { cpus: DEFAULT_CONFIG.cpus, pmu: DEFAULT_CONFIG.pmu, words: [] };

const MOST_CPUS = 16;
const WORD = /^([^\s=]+)(?:=(\S*))?$/;

/** Where the kernel finds a sysctl on its command line. */
export const SYSCTL_PREFIX = 'sysctl.kernel.';

const parseWord = (text: string): Condition | undefined => {
  const match = WORD.exec(text);
  return match ? { key: match[1], value: match[2] } : undefined;
};

/** The words of a command line. */
export const parseWords = (commandLine: string): Conditions => commandLine.split(/\s+/).flatMap((text) => parseWord(text) ?? []);

/**
 * `a=1|2, b` → the conditions of each configuration that it stands for: a=1, b and a=2, b. A string result says what is wrong.
 */
export const parseConditions = (text: string): readonly Conditions[] | string => {
  let all: Conditions[] = [[]];
  for (const part of text.split(/,\s+|,(?=[\w.-]+=)/)) {
    const [head, ...others] = part.trim().split('|');
    const first = parseWord(head);
    if (!first) return `'${part.trim()}' is no condition; write key=value, as cpus=4, pmu=off or preempt=full`;
    const choices = [first, ...others.map((value) => ({ key: first.key, value }))];
    const wrong = choices.map(wrongMachine).find((message) => message !== undefined);
    if (wrong) return wrong;
    all = all.flatMap((conditions) => choices.map((choice) => [...conditions, choice]));
  }
  return all;
};

const wrongMachine = ({ key, value }: Condition): string | undefined => {
  if (key === 'pmu' && value !== 'on' && value !== 'off') return `pmu=${value} is not on or off`;
  const isCount = /^\d+$/.test(value ?? '') && Number(value) >= 1 && Number(value) <= MOST_CPUS;
  return key === 'cpus' && !isCount ? `cpus=${value} is not in 1..${MOST_CPUS}` : undefined;
};

export const formatCondition = ({ key, value }: Condition): string => (value === undefined ? key : `${key}=${value}`);
export const formatConditions = (conditions: Conditions): string => conditions.map(formatCondition).join(', ');

/** One name for a word and its sysctl; the kernel takes - and _ alike. */
const canonicalKey = (key: string): string =>
  (key.startsWith(SYSCTL_PREFIX) ? key.slice(SYSCTL_PREFIX.length) : key).replaceAll('-', '_');
const isSame = (a: Condition, b: Condition): boolean => canonicalKey(a.key) === canonicalKey(b.key);

/** `setting` with the conditions holding; a word takes the place of the same word. */
export const applyConditions = (setting: Setting, conditions: Conditions): Setting => {
  let { cpus, pmu, words } = setting;
  for (const condition of conditions) {
    if (condition.key === 'cpus') cpus = Number(condition.value);
    else if (condition.key === 'pmu') pmu = condition.value === 'on';
    else words = [...words.filter((word) => !isSame(word, condition)), condition];
  }
  return { cpus, pmu, words };
};

/** The value of a word on the command line, '' for a word alone, undefined where it is not there. */
export const wordValue = ({ words }: Setting, key: string): string | undefined => {
  const word = words.findLast((candidate) => canonicalKey(candidate.key) === canonicalKey(key));
  return word && (word.value ?? '');
};

const holds = (condition: Condition, setting: Setting): boolean => {
  if (condition.key === 'cpus') return Number(condition.value) === setting.cpus;
  if (condition.key === 'pmu') return (condition.value === 'on') === setting.pmu;
  return wordValue(setting, condition.key) === (condition.value ?? '');
};

/** Of the rules whose conditions all hold, the one with the most; of equal ones the last. */
export const mostSpecific = <T extends { readonly conditions: Conditions }>(rules: readonly T[], setting: Setting): T | undefined =>
  rules
    .filter(({ conditions }) => conditions.every((condition) => holds(condition, setting)))
    .reduce<T | undefined>((best, rule) => (best && best.conditions.length > rule.conditions.length ? best : rule), undefined);

/** Names the setting: equal for settings that make the same run. */
export const settingKey = ({ cpus, pmu, words }: Setting): string => JSON.stringify([cpus, pmu, words.map(formatCondition).sort()]);

export const commandLineOf = ({ words }: Setting): string => words.map(formatCondition).join(' ');

/** Words that name CPUs, as a number or a list. */
const CPU_WORDS = ['cpu', 'watchdog_cpumask', 'nohz_full', 'isolcpus'];

/** What cannot be, found before anything boots: a CPU, or a list of CPUs, outside the machine. */
export const impossible = (setting: Setting): string | undefined => {
  for (const word of setting.words) {
    if (!CPU_WORDS.includes(canonicalKey(word.key)) || word.value === undefined) continue;
    const list = word.value.split(',').map((range) => /^(\d+)(?:-(\d+))?$/.exec(range));
    if (list.some((range) => range === null)) return `${formatCondition(word)}: not a list of CPUs such as 0-2,5`;
    const highest = Math.max(...list.map((range) => Number(range![2] ?? range![1])));
    if (highest >= setting.cpus) return `${formatCondition(word)}: there is no CPU ${highest} among ${setting.cpus}`;
  }
  return undefined;
};

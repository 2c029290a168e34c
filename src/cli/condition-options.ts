// The options that say under which conditions a scenario runs, the same for each command that runs one.

import { type Conditions, parseWords, SYSCTL_PREFIX } from '../index.ts';
import type { Arguments, Option } from './options.ts';

export const CONDITION_OPTIONS: readonly Option[] = [
  { name: 'cpus', short: 'c', value: 'N', help: 'number of CPUs, 1 to 16 (default 2)' },
  { name: 'pmu', value: 'on|off', help: 'performance counters (default on)' },
  { name: 'append', value: 'TEXT', help: "add to the kernel's command line" },
  { name: 'set', value: 'NAME=VALUE', multiple: true, help: 'set the sysctl kernel.NAME at boot; may come several times' },
  { name: 'lenient', help: 'words that the kernel does not take are no failure; without it exit code 1' },
];

export const cpusFrom = (args: Arguments): number | undefined => args.count('cpus', 1, 16);

export const pmuFrom = (args: Arguments): boolean | undefined =>
  args.value('pmu', 'on or off', (text) => (text === 'on' || text === 'off' ? text === 'on' : undefined));

/** What the kernel's command line gets: --append, then each --set. */
export const wordsFrom = (args: Arguments): string =>
  [args.text('append') ?? '', ...args.texts('set').map((text) => sysctlWord(args, text))].join(' ').trim();

/** What the kernel reads of a sysctl given at boot. */
const sysctlWord = (args: Arguments, text: string): string => {
  if (!/^[\w.]+=\S+$/.test(text)) throw args.misuse(`--set: '${text}' is not NAME=VALUE`);
  return `${SYSCTL_PREFIX}${text.replace(/^kernel\./, '')}`;
};

/** All of them as conditions. */
export const conditionsFrom = (args: Arguments): Conditions => toConditions(cpusFrom(args), pmuFrom(args), wordsFrom(args));

export const toConditions = (cpus: number | undefined, pmu: boolean | undefined, words: string): Conditions => [
  ...(cpus === undefined ? [] : [{ key: 'cpus', value: `${cpus}` }]),
  ...(pmu === undefined ? [] : [{ key: 'pmu', value: pmu ? 'on' : 'off' }]),
  ...parseWords(words),
];

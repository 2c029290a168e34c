// What the guest's kernel says of words on its command line that it did not take → which words, and what was probably meant. In Linux's
// words (init/main.c, kernel/params.c, fs/proc/proc_sysctl.c, kernel/module/main.c).

import { didYouMean } from '../base/nearest.ts';
import type { KernelNames } from './kernel-names.ts';

/** A word as it stands on the command line, without its value. */
export interface Refusal {
  readonly kind: 'parameter' | 'sysctl' | 'value' | 'scenario';
  readonly name: string;
  /** The value that does not fit. */
  readonly value?: string;
}

const UNKNOWN = /^Unknown kernel command line parameters "(.*)", will be passed to user space\.$/;
const INVALID = /^Booting kernel: [`'](.*)' invalid for parameter [`'](.*)'$/;
const SYSCTL = /^Failed to set sysctl parameter '([^=]*)=(.*)': (?:(parameter not found)|.*)$/;
const SCENARIO = /^insmod: can't insert '(.*)': no such scenario$/;

/** What a line of the console, without its time stamp, says of such words. */
export const refusalsIn = (line: string): Refusal[] => {
  const unknown = UNKNOWN.exec(line);
  if (unknown) return unknown[1].split(' ').flatMap((word) => (word === '' ? [] : { kind: 'parameter', name: word.split('=')[0] }));
  const invalid = INVALID.exec(line);
  if (invalid) return [{ kind: 'value', name: invalid[2], value: invalid[1] }];
  const sysctl = SYSCTL.exec(line);
  if (sysctl) return [{ kind: sysctl[3] ? 'sysctl' : 'value', name: `sysctl.${sysctl[1]}`, ...(sysctl[3] ? {} : { value: sysctl[2] }) }];
  const scenario = SCENARIO.exec(line);
  return scenario ? [{ kind: 'scenario', name: scenario[1] }] : [];
};

/** What was meant by a name that is not among its own: the same one in the other place, or the nearest in its own, or there. */
const meant = (name: string, own: readonly string[], other: readonly string[], option: string): string => {
  const there = other.find((known) => known === name.replaceAll('-', '_'));
  return there === undefined ? didYouMean(name, own) || didYouMean(name, other, (near) => `${option} ${near}`) : `; did you mean '${option} ${there}'?`;
};

/** The refusal in words, with what was probably meant of the names that the kernel knows. */
export const describeRefusal = ({ kind, name, value }: Refusal, { parameters, sysctls, scenarios }: KernelNames): string => {
  const bare = name.replace(/^(?:sysctl\.)?kernel\./, '');
  switch (kind) {
    case 'parameter':
      return `the kernel knows no '${name}'${meant(bare, parameters, sysctls, '--set')}`;
    case 'sysctl':
      return `the kernel knows no sysctl '${bare}'${meant(bare, sysctls, parameters, '--append')}`;
    case 'value':
      return `the kernel does not take '${value}' for '${bare}'`;
    case 'scenario':
      return `the kernel has no scenario '${name}'${didYouMean(name, scenarios)}`;
  }
};

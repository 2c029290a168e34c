// Boot parameters and sysctls: what they change, and that a word that does not fit is named and changes nothing.

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runGuest, secondsOf } from './guest-run.ts';

const KERNEL = join('asm', 'kernel.asm');
const textsOf = (words: string, seconds = 1.8): readonly string[] => runGuest(KERNEL, words, seconds).texts;

test('unknown words are named, in one line, and left to user space', () => {
  expect(textsOf('kernel.bin quiet2 loglevel=7 colour=blue a.b=1')).toContain(
    'Unknown kernel command line parameters "quiet2 colour=blue a.b=1", will be passed to user space.');
});

test.each([
  ['watchdog_thresh=61', '61', 'watchdog_thresh'],
  ['watchdog_thresh=-1', '-1', 'watchdog_thresh'],
  ['watchdog_thresh=ten', 'ten', 'watchdog_thresh'],
  ['watchdog_thresh=', '', 'watchdog_thresh'],
  ['watchdog_thresh=5x', '5x', 'watchdog_thresh'],
  ['watchdog_thresh=99999999999999999999999', '99999999999999999999999', 'watchdog_thresh'],
  ['watchdog_thresh', '', 'watchdog_thresh'],
  ['softlockup_panic=-1', '-1', 'softlockup_panic'],
  ['detector=5.4', '5.4', 'detector'],
  ['nmi_watchdog=maybe', 'maybe', 'nmi_watchdog'],
  ['nmi-watchdog=1,often', '1,often', 'nmi-watchdog'],
])('%s: a line names it', (word, value, name) => {
  expect(textsOf(word, 0.2)).toContain(`Booting kernel: \`${value}' invalid for parameter \`${name}'`);
});

test('a bad value leaves the default: 26 s, as with 10', () => {
  expect(textsOf('scenario=soft-spin watchdog_thresh=600', 30)).toContain('watchdog: BUG: soft lockup - CPU#0 stuck for 26s! [insmod:100]');
});

test('numbers may be hexadecimal', () => {
  expect(textsOf('scenario=soft-spin watchdog_thresh=0x5', 18).some((text) => text.includes('stuck for 13s!'))).toBe(true);
});

test.each([
  ['sysctl.kernel.nosuch=1', "Failed to set sysctl parameter 'kernel.nosuch=1': parameter not found"],
  ['sysctl.vm.swappiness=1', "Failed to set sysctl parameter 'vm.swappiness=1': parameter not found"],
  ['sysctl.kernel.watchdog_thresh=61', "Failed to set sysctl parameter 'kernel.watchdog_thresh=61': invalid value"],
  ['sysctl.kernel.watchdog=2', "Failed to set sysctl parameter 'kernel.watchdog=2': invalid value"],
  ['sysctl.kernel.watchdog_cpumask=0-9', "Failed to set sysctl parameter 'kernel.watchdog_cpumask=0-9': invalid value"],
  ['sysctl.kernel.watchdog_cpumask=1-', "Failed to set sysctl parameter 'kernel.watchdog_cpumask=1-': invalid value"],
  ['sysctl.kernel.hung_task_warnings=-2', "Failed to set sysctl parameter 'kernel.hung_task_warnings=-2': invalid value"],
])('%s: a line says why not', (word, line) => expect(textsOf(word)).toContain(line));

test('nmi_watchdog cannot be switched on where there is no counter (ENOTSUPP)', () => {
  const { texts } = runGuest(KERNEL, 'sysctl.kernel.nmi_watchdog=1', 1.8, { pmu: false });
  expect(texts).toContain("Failed to set sysctl parameter 'kernel.nmi_watchdog=1': error -524");
});

test('a change restarts the detectors on every CPU, the same value does not', () => {
  const enabled = 'NMI watchdog: Enabled. Permanently consumes one hw-PMU counter.';
  const count = (words: string): number => textsOf(words).filter((text) => text === enabled).length;
  expect(count('sysctl.kernel.watchdog_thresh=10')).toBe(1);
  expect(count('sysctl.kernel.watchdog_thresh=11')).toBe(2);
  expect(count('sysctl.kernel.watchdog=0')).toBe(1);
  expect(count('sysctl.kernel.watchdog=0 sysctl.kernel.watchdog=1')).toBe(2);
  expect(count('sysctl.kernel.watchdog_cpumask=1')).toBe(2);
});

test('the new phase counts from the write', () => {
  const { lines } = runGuest(KERNEL, 'scenario=soft-spin cpu=1 sysctl.kernel.watchdog_thresh=11', 34);
  const enabled = secondsOf(lines.filter((line) => line.includes('Enabled. Perm')).at(-1) ?? '');
  const report = secondsOf(lines.find((line) => line.includes('BUG: soft lockup')) ?? '');
  expect(report - enabled).toBeCloseTo(7 * 4.4, 1); // touched by its first line, then six periods of 2 * 11 / 5 s
});

test('hung_task_warnings: so many reports and a last line', () => {
  const texts = textsOf('scenario=mutex-abba sysctl.kernel.hung_task_timeout_secs=5 sysctl.kernel.hung_task_warnings=3', 25);
  expect(texts.filter((text) => text.startsWith('INFO: task'))).toHaveLength(3);
  expect(texts).toContain('Future hung task reports are suppressed, see sysctl kernel.hung_task_warnings');
});

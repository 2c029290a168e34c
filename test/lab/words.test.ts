import { expect, test } from 'vitest';
import { kindOfLine } from '../../src/lab/findings.ts';
import { nearestName, printable, quote } from '../../src/lab/words.ts';

const NAMES = ['hard-cli', 'soft-18s', 'soft-spin'];

test.each([['soft-spim', 'soft-spin'], ['cli', 'hard-cli'], ['soft', 'soft-18s'], ['sotf-spin', 'soft-spin'], ['zebra', undefined]])(
  '%s was probably meant to be %s',
  (wanted, name) => expect(nearestName(wanted, NAMES)).toBe(name));

test.each([['hard-cli', 'hard-cli'], ['panic=5 quiet', "'panic=5 quiet'"], ["it's", "'it'\\''s'"], ['$(reboot)', "'$(reboot)'"]])(
  'a shell takes %s as %s',
  (word, quoted) => expect(quote(word)).toBe(quoted));

test('a screen gets text, newlines and tabs; what would control a terminal is replaced', () =>
  expect(printable('a\r\n\tb\x1b[2Jc\x07é')).toBe('a\n\tb\ufffd[2Jc\ufffdé'));

test.each([
  ['[   21.627577] watchdog: Watchdog detected hard LOCKUP on cpu 1', 'report'],
  ['[   28.076000] watchdog: BUG: soft lockup - CPU#0 stuck for 26s! [insmod:100]', 'report'],
  ['[    6.127746] hard_cli: start', 'onset'],
  ['[    6.127746] hard_cli: start at 6.120000', 'onset'],
  ['[    0.000000] Command line: scenario=hard-cli', undefined],
])('%s: %s', (line, kind) => expect(kindOfLine(line)).toBe(kind));

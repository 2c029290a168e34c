import { expect, test } from 'vitest';
import { kindOfLine } from '../../src/lab/findings.ts';
import { BytesToText, jsonText, printable, quote, wrap } from '../../src/lab/words.ts';

test.each([['hard-cli', 'hard-cli'], ['panic=5 quiet', "'panic=5 quiet'"], ["it's", "'it'\\''s'"], ['$(reboot)', "'$(reboot)'"]])(
  'a shell takes %s as %s',
  (word, quoted) => expect(quote(word)).toBe(quoted));

test('a screen gets text, newlines and tabs; what would control a terminal is replaced', () =>
  expect(printable('a\r\n\tb\x1b[2Jc\x07é')).toBe('a\n\tb\\x1b[2Jc\\x07é'));

test.each([
  ['[   21.627577] watchdog: Watchdog detected hard LOCKUP on cpu 1', 'report'],
  ['[   28.076000] watchdog: BUG: soft lockup - CPU#0 stuck for 26s! [insmod:100]', 'report'],
  ['[    6.127746] hard_cli: start', 'onset'],
  ['[    6.127746] hard_cli: start at 6.120000', 'onset'],
  ['[    0.000000] Command line: scenario=hard-cli', undefined],
])('%s: %s', (line, kind) => expect(kindOfLine(line)).toBe(kind));

test.each([
  ['C0 and DEL', '\x07\x1b]0;x\x7f', '\\x07\\x1b]0;x\\x7f'],
  ['C1', '\x9b31m\x85', '\\x9b31m\\x85'],
  ['what turns the direction of text', '\u202eabc\u2066\u200f\u061c', '\\u202eabc\\u2066\\u200f\\u061c'],
  ['other ends of lines', 'a\u2028b\u2029', 'a\\u2028b\\u2029'],
  ['a carriage return that ends no line', 'a\rb\r\r\n', 'a\\x0db\n'],
])('%s: in words', (_what, text, shown) => expect(printable(text)).toBe(shown));

test('other scripts, tabs and pairs of surrogates stay as they are', () => {
  const text = 'é 汉字 😀🐀\tעברית\n';
  expect(printable(text)).toBe(text);
});

test('JSON has the same characters in words of its own, and is read back as it was', () => {
  const value = { text: '\x9b\u202e\x1b\r\n', large: 1n << 40n };
  expect(jsonText(value)).not.toMatch(/[\x7f-\x9f\u202e]/);
  expect(JSON.parse(jsonText(value))).toEqual({ text: value.text, large: '0x10000000000' });
});

const textOf = (...chunks: readonly (readonly number[])[]): string => {
  const text = new BytesToText();
  return chunks.map((bytes) => text.take(bytes)).join('') + text.finish();
};

test('bytes are UTF-8, however they are cut, and what is none is shown as it is', () => {
  expect(textOf([0xc3], [0xa9], [0xf0, 0x9f], [0x98, 0x80])).toBe('é😀');
  expect(textOf([0x9b, 0x33], [0xff, 0xc3], [0x41])).toBe('\\x9b3\\xff\\xc3A');
  expect(textOf([0xe2, 0x82], [0x0a])).toBe('\\xe2\\x82\n');
  expect(textOf([0xed, 0xa0, 0x80], [0xc0, 0xaf])).toBe('\\xed\\xa0\\x80\\xc0\\xaf');
  expect(textOf([0xc3])).toBe('\\xc3');
  expect(textOf([0xef, 0xbf, 0xbd])).toBe('\ufffd');
});

test('the carriage returns of a newline are left out, wherever the bytes are cut', () =>
  expect(textOf([0x61, 0x0d], [0x0d], [0x0a, 0x62, 0x0d, 0x63])).toBe('a\nb\rc'));

test.each([
  ['one two three', {}, ['one two three']],
  ['one two three', { width: 7 }, ['one two', 'three']],
  ['one two three', { width: 7, indent: '  ' }, ['one two', '  three']],
  ['one two three', { width: 9, end: ' \\' }, ['one two \\', 'three']],
  ['  a  longest-word b', { width: 8, indent: '    ' }, ['  a', '    longest-word', '    b']],
  ['a   b   c', { width: 6 }, ['a   b', 'c']],
  ['', {}, ['']],
  [['a b', 'c d'], { width: 5 }, ['a b', 'c d']],
])('%j is broken into lines that fit, with %j', (text, options, lines) => expect(wrap(text, options)).toEqual(lines));

// Sources in every encoding, long lines, and what the outside says: the environment and the time. What bytes come out of such sources is
// in golden/bytes/encodings.asm.

import { describe, expect, test } from 'vitest';
import { assemble, type AssembleOptions } from '../../src/assembler/assemble.ts';
import { toFlat } from '../../src/assembler/output/object.ts';
import { writeListing } from '../../src/assembler/output/listing.ts';
import { LONGEST_LINE } from '../../src/assembler/limits.ts';
import { assembleSources } from './assembling.ts';

const latin1 = (text: string): Uint8Array => Buffer.from(text, 'latin1');

describe('messages', () => {
  const problems = (source: string | Uint8Array): readonly string[] => {
    const { assembly } = assembleSources({ 'a.asm': source });
    return assembly.diagnostics.map(({ place, text, source }) => `${place.column}: ${text} | ${source}`);
  };
  test('show UTF-8 as characters, and count columns in them', () =>
    expect(problems(' db "äöü", größe')).toEqual(["12: symbol 'größe' is not defined |  db \"äöü\", größe"]));
  test('show what is no UTF-8 as Latin-1', () =>
    expect(problems(latin1(' db "äöü", größe'))).toEqual(["12: symbol 'größe' is not defined |  db \"äöü\", größe"]));
  test('never have a replacement character', () =>
    expect(problems(latin1(' db 1, \xe2\x82\n%error \xff\xfe "\xc3"')).join()).not.toContain('\ufffd'));
  test('quote no line of a megabyte', () =>
    expect(problems(` db x ; ${'-'.repeat(1_000_000)}`)).toEqual(["5: symbol 'x' is not defined | undefined"]));
  test('a mistake is not followed by another one about the layout', () =>
    expect(problems(' mov ax, 5 // five').map((text) => text.split(' |')[0])).toEqual([
      "15: symbol 'five' is not defined", "10: '//' needs numbers, not addresses",
    ]));
});

test('symbols, the listing and the texts of sources are UTF-8', () => {
  const { assembly } = assembleSources({ 'a.asm': latin1('gr\xf6\xdfe: nop\n') });
  const { object, layout, sources } = assembly;
  if (!object || !layout) throw new Error('no object');
  expect(object.symbols.map(({ name }) => name)).toEqual(['größe']);
  expect(writeListing('a.asm', layout, sources)).toContain('größe: nop');
});

test('a byte order mark is no part of a source, nor of an included one', () => {
  const marked = Buffer.from('\ufeffdb 1\n%include "b"\n');
  expect(assembleSources({ 'a.asm': marked, b: Buffer.from('\ufeffdb 2') })).toMatchObject({ errors: '', warnings: '', bytes: Uint8Array.of(1, 2) });
});

test('names of files are characters, in whichever form a source is given', () => {
  const { bytes, errors } = assembleSources({ 'a.asm': '%include "ä.inc"\nincbin "ö.bin"', 'ä.inc': 'db __FILE__' }, { 'ö.bin': Uint8Array.of(7) });
  expect({ errors, bytes }).toEqual({ errors: '', bytes: Uint8Array.from([...Buffer.from('ä.inc'), 7]) });
});

describe('long lines', () => {
  test('80,000 joined lines keep their places', () => {
    const joined = `db 0 \\\n${', 1 \\\n'.repeat(80_000)}, x`;
    const { assembly } = assembleSources(joined);
    expect(assembly.diagnostics.map(({ place, text }) => [place.line, place.column, text])).toEqual([[80_002, 3, "symbol 'x' is not defined"]]);
  });
  test('one of too many tokens is refused before it fills the memory', () => {
    const { assembly } = assembleSources(` db 0${',1'.repeat(LONGEST_LINE)}`);
    expect(assembly.diagnostics.map(({ text }) => text)).toEqual([`this line has more than ${LONGEST_LINE} tokens`]);
  });
});

describe('what the outside says', () => {
  const flat = (source: string, environment: Readonly<Record<string, string>>, options?: AssembleOptions) => {
    const { object, diagnostics } = assemble('a.asm', { read: (path) => ({ path, text: source }), readBytes: () => undefined, environment: (name) => environment[name] }, options);
    return { text: object && Buffer.from(toFlat(object)).toString(), problems: diagnostics.map(({ text }) => text) };
  };
  test('%! is what a variable of the environment says, word for word', () =>
    expect(flat('%defstr a %!A\n%define b %!\'B C\'\ndb a, b, %!B+1', { A: 'x; "y', 'B C': '"z"', B: '48+' })).toEqual({ text: 'x; "yz1', problems: [] }));
  test('%ifenv asks whether there is one', () =>
    expect(flat('%macro ask 1\n%ifenv %1\ndb "y"\n%elifnenv A\ndb "n"\n%endif\n%endmacro\n%ifenv %!A\ndb "a"\n%endif\n%ifenv NO A\ndb "b"\n%endif\nask B\n%ifnenv \'A\'\ndb "c"\n%endif\n', { A: '' })).toEqual({ text: 'ab', problems: [] }));
  test('one that there is not is nothing, with a warning', () =>
    expect(flat('%defstr a %!NO\ndb "-", a, "-"', {})).toEqual({ text: '--', problems: ["'%!NO': the environment has no such variable"] }));
  test('without an environment there are none', () =>
    expect(assembleSources('%ifenv PATH\ndb 1\n%else\ndb 2\n%endif').bytes).toEqual(Uint8Array.of(2)));
  test('the date is the one that was given, in UTC', () =>
    expect(flat('%defstr n __DATE_NUM__ __?UTC_TIME_NUM?__ __POSIX_TIME__\ndb __?DATE?__, " ", __UTC_TIME__, " ", n', {}, { time: 1_000_000_001 })).toEqual({
      text: '2001-09-09 01:46:41 20010909 14641 1000000001', problems: [],
    }));
  test('without one it is the beginning of 1970', () => expect(flat('db __DATE__', {})).toEqual({ text: '1970-01-01', problems: [] }));
});

describe('what belongs to NASM and not here is refused by name', () => {
  test.each([
    ['%define f %str(x)\ndb f', "the function '%str' is not supported"],
    ['db %strlen("abc")', "the function '%strlen' is not supported"],
    ['db %isdef(d)', "the function '%isdef' is not supported"],
    ['%stacksize small', "'%stacksize' is not supported"],
    ['%arg a:word', "'%arg' is not supported"],
    ['%local a:word', "'%local' is not supported"],
    ['%use fp', "the package 'fp' is not supported"],
    ['%use "SmartAlign"', "the package 'SmartAlign' is not supported"],
    ['%ifusable masm\n%endif', "the package 'masm' is not supported"],
    ['%use nothing', "there is no package 'nothing'"],
    ['dd 1.5', 'floating-point constants like 1.5 are not supported'],
    ['dd __?float32?__(1.5)', "the function '__?float32?__' is not supported"],
    ['dw __utf16__("a")', "the function '__utf16__' is not supported"],
    ['dt 12345678p', 'packed decimals like 12345678p are not supported'],
  ])('%s', (source, problem) => expect(assembleSources(source).assembly.diagnostics[0]?.text).toBe(problem));
});

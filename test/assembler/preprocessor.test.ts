// What the golden sources cannot show: several files, what the assembler answers, what NASM's preprocessor alone cannot say
// or says wrongly, and where lines come from.

import { describe, expect, test } from 'vitest';
import { expand } from '../../src/assembler/preprocessor/expand.ts';
import type { Scope } from '../../src/assembler/language/evaluate.ts';
import { constantValue, UNKNOWN } from '../../src/assembler/language/value.ts';
import { SourceFiles } from '../../src/assembler/language/sources.ts';
import { Diagnostics } from '../../src/assembler/reporter.ts';
import { originIn } from '../../src/assembler/language/tokens.ts';
import { expectLines, ioFor } from './expanding.ts';

describe('files', () => {
  test('%include reads a file in place, with the macros so far and those after it', () =>
    expectLines(
      { 'a.asm': '%define x 1\n%include "b.inc"\ndd x, y', 'b.inc': 'db x\n%define x 2\n%define y 3' },
      'db 1\ndd 2, 3',
    ));
  test('an include guard keeps a second reading empty', () =>
    expectLines(
      { 'a.asm': '%include "b.inc"\n%include "b.inc"', 'b.inc': '%ifndef GUARD\n%define GUARD\nnop\n%endif' },
      'nop',
    ));
  test('a macro may include, by a name that it puts together', () =>
    expectLines(
      { 'a.asm': '%macro use 1\n%defstr name %1.inc\n%include name\n%endmacro\nuse b', 'b.inc': 'nop' },
      'nop',
    ));
  test('parameters do not reach into included files', () =>
    expectLines({ 'a.asm': '%macro m 1\n%include "b.inc"\ndd %1\n%endmacro\nm 5', 'b.inc': 'dd 10 % 3' }, 'dd 10 % 3\ndd 5'));
  test('__FILE__ and __LINE__ are those of the line', () =>
    expectLines({ 'a.asm': 'nop\n%include "b.inc"\ndd __FILE__, __LINE__', 'b.inc': '\ndd __FILE__, __LINE__' }, `
      nop
      dd 'b.inc', 2
      dd 'a.asm', 3`));
  test('all kinds of line ends', () => expectLines('db 1\r\ndb 2\ndb 3\rdb 4', 'db 1\ndb 2\ndb 3\ndb 4'));
});

describe('options', () => {
  test('macros from outside', () =>
    expectLines('dd FOO, NAME\n%ifdef NAME\nnop\n%endif', 'dd 1 + 2,\nnop', { defines: ['FOO=1 + 2', 'NAME'] }));
  test('the output format has a name', () => expectLines('db __OUTPUT_FORMAT__', 'db elf64', { format: 'elf64' }));
});

describe('what the assembler knows', () => {
  const scope: Scope = {
    symbol: ({ name }) => (name === 'five' ? constantValue(5n) : UNKNOWN),
    here: () => constantValue(0x10n),
    sectionStart: () => constantValue(0n),
  };
  test('symbols and $ count in %if, %assign and %rep', () =>
    expectLines(
      '%if five == 5 && $ - $$ > 8\ndb 1\n%endif\n%assign n five * 2\ndb n\n%rep five - 3\nnop\n%endrep',
      'db 1\ndb 10\nnop\nnop',
      { scope },
    ));
  test('lines are made only when they are asked for', () => {
    const seen: string[] = [];
    const asking: Scope = {
      ...scope,
      symbol: ({ name }) => {
        seen.push(name);
        return constantValue(1n);
      },
    };
    const lines = expand('a.asm', new SourceFiles(ioFor('nop\n%if late\nhlt\n%endif')), new Diagnostics(), { scope: asking });
    expect(lines.next().done).toBe(false);
    expect(seen).toEqual([]);
    lines.next();
    expect(seen).toEqual(['late']);
  });
  test('__BITS__ follows the directive, however it is written', () =>
    expectLines('dd __BITS__\nbits 32\ndd __BITS__\nUSE64\ndd __?BITS?__\n[bits 16]\ndd __BITS__', `
      dd 16
      [bits 32]
      dd 32
      [bits 64]
      dd 64
      [bits 16]
      dd 16`));
});

describe('where NASM 2.16.01 itself goes astray', () => {
  test('lines after a recursive macro are read', () =>
    expectLines('%rmacro down 1\ndd %1\n%if %1 > 0\n%assign next %1 - 1\ndown next\n%endif\n%endmacro\ndown 2\nnop', `
      dd 2
      dd 1
      dd 0
      nop`));
  test('%{1:-1} of one argument is that argument', () =>
    expectLines('%macro m 1-*\ndd %{1:-1}, %{-1:-1}\n%endmacro\nm 7\nm 8, 9', 'dd 7, 7\ndd 8,9, 9'));
});

describe('calls', () => {
  test('an argument that single-line macros expand to nothing is an empty one where one is needed', () =>
    expectLines('%macro inner 1\ndb 1\n%endmacro\n%macro outer 0-1\ninner %1\n%endmacro\nouter\nouter 5', 'db 1\ndb 1'));
  test('a macro may redefine the instruction it is named after', () =>
    expectLines('%macro ret 0\nleave\nret\n%endmacro\nret', 'leave\nret'));
  test('%clear forgets the macros of the source, not the standard ones', () =>
    expectLines('%define a 1\n%macro m 0\n%endmacro\n%clear\ndd a\nm\nbits 32', 'dd a\nm\n[bits 32]'));
});

describe('origins', () => {
  const originsOf = (source: string): string[] => {
    const lines = expand('a.asm', new SourceFiles(ioFor(source)), new Diagnostics());
    return Array.from(lines, ({ tokens, origin }) =>
      [origin, ...tokens.map((token) => originIn(origin.macro, token))]
        .map(({ place, macro }) => `${place.line}:${place.column}${macro ? `<${macro.name}@${macro.call.place.line}` : ''}`)
        .join(' '),
    );
  };
  test('a plain line', () => expect(originsOf('  mov eax, 5')).toEqual(['1:3 1:3 1:7 1:10 1:12']));
  test('joined lines keep their places', () => expect(originsOf('dd 1,\\\n  2')).toEqual(['1:1 1:1 1:4 1:5 2:3']));
  test('a macro body is where it stands, and knows the call', () =>
    expect(originsOf('%macro m 1\n inc %1\n%endmacro\n m eax')).toEqual(['2:2<m@4 2:2<m@4 4:4<m@4']));
  test('the text of a single-line macro is where it stands, and knows the use', () =>
    expect(originsOf('%define five 5\ndb five')).toEqual(['2:1 2:1 1:14<five@2']));
  test('what standard macros produce counts as written by their user', () =>
    expect(originsOf('nop\n align 4')[1]).toMatch(/^2:2 2:2 2:2 (2:\d+ ?)+$/));
});

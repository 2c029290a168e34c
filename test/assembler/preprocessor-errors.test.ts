// Mistakes in preprocessing → diagnostics, compared whole; and sources that would never end, which must.

import { describe, expect, test } from 'vitest';
import { expandSources, expectDiagnostics } from './expanding.ts';

describe('unfinished', () => {
  test('%if', () => expectDiagnostics('nop\n%if 1\nnop', `a.asm:2:1: error: this '%if' has no '%endif'`));
  test('%macro', () => expectDiagnostics('%macro m 0\nnop', `a.asm:1:1: error: this '%macro' has no '%endmacro'`));
  test('%rep', () => expectDiagnostics('%rep 2\nnop', `a.asm:1:1: error: this '%rep' has no '%endrep'`));
  test('an included file ends what it begins', () =>
    expectDiagnostics({ 'a.asm': '%include "b.inc"\n%endif', 'b.inc': '%if 1' }, `
      b.inc:1:1: error: this '%if' has no '%endif'
      a.asm:2:1: error: '%endif' has no '%if'`));
  test('strings', () => expectDiagnostics(`db 'abc\ndb \`x\\\``, `
      a.asm:1:4: error: this string has no closing '
      a.asm:2:4: error: this string has no closing \``));
  test('an apostrophe does no harm where nothing is read, or in a message', () =>
    expectDiagnostics(`%if 0\ndon't\n%endif\n%warning don't`, `a.asm:4:1: warning: don't`));
  test('brackets', () => expectDiagnostics('%define f(x) x\ndd f(1\n%macro m 1\n%endmacro\nm {a', `
      a.asm:2:4: error: the arguments of 'f' have no closing ')'
      a.asm:5:3: error: '{' has no '}'`));
});

describe('misplaced', () => {
  test('ends without beginnings', () =>
    expectDiagnostics('%endif\n%else\n%elif 1\n%endmacro\n%endrep\n%exitrep\n%rotate 1\n%pop', `
      a.asm:1:1: error: '%endif' has no '%if'
      a.asm:2:1: error: '%else' has no '%if'
      a.asm:3:1: error: '%elif' has no '%if'
      a.asm:4:1: error: '%endmacro' has no '%macro'
      a.asm:5:1: error: '%endrep' has no '%rep'
      a.asm:6:1: error: '%exitrep' outside of '%rep'
      a.asm:7:1: error: '%rotate' means nothing outside of a macro
      a.asm:8:1: error: '%pop': no context is open`));
  test('branches after %else', () =>
    expectDiagnostics('%if 0\n%else\n%elif 1\n%else\n%endif', `
      a.asm:3:1: warning: '%elif' after '%else': its lines are not read
      a.asm:4:1: warning: '%else' after '%else': its lines are not read`));
  test('parameters and local labels outside of macros', () =>
    expectDiagnostics('dd 10 %3\n%%x: nop\ndd %+1', `
      a.asm:1:7: error: '%3' means nothing outside of a macro
      a.asm:2:1: error: '%%x' means nothing outside of a macro
      a.asm:3:4: error: '%+1' means nothing outside of a macro`));
  test('names of contexts without one', () =>
    expectDiagnostics('dd %$x\n%push a\ndd %$$x\n%pop b\n%define %$$$y', `
      a.asm:1:4: error: '%$x': no context is open
      a.asm:3:4: error: '%$$x': fewer contexts are open
      a.asm:4:1: error: '%pop b': the innermost context is 'a'
      a.asm:5:9: error: '%$$$y': no such context is open`));
});

describe('malformed', () => {
  test('unknown and refused directives', () =>
    expectDiagnostics('%foo\n%ifthen x\n%error never\n%endif\n%use fp\n%arg x:word\ndd %!HOME', `
      a.asm:1:1: error: there is no directive '%foo'
      a.asm:2:1: error: there is no directive '%ifthen'
      a.asm:5:1: error: the package 'fp' is not supported
      a.asm:6:1: error: '%arg' is not supported
      a.asm:7:4: warning: '%!HOME': the environment has no such variable`));
  test('%define', () =>
    expectDiagnostics('%define\n%define 5 3\n%define f(1) a\n%define f(a 3\n%define g(x) x\n%define g 1\n%undef', `
      a.asm:1:1: error: '%define' expects a name
      a.asm:2:9: error: '%define' expects a name
      a.asm:3:11: error: the name of a parameter is expected
      a.asm:4:10: error: the list of parameters has no ')'
      a.asm:6:1: error: 'g' cannot be defined both with and without brackets
      a.asm:7:1: error: '%undef' expects a name`));
  test('%macro', () =>
    expectDiagnostics('%macro\n%endmacro\n%macro m\n%endmacro\n%macro m 3-2\n%endmacro\n%macro m 0-1 a,b\n%endmacro', `
      a.asm:1:1: error: '%macro' expects the name of a macro
      a.asm:3:1: error: '%macro' expects how many arguments the macro takes
      a.asm:5:10: error: '%macro' expects a number of arguments, not '3-2'
      a.asm:7:16: warning: more default arguments than optional parameters`));
  test('calls', () =>
    expectDiagnostics('%macro m 2\n%endmacro\n%define f(x) x\nm 1\nm {a}b, c\ndd f(1,2)\n m 1,2,\n m 1,', `
      a.asm:4:1: warning: 'm' takes 2 arguments, not 1
      a.asm:5:6: error: braces must enclose the whole argument
      a.asm:6:4: warning: 'f' takes 1 argument, not 2
      a.asm:7:7: warning: the empty argument at the end is dropped
      a.asm:8:5: warning: the empty argument at the end is dropped`));
  test('numbers that have no value', () =>
    expectDiagnostics('%if\n%endif\n%if later\n%endif\n%assign x (1\n%rep 1 +\n%endrep\n%if 1 / 0\n%endif\n%assign y 1 2', `
      a.asm:1:1: error: '%if' expects an expression
      a.asm:3:5: error: '%if' needs a number: something in it has no value yet
      a.asm:5:12: error: ')' expected
      a.asm:6:8: error: an expression is missing at the end
      a.asm:8:5: error: division by zero
      a.asm:10:13: warning: text after the expression of '%assign' is ignored`));
  test('a condition without meaning takes no branch', () =>
    expectDiagnostics('%if 1 +\n%error one\n%elif 1\n%error two\n%else\n%error three\n%endif', `
      a.asm:1:7: error: an expression is missing at the end`));
  test('strings', () =>
    expectDiagnostics('%strlen n 5\n%strcat s "a", 5\n%substr t\n%deftok u v', `
      a.asm:1:11: error: '%strlen' expects a string
      a.asm:2:16: error: '%strcat' expects strings
      a.asm:3:1: error: '%substr' expects a string
      a.asm:4:11: error: '%deftok' expects a string`));
  test('a number that only a macro has put together', () =>
    expectDiagnostics('%macro m 1\ndd 1%1\n%endmacro\nm f', `
      a.asm:2:4: error: '1f' is not a number
      a.asm:4:1: note: in the expansion of 'm'`));
  test('tokens', () =>
    expectDiagnostics('dd 5foo\ndd 0b12\ndd %foo\ndd a%+', `
      a.asm:1:4: error: '5foo' is not a number
      a.asm:2:4: error: '0b12' is not a number
      a.asm:3:4: error: '%foo' means nothing here
      a.asm:4:5: error: '%+' means nothing here`));
});

describe('messages of the source', () => {
  test('%error and %warning go on, %fatal ends', () =>
    expectDiagnostics('%define a 3\n%warning "in quotes"\n%error not %[a] "x"\n%fatal that is all\n%error never', `
      a.asm:2:1: warning: in quotes
      a.asm:3:1: error: not 3 "x"
      a.asm:4:1: error: that is all`));
  test('the macro trail leads outwards, through files', () =>
    expectDiagnostics(
      {
        'a.asm': '%include "b.inc"\n outer',
        'b.inc': '%macro inner 0\n%error deep\n%endmacro\n%macro outer 0\n  inner\n%endmacro',
      },
      `b.inc:2:1: error: deep
      b.inc:5:3: note: in the expansion of 'inner'
      a.asm:2:2: note: in the expansion of 'outer'`,
    ));
  test('single-line macros leave a trail too', () =>
    expectDiagnostics('%define bad 5foo\n%macro m 0\n dd bad\n%endmacro\n m', `
      a.asm:1:13: error: '5foo' is not a number
      a.asm:3:5: note: in the expansion of 'bad'
      a.asm:5:2: note: in the expansion of 'm'`));
});

describe('files', () => {
  test('a missing one ends the run: what would follow misleads', () =>
    expectDiagnostics('%include "none.inc"\n%error never', `a.asm:1:1: error: cannot read 'none.inc'`));
  test('the name must be a string', () =>
    expectDiagnostics('%include none', `a.asm:1:10: error: '%include' expects the name of a file in quotes`));
  test('binary ones are refused', () => {
    expectDiagnostics('\0\x01\x02', 'a.asm:1:1: error: not a text file');
    expectDiagnostics({ 'a.asm': '%include "b"', b: '\x7fELF\x02\x01\x01' }, 'b:1:1: error: not a text file');
  });
  test('a file that includes itself', () =>
    expect(expandSources('nop\n%include "a.asm"').diagnostics.map(({ text }) => text)).toEqual([
      'files include each other more than 64 deep',
    ]));
});

describe('endless sources end with one message', () => {
  const doubling = (line: (n: number) => string): string => Array.from({ length: 64 }, (_, n) => line(n)).join('\n');
  test.each([
    ['recursive macros', '%rmacro m 0\nm\n%endmacro\nm', 'macros call each other more than 10000 deep'],
    ['a repetition', '%rep 1000000000000\nnop\n%endrep', `'%rep' of 1000000000000: at most 1000000 are possible`],
    [
      'nested repetitions',
      '%rep 1000000\n%rep 1000000\n%assign n 1\n%endrep\n%endrep',
      'macros and repetitions take more than 2000000 lines',
    ],
    [
      'doubling macros',
      `${doubling((n) => `%define a${n} a${n + 1} a${n + 1}`)}\ndb a0`,
      'macros make this line longer than 1000000 tokens',
    ],
    [
      'doubling calls',
      `${doubling((n) => `%macro m${n} 0\nm${n + 1}\nm${n + 1}\n%endmacro`)}\nm0`,
      'macros and repetitions take more than 2000000 lines',
    ],
    ['doubling texts', `%define a 1, 2\n%rep 64\n%xdefine a a, a\n%endrep`, 'macros make this line longer than 1000000 tokens'],
    ['doubling names', `%define a aa\n%rep 64\n%xdefine a a%+a\n%endrep`, 'a name of more than 4096 characters was put together'],
    ['doubling strings', `%define s "ab"\n%rep 64\n%strcat s s, s\n%endrep`, /^'%strcat' makes a string of \d+ bytes$/],
    [
      'a name put together anew in each look',
      '%define f(x) (x+a%?\n%define g(x) f(x)*g(x)\ndb g(g(1))',
      'the single-line macros in this line expand without end',
    ],
    ['%[…] in depth', `db ${'%['.repeat(100)}x${']'.repeat(100)}`, `'%[…]' are nested more than 50 deep`],
    ['brackets in depth', `%if ${'('.repeat(100_000)}\n%endif`, 'an expression may be nested 500 deep'],
    ['signs in depth', `%if ${'-'.repeat(100_000)}1\n%endif`, 'an expression may be nested 500 deep'],
    ['arguments in depth', `%define f(x) x\ndb ${'f('.repeat(10_000)}`, `the arguments of 'f' have no closing ')'`],
  ])('%s', (_, source, text) => {
    const texts = expandSources(source).diagnostics.map((diagnostic) => diagnostic.text);
    expect(new Set(texts).size).toBe(1);
    expect(texts[0]).toMatch(text);
  }, 20_000);
});

describe('much is no problem', () => {
  const many = 200_000;
  test('a long sum', () =>
    expect(expandSources(`%assign n ${'1 + '.repeat(many)}1\ndb n`)).toEqual({ lines: [`db ${many + 1}`], diagnostics: [] }));
  test('a long argument', () => {
    const argument = '1 '.repeat(many);
    const macros = '%macro m 1\ndb %1\n%endmacro\n%define f(x) x\n';
    const { lines, diagnostics } = expandSources(`${macros}m ${argument}\ndb f(${argument})`);
    expect(diagnostics).toEqual([]);
    expect(lines.map(({ length }) => length)).toEqual([2 * many + 2, 2 * many + 2]);
  });
  test('a long string', () => {
    const { lines, diagnostics } = expandSources(`%strlen n \`\\n${'x'.repeat(many)}\`\ndb n`);
    expect({ lines, diagnostics }).toEqual({ lines: [`db ${many + 1}`], diagnostics: [] });
  });
});

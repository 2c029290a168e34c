import { describe, expect, test } from 'vitest';
import { formatExpectation, lineMatches, lineSays, outlineOf, parseExpectation } from '../../src/lab/expectation.ts';

const one = (event: object) => [{ events: [event], nothingMore: false }];

describe('an expectation', () => {
  test('may be a kind alone: any time, any CPU', () => expect(parseExpectation('hard')).toEqual(one({ kind: 'hard' })));
  test('may have a window and attributes', () =>
    expect(parseExpectation('soft@20s..28s,cpu=0,stuck=22..23,in=spin')).toEqual(
      one({ kind: 'soft', window: [20, 28], sinceBefore: false, cpu: 0, stuck: [22, 23], in: 'spin' }),
    ));
  test('may be several, any of which will do', () =>
    expect(parseExpectation('hard@500ms..6.5s|none')).toEqual([
      { events: [{ kind: 'hard', window: [0.5, 6.5], sinceBefore: false }], nothingMore: false },
      { events: [], nothingMore: true },
    ]));
  test('may be a sequence, with windows since the event before', () =>
    expect(parseExpectation('soft then panic@+0s..1s then exit=5 then none')).toEqual([
      {
        events: [{ kind: 'soft' }, { kind: 'panic', window: [0, 1], sinceBefore: true }, { kind: 'exit', code: 5 }],
        nothingMore: true,
      },
    ]));
  test('may have text in quotes, in which nothing separates', () =>
    expect(parseExpectation('hard,line="a | b, then c (22|23)s" then says="x then y"')).toEqual([
      { events: [{ kind: 'hard', line: 'a | b, then c (22|23)s' }, { kind: 'says', line: 'x then y' }], nothingMore: false },
    ]));
  test.each([
    'soft@20s..28s,cpu=0',
    'hard | none',
    'hard,cpu=3',
    'soft,stuck=26 then soft@+28s..28s,stuck=52 then none',
    'soft,in=mdelay,line="a (b|c) *" then says="d" | exit=5 | triple-fault',
  ])('%s is printed as it was written', (text) => expect(formatExpectation(parseExpectation(text) as never)).toBe(text));
  test.each([
    ['soft@20s..28s,cpu=0,stuck=26 then says="a" then panic,line="b" then none', 'soft,cpu=0 then panic'],
    ['hard,cpu=1,in=a | hard,cpu=1,in=b | exit=3', 'hard,cpu=1 | exit=3'],
    ['says="a" then none', 'none'],
  ])('%s is outlined as %s', (text, outline) => expect(outlineOf(parseExpectation(text) as never)).toBe(outline));
  const how = 'write none, soft, hard, panic, hung, rcu, workqueue, reset, triple-fault, exit=N or says="TEXT", with @20s..28s and ,cpu=0 where wanted';
  test.each([
    ['medium', `'medium' is not an expectation; ${how}`],
    ['soft@20..28', `'soft@20..28' is not an expectation; ${how}`],
    ['soft@28s..20s', "'soft@28s..20s': the window ends before it begins"],
    ['', `'' is not an expectation; ${how}`],
    ['soft then', `'soft then' is not an expectation; ${how}`],
    ['none then soft', `'none' is not an expectation; ${how}`],
    ['exit', `'exit' is not an expectation; ${how}`],
    ['says=hello', `'says=hello' is not an expectation; ${how}`],
    ['soft=3', `'soft=3' is not an expectation; ${how}`],
    ['exit="3"', `'exit="3"' is not an expectation; ${how}`],
    ['soft,cpu=a', "'soft,cpu=a': cpu=a is no number"],
    ['soft,stuck=a', "'soft,stuck=a': stuck=a is neither N nor N..M"],
    ['soft,line=BUG', "'soft,line=BUG': the text of line= stands in double quotes"],
  ])('%j is refused by name', (text, message) => expect(parseExpectation(text)).toBe(message));
});

describe('a pattern', () => {
  test.each([
    ['stuck for (22|23)s! [insmod:*]', 'stuck for 22s! [insmod:100]', true],
    ['stuck for (22|23)s! [insmod:*]', 'stuck for 24s! [insmod:100]', false],
    ['stuck for 22s', 'stuck for 22s!', false],
    ['name(O+) a.c', 'name(O+) a.c', true],
    ['name(O+) a.c', 'name(O+) abc', false],
  ])('%j is all of the line %j: %s', (pattern, line, answer) => expect(lineMatches(pattern, line)).toBe(answer));
  test('of says is a part of it', () => expect(lineSays('cpus with', 'Shutting down cpus with NMI')).toBe(true));
});

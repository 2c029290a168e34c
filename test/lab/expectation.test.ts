import { describe, expect, test } from 'vitest';
import { formatExpectation, parseExpectation } from '../../src/lab/expectation.ts';

describe('an expectation', () => {
  test('may be a kind alone: any time, any CPU', () =>
    expect(parseExpectation('hard')).toEqual([{ kind: 'hard', from: 0, to: Infinity, cpu: undefined }]));
  test('may have a window and a CPU', () =>
    expect(parseExpectation('soft@20s..28s,cpu=0')).toEqual([{ kind: 'soft', from: 20, to: 28, cpu: 0 }]));
  test('may be several, any of which will do', () =>
    expect(parseExpectation('hard@500ms..6.5s|none')).toEqual([
      { kind: 'hard', from: 0.5, to: 6.5, cpu: undefined },
      { kind: 'none' },
    ]));
  test.each(['soft@20s..28s,cpu=0', 'hard|none', 'hard,cpu=3'])('%s is printed as it was written', (text) =>
    expect(formatExpectation(parseExpectation(text) as never)).toBe(text));
  test.each([
    ['medium', "'medium' is not an expectation; write none, soft or hard, with @20s..28s and ,cpu=0 where wanted"],
    ['soft@20..28', "'soft@20..28' is not an expectation; write none, soft or hard, with @20s..28s and ,cpu=0 where wanted"],
    ['soft@28s..20s', "'soft@28s..20s': the window ends before it begins"],
    ['', "'' is not an expectation; write none, soft or hard, with @20s..28s and ,cpu=0 where wanted"],
  ])('%j is refused by name', (text, message) => expect(parseExpectation(text)).toBe(message));
});

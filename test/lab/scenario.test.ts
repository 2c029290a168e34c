import { describe, expect, test } from 'vitest';
import { parseDuration, readScenario } from '../../src/lab/scenario.ts';

const SOURCE = `; title: A loop
; expect: soft@20s..28s,cpu=0
; until: 60s
spin: jmp spin
`;

describe('the opening comment of a scenario', () => {
  test('says its title, what is expected and how long to wait', () =>
    expect(readScenario('spin', SOURCE)).toEqual({
      name: 'spin',
      title: 'A loop',
      expectation: [{ kind: 'soft', from: 20, to: 28, cpu: 0 }],
      untilSeconds: 60,
    }));
  test.each([
    ['spin: jmp spin', "spin: a scenario opens with '; title:', '; expect:' and '; until:'"],
    [SOURCE.replace('60s', 'soon'), "spin: until: 'soon' is not a duration such as 60s or 500ms"],
    [
      SOURCE.replace('soft@', 'soggy@'),
      "spin: expect: 'soggy@20s..28s,cpu=0' is not an expectation; write none, soft or hard, with @20s..28s and ,cpu=0 where wanted",
    ],
  ])('is refused by the field that is wrong', (source, message) => expect(readScenario('spin', source)).toBe(message));
});

test.each([
  ['60s', 60],
  ['500ms', 0.5],
  ['2.5s', 2.5],
  ['60', undefined],
  ['-1s', undefined],
  ['s', undefined],
])('%j is a duration of %j seconds', (text, seconds) => expect(parseDuration(text)).toBe(seconds));

import { describe, expect, test } from 'vitest';
import { applyConditions, DEFAULT_SETTING, impossible, parseConditions, parseWords } from '../../src/lab/conditions.ts';
import { formatExpectation } from '../../src/lab/expectation.ts';
import { caseIn, casesOf, isScenario, parseDuration, readScenario, type Scenario } from '../../src/lab/scenario.ts';

const SOURCE = `; title: A loop
; mirrors: while (1);
; until: 60s
; expect: soft@20s..28s,cpu=0
; expect[preempt=full|lazy]: none
; expect[softlockup_panic=1]: soft then panic
; expect[preempt=full, softlockup_panic=1]: hung
; until[watchdog_thresh=30]: 120s
; cells: cpus=1; cpus=4, watchdog_thresh=30

; expect[cpus=2]: not part of the opening comment
spin: jmp spin
`;

const scenario = (source: string): Scenario => {
  const read = readScenario('spin', source);
  if (typeof read === 'string') throw new Error(read);
  return read;
};

/** What is expected, and until when, with these words on the kernel's command line. */
const expected = (source: string, words: string): readonly [string, number] => {
  const one = scenario(source);
  const { expectation, untilSeconds } = caseIn(one, applyConditions(one.setting, parseWords(words)));
  return [formatExpectation(expectation), untilSeconds];
};

describe('the opening comment of a scenario', () => {
  test('says its title and what it mirrors', () => expect(scenario(SOURCE)).toMatchObject({ title: 'A loop', mirrors: 'while (1);' }));
  test.each([
    ['', 'soft@20s..28s,cpu=0', 60],
    ['preempt=none', 'soft@20s..28s,cpu=0', 60],
    ['preempt=full', 'none', 60],
    ['preempt=lazy quiet', 'none', 60],
    ['softlockup_panic=1', 'soft then panic', 60],
    ['sysctl.kernel.softlockup_panic=1', 'soft then panic', 60],
    ['softlockup-panic=1', 'soft then panic', 60],
    ['softlockup_panic=1 softlockup_panic=0', 'soft@20s..28s,cpu=0', 60],
    ['preempt=full softlockup_panic=1', 'hung', 60],
    ['preempt=lazy softlockup_panic=1', 'soft then panic', 60], // one condition each: the later line
    ['watchdog_thresh=30', 'soft@20s..28s,cpu=0', 120],
  ])('with %j on the command line: the line with the most conditions that hold', (words, expectation, until) =>
    expect(expected(SOURCE, words)).toEqual([expectation, until]));
  test('makes a cell of every condition, once', () =>
    expect(casesOf(scenario(SOURCE)).map(({ configuration, commandLine, setting: { cpus } }) => [configuration, commandLine, cpus])).toEqual([
      ['', 'scenario=spin', 2],
      ['preempt=full', 'scenario=spin preempt=full', 2],
      ['preempt=lazy', 'scenario=spin preempt=lazy', 2],
      ['softlockup_panic=1', 'scenario=spin softlockup_panic=1', 2],
      ['preempt=full, softlockup_panic=1', 'scenario=spin preempt=full softlockup_panic=1', 2],
      ['cpus=1', 'scenario=spin', 1],
      ['cpus=4, watchdog_thresh=30', 'scenario=spin watchdog_thresh=30', 4],
    ]));
  test('may name the configuration under which it runs, which a cell changes', () => {
    const cells = casesOf(scenario(SOURCE.replace('; cells', '; config: cpus=3, preempt=none\n; cells')));
    expect(cells.slice(0, 2)).toMatchObject([
      { commandLine: 'scenario=spin preempt=none', setting: { cpus: 3 } },
      { commandLine: 'scenario=spin preempt=full', setting: { cpus: 3 } },
    ]);
  });
  test('tells whether a source is a scenario at all', () => expect([SOURCE, '; a program\n nop\n'].map(isScenario)).toEqual([true, false]));
  test.each([
    ['spin: jmp spin', "spin: a scenario opens with '; title:', '; expect:' and '; until:'"],
    [SOURCE.replace('60s', 'soon'), "spin: until: 'soon' is not a duration such as 60s or 500ms"],
    [SOURCE.replace('120s', 'later'), "spin: until[watchdog_thresh=30]: 'later' is not a duration such as 60s or 500ms"],
    [SOURCE.replace('soft@20s', 'soft@29s'), "spin: expect: 'soft@29s..28s,cpu=0': the window ends before it begins"],
    [SOURCE.replace('full|lazy', 'full, =x'), "spin: expect[preempt=full, =x]: '=x' is no condition; write key=value, as cpus=4, pmu=off or preempt=full"],
    [SOURCE.replace('cpus=1', 'cpus=17'), 'spin: cells: cpus=17 is not in 1..16'],
    [SOURCE.replace('cpus=1', 'pmu=perhaps'), 'spin: cells: pmu=perhaps is not on or off'],
    [SOURCE.replace('cpus=1', 'watchdog_cpumask=0-2'), 'spin: [watchdog_cpumask=0-2]: watchdog_cpumask=0-2: there is no CPU 2 among 2'],
    [SOURCE.replace('; cells', '; config: a=1|2\n; cells'), "spin: config: 'a=1|2' is more than one configuration"],
  ])('is refused by the field that is wrong', (source, message) => expect(readScenario('spin', source)).toBe(message));
});

describe('conditions', () => {
  test.each([
    ['nmi_watchdog=panic,1, nowatchdog', [[{ key: 'nmi_watchdog', value: 'panic,1' }, { key: 'nowatchdog', value: undefined }]]],
    ['watchdog_cpumask=0,2,cpus=4', [[{ key: 'watchdog_cpumask', value: '0,2' }, { key: 'cpus', value: '4' }]]],
  ])('%j: commas may stand in values', (text, conditions) => expect(parseConditions(text)).toEqual(conditions));
  test.each([
    ['watchdog_cpumask=0-1', undefined],
    ['cpu=1 watchdog_cpumask=0,1', undefined],
    ['cpu=2', 'cpu=2: there is no CPU 2 among 2'],
    ['sysctl.kernel.watchdog_cpumask=0,3-4', 'sysctl.kernel.watchdog_cpumask=0,3-4: there is no CPU 4 among 2'],
    ['watchdog_cpumask=all', 'watchdog_cpumask=all: not a list of CPUs such as 0-2,5'],
  ])('%j on two CPUs is impossible: %s', (words, why) => expect(impossible(applyConditions(DEFAULT_SETTING, parseWords(words)))).toBe(why));
});

test.each([
  ['60s', 60],
  ['500ms', 0.5],
  ['2.5s', 2.5],
  ['60', undefined],
  ['-1s', undefined],
  ['s', undefined],
])('%j is a duration of %j seconds', (text, seconds) => expect(parseDuration(text)).toBe(seconds));

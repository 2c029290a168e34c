import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { applyConditions, DEFAULT_SETTING, impossible, parseConditions, parseWords } from '../../src/lab/conditions.ts';
import { formatExpectation } from '../../src/lab/expectation.ts';
import { parseDuration } from '../../src/lab/duration.ts';
import { kernelNames } from '../../src/lab/kernel-names.ts';
import { caseIn, casesOf, isMistake, readScenario, type Scenario } from '../../src/lab/scenario.ts';
import { checkScenario, isScenario } from '../../src/lab/scenario-source.ts';
import { catalogue, pathOf } from '../support/catalogue.ts';
import { kernel } from '../support/scenario-run.ts';

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

const scenario = (source: string, path = 'spin.asm'): Scenario => {
  const read = readScenario(path, source);
  if (isMistake(read)) throw new Error(read.text);
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
  test('tells whether a source is a scenario at all', () =>
    expect([SOURCE, '; a program\n nop\n', ' scenario mine, mine_init\n'].map(isScenario)).toEqual([true, false, true]));
  test.each([
    ['spin: jmp spin', "1:1: '; title:' is missing: a scenario opens with '; title:', '; expect:' and '; until:'"],
    [SOURCE.replace('60s', 'soon'), "3:3: until: 'soon' is not a duration such as 500ms, 60s or 2m"],
    [SOURCE.replace('120s', 'later'), "8:3: until[watchdog_thresh=30]: 'later' is not a duration such as 500ms, 60s or 2m"],
    [SOURCE.replace('soft@20s', 'soft@29s'), "4:3: expect: 'soft@29s..28s,cpu=0': the window ends before it begins"],
    [SOURCE.replace('soft@20s', 'sotf@20s'), "4:3: expect: 'sotf@20s..28s,cpu=0' is not an expectation; did you mean 'soft'?"],
    [SOURCE.replace('full|lazy', 'full, =x'), "5:3: expect[preempt=full, =x]: '=x' is no condition; write key=value, as cpus=4, pmu=off or preempt=full"],
    [SOURCE.replace('cpus=1', 'cpus=17'), '9:3: cells: cpus=17 is not in 1..16'],
    [SOURCE.replace('cpus=1', 'pmu=perhaps'), '9:3: cells: pmu=perhaps is not on or off'],
    [SOURCE.replace('cpus=1', 'watchdog_cpumask=0-2'), '1:1: [watchdog_cpumask=0-2]: watchdog_cpumask=0-2: there is no CPU 2 among 2'],
    [SOURCE.replace('; cells', '; config: a=1|2\n; cells'), "9:3: config: 'a=1|2' is more than one configuration"],
    [SOURCE.replace('; expect:', '; expct:'), "4:3: '; expct:' is nothing that a scenario says; did you mean 'expect'?"],
    [SOURCE.replace('; expect:', '; expect'), "4:3: '; expect:' is missing: a scenario opens with '; title:', '; expect:' and '; until:'"],
    [SOURCE.replace('; mirrors:', '; colour:'), "2:3: '; colour:' is nothing that a scenario says; it has title, mirrors, until, config, expect, cells"],
    [SOURCE.replace('full|lazy]:', 'full|lazy:'), "5:3: write '; expect: …' or '; expect[CONDITIONS]: …'"],
    [SOURCE.replace('; cells', ';\n; cels'), "10:3: '; cels:' is nothing that a scenario says; did you mean 'cells'?"],
  ])('is refused at the place of the field that is wrong: %#', (source, message) => {
    const read = readScenario('a/spin.asm', source);
    if (!isMistake(read)) throw new Error('it is taken');
    const { place: { file, line, column }, text } = read;
    expect([file, `${line}:${column}: ${text}`]).toEqual(['a/spin.asm', message]);
  });
  test('may go on in prose behind an empty comment', () => expect(scenario(SOURCE.replace('; cells', ';\n; Linux: a loop.\n; cells')).name).toBe('spin'));
});

describe("a scenario's source is checked against the kernel that it became", () => {
  const names = { parameters: ['preempt'], sysctls: ['softlockup_panic', 'watchdog_thresh'], scenarios: ['healthy', 'spin'], functions: ['spin_init'] };
  const code = ['        scenario spin, spin_init', 'function spin_init', '        jmp $', 'endfunction', ''].join('\n');
  const found = (source: string, path = 'spin.asm'): string[] =>
    checkScenario(path, source, scenario(source, path), names).map(({ place: { line, column }, text }) => `${line}:${column}: ${text}`);
  test('nothing is said of one that is right', () => expect(found(SOURCE + code)).toEqual([]));
  test('a file of another name', () =>
    expect(found(SOURCE + code, 'other.asm')).toEqual([
      "13:18: the scenario 'spin' is in a file of another name, by which it would not be found: call the file spin.asm, or the scenario other",
    ]));
  test('a scenario that nothing declares', () =>
    expect(found(SOURCE, 'idle.asm')).toEqual(["4:1: no line 'scenario idle, FUNCTION' counts in this source: it would never start"]));
  test.each([
    [`${code}function late\n ret\n`, ["17:10: the function 'late' has no 'endfunction'"]],
    [`function early\n ret\n${code}`, ["13:10: the function 'early' has no 'endfunction'"]],
    [`%macro two 1\nfunction %1\n%endmacro\n${code}`, []],
    [`%if 1\nfunction a\n%else\nfunction b\n%endif\n ret\nendfunction\n${code}`, []],
  ])('a function without its end: %#', (source, mistakes) => expect(found(SOURCE + source)).toEqual(mistakes));
  test('conditions on words that the kernel does not know', () =>
    expect(found(SOURCE.replace('preempt=full|lazy', 'preemt=full') + code)).toEqual(["5:10: the kernel knows no 'preemt'; did you mean 'preempt'?"]));
  test('functions that it does not have', () =>
    expect(found(SOURCE.replace('soft@20s..28s,cpu=0', 'soft,in=spin_int') + code)).toEqual([
      "4:16: in=spin_int: the kernel has no such function; did you mean 'spin_init'?",
    ]));
  test('every scenario of the kernel passes', () => {
    const kernelHas = kernelNames(kernel);
    const all = catalogue();
    expect(kernelHas.scenarios.map((name) => name.replaceAll('_', '-')).sort()).toEqual(all.map(({ name }) => name));
    for (const one of all) expect(checkScenario(pathOf(one.name), readFileSync(pathOf(one.name), 'utf8'), one, kernelHas), one.name).toEqual([]);
  });
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
  ['250us', 250e-6],
  ['250µs', 250e-6],
  ['2m', 120],
  ['1.5h', 5400],
  ['1d', undefined],
  ['60', undefined],
  ['-1s', undefined],
  ['s', undefined],
])('%j is a duration of %j seconds', (text, seconds) => expect(parseDuration(text)).toBe(seconds));

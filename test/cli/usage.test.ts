import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { clispin, folderWith } from '../support/cli.ts';

describe('a mistake on the command line is one message that names it, and exit code 2', () => {
  test.each([
    [['fly'], "clispin: 'fly' is no command; see 'clispin --help'"],
    [['scenario'], "clispin: 'scenario' is no command; did you mean 'scenarios'?"],
    [['hard-cli'], "clispin: 'hard-cli' is no command; did you mean 'clispin run hard-cli'?"],
    [['--versoin'], "clispin: '--versoin' is no option; did you mean '--version'?"],
    [['run', 'healthy', '--cpu', '4'], "clispin run: unknown option '--cpu'; did you mean '--cpus'?"],
    [['run', 'healthy', '--expect', 'sotf@1s..2s'], "clispin run: --expect: 'sotf@1s..2s' is not an expectation; did you mean 'soft'?"],
    [['run', 'hard-cli', '--expect', 'hard,in=hard_cli_thred'], "clispin run: --expect: in=hard_cli_thred: the kernel has no such function; did you mean\n  'hard_cli_thread'?"],
    [['run'], "clispin run: which target? 'clispin scenarios' lists what there is"],
    [['run', 'healthy', 'soft-spin'], "clispin run: one target at a time; 'soft-spin' is too much"],
    [['run', 'soft-spim'], "clispin run: 'soft-spim' is no scenario and no file; did you mean 'soft-spin'?"],
    [['run', 'healthy', '--velocity', '9'], "clispin run: unknown option '--velocity'; see 'clispin run --help'"],
    [['run', 'healthy', '--cpus', '0'], "clispin run: --cpus: '0' is not a whole number from 1 to 16"],
    [['run', 'healthy', '--cpus', '17'], "clispin run: --cpus: '17' is not a whole number from 1 to 16"],
    [['run', 'healthy', '--cpus', 'two'], "clispin run: --cpus: 'two' is not a whole number from 1 to 16"],
    [['run', 'healthy', '--ram', '1M'], "clispin run: --ram: '1M' is not a size from 16M to 2G"],
    [['run', 'healthy', '--hz', '50kHz'], "clispin run: --hz: '50kHz' is not a rate from 100kHz to 5GHz"],
    [['run', 'healthy', '--turn', '0'], "clispin run: --turn: '0' is not a whole number from 1 to 100000"],
    [['run', 'healthy', '--pmu', 'maybe'], "clispin run: --pmu: 'maybe' is not on or off"],
    [['run', 'healthy', '--until', '60'], "clispin run: --until: '60' is not a duration such as 500ms, 60s or 2m"],
    [
      ['run', 'healthy', '--expect', 'fun'],
      "clispin run: --expect: 'fun' is not an expectation; write none, soft, hard, panic, hung, rcu,\n  workqueue, reset, triple-fault, exit=N or says=\"TEXT\", with @20s..28s and ,cpu=0 where wanted",
    ],
    [['run', 'healthy', '--set', 'panic'], "clispin run: --set: 'panic' is not NAME=VALUE"],
    [['run', 'healthy', '--set', 'watchdog_cpumask=0-2'], 'clispin run: sysctl.kernel.watchdog_cpumask=0-2: there is no CPU 2 among 2'],
    [['run', 'healthy', '--cpus', '1', '--append', 'cpu=1'], 'clispin run: cpu=1: there is no CPU 1 among 1'],
    [['run', 'healthy', '--json', '-', '--dmesg', '-'], 'clispin run: --json and --dmesg: only one can have stdout'],
    [['run', 'healthy', '--dump', '-'], 'clispin run: --dump: a core file does not go to stdout'],
    [['sweep'], "clispin sweep: which scenario? 'clispin scenarios' lists what there is"],
    [['sweep', 'soft-spim'], "clispin sweep: 'soft-spim' is no scenario; did you mean 'soft-spin'?"],
    [['sweep', 'soft-spin', 'healthy'], "clispin sweep: one scenario at a time; 'healthy' is too much"],
    [['sweep', 'soft-spin', '--phase', '4..0s'], "clispin sweep: --phase: '4..0s' is not a range such as 0..4s"],
    [['sweep', 'soft-spin', '--phase', '4s'], "clispin sweep: --phase: '4s' is not a range such as 0..4s"],
    [['sweep', 'soft-spin', '--runs', '0'], "clispin sweep: --runs: '0' is not a whole number from 1 to 100000"],
    [['sweep', 'soft-spin', '--append', 'cpu=2'], 'clispin sweep: cpu=2: there is no CPU 2 among 2'],
    [['asm'], 'clispin asm: which source?'],
    [['asm', 'a.asm', '-f', 'coff'], "clispin asm: --format: 'coff' is not bin or elf"],
    [['dis', 'a.bin', '--bits', '8'], "clispin dis: --bits: '8' is not 16, 32 or 64"],
    [['scenarios', 'all'], "clispin scenarios: 'all' is not wanted here"],
  ])('%j', (words, message) => expect(clispin(words)).toEqual({ code: 2, stdout: '', stderr: `${message}\n` }));
});

describe('a file that cannot be read is named, with exit code 3', () => {
  test.each([
    [['run', 'no/such.elf'], 'no/such.elf: cannot be read: no such file'],
    [['run', 'no-such.asm'], 'no-such.asm: cannot be read: no such file'],
    [['run', '.'], '.: cannot be read: is a directory'],
    [['dis', 'no-such.bin'], 'no-such.bin: cannot be read: no such file'],
  ])('%j', (words, message) => expect(clispin(words)).toEqual({ code: 3, stdout: '', stderr: `${message}\n` }));
});

test('every command has a help page that lists its options', () => {
  const { code, stdout } = clispin(['run', '--help']);
  expect(code).toBe(0);
  for (const option of ['--cpus', '--ram', '--hz', '--turn', '--seed', '--until', '--append', '--pmu', '--expect', '--json', '--dmesg'])
    expect(stdout).toContain(option);
});

test('the scenarios are listed with what is expected of each', () => {
  const { code, stdout } = clispin(['scenarios']);
  expect(code).toBe(0);
  const names = stdout.split('\n').map((line) => line.split(' ')[0]);
  expect(names).toEqual(expect.arrayContaining(['healthy', 'soft-spin', 'hard-cli']));
});

test('a source with a mistake leaves no file behind, and one without leaves just its output', () => {
  const folder = folderWith({ 'good.asm': 'bits 64\n ret\n', 'bad.asm': 'bits 64\n mov rax,\n' });
  expect(clispin(['asm', 'bad.asm', '-l', 'bad.lst'], folder)).toMatchObject({ code: 3, stdout: '' });
  expect(clispin(['asm', 'good.asm'], folder)).toEqual({ code: 0, stdout: '', stderr: '' });
  expect(readdirSync(folder).sort()).toEqual(['bad.asm', 'good.asm', 'good.bin']);
});

test('macros can be defined on the command line, as many as are wanted', () => {
  const folder = folderWith({ 'a.asm': 'db ONE, TWO\n' });
  expect(clispin(['asm', 'a.asm', '-d', 'ONE=1', '-d', 'TWO=2', '-o', 'a.bin'], folder).code).toBe(0);
  expect([...readFileSync(join(folder, 'a.bin'))]).toEqual([1, 2]);
});

test('included files are found in the current folder, in every -i in order, then beside the file that names them', () => {
  const folder = folderWith({
    'main.asm': '%include "a/outer.inc"\n%include "one.inc"\n%include "two.inc"\n', 'inner.inc': 'db 1\n',
    'a/outer.inc': '%include "inner.inc"\n%include "beside.inc"\n', 'a/inner.inc': 'db 2\n', 'a/beside.inc': 'db 3\n',
    'b/one.inc': 'db 4\n', 'c/one.inc': 'db 5\n', 'c/two.inc': 'db 6\n',
  });
  expect(clispin(['asm', 'main.asm', '-i', 'b', '-i', 'c'], folder)).toMatchObject({ code: 0, stderr: '' });
  expect([...readFileSync(join(folder, 'main.bin'))]).toEqual([1, 3, 4, 6]);
});

test('the kernel includes its own files, whatever the current folder has', () => {
  const folder = folderWith({ 'config.inc': 'nonsense\n', 'macros.inc': 'nonsense\n', 'a.asm': '%include "kernel.asm"\n' });
  expect(clispin(['asm', 'a.asm'], folder)).toMatchObject({ code: 0, stderr: '' });
});

test('__DATE__ is that of the environment where it says one', () => {
  const folder = folderWith({ 'a.asm': 'db __DATE__\n%defstr home %!SOURCE_DATE_EPOCH\ndb home\n' });
  expect(clispin(['asm', 'a.asm'], folder, { SOURCE_DATE_EPOCH: '86400' })).toMatchObject({ code: 0, stderr: '' });
  expect(readFileSync(join(folder, 'a.bin'), 'utf8')).toBe('1970-01-0286400');
});


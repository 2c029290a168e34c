// What somebody meets who has just begun: mistakes in a scenario of one's own, words that the kernel does not take, how a run ends.

import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { clispin, folderWith } from '../support/cli.ts';

const MINE = `; title: IRQs off, then an endless loop
; expect: hard,cpu=0
; until: 60s
%include "kernel.asm"

        scenario mine, mine_init
function mine_init
        cli
.spin:  jmp     .spin
endfunction
`;

const lastLine = (text: string): string => text.trimEnd().split('\n').at(-1) ?? '';

describe("a mistake in a scenario of one's own is an error with its place, before anything boots", () => {
  test.each([
    ['mine.asm', MINE.replace('; expect:', '; expct:'), "mine.asm:2:3: error: '; expct:' is nothing that a scenario says; did you mean 'expect'?"],
    ['mine.asm', MINE.replace(/; expect.*\n/, ''), "mine.asm:1:1: error: '; expect:' is missing: a scenario opens with '; title:', '; expect:' and '; until:'"],
    ['mine.asm', MINE.replace('; until', '; colour: red\n; until'), "mine.asm:3:3: error: '; colour:' is nothing that a scenario says; it has title, mirrors, until, config, expect, cells"],
    ['other.asm', MINE, "other.asm:6:18: error: the scenario 'mine' is in a file of another name, by which it would not be found: call the file mine.asm, or the scenario other"],
    ['mine.asm', MINE.replace('endfunction\n', ''), "mine.asm:7:10: error: the function 'mine_init' has no 'endfunction'"],
    ['mine.asm', MINE.replace(/.*scenario mine.*/, ''), "mine.asm:2:1: error: no line 'scenario mine, FUNCTION' counts in this source: it would never start"],
    ['mine.asm', MINE.replace('hard,cpu=0', 'hard,in=mine_int'), "mine.asm:2:16: error: in=mine_int: the kernel has no such function; did you mean 'mine_init'?"],
    ['mine.asm', MINE.replace('jmp     .spin', 'jmp     .spim'), "mine.asm:9:17: error: symbol '.spim' is not defined; did you mean '.spin'?"],
  ])('%s: %#', (name, source, message) => {
    const { code, stdout, stderr } = clispin(['run', name], folderWith({ [name]: source }));
    expect([code, stdout, stderr.split('\n')[0]]).toEqual([3, '', message]);
  });
});

test('the last line of a run is its verdict, which says from when it counts', () => {
  const { code, stdout } = clispin(['run', '-'], '.', {}, MINE);
  expect([code, lastLine(stdout)]).toEqual([0, expect.stringMatching(/^verdict: hard lockup on CPU 0, \d+\.\d{3} s after the scenario's entry: as expected$/)]);
  expect(stdout).toMatch(/\n {2}work: [\d,]+ instructions executed, [\d,]+ skipped in steady loops, CPUs halted \d+ %\n/);
});

describe('a word that the kernel does not take', () => {
  const words = ['--set', 'watchdog_thres=5', '--append', 'preemt=full kernel.panic=5', '--until', '3s', '--expect', 'none'];
  test('is told beside the verdict with what was probably meant, and the run is no success', () => {
    const { code, stdout } = clispin(['run', 'healthy', ...words]);
    expect(stdout).toContain("\n  not taken: the kernel knows no sysctl 'watchdog_thres'; did you mean 'watchdog_thresh'?\n");
    expect(stdout).toContain("\n  not taken: the kernel knows no 'preemt'; did you mean 'preempt'?\n");
    expect([code, lastLine(stdout)]).toEqual([1, 'verdict: no lockup: as expected, but not all words were taken']);
  });
  test('is told only, where that is wanted', () => expect(clispin(['run', 'healthy', ...words, '--lenient'])).toMatchObject({ code: 0 }));
});

test('each CPU of a run that did not end well has a line, and with --state all of its registers', () => {
  const words = ['run', 'hard-cli', '--expect', 'none', '--until', '25s'];
  const { stdout } = clispin(words);
  expect(stdout.match(/^cpu\d .*$/gm)).toEqual([
    expect.stringMatching(/^cpu0 halted at default_idle\+0x6, rip [0-9a-f]{16}, interrupts on$/),
    expect.stringMatching(/^cpu1 running at hard_cli_thread\+0x[0-9a-f]+, rip [0-9a-f]{16}, interrupts off, interrupt \d+ pending$/),
  ]);
  expect(stdout).not.toContain('gdtr');
  expect(clispin([...words, '--state']).stdout.match(/^ {2}gdtr /gm)).toHaveLength(2);
});

test('bytes that found the transmitter full are counted, with the cure', () => {
  const source = 'bits 32\n align 4\n dd 0x1badb002, 0, -0x1badb002\nglobal start\nstart: mov dx, 3f8h\n mov ecx, 15\n.next: mov al, 65\n out dx, al\n loop .next\n mov al, 1\n out 0f4h, al\n';
  const { stdout } = clispin(['run', 'flood.asm'], folderWith({ 'flood.asm': source }));
  expect(stdout).toContain('\n  serial port: 13 bytes lost, written while the transmitter was full; poll LSR bit 5 (THRE)\n');
});

describe('--json', () => {
  test('has a schema, the states of the CPUs, and what was not taken', () => {
    const { code, stdout } = clispin(['run', 'healthy', '--until', '2s', '--set', 'panik=1', '--json', '-']);
    const { schema, cpus, diagnostics, refusals, verdict, stateHash } = JSON.parse(stdout);
    expect(code).toBe(1);
    expect({ schema, diagnostics, refusals, kind: verdict.kind }).toEqual({
      schema: { name: 'clispin-run', version: 1 },
      diagnostics: [],
      refusals: [{ kind: 'sysctl', name: 'sysctl.kernel.panik', text: "the kernel knows no sysctl 'panik'; did you mean 'panic'?" }],
      kind: 'none',
    });
    expect(stateHash).toMatch(/^[0-9a-f]{16}$/);
    expect(cpus).toMatchObject([{ id: 0, state: ['halted'], registers: { rax: expect.stringMatching(/^[0-9a-f]{16}$/) } }, { id: 1 }]);
  });
  test('has the mistakes with their places when nothing ran', () => {
    const { code, stdout } = clispin(['run', 'bad.asm', '--json', '-'], folderWith({ 'bad.asm': 'bits 64\n mov rax,\n' }));
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({
      schema: { name: 'clispin-run', version: 1 },
      target: 'bad.asm',
      diagnostics: [{ severity: 'error', place: { file: 'bad.asm', line: 2 } }],
    });
  });
  test('has the message when there was nothing to run', () => {
    const { code, stdout } = clispin(['run', 'hard-clu', '--json', '-']);
    expect(code).toBe(2);
    expect(JSON.parse(stdout).diagnostics).toEqual([{ severity: 'error', text: "clispin run: 'hard-clu' is no scenario and no file; did you mean 'hard-cli'?" }]);
  });
});

describe('nothing of ours is wider than 100 columns', () => {
  const COMMANDS = ['run', 'scenarios', 'matrix', 'sweep', 'asm', 'dis', 'cpu', 'web', 'tour'];
  test.each([
    ['--help'],
    ...COMMANDS.map((command) => [command, '--help']),
    ['scenarios'],
    ['scenarios', '--errata'],
    ['cpu'],
    ['cpu', '--forms'],
    ['cpu', '--differences'],
    ['matrix', '--list'],
    ['matrix', 'workqueue-stall [workqueue.panic'],
    ['run', 'workqueue-stall', '--set', 'a=1', '--append', 'workqueue.panic_on_stall=1 softlockup_all_cpu_backtrace=1 one=1 two=2', '--lenient'],
    ['run', 'hard-cli', '--expect', 'soft@20s..28s,cpu=0,in=hard_cli_thread then hard@6s..20s,cpu=1 | none'],
    ['sweep', 'soft-spin', '--runs', '1', '--jobs', '1', '--append', 'hardlockup=buddy'],
  ])('%s %s %s', (...words) => {
    const { stdout, stderr } = clispin(words);
    const own = `${stdout}${stderr}`.split('\n').filter((line) => !/^\[ *\d+\.\d+\] /.test(line));
    expect(own.length).toBeGreaterThan(3);
    expect(own.filter((line) => line.length > 100)).toEqual([]);
  });
});

test('every JSON says by name and version what it is', () => {
  const commands = [['scenarios', '--json'], ['scenarios', '--errata', '--json'], ['cpu', '--json'], ['matrix', 'cli-hlt', '--brief', '--json'], ['sweep', 'soft-spin', '-n', '1', '--json']];
  const names = commands.map((words) => JSON.parse(clispin(words).stdout).schema);
  expect(names).toEqual(['scenarios', 'errata', 'cpu', 'matrix', 'sweep'].map((name) => ({ name: `clispin-${name}`, version: 1 })));
});

test('a sweep of a word that the kernel does not take is no success either', () => {
  const words = ['sweep', 'soft-spin', '-n', '1', '--set', 'watchdog_thres=5'];
  expect(clispin(words)).toMatchObject({ code: 1, stderr: "clispin sweep: the kernel knows no sysctl 'watchdog_thres'; did you mean 'watchdog_thresh'?\n" });
  expect(clispin([...words, '--lenient']).code).toBe(0);
});

describe('clispin asm', () => {
  test('writes into the current folder, wherever the source is', () => {
    const folder = folderWith({ 'package/asm/a.asm': 'bits 64\n ret\n', 'here/b.txt': '' });
    const here = join(folder, 'here');
    expect(clispin(['asm', '../package/asm/a.asm'], here)).toEqual({ code: 0, stdout: '', stderr: '' });
    expect([readdirSync(here).sort(), readdirSync(join(folder, 'package/asm'))]).toEqual([['a.bin', 'b.txt'], ['a.asm']]);
  });
  test('finds the kernel from everywhere', () => {
    const folder = folderWith({});
    expect(clispin(['asm', 'kernel.asm'], folder).code).toBe(0);
    expect(readdirSync(folder)).toEqual(['kernel.bin']);
  });
  test('reads the standard input and writes to the standard output', () => {
    expect(clispin(['asm', '-'], '.', {}, "db 'yes'")).toEqual({ code: 0, stdout: 'yes', stderr: '' });
    expect(clispin(['asm', '-'], '.', {}, ' mov rax,\n').stderr.split('\n')[0]).toMatch(/^stdin:1:\d+: error: /);
  });
});

test('an image can come from the standard input as well as a source', () => {
  const folder = folderWith({});
  clispin(['asm', 'kernel.asm', '-o', 'kernel'], folder);
  const { stdout } = spawnSync(process.execPath, [join(process.cwd(), 'dist/cli.js'), 'run', '-', '--append', 'scenario=healthy', '--until', '2s'], {
    input: readFileSync(join(folder, 'kernel')), encoding: 'utf8',
  });
  expect(stdout).toContain('Command line: scenario=healthy');
});

test('--version says which clispin it is, and help COMMAND is COMMAND --help', () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  expect(clispin(['--version'])).toEqual({ code: 0, stdout: `clispin ${version}\n`, stderr: '' });
  expect(clispin(['help', 'run'])).toEqual(clispin(['run', '--help']));
});

test('each filter of the matrix adds its cells, and one that has none is told', () => {
  expect(clispin(['matrix', '--list', 'cli-hlt', 'soft-18s']).stdout).toMatch(/^cli-hlt\n(.*\n)*soft-18s\n/);
  expect(clispin(['matrix', '--list', 'cli-hlt', 'sotf-18s'])).toMatchObject({ code: 2, stderr: "clispin matrix: no cell is called 'sotf-18s'; did you mean 'soft-18s'?\n" });
});

test.skipIf(spawnSync('script', ['--version']).error !== undefined)("a terminal's title is kept before the first of ours, and given back at the end", () => {
  const command = `'${process.execPath}' dist/cli.js run test-lockup --no-fast-forward --engine interpret --until 50ms`;
  const { stdout } = spawnSync('script', ['-qec', command, '/dev/null'], { encoding: 'latin1', env: { ...process.env, TERM: 'xterm' } });
  const titles = stdout.match(/\x1b\[2[23];0t|\x1b\]0;[^\x07]*\x07/g) ?? [];
  expect([titles.at(0), titles.at(-1)]).toEqual(['\x1b[22;0t', '\x1b[23;0t']);
  expect(titles.slice(1, -1).every((title) => title.startsWith('\x1b]0;clispin '))).toBe(true);
  expect(titles.length).toBeGreaterThan(2);
});

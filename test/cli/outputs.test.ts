// Where output goes: nothing of somebody else's is replaced, nothing is half written, and what cannot be written has an exit code of its own.

import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, linkSync, lstatSync, readdirSync, readFileSync, readlinkSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { clispin, folderWith } from '../support/cli.ts';
import { has } from '../support/tools.ts';

const CLI = join(process.cwd(), 'dist', 'cli.js');
const SOURCE = 'mov ax, 0x1234\n';
const BYTES = Buffer.from([0xb8, 0x34, 0x12]);
const OLD = 'what was there before';
const folder = (files: Readonly<Record<string, string>> = {}) => folderWith({ 'a.asm': SOURCE, ...files });
const shell = (script: string, cwd: string) => spawnSync('bash', ['-o', 'pipefail', '-c', script.replaceAll('CLISPIN', `'${process.execPath}' '${CLI}'`)], { cwd, encoding: 'utf8' });

describe('a plain file is replaced as a whole', () => {
  test('and nothing stays beside it', () => {
    const cwd = folder({ 'a.bin': OLD });
    expect(clispin(['asm', 'a.asm'], cwd)).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(readFileSync(join(cwd, 'a.bin'))).toEqual(BYTES);
    expect(readdirSync(cwd).sort()).toEqual(['a.asm', 'a.bin']);
  });

  test('with the mode that it had', () => {
    const cwd = folder({ 'a.bin': OLD });
    chmodSync(join(cwd, 'a.bin'), 0o751);
    clispin(['asm', 'a.asm'], cwd);
    expect(statSync(join(cwd, 'a.bin')).mode & 0o7777).toBe(0o751);
  });

  test('and no file of a neighbour, whatever it is called', () => {
    const cwd = folder({ 'victim': OLD, 'a.bin.part': OLD });
    symlinkSync('victim', join(cwd, 'a.bin.tmp'));
    clispin(['asm', 'a.asm'], cwd);
    expect([readFileSync(join(cwd, 'victim'), 'utf8'), readFileSync(join(cwd, 'a.bin.part'), 'utf8')]).toEqual([OLD, OLD]);
  });
});

describe('what is no plain file of ours stays what it is', () => {
  test('a symbolic link leads to the new content', () => {
    const cwd = folder({ 'real.bin': OLD });
    symlinkSync('real.bin', join(cwd, 'a.bin'));
    clispin(['asm', 'a.asm'], cwd);
    expect(readlinkSync(join(cwd, 'a.bin'))).toBe('real.bin');
    expect(readFileSync(join(cwd, 'real.bin'))).toEqual(BYTES);
  });

  test('also when it leads to nothing yet', () => {
    const cwd = folder();
    symlinkSync('new.bin', join(cwd, 'a.bin'));
    clispin(['asm', 'a.asm'], cwd);
    expect(lstatSync(join(cwd, 'a.bin')).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(cwd, 'new.bin'))).toEqual(BYTES);
  });

  test('links in a circle are told', () => {
    const cwd = folder();
    symlinkSync('b.bin', join(cwd, 'a.bin'));
    symlinkSync('a.bin', join(cwd, 'b.bin'));
    expect(clispin(['asm', 'a.asm'], cwd)).toMatchObject({ code: 4, stderr: 'a.bin: cannot be written: too many symbolic links\n' });
  });

  test('a file with two names keeps both', () => {
    const cwd = folder({ 'a.bin': `${OLD} ${OLD}` });
    linkSync(join(cwd, 'a.bin'), join(cwd, 'other.bin'));
    clispin(['asm', 'a.asm'], cwd);
    expect([readFileSync(join(cwd, 'other.bin')), statSync(join(cwd, 'a.bin')).nlink]).toEqual([BYTES, 2]);
  });

  test('a pipe and a device are written through', () => {
    const cwd = folder();
    const { status } = shell('mkfifo p && (cat p > got &) && CLISPIN asm a.asm -o p && sleep 0.2 && test -p p && CLISPIN asm a.asm -o /dev/null && test -c /dev/null', cwd);
    expect(status).toBe(0);
    expect(readFileSync(join(cwd, 'got'))).toEqual(BYTES);
  });
});

describe('what would overwrite itself is refused before anything runs', () => {
  test.each([
    [['run', 'healthy', '--json', 'out', '--dmesg', 'out'], "clispin run: --dmesg: 'out' is the same file as that of --json\n"],
    [['run', 'healthy', '--json', 'out', '--dump', './out'], "clispin run: --dump: './out' is the same file as that of --json\n"],
    [['run', 'healthy', '--json', 'one', '--dmesg', 'link'], "clispin run: --dmesg: 'link' is the same file as that of --json\n"],
    [['run', 'healthy', '--json', 'one', '--dmesg', 'hard'], "clispin run: --dmesg: 'hard' is the same file as that of --json\n"],
    [['asm', 'a.asm', '-o', 'a.asm'], "clispin asm: --output: 'a.asm' is the same file as 'a.asm', which is read\n"],
    [['asm', 'a.asm', '-l', 'source'], "clispin asm: --listing: 'source' is the same file as 'a.asm', which is read\n"],
  ])('%j', (words, stderr) => {
    const cwd = folder({ one: OLD });
    symlinkSync('one', join(cwd, 'link'));
    linkSync(join(cwd, 'one'), join(cwd, 'hard'));
    symlinkSync('a.asm', join(cwd, 'source'));
    expect(clispin(words, cwd)).toEqual({ code: 2, stdout: '', stderr });
    expect([readFileSync(join(cwd, 'a.asm'), 'utf8'), readFileSync(join(cwd, 'one'), 'utf8')]).toEqual([SOURCE, OLD]);
  });

  test('a device may be named twice', () =>
    expect(clispin(['run', 'healthy', '--until', '10ms', '--json', '/dev/null', '--dmesg', '/dev/null']).stderr).toBe(''));
});

describe('what cannot be written is one line and exit code 4', () => {
  test('no folder, a folder', () => {
    const cwd = folder();
    expect(clispin(['asm', 'a.asm', '-o', 'nowhere/a.bin'], cwd)).toEqual({ code: 4, stdout: '', stderr: 'nowhere/a.bin: cannot be written: no such directory\n' });
    expect(clispin(['run', 'healthy', '--json', 'nowhere/out.json'], cwd)).toEqual({ code: 4, stdout: '', stderr: 'nowhere/out.json: cannot be written: no such directory\n' });
    expect(clispin(['asm', 'a.asm', '-o', '.'], cwd)).toEqual({ code: 4, stdout: '', stderr: '.: cannot be written: is a directory\n' });
  });

  test.skipIf(!existsSync('/dev/full'))('a full device, by name and as the standard output', () => {
    const cwd = folder();
    expect(clispin(['asm', 'a.asm', '-o', '/dev/full'], cwd)).toMatchObject({ code: 4, stderr: '/dev/full: cannot be written: no space left\n' });
    for (const words of ['asm a.asm -o -', 'scenarios', 'cpu', 'dis a.asm', '--help'])
      expect(shell(`CLISPIN ${words} > /dev/full`, cwd)).toMatchObject({ status: 4, stderr: expect.stringMatching(/^(clispin: )?standard output: .*no space left\n$/) });
  });

  test('nobody reads any more: no failure becomes a success by that', () => {
    const cwd = folder();
    const { status, stderr } = shell('CLISPIN run hard-cli --set watchdog_thresh=2 --expect none | head -1', cwd);
    expect({ status, stderr }).toEqual({ status: 4, stderr: 'clispin: standard output: nobody reads it any more\n' });
  });

  const mounted = process.getuid?.() === 0 && has('mount') && shell('d=$(mktemp -d) && mount -t tmpfs -o size=64k none "$d" && umount "$d" && rmdir "$d"', '.').status === 0;
  if (!mounted) console.log('skipped: a small disk of its own needs root and mount');

  test.skipIf(!mounted)('a full disk leaves the old file, and nothing beside it', () => {
    const cwd = folder({ 'large.asm': 'times 200000 db 1\n' });
    const disk = folderWith({});
    shell(`mount -t tmpfs -o size=64k none '${disk}'`, cwd);
    onTestFinished(() => void shell(`umount '${disk}'`, cwd));
    const place = join(disk, 'large.bin');
    writeFileSync(place, OLD);
    const full = { code: 4, stdout: '', stderr: `${place}: cannot be written: no space left\n` };
    expect(clispin(['asm', 'large.asm', '-o', place], cwd)).toEqual(full);
    linkSync(place, join(disk, 'second'));
    expect(clispin(['asm', 'large.asm', '-o', place], cwd)).toEqual(full);
    expect([readFileSync(place, 'utf8'), readdirSync(disk).sort()]).toEqual([OLD, ['large.bin', 'second']]);
    shell(`mount -o remount,ro '${disk}'`, cwd);
    expect(clispin(['asm', 'a.asm', '-o', place], cwd)).toEqual({ code: 4, stdout: '', stderr: `${place}: cannot be written: the file system is read-only\n` });
  });
});

/** What would take a terminal over: title, screen, links, colours in C1, direction of text. */
const EVIL = '\x1b]0;PWNED\x07\x1b[2J\x9b31m\u202ertl\x85';
const bytesText = (bytes: Buffer): string => Array.from(bytes, (byte) => `0x${byte.toString(16)}`).join(', ');
const GUEST = `
        org     0x100000
bits 32
        dd      0x1badb002, 0, -0x1badb002
start:  mov     esi, message
.next:  mov     dx, 0x3fd
.wait:  in      al, dx
        test    al, 0x20
        jz      .wait
        lodsb
        test    al, al
        jz      .done
        mov     dx, 0x3f8
        out     dx, al
        jmp     .next
.done:  out     0xf4, al
message: db ${bytesText(Buffer.concat([Buffer.from(EVIL), Buffer.from([0x9b, 0x33, 0x31, 0x6d, 0xff])]))}, 10, 0
`;

describe('nothing that came from elsewhere controls a terminal', () => {
  /** What a terminal gets of a command, without the colours and the title that are ours. */
  const onTerminal = (words: readonly string[], cwd: string): string => {
    const command = [process.execPath, CLI, ...words].map((word) => `'${word}'`).join(' ');
    const { stdout } = spawnSync('script', ['-qec', command, '/dev/null'], { cwd, encoding: 'latin1', env: { ...process.env, TERM: 'xterm' } });
    return stdout.replace(/\x1b\[(?:0|1|31|32|33|90)m|\x1b\[2[23];0t|\x1b\]0;clispin [ -~]*\x07|\r\n/g, '');
  };
  const isTame = (text: string): boolean => !/[\0-\x08\x0b-\x1f\x7f]/.test(text) && !/[\x80-\x9f\u202e]/.test(Buffer.from(text, 'latin1').toString('utf8')) && !text.includes('\ufffd');
  const name = `evil\x1b]0;T\x07\u202e.asm`;
  const evil = () => folder({ 'guest.asm': GUEST, [name]: `mov ${EVIL}, 3\n%error "${EVIL}"\n%include "no${EVIL}"\n${'label\u009b'}x: foo\n` });

  test.skipIf(!has('script')).each([
    ['a guest', ['run', 'guest.asm'], '\\x1b]0;PWNED\\x07\\x1b[2J\\x9b31m\\u202ertl\\x85\\x9b31m\\xff'],
    ['a source and its name', ['asm', name], '\\x1b]0;PWNED'],
    ['a file that is not there', ['run', `no${EVIL}`], 'no\\x1b]0;PWNED'],
    ['the arguments', ['run', 'healthy', `--${EVIL}`], '\\x1b]0;PWNED'],
    ['JSON', ['run', 'guest.asm', '--json', '-'], '\\u001b]0;PWNED'],
    ['the console as a text', ['run', 'guest.asm', '--dmesg', '-'], '\\x1b]0;PWNED'],
  ])('%s', (_what, words, shown) => {
    const text = onTerminal(words, evil());
    expect(text).toContain(shown);
    expect(isTame(text)).toBe(true);
  });

  test('a pipe gets the same, and the bytes as they are when it asks for them', () => {
    const cwd = evil();
    expect(clispin(['run', 'guest.asm'], cwd).stdout).toContain('\\x1b]0;PWNED');
    const raw = spawnSync(process.execPath, [CLI, 'run', 'guest.asm', '--raw'], { cwd }).stdout;
    expect(raw.includes(Buffer.concat([Buffer.from(EVIL), Buffer.from([0x9b, 0x33, 0x31, 0x6d, 0xff, 0x0a])]))).toBe(true);
  });
});

test('a guest that floods the debug port is cut, and the journal says so', () => {
  const cwd = folder({ 'flood.asm': 'org 0x100000\nbits 32\ndd 0x1badb002, 0, -0x1badb002\nstart: mov dx, 0xe9\nmov al, 10\n.next: out dx, al\njmp .next\n' });
  const { code, stderr } = clispin(['run', 'flood.asm', '--until', '1ms', '--json', 'run.json'], cwd);
  expect({ code, stderr }).toEqual({ code: 124, stderr: '' });
  const { journal } = JSON.parse(readFileSync(join(cwd, 'run.json'), 'utf8'));
  expect(journal.length).toBe(200_001);
  expect(journal.at(-1)).toMatchObject({ kind: 'cut', characters: 0 });
  expect(journal.at(-1).entries).toBeGreaterThan(100_000);
});

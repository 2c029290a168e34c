// Sources and images that want to harm: each ends with a message and its exit code, never with a hang or a fault of the host.

import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { clispin, folderWith } from '../support/cli.ts';

/** Runs a source as `clispin run guest.asm`. */
const runSource = (source: string | Uint8Array, files: Readonly<Record<string, string>> = {}) => {
  const folder = folderWith({ 'guest.asm': source, ...files });
  const ended = clispin(['run', 'guest.asm', '--until', '2ms'], folder);
  return { ...ended, leftover: readdirSync(folder).filter((name) => name !== 'guest.asm' && !(name in files)) };
};

describe('a hostile source is refused with its place', () => {
  test.each([
    ['empty', '', 'guest.asm: assembles to nothing'],
    ['binary', Uint8Array.from({ length: 3000 }, (_, index) => (index * 7919) & 0xff), 'guest.asm:1:1: error: not a text file'],
    ['includes itself', '%include "guest.asm"\n', 'guest.asm:1:1: error: files include each other more than 64 deep'],
    [
      'a macro without end',
      '%rmacro again 0\n again\n%endmacro\n again\n',
      'error:',
    ],
    ['repeats for ever', '%rep 1000000000000\n db 1\n%endrep\n', "guest.asm:1:1: error: '%rep' of 1000000000000"],
    ['terabytes by times', ' times 1099511627776 db 0\n', 'bytes are more than an image may have'],
    ['terabytes by resb', ' resb 1099511627776\n', 'bytes are more than an image may have'],
    ['terabytes in doubling macros', `%define a0 db 0\n${doublings(60)}`, 'error:'],
  ])('%s', (_name, source, message) => {
    const { code, stdout, stderr, leftover } = runSource(source);
    expect({ code, stdout, leftover }).toEqual({ code: 3, stdout: '', leftover: [] });
    expect(stderr).toContain(message);
  });
});

function doublings(count: number): string {
  const lines = Array.from({ length: count }, (_, index) => `%define a${index + 1} a${index},a${index}`);
  return `${lines.join('\n')}\n a${count}\n`;
}

/** A Multiboot kernel with this code. */
const kernel = (code: string): string => `
        org     0x100000
        bits    32
header: dd      0x1badb002, 0x10000, -(0x1badb002 + 0x10000), header, 0x100000, end, end, start
start:  ${code.trim()}
end:
`;

describe('a guest that goes wrong ends with what it did, the state of its CPUs, and an exit code', () => {
  test('one that jumps into nothing runs to the limit', () => {
    const { code, stdout } = runSource(kernel('jmp 0x3000000'));
    expect(code).toBe(124);
    expect(stdout).toContain('end: stopped at 0.002 s; the guest never printed a line\n');
    expect(stdout).toMatch(/^cpu0 running, rip 0000000003/m);
  });
  test('one that jumps out of RAM, where all bytes are ones, shuts down', () => {
    const { code, stdout } = runSource(kernel('jmp 0x70000000'));
    expect(code).toBe(10);
    expect(stdout).toContain('end: CPU 0 shut down after a triple fault at 0.000 s; the guest never printed a line\n');
    expect(stdout).toMatch(/^cpu0 shutdown, rip 0000000070000000, .*; last exception #\S+ at 0000000070000000$/m);
  });
  test('one without handlers shuts down at its first exception', () => {
    const { code, stdout } = runSource(kernel('lidt [none]\n int3\nnone: dw 0, 0, 0'));
    expect(code).toBe(10);
    expect(stdout).toContain('end: CPU 0 shut down after a triple fault at 0.000 s');
    expect(stdout).toMatch(/^cpu0 shutdown at start\+0x7, .*\n(?: .*\n)*cpu1 waiting for a start-up IPI, /m);
  });
  test('one that never prints runs to the limit, and that is said', () => {
    const { code, stdout } = runSource(kernel('jmp $'));
    expect([code, stdout.includes('the guest never printed a line')]).toEqual([124, true]);
  });
  test('one that halts for ever is stuck at once, not after the limit', () => {
    const { code, stdout } = runSource(kernel('cli\n hlt'));
    expect(code).toBe(14);
    expect(stdout).toContain('end: every CPU sleeps and nothing can ever wake one at 0.000 s');
  });
  test('one that resets the machine ends there', () => {
    const { code, stdout } = runSource(kernel('mov dx, 0xcf9\n mov al, 6\n out dx, al\n jmp $'));
    expect(code).toBe(12);
    expect(stdout).toContain('end: the guest reset the machine (port 0xCF9) at 0.000 s');
  });
  test.each([[0, 1], [3, 7], [0xff, 0xff]])('one that leaves with %i decides the exit code itself, always an odd one: %i', (value, code) =>
    expect(runSource(kernel(`mov al, ${value}\n out 0xf4, al\n jmp $`)).code).toBe(code));
  test('control codes of the guest do not reach the terminal', () => {
    const { stdout } = runSource(kernel("mov dx, 0x3f8\n mov al, 27\n out dx, al\n mov al, '!'\n out dx, al\n jmp $"));
    expect(stdout).toContain('\\x1b!');
    expect(stdout).not.toContain('\x1b');
  });
});

/** An ELF64 header with one program header; fields by name. */
const elf = (fields: { machine?: number; phoff?: bigint; offset?: bigint; filesz?: bigint; memsz?: bigint; paddr?: bigint }): Uint8Array => {
  const bytes = new Uint8Array(0x200);
  const view = new DataView(bytes.buffer);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  view.setUint16(0x10, 2, true);
  view.setUint16(0x12, fields.machine ?? 62, true);
  view.setUint32(0x14, 1, true);
  view.setBigUint64(0x18, 0x100000n, true);
  view.setBigUint64(0x20, fields.phoff ?? 0x40n, true);
  view.setUint16(0x34, 0x40, true);
  view.setUint16(0x36, 0x38, true);
  view.setUint16(0x38, 1, true);
  view.setUint32(0x40, 1, true);
  view.setUint32(0x44, 5, true);
  view.setBigUint64(0x48, fields.offset ?? 0x100n, true);
  view.setBigUint64(0x50, 0x100000n, true);
  view.setBigUint64(0x58, fields.paddr ?? 0x100000n, true);
  view.setBigUint64(0x60, fields.filesz ?? 0x100n, true);
  view.setBigUint64(0x68, fields.memsz ?? 0x100n, true);
  return bytes;
};

describe('a hostile image is refused by the field that is wrong', () => {
  test.each([
    ['truncated', elf({}).subarray(0, 0x30)],
    ['program headers past the file', elf({ phoff: 0x1_0000n })],
    ['program headers past any file', elf({ phoff: 0xffff_ffff_ffff_fff0n })],
    ['a segment past the file', elf({ offset: 0x1f0n })],
    ['a size that wraps', elf({ offset: 0x100n, filesz: 0xffff_ffff_ffff_ff80n, memsz: 0xffff_ffff_ffff_ff80n })],
    ['a segment outside RAM', elf({ paddr: 0x1000_0000_0000n })],
    ['a segment larger than RAM', elf({ memsz: 0x8000_0000n })],
    ['another machine', elf({ machine: 183 })],
    ['no kernel at all', Uint8Array.of(0x90, 0x90, 0xeb, 0xfc)],
  ])('%s', (_name, bytes) => {
    const folder = folderWith({ 'guest.elf': bytes });
    const { code, stdout, stderr } = clispin(['run', 'guest.elf', '--until', '1s'], folder);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(/^guest\.elf: at 0x[0-9a-f]+: .{10,}\n$/);
  });
});

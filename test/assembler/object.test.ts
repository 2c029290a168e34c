import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ObjectFile } from '../../src/assembler/output/object.ts';
import { toElf } from '../../src/assembler/output/object.ts';
import type { ElfFile } from '../../src/formats/elf.ts';
import { readElf } from '../../src/formats/elf-read.ts';
import { type LineTable, linesOf, symbolsOf } from '../../src/formats/symbols.ts';
import { has } from '../support/tools.ts';
import { assembleSources } from './assembling.ts';
import type { Sources } from './expanding.ts';

const objectOf = (sources: Sources): ObjectFile => {
  const { assembly, errors } = assembleSources(sources);
  if (!assembly.object) throw new Error(errors);
  return assembly.object;
};

const elfOf = (sources: Sources): ElfFile => {
  const elf = readElf(toElf(objectOf(sources)));
  if ('error' in elf) throw new Error(elf.error);
  return elf;
};

const linesIn = (elf: ElfFile): LineTable => {
  const lines = linesOf(elf);
  if ('error' in lines) throw new Error(lines.error);
  return lines;
};

/** A kernel in small: loaded at 1 MiB, linked to the higher half, with memory behind it that is in no file. */
const KERNEL = {
  'a.asm': [
    'KERNEL equ 0xffffffff80000000', //                                     1
    '%macro spin 0', //                                                     2
    '  pause',
    '  jmp %%again',
    '%%again:',
    '%endmacro', //                                                         6
    ' section .boot start=0x100000 vstart=0x100000', //                     7
    ' bits 32',
    '_start: cli', //                                                       9
    ' hlt',
    ' section .text follows=.boot vstart=0xffffffff80101000 align=4096', // 11
    ' bits 64',
    'idle:', //                                                            13
    '  sti',
    '.again: hlt', //                                                      15
    '  spin', //                                                           16
    '  jmp .again',
    '%include "b.asm"', //                                                 18
    'table: dq 1, 2', //                                                   19
    ' section .bss vfollows=.text',
    'buffer: resb 4096',
  ].join('\n'),
  'b.asm': 'handler: push rax\n pop rax\n iretq\n',
};

describe('an ELF file made from a source', () => {
  const elf = elfOf(KERNEL);

  test('is loaded where the sections lie, memory in no file behind the section that it follows', () => {
    expect(elf.entry).toBe(0x10_0000n);
    expect(elf.segments.map(({ virtualAddress, physicalAddress, bytes, memorySize }) => [virtualAddress, physicalAddress, bytes.length, memorySize])).toEqual([
      [0x10_0000n, 0x10_0000n, 2, 2n],
      [0xffff_ffff_8010_1000n, 0x10_1000n, 28, 28n],
      [0xffff_ffff_8010_101cn, 0x10_101cn, 0, 4096n],
    ]);
  });

  test('names functions, their parts and data', () => {
    const symbols = symbolsOf(elf);
    expect(symbols.symbols.map(({ name, address, size, isFunction }) => [name, address & 0xffffn, size, isFunction])).toEqual([
      ['_start', 0n, 2n, true],
      ['idle', 0x1000n, 8n, true],
      ['idle.again', 0x1001n, 0n, false],
      ['handler', 0x1008n, 4n, true],
      ['table', 0x100cn, 16n, false],
      ['buffer', 0x101cn, 4096n, false],
    ]);
    expect(symbols.nameOf(0xffff_ffff_8010_1007n)).toBe('idle+0x7');
    expect(elf.symbols.find(({ name }) => name === 'KERNEL')?.value).toBe(0xffff_ffff_8000_0000n);
  });

  test('knows the source line of every instruction, that of the call for those from a macro', () => {
    const lines = linesIn(elf);
    const lineAt = (offset: number) => lines.placeOf(0xffff_ffff_8010_1000n + BigInt(offset));
    expect(lineAt(0)).toEqual({ file: 'a.asm', line: 14 });
    expect(lineAt(1)).toEqual({ file: 'a.asm', line: 15 });
    expect(lineAt(2)).toEqual({ file: 'a.asm', line: 16 });
    expect(lineAt(4)).toEqual({ file: 'a.asm', line: 16 });
    expect(lineAt(6)).toEqual({ file: 'a.asm', line: 17 });
    expect(lineAt(9)).toEqual({ file: 'b.asm', line: 2 });
    expect(lines.addressOf('b.asm', 3)).toBe(0xffff_ffff_8010_100an);
  });

  const withFile = (tool: string, ...args: string[]): string => {
    const folder = mkdtempSync(join(tmpdir(), 'clispin-'));
    try {
      writeFileSync(join(folder, 'image.elf'), toElf(objectOf(KERNEL)));
      for (const [name, text] of Object.entries(KERNEL)) writeFileSync(join(folder, name), text);
      return execFileSync(tool, [...args, 'image.elf'], { cwd: folder, encoding: 'utf8', timeout: 60_000, stdio: ['ignore', 'pipe', 'pipe'] });
    } finally {
      rmSync(folder, { recursive: true });
    }
  };

  test.runIf(has('objdump'))('is disassembled by objdump with its functions and lines', () => {
    const text = withFile('objdump', '-dl', '--no-show-raw-insn', '-M', 'intel');
    expect(text).toMatch(/<handler>:\nhandler\(\):\nb\.asm:1\nffffffff80101008:\s+push +rax\nb\.asm:2\n/);
    expect(text).toMatch(/a\.asm:17\nffffffff80101006:\s+jmp +ffffffff80101001 <idle\.again>/);
  });

  test.runIf(has('gdb'))('is understood by gdb: breakpoints by line, functions, listings', () => {
    const text = withFile('gdb', '-batch', '-nx', '-ex', 'info line handler', '-ex', 'break a.asm:17', '-ex', 'info symbol 0xffffffff80101009', '-ex', 'list handler');
    expect(text).toContain('Line 1 of "b.asm" starts at address 0xffffffff80101008 <handler> and ends at 0xffffffff80101009 <handler+1>.');
    expect(text).toContain('Breakpoint 1 at 0xffffffff80101006: file a.asm, line 17.');
    expect(text).toContain('handler + 1 in section .text');
    expect(text).toContain('1\thandler: push rax');
  });
});

describe('the entry point', () => {
  test.each([
    ['is start', ' org 0x500\n nop\nstart: nop', 0x501n],
    ['is _start before start', ' org 0x500\nstart: nop\n_start: nop', 0x501n],
    ['is where the Multiboot header says', ' org 0x100000\nh: dd 0x1badb002, 0x10000, -(0x1badb002 + 0x10000), h, h, 0, 0, go\ngo: hlt', 0x10_0020n],
    ['is the first byte else', ' org 0x7c00\nhere: nop', 0x7c00n],
  ])('%s', (_, source, entry) => expect(elfOf(source).entry).toBe(entry));
});

test('labels that macros make for themselves are no symbols', () => {
  const { symbols } = objectOf('%macro m 0\n%%x: nop\n%endmacro\na: m\n m');
  expect(symbols.map(({ name }) => name)).toEqual(['a']);
});

test('a symbol that is exported is global, and comes after the local ones', () => {
  const elf = elfOf(' global f\nf: nop\ng: nop');
  expect(elf.symbols.map(({ name, binding }) => [name, binding])).toEqual([['g', 0], ['f', 1]]);
});

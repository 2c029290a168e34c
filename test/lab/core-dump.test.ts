// A panic → a core file, read back by our own reader and, where it is installed, by gdb.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ByteReader } from '../../src/base/bytes.ts';
import { ELF64, ET_CORE } from '../../src/formats/elf.ts';
import { GREGSET, NT_PRSTATUS, PT_NOTE } from '../../src/formats/elf-core.ts';
import { readElf } from '../../src/formats/elf-read.ts';
import { dumpCore } from '../../src/lab/core-dump.ts';
import { mappingsOf } from '../../src/machine/mappings.ts';
import { clispin, folderWith } from '../support/cli.ts';
import { runScenario } from '../support/scenario-run.ts';
import { has } from '../support/tools.ts';

interface Note {
  readonly name: string;
  readonly type: number;
  readonly content: Uint8Array;
}

/** Notes of a segment: sizes and type, then name and content, each padded to 4 bytes (gABI, "Note Section"). */
const readNotes = (bytes: Uint8Array): Note[] => {
  const notes: Note[] = [];
  const reader = new ByteReader(bytes);
  while (!reader.atEnd) {
    const [namesz, descsz, type] = [reader.u32(), reader.u32(), reader.u32()];
    const name = new TextDecoder().decode(reader.bytesOf(namesz).subarray(0, -1));
    reader.bytesOf(-namesz & 3);
    const content = reader.bytesOf(descsz);
    reader.bytesOf(-descsz & 3);
    notes.push({ name, type, content });
  }
  return notes;
};

/** Of `struct elf_prstatus` on x86-64: 336 bytes, the registers at 112 (include/uapi/linux/elfcore.h). */
const REGISTERS_AT = 112;

describe('the core of a panic', () => {
  const { machine, verdict } = runScenario('hard-cli', {
    config: { cpus: 3 }, append: 'hardlockup_panic=1', expect: 'hard,cpu=1 then panic,cpu=1',
  });
  const bytes = dumpCore(machine);
  const core = readElf(bytes);
  if ('error' in core) throw new Error(core.error);
  const notes = readNotes(core.segments.find(({ type }) => type === PT_NOTE)!.bytes);
  const statuses = notes.filter(({ name, type }) => name === 'CORE' && type === NT_PRSTATUS);
  const registers = statuses.map(({ content }) => new ByteReader(content, REGISTERS_AT).take(GREGSET)!);

  test('is an ELF64 core, with the registers of every CPU in order', () => {
    expect(verdict.asExpected).toBe(true);
    expect(core).toMatchObject({ class: 64, type: ET_CORE });
    expect(statuses.map(({ content }) => content.length)).toEqual([336, 336, 336]);
    expect(statuses.map(({ content }) => new ByteReader(content, 32).u32())).toEqual([1, 2, 3]); // pr_pid
  });
  test('has the stuck CPU where it was stuck, not in panic, and the others where they were stopped', () => {
    const names = registers.map(({ rip }) => machine.symbols.nameOf(rip)?.split('+')[0]);
    expect(names[1]).toBe('hard_cli_thread');
    expect(names[0]).toBe('default_idle');
    expect(names[2]).toBe('default_idle');
    expect(registers[1].eflags & 0x200n).toBe(0n);
    expect(registers[1]).toMatchObject({ cs: 0x10n, ss: 0x18n });
  });
  test('has memory at the addresses of the direct map and of the kernel, the same bytes', () => {
    const at = (virtual: bigint, size: number): Uint8Array | undefined => {
      const segment = core.segments.find((one) => virtual >= one.virtualAddress && virtual < one.virtualAddress + BigInt(one.bytes.length));
      const offset = segment && Number(virtual - segment.virtualAddress);
      return segment && segment.bytes.subarray(offset, offset! + size);
    };
    const start = machine.symbols.addressOf('_stext')!;
    const physical = Number(start - 0xffff_ffff_8000_0000n);
    const text = machine.ram.slice(physical, physical + 64);
    expect(at(start, 64)).toEqual(text);
    expect(at(0xffff_8880_0000_0000n + BigInt(physical), 64)).toEqual(text);
  });
  test('says which kernel it is of', () => {
    const info = notes.find(({ name }) => name === 'VMCOREINFO')!;
    const lines = new TextDecoder().decode(info.content).split('\n');
    expect(lines).toContain('PAGESIZE=4096');
    expect(lines[0]).toMatch(/^OSRELEASE=6\.12\.\d+/);
    expect(lines).toContain(`SYMBOL(_stext)=${machine.symbols.addressOf('_stext')!.toString(16)}`);
  });
  test('shares one copy of memory among its segments', () => expect(bytes.length).toBeLessThan(machine.ram.length));
});

describe('page tables as mappings', () => {
  const PAGE = 4096n;
  const tables = (entries: readonly (readonly [table: number, index: number, entry: bigint])[]): Uint8Array => {
    const ram = new Uint8Array(64 * 4096);
    const view = new DataView(ram.buffer);
    for (const [table, index, entry] of entries) view.setBigUint64(table * 4096 + index * 8, entry, true);
    return ram;
  };
  test('join neighbours, leave out what is not RAM, and know the upper half', () =>
    expect(
      mappingsOf(
        tables([
          [1, 511, 2n * PAGE | 1n], [2, 510, 3n * PAGE | 1n], [3, 0, 4n * PAGE | 1n], [3, 1, 0x83n],
          [4, 0, 8n * PAGE | 1n], [4, 1, 9n * PAGE | 1n], [4, 2, 20n * PAGE | 1n], [4, 3, 0x8000_0000_0000_0001n | (30n * PAGE)], [4, 4, 0x1_0000_0001n],
        ]),
        PAGE,
      ),
    ).toEqual([
      { virtual: 0xffff_ffff_8000_0000n, physical: 8 * 4096, size: 2 * 4096 },
      { virtual: 0xffff_ffff_8000_2000n, physical: 20 * 4096, size: 4096 },
      { virtual: 0xffff_ffff_8000_3000n, physical: 30 * 4096, size: 4096 },
      { virtual: 0xffff_ffff_8020_0000n, physical: 0, size: 64 * 4096 },
    ]));
  test('that point at themselves 512 times come to an end', () => {
    const everywhere = Array.from({ length: 512 }, (_, index) => [1, index, PAGE | 1n] as const);
    expect(mappingsOf(tables(everywhere), PAGE).length).toBeLessThanOrEqual(4096);
  });
  test('outside RAM are none', () => expect(mappingsOf(tables([]), 0xf_0000_0000n)).toEqual([]));
  test('the records have the size that the ABI says', () => expect([ELF64.segment.size, GREGSET.size]).toEqual([56, 27 * 8]));
});

describe('run --dump', () => {
  test('writes nothing without a panic, and says so', () => {
    const folder = folderWith({});
    const { code, stderr } = clispin(['run', 'healthy', '--until', '2s', '--dump', 'core'], folder);
    expect([code, stderr]).toEqual([0, 'clispin run: the guest did not panic; core is not written\n']);
  });
  test.runIf(has('gdb'))('gdb sees every CPU, and the stuck one in the function that spins', () => {
    const folder = folderWith({});
    clispin(['asm', '-f', 'elf', join(process.cwd(), 'asm', 'kernel.asm'), '-o', 'kernel.elf'], folder);
    const words = ['run', 'soft-spin', '--append', 'softlockup_panic=1', '--expect', 'soft then panic', '--dump', 'core'];
    expect(clispin(words, folder).code).toBe(0);
    const commands = ['info threads', 'thread 1', 'bt'].flatMap((command) => ['-ex', command]);
    const { stdout } = spawnSync('gdb', ['-batch', '-nx', ...commands, 'kernel.elf', 'core'], { cwd: folder, encoding: 'utf8', timeout: 60_000 });
    expect(stdout).toMatch(/1 +LWP 1 +soft_spin_init \(\)/);
    expect(stdout).toMatch(/2 +LWP 2 +\w+ \(\)/);
    expect(stdout).toMatch(/#0 +(?:0x[0-9a-f]+ in )?soft_spin_init \(\)/);
    expect(stdout).toMatch(/#1 +0x[0-9a-f]+ in do_one_initcall \(\)/);
  });
});

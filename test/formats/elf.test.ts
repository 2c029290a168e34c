import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type ElfFile, SHF_ALLOC, SHF_EXECINSTR, SHF_WRITE, SHN_ABS, SHT_NOBITS, SHT_PROGBITS, STB_GLOBAL, STB_LOCAL, STT_FUNC, STT_NOTYPE } from '../../src/formats/elf.ts';
import { isElf, readElf } from '../../src/formats/elf-read.ts';
import { writeElf } from '../../src/formats/elf-write.ts';
import { has } from '../support/tools.ts';

const CODE = Uint8Array.of(0x90, 0xf4, 0xeb, 0xfd);
const IMAGE = writeElf({
  entry: 0xffff_ffff_8010_0000n,
  sections: [
    { name: '.text', type: SHT_PROGBITS, flags: SHF_ALLOC | SHF_EXECINSTR, address: 0xffff_ffff_8010_0000n, physicalAddress: 0x10_0000n, size: 4n, align: 16n, bytes: CODE },
    { name: '.bss', type: SHT_NOBITS, flags: SHF_ALLOC | SHF_WRITE, address: 0xffff_ffff_8020_0000n, physicalAddress: 0x20_0000n, size: 0x3000n, align: 4096n, bytes: new Uint8Array() },
  ],
  symbols: [
    { name: 'loop', value: 0xffff_ffff_8010_0001n, size: 0n, type: STT_NOTYPE, binding: STB_LOCAL, section: 1 },
    { name: 'start', value: 0xffff_ffff_8010_0000n, size: 4n, type: STT_FUNC, binding: STB_GLOBAL, section: 1 },
  ],
});

const read = (bytes: Uint8Array): ElfFile => {
  const elf = readElf(bytes);
  if ('error' in elf) throw new Error(elf.error);
  return elf;
};

/** IMAGE with some bytes replaced. */
const patched = (offset: number, ...bytes: number[]): Uint8Array => {
  const copy = IMAGE.slice();
  copy.set(bytes, offset);
  return copy;
};

describe('an executable that was written', () => {
  test('has a segment for each section, at its physical address', () => {
    const { segments, entry } = read(IMAGE);
    expect(entry).toBe(0xffff_ffff_8010_0000n);
    expect(segments.map(({ virtualAddress, physicalAddress, memorySize, bytes }) => [virtualAddress, physicalAddress, memorySize, [...bytes]])).toEqual([
      [0xffff_ffff_8010_0000n, 0x10_0000n, 4n, [...CODE]],
      [0xffff_ffff_8020_0000n, 0x20_0000n, 0x3000n, []],
    ]);
  });

  test('has its symbols and the names of its sections', () => {
    const { sections, symbols } = read(IMAGE);
    expect(sections.map(({ name }) => name)).toEqual(['', '.text', '.bss', '.symtab', '.strtab', '.shstrtab']);
    expect(symbols.map(({ name, value, size, type }) => ({ name, value, size, type }))).toEqual([
      { name: 'loop', value: 0xffff_ffff_8010_0001n, size: 0n, type: STT_NOTYPE },
      { name: 'start', value: 0xffff_ffff_8010_0000n, size: 4n, type: STT_FUNC },
    ]);
  });

  test.runIf(has('readelf'))('is what readelf understands', () => {
    const folder = mkdtempSync(join(tmpdir(), 'clispin-'));
    try {
      const path = join(folder, 'image.elf');
      writeFileSync(path, IMAGE);
      const text = execFileSync('readelf', ['-W', '-l', '-s', '-S', path], { encoding: 'utf8' });
      expect(text).toMatch(/LOAD +0x[0-9a-f]+000 0xffffffff80100000 0x0000000000100000 0x000004 0x000004 R E/);
      expect(text).toMatch(/ffffffff80100000 +4 FUNC +GLOBAL DEFAULT +1 start/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('a file that cannot be used is refused with the field and its offset', () => {
  const refused = (bytes: Uint8Array) => {
    const elf = readElf(bytes);
    return 'error' in elf ? elf : undefined;
  };

  test.each([
    ['no magic', patched(0, 0x7e), { error: 'e_ident: not an ELF file', offset: 0 }],
    ['too short for a header', IMAGE.slice(0, 10), { error: 'e_ident: the file ends within it', offset: 10 }],
    ['another class', patched(4, 3), { error: 'EI_CLASS: 3 is neither 32- nor 64-bit', offset: 4 }],
    ['big-endian', patched(5, 2), { error: 'EI_DATA: 2 is not little-endian', offset: 5 }],
    ['another machine', patched(18, 183), { error: 'e_machine: 183 is neither 386 nor x86-64', offset: 18 }],
    ['cut within the header', IMAGE.slice(0, 40), { error: 'ELF header: the file ends within it', offset: 40 }],
    ['program headers past the end', patched(0x20, 0, 0, 0, 0, 1), {
      error: `e_phoff: 2 program headers at 0x100000000..0x100000070 reaches past the end of the file (0x${IMAGE.length.toString(16)})`, offset: 0x20,
    }],
    ['program headers too small', patched(0x36, 8), { error: 'e_phentsize: 8 bytes are too few for program headers of 56', offset: 0x36 }],
    ['a segment past the end', patched(0x40 + 8, 0, 0, 0, 0x10), {
      error: `program header 0: p_offset at 0x10000000..0x10000004 reaches past the end of the file (0x${IMAGE.length.toString(16)})`, offset: 0x48,
    }],
    ['less memory than file', patched(0x40 + 0x28, 3), { error: 'program header 0: p_memsz 0x3 is less than p_filesz 0x4', offset: 0x68 }],
    ['addresses that wrap', patched(0x40 + 0x2f, 0xff), { error: 'program header 0: p_vaddr 0xffffffff80100000 + p_memsz wraps around', offset: 0x50 }],
    ['overlapping segments', patched(0x78 + 0x18, 2, 0, 0x10), { error: 'program header 1: p_paddr 0x100002 overlaps program header 0', offset: 0x78 + 0x18 }],
    ['no section with names', patched(0x3e, 99), { error: 'e_shstrndx: there is no section 99', offset: 0x3e }],
  ])('%s', (_, bytes, error) => expect(refused(bytes)).toEqual(error));

  test('every truncation is refused or read, never thrown', () => {
    for (let length = 0; length < IMAGE.length; length++) expect(refused(IMAGE.slice(0, length))).toBeDefined();
  });

  test('every byte may be anything', () => {
    for (let offset = 0; offset < IMAGE.length; offset++) for (const value of [0, 0x7f, 0xff]) readElf(patched(offset, value));
  });
});

test('a 32-bit file is read through the same fields', () => {
  // Written by hand after the gABI: header, one PT_LOAD of two bytes at 0x54.
  const bytes = new Uint8Array(0x56);
  const view = new DataView(bytes.buffer);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
  [[16, 2], [18, 3], [40, 52], [42, 32], [44, 1], [46, 40]].forEach(([at, value]) => view.setUint16(at, value, true));
  [[20, 1], [24, 0x10_0000], [28, 52], [52, 1], [56, 0x54], [60, 0x10_0000], [64, 0x10_0000], [68, 2], [72, 0x1000], [76, 5], [80, 4096]].forEach(
    ([at, value]) => view.setUint32(at, value, true),
  );
  bytes.set([0xfa, 0xf4], 0x54);
  const elf = read(bytes);
  expect(elf).toMatchObject({ class: 32, machine: 3, entry: 0x10_0000n, sections: [], symbols: [] });
  expect(elf.segments).toEqual([
    { type: 1, flags: 5, virtualAddress: 0x10_0000n, physicalAddress: 0x10_0000n, memorySize: 0x1000n, align: 4096n, bytes: Uint8Array.of(0xfa, 0xf4) },
  ]);
});

test('names that all overlap are refused before they fill the memory', () => {
  const long = 'x'.repeat(3000);
  const symbols = Array.from({ length: 200 }, () => ({ name: long, value: 0n, size: 0n, type: STT_NOTYPE, binding: STB_LOCAL, section: SHN_ABS }));
  const elf = readElf(writeElf({ entry: 0n, sections: [], symbols }));
  expect('error' in elf && elf.error).toMatch(/^symbol \d+: st_name: 0x1 is no string of its table$/);
});

test('only files that call themselves ELF are', () => {
  expect(isElf(IMAGE)).toBe(true);
  expect(isElf(Uint8Array.of(0x7f, 0x45, 0x4c))).toBe(false);
});

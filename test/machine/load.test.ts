import { expect, test } from 'vitest';
import { ByteReader } from '../../src/base/bytes.ts';
import { isFormatError } from '../../src/formats/format-error.ts';
import { MULTIBOOT_INFO, MULTIBOOT_MEMORY, MULTIBOOT_MODULE } from '../../src/formats/multiboot.ts';
import { completeConfig, type MachineConfig } from '../../src/machine/config.ts';
import { readImage } from '../../src/machine/image.ts';
import { type BootPlace, loadImage } from '../../src/machine/load.ts';
import { elfImage, flatImage } from './images.ts';

const MIB = 1024 * 1024;

const load = (bytes: Uint8Array, wanted: Partial<MachineConfig> = {}) => {
  const config = completeConfig({ ramBytes: 16 * MIB, ...wanted });
  if ('errors' in config) throw new Error(config.errors.join('\n'));
  const image = readImage(bytes, config.ramBytes);
  if (isFormatError(image)) throw new Error(image.error);
  const ram = new Uint8Array(config.ramBytes);
  return { ram, place: loadImage(ram, image, config) };
};

const loadWell = (bytes: Uint8Array, wanted: Partial<MachineConfig> = {}): { ram: Uint8Array; place: BootPlace } => {
  const { ram, place } = load(bytes, wanted);
  if (isFormatError(place)) throw new Error(place.error);
  return { ram, place };
};

test('the information structure tells memory, command line and loader, and points outside itself only to what it owns', () => {
  const { ram, place } = loadWell(flatImage(), { commandLine: 'quiet scenario=soft-spin' });
  const reader = new ByteReader(ram, place.info);
  const info = reader.take(MULTIBOOT_INFO)!;
  expect(info).toMatchObject({ flags: 0b10_0100_1101, mem_lower: 639, mem_upper: 15 * 1024, mods_count: 0 });
  expect(new ByteReader(ram, info.cmdline).string()).toBe('quiet scenario=soft-spin');
  expect(new ByteReader(ram, info.boot_loader_name).string()).toBe('clispin');
});

test('the memory map has RAM with the holes of a PC in it', () => {
  const { ram, place } = loadWell(flatImage());
  const { mmap_addr, mmap_length } = new ByteReader(ram, place.info).take(MULTIBOOT_INFO)!;
  const reader = new ByteReader(ram, mmap_addr);
  const ranges: string[] = [];
  while (reader.offset < mmap_addr + mmap_length) {
    const { size, base_addr, length, type } = reader.take(MULTIBOOT_MEMORY)!;
    expect(size).toBe(20);
    ranges.push(`${base_addr.toString(16)}-${(base_addr + length).toString(16)} ${type}`);
  }
  expect(ranges).toEqual([
    '0-9fc00 1',
    '9fc00-a0000 2',
    'e0000-100000 2',
    '100000-1000000 1',
    'fec00000-fec01000 2',
    'fee00000-fee01000 2',
  ]);
});

test('modules lie on pages above the kernel, each with its name', () => {
  const modules = [
    { name: 'first a=1', bytes: Uint8Array.of(1, 2, 3) },
    { name: 'second', bytes: new Uint8Array(0x1001).fill(7) },
  ];
  const { ram, place } = loadWell(flatImage([0xf4], { bss_end_addr: 0x10_1001 }), { modules });
  const info = new ByteReader(ram, place.info).take(MULTIBOOT_INFO)!;
  const reader = new ByteReader(ram, info.mods_addr);
  const [first, second] = [reader.take(MULTIBOOT_MODULE)!, reader.take(MULTIBOOT_MODULE)!];
  expect([info.mods_count, first.mod_start, first.mod_end, second.mod_start, second.mod_end]).toEqual([
    2, 0x10_2000, 0x10_2003, 0x10_3000, 0x10_4001,
  ]);
  expect([first, second].map(({ string }) => new ByteReader(ram, string).string())).toEqual(['first a=1', 'second']);
  expect([...ram.subarray(0x10_2000, 0x10_2004)]).toEqual([1, 2, 3, 0]);
  expect(ram[0x10_4000]).toBe(7);
  expect(place.info).toBe(0x10_5000);
});

test('a plain ELF64 finds 4 GiB mapped to themselves and the last 2 GiB mapped to the first', () => {
  const { ram, place } = loadWell(elfImage());
  const entry = (table: number, index: number): bigint => new DataView(ram.buffer).getBigUint64(table + index * 8, true);
  const translate = (linear: bigint): bigint => {
    const directory = entry(place.pml4, Number((linear >> 39n) & 511n));
    const page = entry(Number(directory & ~0xfffn), Number((linear >> 30n) & 511n));
    expect([directory & 1n, page & 0x81n]).toEqual([1n, 0x81n]);
    return (page & ~0x3fff_ffffn) + (linear & 0x3fff_ffffn);
  };
  for (const linear of [0n, 0x10_0000n, 0xfee0_0000n]) expect(translate(linear)).toBe(linear);
  expect(translate(0xffff_ffff_8010_0800n)).toBe(0x10_0800n);
  expect(translate(0xffff_ffff_ffff_ffffn)).toBe(0x7fff_ffffn);
});

test('what does not fit above the kernel is refused', () => {
  const { place } = load(flatImage([0xf4], { bss_end_addr: 16 * MIB }));
  expect(place).toEqual({
    error: 'RAM: 0x1000000 bytes are not enough for the image, its modules and what the loader adds (0x1006000)',
    offset: 0,
  });
});

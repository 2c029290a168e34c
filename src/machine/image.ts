// Bytes of a file → what goes where in RAM and where execution begins, or the field that makes that impossible. Nothing is trusted
// and nothing is written: a kernel is Multiboot 1 (address fields first, else its ELF header), or a plain ELF executable.

import { hex } from '../base/bits.ts';
import { ByteReader } from '../base/bytes.ts';
import { ELF32, ELF64, ET_EXEC, type ElfFile, type ElfSegment, IDENT, PT_LOAD } from '../formats/elf.ts';
import { isElf, readElf } from '../formats/elf-read.ts';
import { type FormatError, isFormatError } from '../formats/format-error.ts';
import { readMultiboot } from '../formats/multiboot.ts';
import { HIGH_MEMORY, LOW_MEMORY_END } from './boot-info.ts';

/** `bytes` go to physical `address`, zeros after them up to `size`. */
export interface Placement {
  readonly address: number;
  readonly bytes: Uint8Array;
  readonly size: number;
}

export interface BootImage {
  readonly placements: readonly Placement[];
  /** 32: protected mode, flat, no paging. 64: paging on, with the two mappings of page-tables.ts. */
  readonly mode: 32 | 64;
  /** Where execution begins: a linear address in that mode. */
  readonly entry: bigint;
  /** The file's ELF structure, where it has one, for its symbols and lines. */
  readonly elf: ElfFile | undefined;
}

/** Virtual addresses from here on are mapped to physical ones from 0, besides the identity, for a plain ELF64. */
export const HIGHER_HALF = 0xffff_ffff_8000_0000n;

const E_ENTRY = IDENT.size + ELF64.header.offsets.e_entry; // in both classes

/** Reads `bytes` for a machine with `ramBytes` of RAM. */
export const readImage = (bytes: Uint8Array, ramBytes: number): BootImage | FormatError => {
  if (bytes.length === 0) return { error: 'the image is empty', offset: 0 };
  const header = readMultiboot(bytes);
  if (header && isFormatError(header)) return { error: `multiboot header: ${header.error}`, offset: header.offset };
  const elf = isElf(bytes) ? readElf(bytes) : undefined;
  if (header?.load) {
    const { address, bytes: loaded, memorySize, entry } = header.load;
    const placement = { address, bytes: loaded, size: memorySize };
    const symbols = elf && !isFormatError(elf) ? elf : undefined; // with address fields the rest need not even be ELF
    return (
      misplaced(placement, ramBytes, 'multiboot header: load_addr', header.offset) ??
      ({ placements: [placement], mode: 32, entry: BigInt(entry), elf: symbols } satisfies BootImage)
    );
  }
  if (!elf) {
    return header
      ? { error: 'multiboot header: no address fields (flags bit 16), and the file is not ELF', offset: header.offset }
      : {
          error: 'not bootable: no ELF header, and no multiboot header (1BADB002 at a multiple of 4 in the first 8192 bytes)',
          offset: 0,
        };
  }
  if (isFormatError(elf)) return elf;
  return readExecutable(bytes, elf, ramBytes, header === undefined && elf.class === 64 ? 64 : 32);
};

const readExecutable = (bytes: Uint8Array, elf: ElfFile, ramBytes: number, mode: 32 | 64): BootImage | FormatError => {
  if (elf.type !== ET_EXEC) return { error: `e_type: ${elf.type} is not an executable (2)`, offset: IDENT.size };
  const loads = elf.segments.filter((segment) => segment.type === PT_LOAD && segment.memorySize > 0n);
  if (loads.length === 0) return { error: 'program headers: nothing to load', offset: 0 };
  const placements: Placement[] = [];
  for (const segment of loads) {
    const index = elf.segments.indexOf(segment);
    const what = `program header ${index}: p_paddr`;
    const offset = offsetOfAddress(bytes, elf.class, index);
    const { physicalAddress, memorySize } = segment;
    if (physicalAddress + memorySize > BigInt(ramBytes)) return outsideRam(physicalAddress, memorySize, ramBytes, what, offset);
    const placement = { address: Number(physicalAddress), bytes: segment.bytes, size: Number(memorySize) };
    const wrong = misplaced(placement, ramBytes, what, offset);
    if (wrong) return wrong;
    placements.push(placement);
  }
  const entry = findEntry(elf.entry, loads, mode);
  return typeof entry === 'bigint' ? { placements, mode, entry, elf } : entry;
};

/** Where in the file the p_paddr of a program header is. */
const offsetOfAddress = (bytes: Uint8Array, elfClass: 32 | 64, index: number): number => {
  const { header, segment } = elfClass === 32 ? ELF32 : ELF64;
  const fields = new ByteReader(bytes, IDENT.size).take(header)!;
  return Number(fields.e_phoff) + index * fields.e_phentsize + segment.offsets.p_paddr;
};

const outsideRam = (address: bigint, size: bigint, ramBytes: number, what: string, offset: number): FormatError => ({
  error: `${what}: 0x${hex(address)}..0x${hex(address + size)} is not within RAM (0x${hex(ramBytes)})`,
  offset,
});

const misplaced = ({ address, size }: Placement, ramBytes: number, what: string, offset: number): FormatError | undefined => {
  if (address + size > ramBytes) return outsideRam(BigInt(address), BigInt(size), ramBytes, what, offset);
  if (address >= HIGH_MEMORY || address + size <= LOW_MEMORY_END) return undefined;
  return {
    error: `${what}: 0x${hex(address)}..0x${hex(address + size)} reaches into the BIOS's area below 1 MiB (0x9fc00..0x100000)`,
    offset,
  };
};

/**
 * Where execution begins. A virtual e_entry becomes its physical address when paging is off, as in GRUB; with paging it must be where
 * one of the two mappings shows the segment.
 */
const findEntry = (entry: bigint, loads: readonly ElfSegment[], mode: 32 | 64): bigint | FormatError => {
  const inside = (start: bigint, { memorySize }: ElfSegment): boolean => entry >= start && entry < start + memorySize;
  const virtual = loads.find((segment) => inside(segment.virtualAddress, segment));
  const physical = virtual ? entry - virtual.virtualAddress + virtual.physicalAddress : entry;
  if (!virtual && !loads.some((segment) => inside(segment.physicalAddress, segment))) {
    return { error: `e_entry: 0x${hex(entry)} is outside every segment`, offset: E_ENTRY };
  }
  if (mode === 32) return physical;
  if (entry === physical || entry === physical + HIGHER_HALF) return entry;
  return {
    error: `e_entry: 0x${hex(entry)} is at physical 0x${hex(physical)}; only 0x${hex(physical)} and 0x${hex(physical + HIGHER_HALF)} are mapped to that`,
    offset: E_ENTRY,
  };
};

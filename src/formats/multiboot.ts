// Multiboot 1 ↔ records (Multiboot Specification 0.6.96, chapter 3): the header that a kernel carries, and the information that a boot
// loader leaves in memory. The address fields (flags bit 16) make any file loadable, so they win over an ELF header.

import { hex } from '../base/bits.ts';
import { ByteReader } from '../base/bytes.ts';
import { type RecordOf, struct, u32, u64 } from '../base/struct.ts';
import type { FormatError } from './format-error.ts';

export const MULTIBOOT_MAGIC = 0x1bad_b002;
/** In EAX when the kernel is entered. */
export const MULTIBOOT_LOADER_MAGIC = 0x2bad_b002;
/** The header lies wholly in this many bytes from the start of the file, at a multiple of four. */
const SEARCH = 8192;

const PAGE_ALIGN_MODULES = 1 << 0;
const WANT_MEMORY = 1 << 1;
const WANT_VIDEO = 1 << 2;
const ADDRESS_FIELDS = 1 << 16;
/** What a loader must understand or refuse; bits 16 to 31 may be ignored. */
const REQUIREMENTS = 0xffff;

const HEADER = struct({ magic: u32, flags: u32, checksum: u32 });
const ADDRESSES = struct({ header_addr: u32, load_addr: u32, load_end_addr: u32, bss_end_addr: u32, entry_addr: u32 });

/** What is left at the address in EBX. Fields that `flags` does not announce are zero. */
export const MULTIBOOT_INFO = struct({
  flags: u32, mem_lower: u32, mem_upper: u32, boot_device: u32, cmdline: u32, mods_count: u32, mods_addr: u32, syms0: u32, syms1: u32,
  syms2: u32, syms3: u32, mmap_length: u32, mmap_addr: u32, drives_length: u32, drives_addr: u32, config_table: u32, boot_loader_name: u32,
  apm_table: u32,
});
export const INFO_MEMORY = 1 << 0;
export const INFO_CMDLINE = 1 << 2;
export const INFO_MODULES = 1 << 3;
export const INFO_MEMORY_MAP = 1 << 6;
export const INFO_LOADER_NAME = 1 << 9;
export type MultibootInfo = RecordOf<typeof MULTIBOOT_INFO>;

export const MULTIBOOT_MODULE = struct({ mod_start: u32, mod_end: u32, string: u32, reserved: u32 });

/** An entry of the memory map; `size` does not count itself. */
export const MULTIBOOT_MEMORY = struct({ size: u32, base_addr: u64, length: u64, type: u32 });
export const MEMORY_AVAILABLE = 1;
export const MEMORY_RESERVED = 2;

/** An image that describes its own placement: `bytes` at `address`, zeros after them up to `memorySize`. */
export interface MultibootLoad {
  readonly address: number;
  readonly bytes: Uint8Array;
  readonly memorySize: number;
  readonly entry: number;
}

export interface MultibootHeader {
  /** Where in the file it is. */
  readonly offset: number;
  readonly pageAlignModules: boolean;
  readonly wantMemory: boolean;
  readonly wantVideo: boolean;
  /** Absent: the file's ELF header says where things go. */
  readonly load?: MultibootLoad;
}

/** The header of a kernel; undefined when the file has none, an error when it has one that cannot be followed. */
export const readMultiboot = (bytes: Uint8Array): MultibootHeader | FormatError | undefined => {
  const reader = new ByteReader(bytes.subarray(0, SEARCH));
  for (let offset = 0; offset + HEADER.size <= reader.bytes.length; offset += 4) {
    reader.offset = offset;
    const header = reader.take(HEADER);
    if (!header || header.magic !== MULTIBOOT_MAGIC || (header.magic + header.flags + header.checksum) % 2 ** 32 !== 0) continue;
    return readHeader(bytes, offset, header.flags);
  }
  return undefined;
};

const readHeader = (bytes: Uint8Array, offset: number, flags: number): MultibootHeader | FormatError => {
  const unknown = flags & REQUIREMENTS & ~(PAGE_ALIGN_MODULES | WANT_MEMORY | WANT_VIDEO);
  if (unknown) return { error: `flags: 0x${hex(unknown)} ask for what Multiboot 1 does not define`, offset: offset + HEADER.offsets.flags };
  const header = {
    offset,
    pageAlignModules: (flags & PAGE_ALIGN_MODULES) !== 0,
    wantMemory: (flags & WANT_MEMORY) !== 0,
    wantVideo: (flags & WANT_VIDEO) !== 0,
  };
  if (!(flags & ADDRESS_FIELDS)) return header;
  const load = readLoad(bytes, offset);
  return 'error' in load ? load : { ...header, load };
};

const readLoad = (bytes: Uint8Array, headerOffset: number): MultibootLoad | FormatError => {
  const at = headerOffset + HEADER.size;
  const refuse = (field: keyof RecordOf<typeof ADDRESSES>, text: string): FormatError =>
    ({ error: `${field}: ${text}`, offset: at + ADDRESSES.offsets[field] });
  const fields = new ByteReader(bytes, at).take(ADDRESSES);
  if (!fields) return { error: 'header_addr: the file ends within the address fields', offset: at };
  const { header_addr, load_addr, load_end_addr, bss_end_addr, entry_addr } = fields;
  if (load_addr > header_addr) return refuse('load_addr', `0x${hex(load_addr)} is above header_addr 0x${hex(header_addr)}`);
  const start = headerOffset - (header_addr - load_addr);
  if (start < 0) return refuse('load_addr', `0x${hex(load_addr)} would lie before the start of the file`);
  const available = bytes.length - start;
  const length = load_end_addr === 0 ? available : load_end_addr - load_addr;
  if (length < 0) return refuse('load_end_addr', `0x${hex(load_end_addr)} is below load_addr 0x${hex(load_addr)}`);
  if (length > available) {
    return refuse('load_end_addr', `0x${hex(load_end_addr)} is past the end of the file (0x${hex(load_addr + available)})`);
  }
  const end = load_addr + length;
  if (end > 2 ** 32) return refuse('load_addr', `0x${hex(load_addr)} + 0x${hex(length)} bytes reach past 4 GiB`);
  if (bss_end_addr !== 0 && bss_end_addr < end) return refuse('bss_end_addr', `0x${hex(bss_end_addr)} is below the end of what is loaded`);
  if (entry_addr < load_addr || entry_addr >= Math.max(end, bss_end_addr)) {
    return refuse('entry_addr', `0x${hex(entry_addr)} is outside the image (0x${hex(load_addr)}..0x${hex(end)})`);
  }
  return {
    address: load_addr,
    bytes: bytes.subarray(start, start + length),
    memorySize: Math.max(end, bss_end_addr) - load_addr,
    entry: entry_addr,
  };
};

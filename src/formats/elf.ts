// The records of ELF (System V gABI, chapters 4 and 5) in both classes, described once for elf-read.ts and elf-write.ts, and what
// they mean to the rest of the program: segments, sections, symbols.

import { type Field, type RecordOf, struct, u16, u32, u64, u8 } from '../base/struct.ts';

export const ET_EXEC = 2;
export const ET_CORE = 4;
export const EM_386 = 3;
export const EM_X86_64 = 62;
export const PT_LOAD = 1;
export const PF_X = 1;
export const PF_W = 2;
export const PF_R = 4;
export const SHT_NULL = 0;
export const SHT_PROGBITS = 1;
export const SHT_SYMTAB = 2;
export const SHT_STRTAB = 3;
export const SHT_NOBITS = 8;
export const SHF_WRITE = 1n;
export const SHF_ALLOC = 2n;
export const SHF_EXECINSTR = 4n;
export const SHN_ABS = 0xfff1;
export const SHN_XINDEX = 0xffff;
export const STB_LOCAL = 0;
export const STB_GLOBAL = 1;
export const STT_NOTYPE = 0;
export const STT_OBJECT = 1;
export const STT_FUNC = 2;
export const STT_SECTION = 3;
export const STT_FILE = 4;

export const IDENT = struct({ magic: u32, class: u8, data: u8, version: u8, abi: u8, abiVersion: u8, pad0: u8, pad1: u16, pad2: u32 });
export const MAGIC = 0x464c_457f; // 7F 'E' 'L' 'F'
export const CLASS32 = 1;
export const CLASS64 = 2;
export const LITTLE_ENDIAN = 1;

/** A 32-bit field that the rest of the program sees as bigint, as its 64-bit sibling. */
const addr32: Field<bigint> = {
  size: 4,
  put: (view, offset, value) => view.setUint32(offset, Number(BigInt.asUintN(32, value)), true),
  take: (view, offset) => BigInt(view.getUint32(offset, true)),
};

const header = (addr: Field<bigint>) =>
  struct({
    e_type: u16, e_machine: u16, e_version: u32, e_entry: addr, e_phoff: addr, e_shoff: addr, e_flags: u32, e_ehsize: u16,
    e_phentsize: u16, e_phnum: u16, e_shentsize: u16, e_shnum: u16, e_shstrndx: u16,
  });
const section = (addr: Field<bigint>) =>
  struct({
    sh_name: u32, sh_type: u32, sh_flags: addr, sh_addr: addr, sh_offset: addr, sh_size: addr, sh_link: u32, sh_info: u32,
    sh_addralign: addr, sh_entsize: addr,
  });

/** Field names are the gABI's; 32- and 64-bit records have the same fields, some in another order. */
export const ELF32 = {
  header: header(addr32),
  segment: struct({
    p_type: u32, p_offset: addr32, p_vaddr: addr32, p_paddr: addr32, p_filesz: addr32, p_memsz: addr32, p_flags: u32, p_align: addr32,
  }),
  section: section(addr32),
  symbol: struct({ st_name: u32, st_value: addr32, st_size: addr32, st_info: u8, st_other: u8, st_shndx: u16 }),
};
export const ELF64 = {
  header: header(u64),
  segment: struct({
    p_type: u32, p_flags: u32, p_offset: u64, p_vaddr: u64, p_paddr: u64, p_filesz: u64, p_memsz: u64, p_align: u64,
  }),
  section: section(u64),
  symbol: struct({ st_name: u32, st_info: u8, st_other: u8, st_shndx: u16, st_value: u64, st_size: u64 }),
};

export type Header = RecordOf<typeof ELF64.header>;

/** A program header with its bytes in the file (`fileSize` long; the rest up to `memorySize` is zero). */
export interface ElfSegment {
  readonly type: number;
  readonly flags: number;
  readonly virtualAddress: bigint;
  readonly physicalAddress: bigint;
  readonly memorySize: bigint;
  readonly align: bigint;
  readonly bytes: Uint8Array;
}

/** A section header with its bytes (empty for NOBITS, whose `size` counts). */
export interface ElfSection {
  readonly name: string;
  readonly type: number;
  readonly flags: bigint;
  readonly address: bigint;
  readonly size: bigint;
  readonly align: bigint;
  readonly bytes: Uint8Array;
  readonly link?: number;
  readonly info?: number;
  readonly entrySize?: bigint;
}

export interface ElfSymbol {
  readonly name: string;
  readonly value: bigint;
  readonly size: bigint;
  /** One of STT_*. */
  readonly type: number;
  /** One of STB_*. */
  readonly binding: number;
  /** Index of its section in the file's table, or SHN_ABS. */
  readonly section: number;
}

export interface ElfFile {
  readonly class: 32 | 64;
  readonly type: number;
  readonly machine: number;
  readonly entry: bigint;
  readonly segments: readonly ElfSegment[];
  readonly sections: readonly ElfSection[];
  readonly symbols: readonly ElfSymbol[];
}


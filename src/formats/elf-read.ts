// Bytes → ELF file. They may come from anywhere: every offset and count is checked before it is used, work and memory stay
// proportional to the file, and a mistake is a value that names its field and its offset.

import { hex } from '../base/bits.ts';
import { ByteReader } from '../base/bytes.ts';
import type { Struct } from '../base/struct.ts';
import {
  CLASS32, CLASS64, ELF32, ELF64, type ElfFile, type ElfSection, type ElfSegment, type ElfSymbol, EM_386, EM_X86_64, ET_CORE, type Header, IDENT,
  LITTLE_ENDIAN, MAGIC, PT_LOAD, SHT_NOBITS, SHT_NULL, SHT_SYMTAB,
} from './elf.ts';
import type { FormatError } from './format-error.ts';
import { Names } from './names.ts';

/** Whether the file calls itself ELF at all. */
export const isElf = (bytes: Uint8Array): boolean => bytes.length >= 4 && new ByteReader(bytes).u32() === MAGIC;

/** Reads an executable or object for x86; little-endian only. Segments and sections are views into `bytes`. */
export const readElf = (bytes: Uint8Array): ElfFile | FormatError => {
  const ident = new ByteReader(bytes).take(IDENT);
  if (!isElf(bytes)) return { error: 'e_ident: not an ELF file', offset: 0 };
  if (!ident) return { error: 'e_ident: the file ends within it', offset: bytes.length };
  if (ident.class !== CLASS32 && ident.class !== CLASS64) return { error: `EI_CLASS: ${ident.class} is neither 32- nor 64-bit`, offset: 4 };
  if (ident.data !== LITTLE_ENDIAN) return { error: `EI_DATA: ${ident.data} is not little-endian`, offset: 5 };
  const is32 = ident.class === CLASS32;
  return new ElfReader(bytes, is32 ? 32 : 64, is32 ? ELF32 : ELF64).read();
};

/** Thrown and caught inside this file only: the first thing found wrong. */
class Refusal {
  readonly error: FormatError;
  constructor(error: string, offset: number) {
    this.error = { error, offset };
  }
}

class ElfReader {
  readonly #bytes: Uint8Array;
  readonly #class: 32 | 64;
  readonly #records: typeof ELF64;

  constructor(bytes: Uint8Array, elfClass: 32 | 64, records: typeof ELF32 | typeof ELF64) {
    this.#bytes = bytes;
    this.#class = elfClass;
    this.#records = records as typeof ELF64; // same fields and types, only the order differs
  }

  read(): ElfFile | FormatError {
    try {
      const header = new ByteReader(this.#bytes, IDENT.size).take(this.#records.header);
      if (!header) throw new Refusal('ELF header: the file ends within it', this.#bytes.length);
      if (header.e_machine !== EM_386 && header.e_machine !== EM_X86_64) {
        throw new Refusal(`e_machine: ${header.e_machine} is neither 386 nor x86-64`, this.#headerField('e_machine'));
      }
      const sections = this.#sections(header);
      return {
        class: this.#class,
        type: header.e_type,
        machine: header.e_machine,
        entry: header.e_entry,
        segments: this.#segments(header),
        sections,
        symbols: this.#symbols(sections),
      };
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      return refusal.error;
    }
  }

  #headerField(name: keyof Header): number {
    return IDENT.size + this.#records.header.offsets[name];
  }

  #segments(header: Header): ElfSegment[] {
    const record = this.#records.segment;
    const table = this.#table(header, record, 'e_phoff', 'e_phentsize', 'e_phnum', 'program headers');
    const segments: ElfSegment[] = [];
    table.forEach(({ offset, entry }, index) => {
      const field = (name: keyof typeof record.offsets) => offset + record.offsets[name];
      const what = `program header ${index}`;
      const { p_offset, p_filesz, p_memsz, p_vaddr, p_paddr } = entry;
      if (entry.p_type === PT_LOAD) {
        if (p_memsz < p_filesz) {
          throw new Refusal(`${what}: p_memsz 0x${hex(p_memsz)} is less than p_filesz 0x${hex(p_filesz)}`, field('p_memsz'));
        }
        const limit = 1n << BigInt(this.#class);
        if (p_vaddr + p_memsz > limit) throw new Refusal(`${what}: p_vaddr 0x${hex(p_vaddr)} + p_memsz wraps around`, field('p_vaddr'));
        if (p_paddr + p_memsz > limit) throw new Refusal(`${what}: p_paddr 0x${hex(p_paddr)} + p_memsz wraps around`, field('p_paddr'));
      }
      segments.push({
        type: entry.p_type,
        flags: entry.p_flags,
        virtualAddress: p_vaddr,
        physicalAddress: p_paddr,
        memorySize: p_memsz,
        align: entry.p_align,
        bytes: this.#part(p_offset, p_filesz, `${what}: p_offset`, field('p_offset')),
      });
    });
    const loads = table
      .map(({ offset, entry }, index) => ({ offset, index, start: entry.p_paddr, end: entry.p_paddr + entry.p_memsz, type: entry.p_type }))
      .filter(({ type, start, end }) => type === PT_LOAD && start < end && header.e_type !== ET_CORE) // a core may show memory at several addresses
      .sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
    for (let at = 1; at < loads.length; at++) {
      const [below, above] = [loads[at - 1], loads[at]];
      if (above.start >= below.end) continue;
      throw new Refusal(
        `program header ${above.index}: p_paddr 0x${hex(above.start)} overlaps program header ${below.index}`,
        above.offset + record.offsets.p_paddr,
      );
    }
    return segments;
  }

  #sections(header: Header): ElfSection[] {
    const record = this.#records.section;
    const table = this.#table(header, record, 'e_shoff', 'e_shentsize', 'e_shnum', 'section headers');
    const raw = table.map(({ offset, entry }, index) => ({
      offset,
      entry,
      bytes:
        entry.sh_type === SHT_NOBITS || entry.sh_type === SHT_NULL
          ? this.#bytes.subarray(0, 0)
          : this.#part(entry.sh_offset, entry.sh_size, `section header ${index}: sh_offset`, offset + record.offsets.sh_offset),
    }));
    if (raw.length > 0 && header.e_shstrndx >= raw.length) {
      throw new Refusal(`e_shstrndx: there is no section ${header.e_shstrndx}`, this.#headerField('e_shstrndx'));
    }
    const names = new Names(raw[header.e_shstrndx]?.bytes);
    return raw.map(({ offset, entry, bytes }, index) => ({
      name: nameAt(names, entry.sh_name, `section header ${index}: sh_name`, offset + record.offsets.sh_name),
      type: entry.sh_type,
      flags: entry.sh_flags,
      address: entry.sh_addr,
      size: entry.sh_size,
      align: entry.sh_addralign,
      bytes,
      link: entry.sh_link,
      info: entry.sh_info,
      entrySize: entry.sh_entsize,
    }));
  }

  /** The symbols of the first table: the gABI allows no second one. */
  #symbols(sections: readonly ElfSection[]): ElfSymbol[] {
    const table = sections.find((section) => section.type === SHT_SYMTAB);
    if (!table) return [];
    const record = this.#records.symbol;
    const start = table.bytes.byteOffset - this.#bytes.byteOffset;
    const names = new Names(sections[table.link ?? 0]?.bytes);
    const symbols: ElfSymbol[] = [];
    const reader = new ByteReader(table.bytes, record.size); // the first is the null symbol
    while (reader.offset + record.size <= table.bytes.length) {
      const offset = start + reader.offset;
      const entry = reader.take(record);
      if (!entry) break;
      symbols.push({
        name: nameAt(names, entry.st_name, `symbol ${symbols.length + 1}: st_name`, offset + record.offsets.st_name),
        value: entry.st_value,
        size: entry.st_size,
        type: entry.st_info & 15,
        binding: entry.st_info >> 4,
        section: entry.st_shndx,
      });
    }
    return symbols;
  }

  /** The records of a table of headers, with their offsets. */
  #table<T extends object>(
    header: Header, record: Struct<T>, at: 'e_phoff' | 'e_shoff', size: 'e_phentsize' | 'e_shentsize', count: 'e_phnum' | 'e_shnum', what: string,
  ): { offset: number; entry: T }[] {
    if (header[count] === 0) return [];
    if (header[size] < record.size) {
      throw new Refusal(`${size}: ${header[size]} bytes are too few for ${what} of ${record.size}`, this.#headerField(size));
    }
    const length = BigInt(header[count] * header[size]);
    const bytes = this.#part(header[at], length, `${at}: ${header[count]} ${what}`, this.#headerField(at));
    return Array.from({ length: header[count] }, (_, index) => {
      const offset = Number(header[at]) + index * header[size];
      return { offset, entry: new ByteReader(bytes, index * header[size]).take(record) as T };
    });
  }

  #part(offset: bigint, length: bigint, what: string, field: number): Uint8Array {
    const end = offset + length;
    if (end > BigInt(this.#bytes.length)) {
      throw new Refusal(`${what} at 0x${hex(offset)}..0x${hex(end)} reaches past the end of the file (0x${hex(this.#bytes.length)})`, field);
    }
    return this.#bytes.subarray(Number(offset), Number(end));
  }
}

const nameAt = (names: Names, offset: number, what: string, field: number): string => {
  const name = offset === 0 ? '' : names.at(offset);
  if (name === undefined) throw new Refusal(`${what}: 0x${hex(offset)} is no string of its table`, field);
  return name;
};

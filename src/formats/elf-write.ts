// Sections and symbols → an executable ELF64 for x86-64. Each allocated section becomes a segment, so that a loader needs no
// section headers, and lies at an offset that equals its address modulo a page, so that one which maps pages is served too.

import { ByteWriter } from '../base/bytes.ts';
import {
  CLASS64, ELF64, type ElfSection, type ElfSymbol, EM_X86_64, ET_EXEC, IDENT, LITTLE_ENDIAN, MAGIC, PF_R, PF_W, PF_X, PT_LOAD, SHF_ALLOC,
  SHF_EXECINSTR, SHF_WRITE, SHT_NOBITS, SHT_STRTAB, SHT_SYMTAB, STB_LOCAL,
} from './elf.ts';

const PAGE = 0x1000n;

/** Where the section's segment is to lie, if not at its address. */
interface PhysicalAddress {
  readonly physicalAddress?: bigint;
}

/** What `writeElf` needs: the names' and symbols' tables are made by it and come after `sections`. */
export interface ElfExecutable {
  readonly entry: bigint;
  /** Allocated ones first in the order of the file, each with the physical address of its segment; then, for instance, `.debug_*`. */
  readonly sections: readonly (ElfSection & PhysicalAddress)[];
  /** `section` counts from 1 in the order of `sections`; local ones first, as the format demands. */
  readonly symbols: readonly ElfSymbol[];
}

/** An executable ELF64, with one segment for each allocated section. */
export const writeElf = (executable: ElfExecutable): Uint8Array => {
  const strings = new StringTable();
  const symbols = new ByteWriter().fill(ELF64.symbol.size);
  for (const symbol of executable.symbols) {
    symbols.put(ELF64.symbol, {
      st_name: strings.add(symbol.name), st_info: (symbol.binding << 4) | symbol.type, st_other: 0, st_shndx: symbol.section,
      st_value: BigInt.asUintN(64, symbol.value), st_size: symbol.size,
    });
  }
  const locals = executable.symbols.filter((symbol) => symbol.binding === STB_LOCAL).length;
  const names = new StringTable();
  const table = (name: string, type: number, bytes: Uint8Array, rest: Partial<ElfSection> = {}): ElfSection & PhysicalAddress =>
    ({ name, type, flags: 0n, address: 0n, size: BigInt(bytes.length), align: 1n, bytes, ...rest });
  const count = executable.sections.length;
  const sections = [
    ...executable.sections,
    table('.symtab', SHT_SYMTAB, symbols.finish(), { link: count + 2, info: locals + 1, align: 8n, entrySize: BigInt(ELF64.symbol.size) }),
    table('.strtab', SHT_STRTAB, strings.finish()),
  ];
  for (const section of sections) names.add(section.name);
  names.add('.shstrtab');
  const all = [...sections, table('.shstrtab', SHT_STRTAB, names.finish())];

  const loaded = all.filter((section) => section.flags & SHF_ALLOC);
  const headerSize = IDENT.size + ELF64.header.size;
  const out = new ByteWriter(1 << 16).fill(headerSize + loaded.length * ELF64.segment.size);
  const segments = new ByteWriter();
  const headers = new ByteWriter().fill(ELF64.section.size);
  for (const section of all) {
    const isLoaded = (section.flags & SHF_ALLOC) !== 0n;
    if (isLoaded && section.bytes.length > 0) {
      out.fill(Number(BigInt.asUintN(64, section.address - BigInt(out.length)) % PAGE)); // offset ≡ address, as loaders that map pages need
    } else {
      out.align(Number(section.type === SHT_NOBITS ? 1n : section.align > 16n ? 16n : section.align || 1n));
    }
    const offset = BigInt(out.length);
    out.bytes(section.bytes);
    headers.put(ELF64.section, {
      sh_name: names.add(section.name), sh_type: section.type, sh_flags: section.flags, sh_addr: section.address, sh_offset: offset,
      sh_size: section.size, sh_link: section.link ?? 0, sh_info: section.info ?? 0, sh_addralign: section.align,
      sh_entsize: section.entrySize ?? 0n,
    });
    if (!isLoaded) continue;
    segments.put(ELF64.segment, {
      p_type: PT_LOAD, p_flags: PF_R | (section.flags & SHF_WRITE ? PF_W : 0) | (section.flags & SHF_EXECINSTR ? PF_X : 0), p_offset: offset,
      p_vaddr: section.address, p_paddr: section.physicalAddress ?? section.address, p_filesz: BigInt(section.bytes.length),
      p_memsz: section.size, p_align: PAGE,
    });
  }
  out.align(8);
  const sectionHeaders = BigInt(out.length);
  const file = out.bytes(headers.finish()).finish();
  const start = new ByteWriter()
    .put(IDENT, { magic: MAGIC, class: CLASS64, data: LITTLE_ENDIAN, version: 1, abi: 0, abiVersion: 0, pad0: 0, pad1: 0, pad2: 0 })
    .put(ELF64.header, {
      e_type: ET_EXEC, e_machine: EM_X86_64, e_version: 1, e_entry: executable.entry, e_phoff: BigInt(headerSize), e_shoff: sectionHeaders,
      e_flags: 0, e_ehsize: headerSize, e_phentsize: ELF64.segment.size, e_phnum: loaded.length, e_shentsize: ELF64.section.size,
      e_shnum: all.length + 1, e_shstrndx: all.length,
    })
    .bytes(segments.finish())
    .finish();
  file.set(start);
  return file;
};

/** Strings one after another, each ended by a zero, each once; the empty string is at 0. */
export class StringTable {
  readonly #bytes = new ByteWriter().u8(0);
  readonly #offsets = new Map<string, number>([['', 0]]);

  /** Offset of `text`, which is added if need be. */
  add(text: string): number {
    const known = this.#offsets.get(text);
    if (known !== undefined) return known;
    const offset = this.#bytes.length;
    this.#offsets.set(text, offset);
    this.#bytes.string(text);
    return offset;
  }

  finish(): Uint8Array {
    return this.#bytes.finish();
  }
}

// What the assembler makes: sections with addresses and bytes, symbols, source lines → a flat file, or an executable ELF64.

import { type DebugFunction, writeDebugInfo } from '../../formats/dwarf-info.ts';
import { type LineSequence, writeLines } from '../../formats/dwarf-line.ts';
import {
  type ElfSection, type ElfSymbol, SHF_ALLOC, SHF_EXECINSTR, SHF_WRITE, SHN_ABS, SHT_NOBITS, SHT_PROGBITS, STB_GLOBAL, STB_LOCAL, STT_FUNC,
  STT_NOTYPE, STT_OBJECT,
} from '../../formats/elf.ts';
import { type ElfExecutable, writeElf } from '../../formats/elf-write.ts';
import { readMultiboot } from '../../formats/multiboot.ts';
import type { Place } from '../../base/diagnostic.ts';

export interface ObjectSection {
  readonly name: string;
  /** Where it is loaded, its physical address; for what is in the flat file, also where it lies there, counted from the origin. */
  readonly start: bigint;
  /** What its labels count from: its virtual address. */
  readonly vstart: bigint;
  /** In bytes. */
  readonly size: number;
  /** Empty when it is not in the file. */
  readonly bytes: Uint8Array;
  readonly hasCode: boolean;
  readonly align: bigint;
}

export interface ObjectSymbol {
  readonly name: string;
  /** Unsigned, 64 bits. */
  readonly value: bigint;
  /** Absent for constants. */
  readonly section?: string;
  /** A function is a label in front of an instruction, data one in front of anything else; local labels are neither. */
  readonly kind: 'function' | 'data' | 'local' | 'constant';
  /** Up to the next label that is not local, or the end of the section; 0 for local labels and constants. */
  readonly size: bigint;
  readonly isGlobal: boolean;
  readonly place: Place;
}

export interface ObjectFile {
  /** The source that it was made from. */
  readonly entry: string;
  /** The address of the first byte of a flat file. */
  readonly origin: bigint;
  /** In the order of the file, then those that are not in it. */
  readonly sections: readonly ObjectSection[];
  readonly symbols: readonly ObjectSymbol[];
  /** The lines that code was made from, for each section that has any. */
  readonly lines: readonly LineSequence[];
}

/** The sections one after another from the origin, gaps filled with zeros: what NASM's bin format writes. */
export const toFlat = ({ origin, sections }: ObjectFile): Uint8Array => {
  const parts = sections.filter(({ bytes }) => bytes.length > 0);
  const end = parts.reduce((last, { start, bytes }) => Math.max(last, Number(start - origin) + bytes.length), 0);
  const file = new Uint8Array(end);
  for (const { start, bytes } of parts) file.set(bytes, Number(start - origin));
  return file;
};

/** An executable ELF64 for x86-64, whatever the mode of the code: one segment for each section, symbols, DWARF lines. */
export const toElf = (object: ObjectFile): Uint8Array => {
  const used = object.sections.filter(({ size }) => size > 0);
  const numbers = new Map(used.map(({ name }, index) => [name, index + 1]));
  const sections: ElfExecutable['sections'] = [
    ...used.map((section) => ({
      name: section.name,
      type: section.bytes.length > 0 ? SHT_PROGBITS : SHT_NOBITS,
      flags: SHF_ALLOC | (section.hasCode ? SHF_EXECINSTR : 0n) | (section.hasCode && section.name === '.text' ? 0n : SHF_WRITE),
      address: section.vstart,
      physicalAddress: section.start,
      size: BigInt(section.size),
      align: section.align,
      bytes: section.bytes,
    })),
    ...debugSections(object),
  ];
  const symbols = object.symbols
    .map((symbol): ElfSymbol => ({
      name: symbol.name,
      value: symbol.value,
      size: symbol.size,
      type: ELF_TYPES[symbol.kind],
      binding: symbol.isGlobal ? STB_GLOBAL : STB_LOCAL,
      section: symbol.section === undefined ? SHN_ABS : (numbers.get(symbol.section) ?? SHN_ABS),
    }))
    .sort((a, b) => a.binding - b.binding);
  return writeElf({ entry: entryOf(object), sections, symbols });
};

const ELF_TYPES = { function: STT_FUNC, data: STT_OBJECT, local: STT_NOTYPE, constant: STT_NOTYPE } as const;

/** `_start` or `start`, else where the Multiboot header says, else the start of the first section. */
const entryOf = (object: ObjectFile): bigint => {
  const start = ['_start', 'start'].map((name) => object.symbols.find((symbol) => symbol.name === name && symbol.section !== undefined));
  const named = start[0] ?? start[1];
  if (named) return named.value;
  const multiboot = readMultiboot(toFlat(object));
  if (multiboot && 'load' in multiboot && multiboot.load) return BigInt(multiboot.load.entry);
  return object.sections[0]?.vstart ?? 0n;
};

const debugSections = (object: ObjectFile): ElfSection[] => {
  if (object.lines.length === 0) return [];
  const files = [...new Set([object.entry, ...object.lines.flatMap((sequence) => sequence.map(({ file }) => file))])];
  const functions = object.symbols
    .filter(({ kind, size }) => kind === 'function' && size > 0n)
    .map(({ name, value, size, place }): DebugFunction => ({
      name, address: value, size, file: Math.max(files.indexOf(place.file), 0) + 1, line: place.line,
    }));
  const unit = {
    name: object.entry,
    directory: '',
    producer: 'clispin',
    ranges: object.lines.map((sequence) => ({ start: sequence[0].address, end: sequence[sequence.length - 1].address })),
    functions,
  };
  return [{ name: '.debug_line', bytes: writeLines(object.lines, files) }, ...writeDebugInfo(unit)].map(({ name, bytes }) => ({
    name, type: SHT_PROGBITS, flags: 0n, address: 0n, size: BigInt(bytes.length), align: 1n, bytes,
  }));
};

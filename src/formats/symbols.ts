// Addresses ↔ names and source lines: what a trace, a report or a debugger asks. Built from an ELF file, or from an assembler's
// result directly. A symbol covers the addresses up to its end, or, where it has no size, up to the next symbol of its section.

import { hex } from '../base/bits.ts';
import { type LineRow, readLines } from './dwarf-line.ts';
import { type ElfFile, SHN_ABS, STT_FUNC, STT_NOTYPE, STT_OBJECT } from './elf.ts';
import { type FormatError, isFormatError } from './format-error.ts';

export interface NamedAddress {
  readonly name: string;
  readonly address: bigint;
  /** Number of bytes that it names; 0 when nobody said. */
  readonly size: bigint;
  readonly isFunction: boolean;
  /** End of the section that it lies in; nothing from there on is its. */
  readonly limit?: bigint;
}

const byAddress = (a: { address: bigint }, b: { address: bigint }): number => (a.address < b.address ? -1 : a.address > b.address ? 1 : 0);

/** Index of the last element at or below `address` in a sorted row, or -1. */
const lastAtOrBelow = (row: readonly { readonly address: bigint }[], address: bigint): number => {
  let [low, high] = [0, row.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (row[middle].address <= address) low = middle + 1;
    else high = middle;
  }
  return low - 1;
};

export class SymbolTable {
  /** In the order of addresses. */
  readonly symbols: readonly NamedAddress[];
  readonly #functions: readonly NamedAddress[];
  readonly #byName: ReadonlyMap<string, NamedAddress>;

  constructor(symbols: Iterable<NamedAddress>) {
    this.symbols = [...symbols].sort(byAddress);
    this.#functions = this.symbols.filter((symbol) => symbol.isFunction);
    this.#byName = new Map(this.symbols.map((symbol) => [symbol.name, symbol]));
  }

  /** The function that covers `address`, else the nearest other symbol that does. */
  at(address: bigint): NamedAddress | undefined {
    return covering(this.#functions, address) ?? covering(this.symbols, address);
  }

  /** `name`, or `name+0x1c` inside it; undefined where no symbol covers. */
  nameOf(address: bigint): string | undefined {
    const symbol = this.at(address);
    if (!symbol) return undefined;
    const offset = address - symbol.address;
    return offset === 0n ? symbol.name : `${symbol.name}+0x${hex(offset)}`;
  }

  find(name: string): NamedAddress | undefined {
    return this.#byName.get(name);
  }

  addressOf(name: string): bigint | undefined {
    return this.#byName.get(name)?.address;
  }
}

const covering = (symbols: readonly NamedAddress[], address: bigint): NamedAddress | undefined => {
  let index = lastAtOrBelow(symbols, address);
  while (index > 0 && symbols[index - 1].address === symbols[index].address) index--; // of several names the first
  const symbol = symbols[index];
  if (!symbol) return undefined;
  const end = symbol.size > 0n ? symbol.address + symbol.size : symbol.limit;
  return end !== undefined && address >= end && address !== symbol.address ? undefined : symbol;
};

/** Source lines of machine code. */
export class LineTable {
  readonly #rows: readonly LineRow[];

  constructor(rows: Iterable<LineRow>) {
    // Where one sequence ends and another begins, the beginning counts.
    this.#rows = [...rows].sort((a, b) => byAddress(a, b) || Number(b.end ?? false) - Number(a.end ?? false));
  }

  /** The line that the code at `address` was made from. */
  placeOf(address: bigint): { readonly file: string; readonly line: number } | undefined {
    const row = this.#rows[lastAtOrBelow(this.#rows, address)];
    return row && !row.end ? { file: row.file, line: row.line } : undefined;
  }

  /** The lowest address made from a line; `file` may be the end of a path (`boot.asm`). */
  addressOf(file: string, line: number): bigint | undefined {
    return this.#rows.find((row) => !row.end && row.line === line && (row.file === file || row.file.endsWith(`/${file}`)))?.address;
  }
}

/** The symbols of an ELF file that name code, data or places in it. */
export const symbolsOf = (elf: ElfFile): SymbolTable =>
  new SymbolTable(
    elf.symbols
      .filter(({ name, type, section }) => name !== '' && section !== 0 && [STT_NOTYPE, STT_OBJECT, STT_FUNC].includes(type) && section !== SHN_ABS)
      .map(({ name, value, size, type, section }) => {
        const within = elf.sections[section];
        return { name, address: value, size, isFunction: type === STT_FUNC, ...(within ? { limit: within.address + within.size } : {}) };
      }),
  );

/** The lines of an ELF file; without `.debug_line` an empty table. */
export const linesOf = (elf: ElfFile): LineTable | FormatError => {
  const bytesOf = (name: string) => elf.sections.find((section) => section.name === name)?.bytes;
  const rows = readLines(bytesOf('.debug_line') ?? new Uint8Array(), {
    debugStr: bytesOf('.debug_str'),
    debugLineStr: bytesOf('.debug_line_str'),
  });
  return isFormatError(rows) ? rows : new LineTable(rows);
};

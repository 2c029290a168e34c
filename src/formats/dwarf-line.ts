// `.debug_line` ↔ rows of address and source line (DWARF 4 and 5, section 6.2). Written as version 4, which every gdb and objdump
// reads; read in versions 2 to 5. A row holds for the addresses from its own up to the next row's.

import { ByteReader, ByteWriter } from '../base/bytes.ts';
import {
  DW_FORM_block, DW_FORM_data1, DW_FORM_data16, DW_FORM_data2, DW_FORM_data4, DW_FORM_data8, DW_FORM_line_strp, DW_FORM_string,
  DW_FORM_strp, DW_FORM_udata, DW_LNCT_directory_index, DW_LNCT_path, DW_LNE_end_sequence, DW_LNE_set_address, DW_LNS_advance_line,
  DW_LNS_advance_pc, DW_LNS_const_add_pc, DW_LNS_copy, DW_LNS_fixed_advance_pc, DW_LNS_set_file,
} from './dwarf.ts';
import type { FormatError } from './format-error.ts';
import { Names } from './names.ts';

export interface LineRow {
  readonly address: bigint;
  readonly file: string;
  /** Counts from 1. */
  readonly line: number;
  /** The first address after the sequence: no line. */
  readonly end?: boolean;
}

/** Rows of ascending addresses, the last one an `end`. */
export type LineSequence = readonly LineRow[];

// Parameters of special opcodes: one byte for an advance of up to 17 bytes with a step of -3..8 lines.
const LINE_BASE = -3;
const LINE_RANGE = 12;
const OPCODE_BASE = 13;
/** Operands of the standard opcodes 1 to 12. */
const STANDARD_LENGTHS = [0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1];

/** The section for one compilation unit. `files` are the paths that rows name, the unit's own first. */
export const writeLines = (sequences: readonly LineSequence[], files: readonly string[]): Uint8Array => {
  const out = new ByteWriter(1 << 12);
  out.u32(0).u16(4).u32(0); // unit_length and header_length come last
  out.u8(1).u8(1).u8(1).u8(LINE_BASE).u8(LINE_RANGE).u8(OPCODE_BASE);
  for (const length of STANDARD_LENGTHS) out.u8(length);
  out.u8(0); // no include directories: paths are whole
  for (const file of files) out.string(file).uleb(0).uleb(0).uleb(0);
  out.u8(0);
  const program = out.length;
  const numbers = new Map(files.map((file, index) => [file, index + 1]));
  for (const sequence of sequences) writeSequence(out, sequence, numbers);
  return out.patchU32(0, out.length - 4).patchU32(6, program - 10).finish();
};

const writeSequence = (out: ByteWriter, sequence: LineSequence, files: ReadonlyMap<string, number>): void => {
  let address = sequence[0].address;
  let [file, line] = [1, 1];
  out.u8(0).uleb(9).u8(DW_LNE_set_address).u64(BigInt.asUintN(64, address));
  for (const row of sequence) {
    const advance = Number(row.address - address);
    address = row.address;
    if (row.end) {
      out.u8(DW_LNS_advance_pc).uleb(advance).u8(0).uleb(1).u8(DW_LNE_end_sequence);
      continue;
    }
    const number = files.get(row.file) ?? 1;
    if (number !== file) out.u8(DW_LNS_set_file).uleb(number);
    const step = row.line - line;
    const special = step - LINE_BASE + LINE_RANGE * advance + OPCODE_BASE;
    if (step >= LINE_BASE && step < LINE_BASE + LINE_RANGE && special <= 255) {
      out.u8(special);
    } else {
      out.u8(DW_LNS_advance_line).sleb(step).u8(DW_LNS_advance_pc).uleb(advance).u8(DW_LNS_copy);
    }
    [file, line] = [number, row.line];
  }
};

/** The sections that paths of version 5 may lie in. */
export interface LineStrings {
  readonly debugStr?: Uint8Array;
  readonly debugLineStr?: Uint8Array;
}

type Strings = { readonly [K in keyof LineStrings]-?: Names };

/** All rows of all units, in the order of the section. */
export const readLines = (section: Uint8Array, lineStrings: LineStrings = {}): LineRow[] | FormatError => {
  const strings = { debugStr: new Names(lineStrings.debugStr), debugLineStr: new Names(lineStrings.debugLineStr) };
  const rows: LineRow[] = [];
  const reader = new ByteReader(section);
  while (!reader.atEnd) {
    const start = reader.offset;
    const length = reader.u32();
    if (length >= 0xffff_fff0) return { error: '.debug_line: unit_length: 64-bit DWARF is not supported', offset: start };
    const unit = new ByteReader(reader.bytesOf(length));
    if (reader.overrun !== undefined) return { error: `.debug_line: unit_length: ${length} bytes reach past the end`, offset: start };
    const error = readUnit(unit, strings, rows) ?? (unit.overrun !== undefined ? 'the unit ends too soon' : undefined);
    if (error !== undefined) return { error: `.debug_line: ${error}`, offset: start };
  }
  return rows;
};

/** Appends a unit's rows; the text of an error, if any. */
const readUnit = (unit: ByteReader, strings: Strings, rows: LineRow[]): string | undefined => {
  const version = unit.u16();
  if (version < 2 || version > 5) return `version: ${version} is not 2 to 5`;
  const addressSize = version >= 5 ? unit.u8() : undefined;
  if (version >= 5) unit.u8(); // segment_selector_size
  const headerLength = unit.u32();
  const program = unit.offset + headerLength;
  const minimumLength = unit.u8();
  if (version >= 4) unit.u8(); // maximum_operations_per_instruction: 1 on x86
  unit.u8(); // default_is_stmt
  const lineBase = unit.i8();
  const lineRange = unit.u8();
  const opcodeBase = unit.u8();
  if (lineRange === 0) return 'line_range: 0';
  const lengths = Array.from({ length: Math.max(opcodeBase - 1, 0) }, () => unit.u8());
  const files = version >= 5 ? readFiles5(unit, strings) : readFiles(unit);
  if (typeof files === 'string') return files;
  if (unit.overrun !== undefined || program > unit.bytes.length) return 'header_length: the header reaches past the end of the unit';

  unit.offset = program;
  let [address, file, line] = [0n, 1, 1];
  const emit = (end: boolean) =>
    rows.push({ address: BigInt.asUintN(64, address), file: files[file] ?? '', line, ...(end ? { end } : {}) });
  const advance = (operations: number) => {
    address += BigInt(operations * minimumLength);
  };
  while (!unit.atEnd) {
    const opcode = unit.u8();
    if (opcode >= opcodeBase) {
      advance(Math.floor((opcode - opcodeBase) / lineRange));
      line += lineBase + ((opcode - opcodeBase) % lineRange);
      emit(false);
    } else if (opcode === 0) {
      const length = unit.uleb();
      const end = unit.offset + length;
      const extended = length > 0 ? unit.u8() : 0;
      if (extended === DW_LNE_end_sequence) {
        emit(true);
        [address, file, line] = [0n, 1, 1];
      } else if (extended === DW_LNE_set_address) {
        address = (addressSize ?? length - 1) === 4 ? BigInt(unit.u32()) : unit.u64();
      }
      if (end > unit.bytes.length) return 'an extended opcode reaches past the end of the unit';
      unit.offset = end;
    } else if (opcode === DW_LNS_copy) emit(false);
    else if (opcode === DW_LNS_advance_pc) advance(unit.uleb());
    else if (opcode === DW_LNS_advance_line) line += unit.sleb();
    else if (opcode === DW_LNS_set_file) file = unit.uleb();
    else if (opcode === DW_LNS_const_add_pc) advance(Math.floor((255 - opcodeBase) / lineRange));
    else if (opcode === DW_LNS_fixed_advance_pc) address += BigInt(unit.u16());
    else for (let operand = 0; operand < lengths[opcode - 1]; operand++) unit.uleb();
  }
  return undefined;
};

const joinPath = (directory: string | undefined, name: string): string =>
  directory && !name.startsWith('/') ? `${directory}/${name}` : name;

/** Paths by file number, versions 2 to 4: numbers count from 1, directory 0 is the unit's own. */
const readFiles = (unit: ByteReader): string[] => {
  const directories = [''];
  for (let name = unit.string(); name !== ''; name = unit.string()) directories.push(name);
  const files = [''];
  for (let name = unit.string(); name !== ''; name = unit.string()) {
    files.push(joinPath(directories[unit.uleb()], name));
    unit.uleb(); // time
    unit.uleb(); // length
  }
  return files;
};

/** Paths by file number, version 5: tables say themselves what their entries hold. */
const readFiles5 = (unit: ByteReader, strings: Strings): string[] | string => {
  const readTable = (): { path: string; directory: number }[] | string => {
    const formats = Array.from({ length: unit.u8() }, () => ({ content: unit.uleb(), form: unit.uleb() }));
    const count = unit.uleb();
    if (count > unit.bytes.length || (count > 0 && formats.length === 0)) return `${count} entries are more than the header can hold`;
    const entries: { path: string; directory: number }[] = [];
    for (let index = 0; index < count; index++) {
      const entry = { path: '', directory: 0 };
      for (const { content, form } of formats) {
        const value = readForm(unit, form, strings);
        if (value === undefined) return `form 0x${form.toString(16)} in a table of files is unknown or has no string`;
        if (content === DW_LNCT_path && typeof value === 'string') entry.path = value;
        if (content === DW_LNCT_directory_index && typeof value === 'number') entry.directory = value;
      }
      entries.push(entry);
    }
    return entries;
  };
  const directories = readTable();
  if (typeof directories === 'string') return directories;
  const files = readTable();
  if (typeof files === 'string') return files;
  return files.map(({ path, directory }) => joinPath(directory === 0 ? undefined : directories[directory]?.path, path));
};

const readForm = (unit: ByteReader, form: number, { debugStr, debugLineStr }: Strings): string | number | undefined => {
  switch (form) {
    case DW_FORM_string: return unit.string();
    case DW_FORM_line_strp: return debugLineStr.at(unit.u32());
    case DW_FORM_strp: return debugStr.at(unit.u32());
    case DW_FORM_udata: return unit.uleb();
    case DW_FORM_data1: return unit.u8();
    case DW_FORM_data2: return unit.u16();
    case DW_FORM_data4: return unit.u32();
    case DW_FORM_data8: return Number(unit.u64());
    case DW_FORM_data16: return unit.bytesOf(16).length;
    case DW_FORM_block: return unit.bytesOf(unit.uleb()).length;
    default: return undefined;
  }
};

// A program's functions → `.debug_info`, `.debug_abbrev`, `.debug_ranges`, `.debug_aranges` (DWARF 4, chapters 3 and 7): one
// compilation unit, just enough that gdb, objdump and addr2line find the line table and the functions.

import { ByteWriter } from '../base/bytes.ts';
import {
  DW_AT_comp_dir, DW_AT_decl_file, DW_AT_decl_line, DW_AT_external, DW_AT_high_pc, DW_AT_language, DW_AT_low_pc, DW_AT_name, DW_AT_producer,
  DW_AT_ranges, DW_AT_stmt_list, DW_FORM_addr, DW_FORM_data2, DW_FORM_data8, DW_FORM_flag_present, DW_FORM_sec_offset, DW_FORM_string,
  DW_FORM_udata, DW_LANG_Mips_Assembler, DW_TAG_compile_unit, DW_TAG_subprogram,
} from './dwarf.ts';

export interface DebugFunction {
  readonly name: string;
  readonly address: bigint;
  readonly size: bigint;
  /** Number of its file in the line table, from 1. */
  readonly file: number;
  readonly line: number;
}

export interface DebugUnit {
  /** Path of the source as the user gave it. */
  readonly name: string;
  readonly directory: string;
  readonly producer: string;
  /** The parts of memory that hold its code. */
  readonly ranges: readonly { readonly start: bigint; readonly end: bigint }[];
  readonly functions: readonly DebugFunction[];
}

const UNIT = 1;
const FUNCTION = 2;
const ABBREVIATIONS: readonly { code: number; tag: number; children: boolean; attributes: readonly (readonly [number, number])[] }[] = [
  {
    code: UNIT, tag: DW_TAG_compile_unit, children: true,
    attributes: [
      [DW_AT_producer, DW_FORM_string], [DW_AT_language, DW_FORM_data2], [DW_AT_name, DW_FORM_string], [DW_AT_comp_dir, DW_FORM_string],
      [DW_AT_stmt_list, DW_FORM_sec_offset], [DW_AT_low_pc, DW_FORM_addr], [DW_AT_ranges, DW_FORM_sec_offset],
    ],
  },
  {
    code: FUNCTION, tag: DW_TAG_subprogram, children: false,
    attributes: [
      [DW_AT_name, DW_FORM_string], [DW_AT_low_pc, DW_FORM_addr], [DW_AT_high_pc, DW_FORM_data8], [DW_AT_decl_file, DW_FORM_udata],
      [DW_AT_decl_line, DW_FORM_udata], [DW_AT_external, DW_FORM_flag_present],
    ],
  },
];

/** The sections by name; the unit's lines are at the start of `.debug_line`. */
export const writeDebugInfo = (unit: DebugUnit): { readonly name: string; readonly bytes: Uint8Array }[] => [
  { name: '.debug_info', bytes: writeInfo(unit) },
  { name: '.debug_abbrev', bytes: writeAbbreviations() },
  { name: '.debug_ranges', bytes: writeRanges(unit) },
  { name: '.debug_aranges', bytes: writeAddressRanges(unit) },
];

const writeInfo = (unit: DebugUnit): Uint8Array => {
  const out = new ByteWriter();
  out.u32(0).u16(4).u32(0).u8(8);
  out.uleb(UNIT).string(unit.producer).u16(DW_LANG_Mips_Assembler).string(unit.name).string(unit.directory).u32(0).u64(0n).u32(0);
  for (const { name, address, size, file, line } of unit.functions) {
    out.uleb(FUNCTION).string(name).u64(address).u64(size).uleb(file).uleb(line);
  }
  out.u8(0); // end of the unit's children
  return out.patchU32(0, out.length - 4).finish();
};

const writeAbbreviations = (): Uint8Array => {
  const out = new ByteWriter();
  for (const { code, tag, children, attributes } of ABBREVIATIONS) {
    out.uleb(code).uleb(tag).u8(children ? 1 : 0);
    for (const [attribute, form] of attributes) out.uleb(attribute).uleb(form);
    out.u8(0).u8(0);
  }
  return out.u8(0).finish();
};

const writeRanges = ({ ranges }: DebugUnit): Uint8Array => {
  const out = new ByteWriter();
  for (const { start, end } of ranges) out.u64(start).u64(end);
  return out.u64(0n).u64(0n).finish();
};

const writeAddressRanges = ({ ranges }: DebugUnit): Uint8Array => {
  const out = new ByteWriter();
  out.u32(0).u16(2).u32(0).u8(8).u8(0).align(16);
  for (const { start, end } of ranges) out.u64(start).u64(end - start);
  out.u64(0n).u64(0n);
  return out.patchU32(0, out.length - 4).finish();
};

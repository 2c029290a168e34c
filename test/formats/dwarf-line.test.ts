import { describe, expect, test } from 'vitest';
import { type LineRow, type LineSequence, readLines, writeLines } from '../../src/formats/dwarf-line.ts';

const SEQUENCES: readonly LineSequence[] = [
  [
    { address: 0xffff_ffff_8010_0000n, file: 'boot.asm', line: 10 },
    { address: 0xffff_ffff_8010_0002n, file: 'boot.asm', line: 11 },
    { address: 0xffff_ffff_8010_0100n, file: 'inc/cpu.asm', line: 4000 },
    { address: 0xffff_ffff_8010_0103n, file: 'boot.asm', line: 3 },
    { address: 0xffff_ffff_8010_0109n, file: 'boot.asm', line: 3, end: true },
  ],
  [
    { address: 0x8000n, file: 'ap.asm', line: 1 },
    { address: 0x8001n, file: 'ap.asm', line: 1, end: true },
  ],
];
const FILES = ['boot.asm', 'inc/cpu.asm', 'ap.asm'];

test('what was written is read back', () => expect(readLines(writeLines(SEQUENCES, FILES))).toEqual(SEQUENCES.flat()));

describe('a program that another assembler wrote', () => {
  // DWARF 4, 6.2.5: set_address 0x1000, special opcodes, const_add_pc, fixed_advance_pc, an extended opcode of a vendor.
  const program = [
    0, 9, 2, 0, 0x10, 0, 0, 0, 0, 0, 0, // DW_LNE_set_address 0x1000
    3, 6, 1, //                            line += 6, copy: 7 at 0x1000
    13 + 5 + 1 + 2 * 14, //                special: address += 2, line += 1 (line_base -5, line_range 14)
    8, //                                  const_add_pc: (255 - 13) / 14 = 17
    9, 0x10, 0, //                         fixed_advance_pc 16
    0, 3, 0x80, 1, 2, //                   unknown extended opcode, skipped
    10, 12, 3, //                          set_prologue_end, set_isa 3
    5, 4, 6, 7, 1, //                      set_column 4, negate_stmt, set_basic_block, copy
    2, 4, 0, 1, 1, //                      advance_pc 4, end_sequence
  ];
  const rows = (file: string): LineRow[] => [
    { address: 0x1000n, file, line: 7 },
    { address: 0x1002n, file, line: 8 },
    { address: 0x1023n, file, line: 8 },
    { address: 0x1027n, file, line: 8, end: true },
  ];
  const lengths = [0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1];
  const text = (string: string) => [...new TextEncoder().encode(string), 0];
  const u32 = (value: number) => [value & 255, (value >> 8) & 255, value >> 16, 0];
  const unit = (version: number, before: number[], header: number[]) => {
    const body = [version, 0, ...before, ...u32(header.length), ...header, ...program];
    return Uint8Array.from([...u32(body.length), ...body]);
  };

  test.each([2, 3])('version %i', (version) => {
    const header = [1, 1, 0xfb, 14, 13, ...lengths, ...text('src'), 0, ...text('a.s'), 1, 0, 0, 0];
    expect(readLines(unit(version, [], header))).toEqual(rows('src/a.s'));
  });

  test('version 5, with paths in .debug_line_str', () => {
    const header = [
      1, 1, 1, 0xfb, 14, 13, ...lengths,
      1, 1, 0x1f, 2, ...u32(0), ...u32(5), //     directories: path as line_strp
      2, 1, 0x1f, 2, 0x0b, 2, ...u32(9), 0, ...u32(9), 1, // files: path, directory as data1; file 1 is in directory 1
    ];
    const debugLineStr = Uint8Array.from([...text('/top'), ...text('sub'), ...text('a.s')]);
    expect(readLines(unit(5, [8, 0], header), { debugLineStr })).toEqual(rows('sub/a.s'));
  });
});

describe('a section that cannot be read is refused', () => {
  const written = writeLines(SEQUENCES, FILES);
  const patched = (offset: number, ...bytes: number[]) => {
    const copy = written.slice();
    copy.set(bytes, offset);
    return copy;
  };

  test.each([
    ['64-bit DWARF', patched(0, 0xff, 0xff, 0xff, 0xff), '.debug_line: unit_length: 64-bit DWARF is not supported'],
    ['a unit past the end', written.slice(0, -1), `.debug_line: unit_length: ${written.length - 4} bytes reach past the end`],
    ['another version', patched(4, 6), '.debug_line: version: 6 is not 2 to 5'],
    ['a header past the end', patched(6, 0xff, 0xff), '.debug_line: header_length: the header reaches past the end of the unit'],
    ['a line range of zero', patched(14, 0), '.debug_line: line_range: 0'],
  ])('%s', (_, bytes, error) => expect(readLines(bytes)).toEqual({ error, offset: 0 }));

  test('every byte may be anything', () => {
    for (let offset = 0; offset < written.length; offset++) for (const value of [0, 1, 0x7f, 0x80, 0xff]) readLines(patched(offset, value));
  });
});

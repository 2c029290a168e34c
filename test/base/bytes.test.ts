import { describe, expect, test } from 'vitest';
import { ByteReader, ByteWriter } from '../../src/base/bytes.ts';
import { struct, u16, u32, u64, u8 } from '../../src/base/struct.ts';

test('numbers are little-endian, and the writer grows under them', () => {
  const bytes = new ByteWriter(1).u8(1).u16(0x0302).u32(0x0706_0504).u64(0x0f0e_0d0c_0b0a_0908n).finish();
  expect([...bytes]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
});

test('fills, repetitions, alignment and patches', () => {
  const writer = new ByteWriter(2).fill(2, 0xaa).repeat(Uint8Array.of(1, 2, 3), 3).align(8).string('é');
  writer.patchU32(0, 0xff);
  expect([...writer.finish()]).toEqual([255, 0, 0, 0, 3, 1, 2, 3, 1, 2, 3, 0, 0, 0, 0, 0, 0xc3, 0xa9, 0]);
  expect(new ByteWriter().repeat(Uint8Array.of(7), 0).repeat(new Uint8Array(), 9).length).toBe(0);
});

describe('LEB128 (DWARF 4, figures 22 and 23)', () => {
  test.each([[2, [2]], [127, [0x7f]], [128, [0x80, 1]], [12857, [0xb9, 0x64]], [2 ** 40, [0x80, 0x80, 0x80, 0x80, 0x80, 0x20]]])('unsigned %i', (value, bytes) => {
    expect([...new ByteWriter().uleb(value).finish()]).toEqual(bytes);
    expect(new ByteReader(Uint8Array.from(bytes)).uleb()).toBe(value);
  });

  test.each([[2, [2]], [-2, [0x7e]], [127, [0xff, 0]], [-127, [0x81, 0x7f]], [128, [0x80, 1]], [-128, [0x80, 0x7f]]])('signed %i', (value, bytes) => {
    expect([...new ByteWriter().sleb(value).finish()]).toEqual(bytes);
    expect(new ByteReader(Uint8Array.from(bytes)).sleb()).toBe(value);
  });

  test('one without end stops at the end of the bytes', () => {
    const reader = new ByteReader(new Uint8Array(1000).fill(0xff));
    expect(reader.uleb()).toBe(Number.MAX_SAFE_INTEGER);
    expect(reader.overrun).toBe(1000);
  });
});

describe('reading past the end', () => {
  test('gives zeros, and remembers where it began', () => {
    const reader = new ByteReader(Uint8Array.of(1, 2, 3));
    expect([reader.u16(), reader.u32(), reader.u8(), reader.u64(), reader.string(), reader.bytesOf(1).length]).toEqual([0x201, 0, 0, 0n, '', 0]);
    expect(reader.overrun).toBe(2);
    expect(reader.atEnd).toBe(true);
  });

  test.each([[Uint8Array.of(65, 66), 0], [Uint8Array.of(0, 65), 1]])('a string without its zero is none', (bytes, at) => {
    const reader = new ByteReader(bytes, at);
    expect(reader.string()).toBe('');
    expect(reader.overrun).toBe(at);
  });
});

describe('a record', () => {
  const RECORD = struct({ kind: u8, flags: u16, size: u32, address: u64 });
  const record = { kind: 1, flags: 2, size: 3, address: 4n };

  test('is packed in the order of its fields', () => {
    expect(RECORD.size).toBe(15);
    expect(RECORD.offsets).toEqual({ kind: 0, flags: 1, size: 3, address: 7 });
    expect([...new ByteWriter().put(RECORD, record).finish()]).toEqual([1, 2, 0, 3, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0]);
  });

  test('comes back as it went', () => {
    const bytes = new ByteWriter().u8(0xff).put(RECORD, record).finish();
    expect(new ByteReader(bytes, 1).take(RECORD)).toEqual(record);
    expect(new ByteReader(bytes, 2).take(RECORD)).toBeUndefined();
  });
});

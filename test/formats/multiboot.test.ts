import { describe, expect, test } from 'vitest';
import { type MultibootHeader, readMultiboot } from '../../src/formats/multiboot.ts';

const MAGIC = 0x1bad_b002;

interface Fields {
  at?: number;
  size?: number;
  flags?: number;
  checksum?: number;
  addresses?: readonly [header: number, load: number, loadEnd: number, bssEnd: number, entry: number];
}

/** A file with a header as the specification draws it (3.1.1). */
const file = ({ at = 8, size = 0x100, flags = 0x1_0003, checksum = 2 ** 33 - MAGIC - flags, addresses = [0x10_0008, 0x10_0000, 0, 0x10_1000, 0x10_0020] }: Fields = {}) => {
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  [MAGIC, flags, checksum, ...addresses].forEach((value, index) => {
    if (at + 4 * index + 4 <= size) view.setUint32(at + 4 * index, value, true);
  });
  return bytes;
};

const header = (fields: Fields) => readMultiboot(file(fields)) as MultibootHeader;

test('address fields place a flat file, zeros after it', () => {
  const { load, ...rest } = header({});
  expect(rest).toEqual({ offset: 8, pageAlignModules: true, wantMemory: true, wantVideo: false });
  expect(load).toMatchObject({ address: 0x10_0000, memorySize: 0x1000, entry: 0x10_0020 });
  expect(load?.bytes.length).toBe(0x100);
});

test('load_end_addr cuts the file, and what lies before load_addr is not loaded', () => {
  const { load } = header({ at: 0x40, addresses: [0x10_0020, 0x10_0000, 0x10_0060, 0, 0x10_0030] });
  expect(load).toMatchObject({ address: 0x10_0000, memorySize: 0x60 });
  expect(load?.bytes.byteOffset).toBe(0x20);
  expect(load?.bytes.length).toBe(0x60);
});

test('without address fields there is nothing to load by', () => expect(header({ flags: 3 }).load).toBeUndefined());

test('a header counts only when aligned, early enough and with a sum of zero', () => {
  expect(readMultiboot(file({ at: 6 }))).toBeUndefined();
  expect(readMultiboot(file({ checksum: 1 }))).toBeUndefined();
  expect(readMultiboot(file({ at: 8192, size: 0x3000 }))).toBeUndefined();
  expect(readMultiboot(file({ at: 8192 - 12, size: 0x3000, addresses: [8192 - 12, 0, 0, 0, 0] }))).toMatchObject({ offset: 8192 - 12 });
  expect(readMultiboot(new Uint8Array())).toBeUndefined();
});

describe('a header that cannot be followed is refused with the field and its offset', () => {
  test.each<[string, Fields, string, number]>([
    ['requirements nobody knows', { flags: 0x1_0023 }, 'flags: 0x20 ask for what Multiboot 1 does not define', 12],
    ['load_addr above the header', { addresses: [0x10_0008, 0x10_0010, 0, 0, 0x10_0020] }, 'load_addr: 0x100010 is above header_addr 0x100008', 24],
    ['a start before the file', { addresses: [0x10_0009, 0x10_0000, 0, 0, 0x10_0020] }, 'load_addr: 0x100000 would lie before the start of the file', 24],
    ['an end below the start', { addresses: [0x10_0008, 0x10_0000, 0x1000, 0, 0x10_0020] }, 'load_end_addr: 0x1000 is below load_addr 0x100000', 28],
    ['an end past the file', { addresses: [0x10_0008, 0x10_0000, 0x10_0101, 0, 0x10_0020] }, 'load_end_addr: 0x100101 is past the end of the file (0x100100)', 28],
    ['bss below the end', { addresses: [0x10_0008, 0x10_0000, 0, 0x10_00ff, 0x10_0020] }, 'bss_end_addr: 0x1000ff is below the end of what is loaded', 32],
    ['an entry outside', { addresses: [0x10_0008, 0x10_0000, 0, 0, 0x10_0100] }, 'entry_addr: 0x100100 is outside the image (0x100000..0x100100)', 36],
    ['past 4 GiB', { addresses: [0xffff_ff88, 0xffff_ff80, 0, 0, 0xffff_ff90] }, 'load_addr: 0xffffff80 + 0x100 bytes reach past 4 GiB', 24],
    ['cut within the fields', { size: 0x18 }, 'header_addr: the file ends within the address fields', 20],
  ])('%s', (_, fields, error, offset) => expect(readMultiboot(file(fields))).toEqual({ error, offset }));
});

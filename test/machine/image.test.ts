import { describe, expect, test } from 'vitest';
import { HIGHER_HALF, readImage } from '../../src/machine/image.ts';
import { ELF_CODE, elfImage, FLAT_CODE, flatImage } from './images.ts';

const RAM = 64 * 1024 * 1024;
const MIB = 0x10_0000n;

describe('what is read from a good image', () => {
  test('a flat file with address fields goes where they say', () => {
    const bytes = flatImage([0xeb, 0xfe], { load_end_addr: 0x10_0022, bss_end_addr: 0x10_3000 });
    expect(readImage(bytes, RAM)).toEqual({
      placements: [{ address: 0x10_0000, bytes, size: 0x3000 }],
      mode: 32,
      entry: BigInt(FLAT_CODE),
      elf: undefined,
    });
  });

  test.each([32, 64] as const)(
    'a multiboot ELF%i is entered in protected mode at the physical address of e_entry',
    (elfClass) => {
      const virtual = elfClass === 64 ? HIGHER_HALF + MIB : 0xc010_0000n;
      const bytes = elfImage({
        elfClass,
        multiboot: true,
        header: { e_entry: virtual + 0x800n },
        segments: [{ p_vaddr: virtual }],
      });
      expect(readImage(bytes, RAM)).toMatchObject({
        mode: 32,
        entry: MIB + 0x800n,
        placements: [{ address: 0x10_0000, size: 0x1000 }],
      });
    },
  );

  test('a plain ELF64 is entered in 64-bit mode, by either mapping', () => {
    expect(readImage(elfImage(), RAM)).toMatchObject({ mode: 64, entry: MIB + BigInt(ELF_CODE) });
    const entry = HIGHER_HALF + MIB + BigInt(ELF_CODE);
    const high = elfImage({ header: { e_entry: entry }, segments: [{ p_vaddr: HIGHER_HALF + MIB }] });
    expect(readImage(high, RAM)).toMatchObject({ mode: 64, entry });
  });

  test('a plain ELF32 is entered in protected mode', () =>
    expect(readImage(elfImage({ elfClass: 32 }), RAM)).toMatchObject({ mode: 32, entry: MIB + BigInt(ELF_CODE) }));

  test('address fields win over an ELF header', () => {
    const bytes = elfImage();
    bytes.set(flatImage([], { header_addr: 0x20_0700, load_addr: 0x20_0000, entry_addr: 0x20_0800 }), 0x700);
    expect(readImage(bytes, RAM)).toMatchObject({
      mode: 32,
      entry: 0x20_0800n,
      placements: [{ address: 0x20_0000, size: 0x1000 }],
    });
  });
});

const NOT_BOOTABLE = 'not bootable: no ELF header, and no multiboot header (1BADB002 at a multiple of 4 in the first 8192 bytes)';

describe('what is refused, and how it is said', () => {
  test.each<[what: string, bytes: Uint8Array, error: string, offset: number]>([
    ['an empty file', new Uint8Array(), 'the image is empty', 0],
    ['a file of zeros', new Uint8Array(512), NOT_BOOTABLE, 0],
    ['a wrong checksum', flatImage([], { checksum: 1 }), NOT_BOOTABLE, 0],
    ['a header cut off', flatImage().subarray(0, 11), NOT_BOOTABLE, 0],
    [
      'a header without addresses in a file that is not ELF',
      flatImage([], { flags: 3 }),
      'multiboot header: no address fields (flags bit 16), and the file is not ELF',
      0,
    ],
    [
      'unknown requirements',
      flatImage([], { flags: 0x1_0013 }),
      'multiboot header: flags: 0x10 ask for what Multiboot 1 does not define',
      4,
    ],
    [
      'address fields cut off',
      flatImage().subarray(0, 20),
      'multiboot header: header_addr: the file ends within the address fields',
      12,
    ],
    [
      'a load address above the header',
      flatImage([], { load_addr: 0x10_0010 }),
      'multiboot header: load_addr: 0x100010 is above header_addr 0x100000',
      16,
    ],
    [
      'a load address before the file',
      flatImage([], { load_addr: 0xf_fff0 }),
      'multiboot header: load_addr: 0xffff0 would lie before the start of the file',
      16,
    ],
    [
      'more to load than the file has',
      flatImage([], { load_end_addr: 0x20_0000 }),
      'multiboot header: load_end_addr: 0x200000 is past the end of the file (0x100020)',
      20,
    ],
    [
      'an entry outside',
      flatImage([], { entry_addr: 0x7000 }),
      'multiboot header: entry_addr: 0x7000 is outside the image (0x100000..0x100020)',
      28,
    ],
    [
      'zeros beyond RAM',
      flatImage([0xf4], { bss_end_addr: 0x800_0000 }),
      'multiboot header: load_addr: 0x100000..0x8000000 is not within RAM (0x4000000)',
      0,
    ],
    [
      'a place among the BIOS tables',
      flatImage([0xf4], { header_addr: 0xe_0000, load_addr: 0xe_0000, entry_addr: 0xe_0020 }),
      "multiboot header: load_addr: 0xe0000..0xe0021 reaches into the BIOS's area below 1 MiB (0x9fc00..0x100000)",
      0,
    ],
    ['an ELF file cut off', elfImage().subarray(0, 40), 'ELF header: the file ends within it', 40],
    [
      'program headers past the end',
      elfImage({ header: { e_phoff: 0x1000n } }),
      'e_phoff: 1 program headers at 0x1000..0x1038 reaches past the end of the file (0x1000)',
      32,
    ],
    [
      'a segment past the end of the file',
      elfImage({ segments: [{ p_offset: 1n }] }),
      'program header 0: p_offset at 0x1..0x1001 reaches past the end of the file (0x1000)',
      72,
    ],
    [
      'segments on top of each other',
      elfImage({ segments: [{}, { p_paddr: 0x10_0800n, p_vaddr: 0x20_0000n }] }),
      'program header 1: p_paddr 0x100800 overlaps program header 0',
      144,
    ],
    [
      'a segment outside RAM',
      elfImage({ segments: [{ p_paddr: 0x400_0000n }] }),
      'program header 0: p_paddr: 0x4000000..0x4001000 is not within RAM (0x4000000)',
      88,
    ],
    [
      'a segment of 2^63 bytes',
      elfImage({ elfClass: 64, segments: [{ p_memsz: 1n << 63n }] }),
      'program header 0: p_paddr: 0x100000..0x8000000000100000 is not within RAM (0x4000000)',
      88,
    ],
    [
      'a second segment of a 32-bit file outside RAM',
      elfImage({ elfClass: 32, segments: [{}, { p_paddr: 0xf000_0000n, p_vaddr: 0n }] }),
      'program header 1: p_paddr: 0xf0000000..0xf0001000 is not within RAM (0x4000000)',
      96,
    ],
    ['an object file', elfImage({ header: { e_type: 1 } }), 'e_type: 1 is not an executable (2)', 16],
    ['another machine', elfImage({ header: { e_machine: 183 } }), 'e_machine: 183 is neither 386 nor x86-64', 18],
    ['nothing to load', elfImage({ header: { e_phnum: 0 } }), 'program headers: nothing to load', 0],
    [
      'an entry outside every segment',
      elfImage({ header: { e_entry: 0x5000n } }),
      'e_entry: 0x5000 is outside every segment',
      24,
    ],
    [
      'an entry that no mapping shows',
      elfImage({ header: { e_entry: 0x800n }, segments: [{ p_vaddr: 0n }] }),
      'e_entry: 0x800 is at physical 0x100800; only 0x100800 and 0xffffffff80100800 are mapped to that',
      24,
    ],
  ])('%s', (_what, bytes, error, offset) => expect(readImage(bytes, RAM)).toEqual({ error, offset }));

  test('whatever a byte is changed to, or wherever the file is cut, the answer is an image or an error', () => {
    for (const good of [elfImage(), elfImage({ elfClass: 32 }), flatImage()]) {
      for (let at = 0; at < Math.min(good.length, 0x80); at++) {
        for (const value of [0, 1, 0x7f, 0x80, 0xff]) {
          const bytes = good.slice();
          bytes[at] = value;
          expect(readImage(bytes, RAM)).toBeTypeOf('object');
        }
        expect(readImage(good.subarray(0, at), RAM)).toHaveProperty('error');
      }
    }
  });
});

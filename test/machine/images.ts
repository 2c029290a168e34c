// Little images, made field by field, so that a test can spoil any of them.

import { ByteWriter } from '../../src/base/bytes.ts';
import type { RecordOf } from '../../src/base/struct.ts';
import {
  CLASS32,
  CLASS64,
  ELF32,
  ELF64,
  EM_X86_64,
  ET_EXEC,
  type Header,
  IDENT,
  LITTLE_ENDIAN,
  MAGIC,
  PT_LOAD,
} from '../../src/formats/elf.ts';
import { MULTIBOOT_MAGIC } from '../../src/formats/multiboot.ts';

type Segment = RecordOf<typeof ELF64.segment>;

const HLT = 0xf4;

/** A multiboot header with address fields, then `code`; loaded to 1 MiB and entered behind the header, unless `fields` say otherwise. */
export const flatImage = (code: readonly number[] = [HLT], fields: Partial<typeof FLAT> = {}): Uint8Array => {
  const header = { ...FLAT, ...fields };
  const out = new ByteWriter()
    .u32(MULTIBOOT_MAGIC)
    .u32(header.flags)
    .u32(header.checksum ?? -(MULTIBOOT_MAGIC + header.flags));
  for (const name of ['header_addr', 'load_addr', 'load_end_addr', 'bss_end_addr', 'entry_addr'] as const) out.u32(header[name]);
  return out.bytes(Uint8Array.from(code)).finish();
};

const FLAT = {
  flags: 0x1_0003,
  checksum: undefined as number | undefined,
  header_addr: 0x10_0000,
  load_addr: 0x10_0000,
  load_end_addr: 0,
  bss_end_addr: 0,
  entry_addr: 0x10_0020,
};
/** Where the code of `flatImage` begins. */
export const FLAT_CODE = 0x10_0020;

export interface ElfOptions {
  readonly elfClass?: 32 | 64;
  readonly header?: Partial<Header>;
  /** One or more program headers, each over the defaults: 0x1000 bytes from the file's start to 1 MiB. */
  readonly segments?: readonly Partial<Segment>[];
  readonly multiboot?: boolean;
  readonly code?: readonly number[];
}

/** Where the code of `elfImage` begins in the file and, with the default segment, above 1 MiB. */
export const ELF_CODE = 0x800;

/** An ELF executable of 4 KiB: headers, at 0x700 perhaps a multiboot header, at 0x800 code. */
export const elfImage = ({
  elfClass = 64,
  header = {},
  segments = [{}],
  multiboot = false,
  code = [HLT],
}: ElfOptions = {}): Uint8Array => {
  const records = elfClass === 64 ? ELF64 : (ELF32 as unknown as typeof ELF64); // same fields, another order and width
  const start = IDENT.size + records.header.size;
  const out = new ByteWriter()
    .put(IDENT, {
      magic: MAGIC,
      class: elfClass === 64 ? CLASS64 : CLASS32,
      data: LITTLE_ENDIAN,
      version: 1,
      abi: 0,
      abiVersion: 0,
      pad0: 0,
      pad1: 0,
      pad2: 0,
    })
    .put(records.header, {
      e_type: ET_EXEC,
      e_machine: EM_X86_64,
      e_version: 1,
      e_entry: BigInt(0x10_0000 + ELF_CODE),
      e_phoff: BigInt(start),
      e_shoff: 0n,
      e_flags: 0,
      e_ehsize: start,
      e_phentsize: records.segment.size,
      e_phnum: segments.length,
      e_shentsize: 0,
      e_shnum: 0,
      e_shstrndx: 0,
      ...header,
    });
  for (const segment of segments) {
    out.put(records.segment, {
      p_type: PT_LOAD,
      p_flags: 7,
      p_offset: 0n,
      p_vaddr: 0x10_0000n,
      p_paddr: 0x10_0000n,
      p_filesz: 0x1000n,
      p_memsz: 0x1000n,
      p_align: 0x1000n,
      ...segment,
    });
  }
  out.fill(0x700 - out.length);
  if (multiboot)
    out
      .u32(MULTIBOOT_MAGIC)
      .u32(3)
      .u32(-(MULTIBOOT_MAGIC + 3));
  out.fill(ELF_CODE - out.length).bytes(Uint8Array.from(code));
  return out.fill(0x1000 - out.length).finish();
};

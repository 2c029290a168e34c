// A flat image → 7C00h, and the first CPU there in real mode, as a BIOS starts what it has read from a disk. All of the image is loaded,
// not only its first sector: there is no disk to read the rest from. INT n returns at once, as nobody serves it.

import { hex } from '../base/bits.ts';
import { CS, DS, ES, FS, GS, RDX, RSP, SS } from '../isa/operand.ts';
import type { CpuState } from '../cpu/state.ts';
import type { FormatError } from '../formats/format-error.ts';
import { LOW_MEMORY_END } from './boot-info.ts';

const BOOT_ADDRESS = 0x7c00;
const SIGNATURE_OFFSET = 510;
const SIGNATURE = 0xaa55;
const FIRST_DISK = 0x80;

/** Where an IBM PC's BIOS has an IRET for interrupts that nobody serves. */
const DUMMY_HANDLER = { segment: 0xf000, offset: 0xff53 } as const;
const IRET = 0xcf;
const VECTORS = 256;
/** In the BIOS data area: kilobytes of memory below the extended BIOS data area. */
const MEMORY_SIZE = 0x413;

const CR0_ET = 1 << 4;

export const loadBootSector = (ram: Uint8Array, image: Uint8Array): FormatError | undefined => {
  const room = LOW_MEMORY_END - BOOT_ADDRESS;
  if (image.length > room) return { error: `boot sector: 0x${hex(image.length)} bytes are more than 0x${hex(room)}`, offset: 0 };
  if (image.length < SIGNATURE_OFFSET + 2 || image[SIGNATURE_OFFSET] + image[SIGNATURE_OFFSET + 1] * 256 !== SIGNATURE) {
    return { error: 'boot sector: no 55 AA at its end', offset: SIGNATURE_OFFSET };
  }
  ram.set(image, BOOT_ADDRESS);
  const words = new DataView(ram.buffer, ram.byteOffset, ram.length);
  for (let vector = 0; vector < VECTORS; vector++) {
    words.setUint16(vector * 4, DUMMY_HANDLER.offset, true);
    words.setUint16(vector * 4 + 2, DUMMY_HANDLER.segment, true);
  }
  ram[DUMMY_HANDLER.segment * 16 + DUMMY_HANDLER.offset] = IRET;
  words.setUint16(MEMORY_SIZE, LOW_MEMORY_END / 1024, true);
  return undefined;
};

/** Sets the registers; the CPU is in its reset state and must look at them anew afterwards. The stack grows down from the sector. */
export const setBootSectorState = (cpu: CpuState): void => {
  for (const segment of [ES, CS, SS, DS, FS, GS]) {
    cpu.segSelector[segment] = 0;
    cpu.segBase[segment] = 0n;
  }
  cpu.gpr.fill(0n);
  cpu.gpr[RDX] = BigInt(FIRST_DISK);
  cpu.gpr[RSP] = BigInt(BOOT_ADDRESS);
  cpu.rip = BigInt(BOOT_ADDRESS);
  cpu.cr0 = CR0_ET;
};

// A flat image → 7C00h, and the first CPU there in real mode, as a BIOS starts what it has read from a disk. All of the image is loaded,
// not only its first sector: there is no disk to read the rest from. INT n returns at once, as nobody serves it; interrupts are on, and
// the BIOS's clock runs: INT 8 counts at 40:6C and calls INT 1CH.

import { hex } from '../base/bits.ts';
import { CS, DS, ES, FS, GS, RDX, RSP, SS } from '../isa/operand.ts';
import { IF } from '../cpu/flags.ts';
import type { CpuState } from '../cpu/state.ts';
import type { FormatError } from '../formats/format-error.ts';
import { LOW_MEMORY_END } from './boot-info.ts';

const BOOT_ADDRESS = 0x7c00;
const SIGNATURE_OFFSET = 510;
const SIGNATURE = 0xaa55;
const FIRST_DISK = 0x80;

/** Where an IBM PC's BIOS has its handlers: an IRET for interrupts that nobody serves, the clock, and those of the 8259As that end theirs. */
const BIOS_SEGMENT = 0xf000;
const IRET = 0xcf;
const HANDLERS = {
  dummy: { offset: 0xff53, code: [IRET] },
  // push ax; push ds; mov ax, 40h; mov ds, ax; inc dword [6ch]; int 1ch; mov al, 20h; out 20h, al; pop ds; pop ax; iret
  clock: {
    offset: 0xfea5,
    code: [0x50, 0x1e, 0xb8, 0x40, 0, 0x8e, 0xd8, 0x66, 0xff, 0x06, 0x6c, 0, 0xcd, 0x1c, 0xb0, 0x20, 0xe6, 0x20, 0x1f, 0x58, IRET],
  },
  // push ax; mov al, 20h; out 20h, al; pop ax; iret
  master: { offset: 0xff23, code: [0x50, 0xb0, 0x20, 0xe6, 0x20, 0x58, IRET] },
  // push ax; mov al, 20h; out 0a0h, al; out 20h, al; pop ax; iret
  slave: { offset: 0xff2a, code: [0x50, 0xb0, 0x20, 0xe6, 0xa0, 0xe6, 0x20, 0x58, IRET] },
} as const;
const VECTORS = 256;

/** Vectors of the lines, as the 8259As are at the start. */
const handlerOf = (vector: number): keyof typeof HANDLERS => {
  if (vector === 8) return 'clock';
  if (vector > 8 && vector < 0x10) return 'master';
  return vector >= 0x70 && vector < 0x78 ? 'slave' : 'dummy';
};
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
    words.setUint16(vector * 4, HANDLERS[handlerOf(vector)].offset, true);
    words.setUint16(vector * 4 + 2, BIOS_SEGMENT, true);
  }
  for (const { offset, code } of Object.values(HANDLERS)) ram.set(code, BIOS_SEGMENT * 16 + offset);
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
  cpu.rflags |= IF;
};

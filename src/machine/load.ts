// A boot image → RAM as a boot loader leaves it, and where the first CPU begins. Above the kernel, page by page: the modules, the
// information structure, and for a plain ELF64 its page tables, descriptor table and a stack of one page.

import { hex } from '../base/bits.ts';
import type { FormatError } from '../formats/format-error.ts';
import { buildBootInfo, HIGH_MEMORY } from './boot-info.ts';
import type { MachineConfig } from './config.ts';
import type { BootImage } from './image.ts';

const PAGE = 0x1000;

/** What the first CPU needs besides the mode's fixed register values. Physical addresses; `tables` only in 64-bit mode. */
export interface BootPlace {
  readonly mode: 32 | 64;
  readonly entry: bigint;
  readonly info: number;
  readonly gdt: number;
  readonly pml4: number;
  readonly stackTop: number;
}

const pageUp = (address: number): number => Math.ceil(address / PAGE) * PAGE;

/** Copies the image and all that a loader adds; RAM is as at power-on, so zero elsewhere. */
export const loadImage = (ram: Uint8Array, image: BootImage, config: MachineConfig): BootPlace | FormatError => {
  let next = Math.max(HIGH_MEMORY, ...image.placements.map(({ address, size }) => address + size));
  const take = (bytes: number): number => {
    const start = pageUp(next);
    next = start + bytes;
    return start;
  };
  const modules = config.modules.map(({ name, bytes }) => {
    const start = take(bytes.length);
    return { name, start, end: start + bytes.length, bytes };
  });
  const info = take(0);
  const infoBytes = buildBootInfo({ ramBytes: config.ramBytes, commandLine: config.commandLine, modules }, info);
  next += infoBytes.length;
  const gdt = take(PAGE);
  const tables = take(3 * PAGE);
  const stackTop = take(PAGE) + PAGE;
  if (next > ram.length) {
    const error = `RAM: 0x${hex(ram.length)} bytes are not enough for the image, its modules and what the loader adds (0x${hex(next)})`;
    return { error, offset: 0 };
  }
  for (const { address, bytes } of image.placements) ram.set(bytes, address);
  for (const { start, bytes } of modules) ram.set(bytes, start);
  ram.set(infoBytes, info);
  const words = new DataView(ram.buffer, ram.byteOffset, ram.length);
  writeDescriptors(words, gdt);
  writePageTables(words, tables);
  return { mode: image.mode, entry: image.entry, info, gdt, pml4: tables, stackTop };
};

/** Selectors in the descriptor table that `writeDescriptors` makes. */
export const CODE32 = 0x08;
export const DATA = 0x10;
export const CODE64 = 0x18;
export const GDT_LIMIT = 0x1f;

/** Flat segments, so that a kernel may reload the selectors it starts with (SDM vol. 3, 3.4.5). */
const writeDescriptors = (words: DataView, gdt: number): void => {
  words.setBigUint64(gdt + CODE32, 0x00cf_9b00_0000_ffffn, true);
  words.setBigUint64(gdt + DATA, 0x00cf_9300_0000_ffffn, true);
  words.setBigUint64(gdt + CODE64, 0x00af_9b00_0000_ffffn, true);
};

/**
 * Pages of 1 GiB (SDM vol. 3, 4.5.4): virtual 0..4 GiB to the same physical addresses, and the last 2 GiB of the address space to
 * physical 0..2 GiB, where kernels with a higher half are linked to.
 */
const writePageTables = (words: DataView, pml4: number): void => {
  const [TABLE, LARGE] = [0x03n, 0x83n]; // present, writable; page size
  const [low, high] = [pml4 + PAGE, pml4 + 2 * PAGE];
  words.setBigUint64(pml4, BigInt(low) | TABLE, true);
  words.setBigUint64(pml4 + 511 * 8, BigInt(high) | TABLE, true);
  for (let gib = 0; gib < 4; gib++) words.setBigUint64(low + gib * 8, (BigInt(gib) << 30n) | LARGE, true);
  for (let gib = 0; gib < 2; gib++) words.setBigUint64(high + (510 + gib) * 8, (BigInt(gib) << 30n) | LARGE, true);
};

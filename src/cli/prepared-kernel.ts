// The kernel as the build has assembled it: assembling takes longer than most runs. It is used as long as every source, and the program
// itself, is what the build had; its names of sources are those seen from the folder above both.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { toElf } from '../index.ts';
import { assembleFile } from './assembly.ts';
import { ASM_FOLDER, displayPath } from './files.ts';
import { writeWhole } from './outputs.ts';

export const assembleKernel = (): Uint8Array =>
  toElf(assembleFile(displayPath(join(ASM_FOLDER, 'kernel.asm')), { includePaths: [], defines: [] }).object);

/** A checksum, then the ELF file. */
const PREPARED = fileURLToPath(new URL('./kernel.prepared', import.meta.url));
const PROGRAM = fileURLToPath(new URL('./cli.js', import.meta.url));
const CHECKSUM_BYTES = 32;

/** Of all that the kernel's image depends on. */
const checksum = (): Buffer => {
  const hash = createHash('sha256').update(readFileSync(PROGRAM));
  for (const name of readdirSync(ASM_FOLDER, { recursive: true, encoding: 'utf8' }).sort()) {
    if (/\.(asm|inc)$/.test(name)) hash.update(`\0${name}\0`).update(readFileSync(join(ASM_FOLDER, name)));
  }
  return hash.digest();
};

/** Undefined where nothing was prepared, or something has changed since. */
export const preparedKernel = (): Uint8Array | undefined => {
  try {
    const prepared = readFileSync(PREPARED);
    return checksum().equals(prepared.subarray(0, CHECKSUM_BYTES)) ? prepared.subarray(CHECKSUM_BYTES) : undefined;
  } catch {
    return undefined;
  }
};

/** For the build: prepares it where that has not been done. */
export const prepareKernel = (): void => {
  if (preparedKernel() === undefined) writeWhole(PREPARED, Buffer.concat([checksum(), assembleKernel()]));
};

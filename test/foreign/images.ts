// The sources of kernels that were not made for this machine → images, built by NASM and gcc where they are installed; else the committed
// ones. RENEW=1 in the environment of the tests commits to files what was built.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { has } from '../support/tools.ts';

export interface ForeignImage {
  readonly bits: 16 | 32 | 64;
  readonly source: string;
  readonly built: 'nasm' | 'gcc';
  readonly bootSector: boolean;
  /** What it writes to the debug-exit port when all is well, less the number of CPUs. */
  readonly code: number;
  /** The lines that it prints; the first is its command line, if it prints that. */
  readonly says: (commandLine: string) => readonly string[];
  /** Of the machine, for one that waits for the time of devices. */
  readonly hz?: number;
}

export const FOREIGN: readonly ForeignImage[] = [
  { bits: 16, source: 'boot-sector.asm', built: 'nasm', bootSector: true, code: 16, says: () => ['hello from 7C00h'] },
  { bits: 32, source: 'protected-mode.c', built: 'gcc', bootSector: false, code: 48, says: (line) => [line, 'all here'] },
  { bits: 64, source: 'long-mode.asm', built: 'nasm', bootSector: false, code: 32, says: (line) => [line, 'all here'] },
  { bits: 16, source: 'timer-sector.asm', built: 'nasm', bootSector: true, code: 64, says: () => [], hz: 20_000_000 },
];

const FOLDER = 'test/foreign';
const GCC = (
  '-m32 -march=i686 -mgeneral-regs-only -ffreestanding -fno-delete-null-pointer-checks -fno-pic -no-pie -fno-stack-protector -fcf-protection=none ' +
  '-fno-asynchronous-unwind-tables -nostdlib -static -O1 -s -Wl,-Ttext=0x400000,--build-id=none,-z,noexecstack,-n,--no-warn-rwx-segments'
).split(' ');

/** Gives undefined where the tool is missing or cannot build for that processor. */
const build = ({ source, built }: ForeignImage): Uint8Array | undefined => {
  if (!has(built)) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'clispin-'));
  const output = join(folder, 'image');
  try {
    execFileSync(built, [...(built === 'gcc' ? GCC : ['-f', 'bin']), '-o', output, join(FOLDER, source)], { stdio: 'pipe', timeout: 60_000 });
    return readFileSync(output);
  } catch (error) {
    if (built === 'nasm') throw error;
    console.log(`gcc cannot build ${source}: the committed image is used`);
    return undefined;
  } finally {
    rmSync(folder, { recursive: true });
  }
};

export const imageOf = (foreign: ForeignImage): Uint8Array => {
  const fixture = join(FOLDER, 'fixtures', foreign.source.replace(/\.\w+$/, '.bin'));
  const image = build(foreign);
  if (image && process.env.RENEW) writeFileSync(fixture, image);
  return image ?? readFileSync(fixture);
};

/** The image that is in the repository, whatever is installed. */
export const committedImageOf = ({ source }: ForeignImage): Uint8Array => readFileSync(join(FOLDER, 'fixtures', source.replace(/\.\w+$/, '.bin')));

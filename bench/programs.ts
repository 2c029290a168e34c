// bench/programs/*.asm → images. A program's first comments say what it is and what it needs:
//   ; unit: what an operation is    scale: N    ring3: yes    cpus: 4    bits: 64    peers: qemu    needs: PAGES=16
// `scale` is the SCALE with which an interpreter is busy for about a second; 1 is enough for a test. `ring3` programs also run as a
// process. `peers` are the emulators that have what it needs; all of them unless said. `needs` is a macro that whoever builds it must
// define, with a value for a test.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assemble, formatDiagnostic, toElf, toFlat } from '../src/index.ts';

export type Bits = 32 | 64;

export interface Program {
  readonly name: string;
  readonly summary: string;
  readonly unit: string;
  readonly scale: number;
  readonly ring3: boolean;
  readonly cpus: number;
  readonly bits: readonly Bits[];
  readonly peers: readonly string[];
  readonly needs: string | undefined;
}

export interface BuildOptions {
  readonly bits: Bits;
  readonly scale: number;
  /** As a Linux process, not as a Multiboot image; 64 bits only. */
  readonly native?: boolean;
  readonly defines?: readonly string[];
}

export interface Image {
  readonly bytes: Uint8Array;
  /** How many units of work it does. */
  readonly operations: number;
}

const FOLDER = join('bench', 'programs');

const namesIn = (folder: string): string[] =>
  readdirSync(join(FOLDER, folder))
    .filter((file) => file.endsWith('.asm'))
    .map((file) => join(folder, file.slice(0, -4)))
    .sort();

/** What is compared between engines. */
export const programNames = (): string[] => namesIn('');
/** What shows how the cost grows. */
export const scalingNames = (): string[] => namesIn('scaling');

export const readProgram = (name: string): Program => {
  const head = readFileSync(join(FOLDER, `${name}.asm`), 'utf8').split('%include')[0];
  const comments = head.split('\n').map((line) => line.replace(/^; ?/, ''));
  const at = comments.findIndex((line) => line.startsWith('unit: '));
  const settings = new Map(comments[at].split(/ {2,}/).map((setting) => setting.split(': ') as [string, string]));
  return {
    name,
    summary: comments.slice(0, at).join(' '),
    unit: settings.get('unit')!,
    scale: Number(settings.get('scale')),
    ring3: settings.get('ring3') === 'yes',
    cpus: Number(settings.get('cpus') ?? /CPUS=(\d+)/.exec(settings.get('needs') ?? '')?.[1] ?? 1),
    bits: (settings.get('bits') ?? '32 64').split(' ').map((bits) => Number(bits) as Bits),
    peers: (settings.get('peers') ?? 'v86 qemu').split(' '),
    needs: settings.get('needs'),
  };
};

/** Assembles a program for one of its worlds. */
export const build = (name: string, { bits, scale, native = false, defines = [] }: BuildOptions): Image => {
  const path = join(FOLDER, `${name}.asm`);
  const io = {
    read: (file: string) => {
      const found = file === path ? path : join(FOLDER, file);
      return { path: found, text: readFileSync(found, 'utf8') };
    },
    readBytes: () => undefined,
  };
  const worlds = [`SCALE=${scale}`, ...(bits === 64 ? ['LONG'] : []), ...(native ? ['NATIVE'] : []), ...defines];
  const { object, diagnostics } = assemble(path, io, { defines: worlds });
  if (!object) throw new Error(diagnostics.map(formatDiagnostic).join('\n'));
  const operations = Number(object.symbols.find((symbol) => symbol.name === 'OPS')?.value);
  return { bytes: native ? toElf(object) : toFlat(object), operations };
};

// The assembly sources that travel with the page → what the assembler reads. Paths are those of the repository, so that a line is named
// as on the command line, and the image is the same to the byte.

import type { SourceIo } from '../index.ts';

/** Path → text. */
export type Sources = Readonly<Record<string, string>>;

const INCLUDE_FOLDER = 'asm/';

/** A file is looked up beside the one that names it, then among the kernel's. */
export const sourceIo = (sources: Sources): SourceIo => ({
  read: (path, from = '') => {
    const folder = from.slice(0, from.lastIndexOf('/') + 1);
    const found = [folder, '', INCLUDE_FOLDER].map((prefix) => prefix + path).find((candidate) => Object.hasOwn(sources, candidate));
    return found === undefined ? undefined : { path: found, text: sources[found] };
  },
  readBytes: () => undefined,
});

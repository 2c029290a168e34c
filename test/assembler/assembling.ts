// Sources as a table of texts, and what the whole assembler makes of them: for tests.

import { assemble, type AssembleOptions, type Assembly } from '../../src/assembler/assemble.ts';
import { toFlat } from '../../src/assembler/output/object.ts';
import type { SourceIo } from '../../src/assembler/language/sources.ts';
import { formatDiagnostic } from '../../src/base/diagnostic.ts';
import type { Sources } from './expanding.ts';

export interface Assembled {
  readonly assembly: Assembly;
  /** The flat file; empty after errors. */
  readonly bytes: Uint8Array;
  readonly errors: string;
  readonly warnings: string;
}

/** Assembles `entry`, or a text alone under that name; `binaries` are files for `incbin`. */
export const assembleSources = (sources: Sources, binaries: Readonly<Record<string, Uint8Array>> = {}, options?: AssembleOptions, entry = 'a.asm'): Assembled => {
  const table = typeof sources === 'string' ? { 'a.asm': sources } : sources;
  const io: SourceIo = {
    read: (path) => (Object.hasOwn(table, path) ? { path, text: table[path] } : undefined),
    readBytes: (path) => binaries[path],
  };
  const assembly = assemble(entry, io, options);
  const messages = (severity: string) => assembly.diagnostics.filter((each) => each.severity === severity).map(formatDiagnostic).join('\n');
  return {
    assembly,
    bytes: assembly.object ? toFlat(assembly.object) : new Uint8Array(),
    errors: messages('error'),
    warnings: messages('warning'),
  };
};

/** Sixteen bytes a row, for messages that show where two files differ. */
export const hexRows = (bytes: Uint8Array): string[] => {
  const rows: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const row = [...bytes.subarray(at, at + 16)].map((byte) => byte.toString(16).padStart(2, '0'));
    rows.push(`${at.toString(16).padStart(4, '0')}: ${row.join(' ')}`);
  }
  return rows;
};

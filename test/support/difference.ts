// Two snapshots of one machine's configuration → what is different between them, by name: registers, what parts remember, memory.

import type { Snapshot } from '../../src/index.ts';
import { hex } from '../../src/base/bits.ts';
import { STATE_BYTES, STATE_OFFSETS } from '../../src/cpu/state.ts';
import { REGISTER_NAMES } from '../../src/isa/names.ts';

const PAGE_BYTES = 0x1000;
const FLOATS: readonly string[] = ['time', 'haltedTicks', 'extraTicks', 'monitored'];
const FIELDS = Object.entries(STATE_OFFSETS).map(([name, start], index, all) => ({ name, start, end: all[index + 1]?.[1] ?? STATE_BYTES }));

/** All of them; the parts in `skipped` need not be the same. */
export const differences = (a: Snapshot, b: Snapshot, skipped: readonly string[] = []): string[] => [
  ...cpuDifferences(a.cpus, b.cpus),
  ...partDifferences(a.parts, b.parts, skipped),
  ...pageDifferences(a.pages, b.pages),
];

function* cpuDifferences(a: Uint8Array, b: Uint8Array): Generator<string> {
  for (let block = 0; block < a.length; block += STATE_BYTES) {
    for (const { name, start, end } of FIELDS) {
      const width = (end - start) % 8 === 0 ? 8 : 4;
      for (let at = block + start; at < block + end; at += width) {
        const [one, other] = [a, b].map((bytes) => valueAt(bytes, at, width, FLOATS.includes(name)));
        if (one === other) continue;
        const index = (at - block - start) / width;
        const field = name === 'gpr' ? REGISTER_NAMES[64][index] : end - start > width ? `${name}[${index}]` : name;
        yield `cpu${block / STATE_BYTES}: ${field}: ${one} and ${other}`;
      }
    }
  }
}

const valueAt = (bytes: Uint8Array, at: number, width: number, isFloat: boolean): string => {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, width);
  if (isFloat) return String(view.getFloat64(0, true));
  return hex(width === 8 ? view.getBigUint64(0, true) : view.getUint32(0, true));
};

function* partDifferences(a: Snapshot['parts'], b: Snapshot['parts'], skipped: readonly string[]): Generator<string> {
  for (const [name, state] of Object.entries(a)) if (!skipped.includes(name)) yield* leafDifferences(name, state, b[name]);
}

function* leafDifferences(path: string, a: unknown, b: unknown): Generator<string> {
  const [one, other] = [JSON.stringify(a), JSON.stringify(b)];
  if (one === other) return;
  if (typeof a === 'object' && typeof b === 'object' && a !== null && b !== null && Object.keys(a).length === Object.keys(b).length) {
    for (const [key, value] of Object.entries(a)) yield* leafDifferences(`${path} ${key}`, value, (b as Record<string, unknown>)[key]);
  } else {
    yield `${path}: ${one} and ${other}`;
  }
}

function* pageDifferences(a: Snapshot['pages'], b: Snapshot['pages']): Generator<string> {
  for (const page of new Set([...a.keys(), ...b.keys()])) {
    const [one, other] = [a, b].map((pages) => pages.get(page) ?? new Uint8Array(PAGE_BYTES));
    for (const [at, byte] of one.entries()) {
      if (byte !== other[at]) yield `memory at ${hex(page * PAGE_BYTES + at)}: ${hex(byte, 2)} and ${hex(other[at], 2)}`;
    }
  }
}

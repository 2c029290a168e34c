// A machine between two runs ↔ a plain value that another machine of the same configuration and image can go on from. What is saved is
// what the state hash covers: CPU blocks, pages of RAM that are not zero, and what each part remembers by its name. Caches start empty.

import { STATE_BYTES } from '../cpu/state.ts';
import type { MachineMemory } from './memory.ts';

export const SNAPSHOT_VERSION = 1;
const PAGE_BYTES = 4096;

/** Something with a state of its own besides memory. `save` gives plain JSON values, and `load` takes what `save` gave. */
export interface Part {
  readonly name: string;
  save(): unknown;
  load(state: never): void;
}

/** Gives a name to something that saves and loads. */
export const part = <T>(name: string, owner: { save(): T; load(state: T): void }): Part => ({
  name,
  save: () => owner.save(),
  load: (state: T) => owner.load(state),
});

export interface Snapshot {
  readonly version: number;
  /** Of configuration and image: the only machine that this fits. */
  readonly digest: string;
  /** The state blocks of all CPUs, one after the other. */
  readonly cpus: Uint8Array;
  /** Pages of RAM by their number. */
  readonly pages: ReadonlyMap<number, Uint8Array>;
  readonly parts: Readonly<Record<string, unknown>>;
}

const PAGE_WORDS = PAGE_BYTES / 4;

/** Numbers of the pages of RAM that are not zero, ascending. */
export function* usedPages({ buffer, ramOffset, ram }: MachineMemory): Generator<number> {
  const words = new Int32Array(buffer, ramOffset, ram.length / 4);
  for (let page = 0; page < ram.length / PAGE_BYTES; page++) if (!isZero(words, page * PAGE_WORDS)) yield page;
}

/** Eight words at a time: most of RAM is zero, and all of it is looked at whenever a state is named. */
const isZero = (words: Int32Array, start: number): boolean => {
  for (let at = start; at < start + PAGE_WORDS; at += 8) {
    const low = words[at] | words[at + 1] | words[at + 2] | words[at + 3];
    if ((low | words[at + 4] | words[at + 5] | words[at + 6] | words[at + 7]) !== 0) return false;
  }
  return true;
};

const pageOf = ({ ram }: MachineMemory, page: number): Uint8Array => ram.subarray(page * PAGE_BYTES, (page + 1) * PAGE_BYTES);
const blocksOf = ({ buffer }: MachineMemory, cpus: number): Uint8Array => new Uint8Array(buffer, 0, cpus * STATE_BYTES);

export const takeSnapshot = (digest: string, memory: MachineMemory, cpus: number, parts: readonly Part[]): Snapshot => ({
  version: SNAPSHOT_VERSION,
  digest,
  cpus: blocksOf(memory, cpus).slice(),
  pages: new Map(Array.from(usedPages(memory), (page) => [page, pageOf(memory, page).slice()])),
  parts: Object.fromEntries(parts.map((part) => [part.name, part.save()])),
});

/** Writes memory first, because parts may look at the clocks in it. */
export const restoreSnapshot = (snapshot: Snapshot, memory: MachineMemory, cpus: number, parts: readonly Part[]): void => {
  for (const page of [...usedPages(memory)]) pageOf(memory, page).fill(0);
  for (const [page, bytes] of snapshot.pages) pageOf(memory, page).set(bytes);
  blocksOf(memory, cpus).set(snapshot.cpus);
  for (const part of parts) part.load(snapshot.parts[part.name] as never);
};

// The whole state of a machine → 16 hexadecimal digits. Canonical: CPU blocks by id, pages of RAM that are not zero with their
// numbers, parts in their order. Caches (TLB, decoded instructions) are no state and not in it.

import { Hash } from '../base/hash.ts';
import { STATE_BYTES } from '../cpu/state.ts';
import type { MachineMemory } from './memory.ts';
import { type Part, usedPages } from './snapshot.ts';

const PAGE_WORDS = 1024;

export const hashState = (memory: MachineMemory, cpus: number, parts: readonly Part[]): string => {
  const { buffer, ramOffset } = memory;
  const hash = new Hash();
  for (let id = 0; id < cpus; id++) hash.words(new Int32Array(buffer, memory.stateOffset(id), STATE_BYTES / 4));
  for (const page of usedPages(memory)) hash.number(page).words(new Int32Array(buffer, ramOffset + page * PAGE_WORDS * 4, PAGE_WORDS));
  for (const part of parts) hash.text(part.name).text(JSON.stringify(part.save()));
  return hash.finish();
};

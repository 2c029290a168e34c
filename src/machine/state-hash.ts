// The whole state of a machine → 16 hexadecimal digits. Canonical: CPU blocks by id, pages of RAM that are not zero with their
// numbers, devices by name. Caches (TLB, decoded instructions) are no state and not in it.

import { Hash } from '../base/hash.ts';
import { STATE_BYTES } from '../cpu/state.ts';
import type { MachineMemory } from './memory.ts';

const PAGE_WORDS = 1024;

/** What a part of the machine remembers, as plain JSON values. */
export interface Savable {
  readonly name: string;
  save(): unknown;
}

export const hashState = (memory: MachineMemory, cpus: number, parts: readonly Savable[]): string => {
  const hash = new Hash();
  for (let id = 0; id < cpus; id++) hash.words(new Int32Array(memory.buffer, memory.stateOffset(id), STATE_BYTES / 4));
  const ram = new Int32Array(memory.buffer, memory.ramOffset, memory.ram.length / 4);
  for (let at = 0; at < ram.length; at += PAGE_WORDS) {
    if (isZero(ram, at)) continue;
    hash.number(at / PAGE_WORDS).words(ram.subarray(at, at + PAGE_WORDS));
  }
  for (const part of parts) hash.text(part.name).text(JSON.stringify(part.save()) ?? '');
  return hash.finish();
};

const isZero = (ram: Int32Array, from: number): boolean => {
  for (let at = from; at < from + PAGE_WORDS; at++) if (ram[at] !== 0) return false;
  return true;
};

// Memory at hand: a stretch in one page of RAM that the TLB knows for the access in question, so that nothing remains to be checked. Who
// moves several words at once, as numbers, asks here first and otherwise goes the long way, which does the same.

import type { Mmu } from './mmu.ts';
import { READ, WRITE } from './paging.ts';
import type { Ram } from './ram.ts';
import { TLB_ENTRIES, TLB_KINDS, type Tlb } from './tlb.ts';

/** What of a CPU leads to memory. */
export interface MemoryAccess {
  readonly mmu: Mmu;
  readonly ram: Ram;
  readonly tlb: Tlb;
}

const PAGE_BYTES = 0x1000;

/** Physical address of data at the linear address with these halves, or -1. */
export const readWindow = (cpu: MemoryAccess, low: number, high: number, bytes: number): number =>
  find(cpu, low, high, bytes, tablesOf(cpu) + READ * TLB_ENTRIES);

/** The same for a store of fewer bytes than a line has, which wrote() has to follow; -1 also if somebody wants to see each store. */
export function writeWindow(cpu: MemoryAccess, low: number, high: number, bytes: number): number {
  const { mmu, ram } = cpu;
  const at = mmu.hasWatcher ? -1 : find(cpu, low, high, bytes, tablesOf(cpu) + WRITE * TLB_ENTRIES);
  if (at >= 0 && ram.isMarked(at, bytes)) ram.changing(at, bytes);
  return at;
}

/** The same for what the processor reads of its own tables, with the supervisor's rights at any CPL. */
export const systemWindow = (cpu: MemoryAccess, low: number, high: number, bytes: number): number => find(cpu, low, high, bytes, READ * TLB_ENTRIES);

export function wrote({ ram }: MemoryAccess, physical: number, bytes: number): void {
  if (ram.isMarked(physical, bytes)) ram.written(physical, bytes);
}

const tablesOf = (cpu: MemoryAccess): number => (cpu.mmu.user ? TLB_KINDS * TLB_ENTRIES : 0);

function find(cpu: MemoryAccess, low: number, high: number, bytes: number, table: number): number {
  const within = low & (PAGE_BYTES - 1);
  if (within + bytes > PAGE_BYTES) return -1;
  const frame = cpu.tlb.frame(low, high, table);
  return frame < 0 || frame + within + bytes > cpu.ram.size ? -1 : frame + within;
}

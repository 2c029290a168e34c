// Page tables → which linear addresses show which RAM, as a core file lists them. 4-level paging only (SDM vol. 3, 4.5): nobody dumps
// a machine before it is in long mode. Tables are the guest's, who may make them point at themselves: the work is limited.

export interface Mapping {
  readonly virtual: bigint;
  readonly physical: number;
  readonly size: number;
}

const PRESENT = 1n;
const PAGE_SIZE = 0x80n;
const ADDRESS = 0x000f_ffff_ffff_f000n;
const TABLE_BYTES = 4096;
const ENTRIES = 512;
/** Bytes that an entry of a PML4, PDPT, page directory, page table stands for. */
const SPANS = [2 ** 39, 2 ** 30, 2 ** 21, 2 ** 12];
const MOST_TABLES = 4096;
const MOST_MAPPINGS = 4096;

/** Of the tables at `cr3`, in the order of addresses, neighbours joined; only what lies in `ram`. */
export const mappingsOf = (ram: Uint8Array, cr3: bigint): Mapping[] => {
  const view = new DataView(ram.buffer, ram.byteOffset, ram.byteLength);
  const mappings: { virtual: bigint; physical: number; size: number }[] = [];
  let tables = 0;
  const add = (virtual: bigint, physical: number, span: number): void => {
    const size = Math.min(span, ram.length - physical);
    if (size <= 0) return;
    const last = mappings.at(-1);
    if (last && last.virtual + BigInt(last.size) === virtual && last.physical + last.size === physical) last.size += size;
    else if (mappings.length < MOST_MAPPINGS) mappings.push({ virtual, physical, size });
  };
  const walk = (table: number, level: number, base: bigint): void => {
    if (table + TABLE_BYTES > ram.length || ++tables > MOST_TABLES) return;
    for (let index = 0; index < ENTRIES; index++) {
      const entry = view.getBigUint64(table + index * 8, true);
      if (!(entry & PRESENT)) continue;
      const virtual = BigInt.asUintN(64, BigInt.asIntN(48, base + BigInt(index) * BigInt(SPANS[level])));
      const isPage = level === SPANS.length - 1 || (level > 0 && (entry & PAGE_SIZE) !== 0n);
      const address = entry & ADDRESS;
      if (isPage) add(virtual, Number(address - (address % BigInt(SPANS[level]))), SPANS[level]);
      else walk(Number(address), level + 1, virtual);
    }
  };
  walk(Number(cr3 & ADDRESS), 0, 0n);
  return mappings;
};
